"""Changes of priority lists from outside the editor: of one model or of several at once, and of a provider's lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from modeltui.domain.bulk import (
    AttachProvider,
    BulkChange,
    DetachProvider,
    LastResort,
    SwapProvider,
    impact_of_bulk,
    plan_of,
)
from modeltui.domain.impact import Impact
from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.errors import BulkRefused
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.impact_text import impact_lines, outcome, prospect
from modeltui.tui.presentation.set_text import named, set_lines
from modeltui.tui.widgets.question import Choice, Question

if TYPE_CHECKING:
    from modeltui.tui.screens.picker import Offered
    from modeltui.tui.screens.working import Working

Models: TypeAlias = tuple[ModelRow, ...]


async def attach_to(screen: Working, models: Models) -> None:
    """Attaches a provider that is chosen, at the top or bottom of every list."""
    models = screen.session.latest(models)
    if not _one_family(screen, models, "one provider can't be attached to all"):
        return
    family = models[0].family

    def offered() -> list[Offered]:
        held = _held(screen, models)
        of_family = [row for row in screen.session.rows.providers if row.family is family]
        free = [row for row in of_family if held.get(row.name, 0) < len(models)]
        free.sort(key=lambda row: (held.get(row.name, 0), not row.usable))
        return [(row, _note(held.get(row.name, 0), len(models))) for row in free]

    if not offered():
        lists = f"the list of {models[0].name}" if len(models) == 1 else f"all {len(models)} lists"
        screen.flash(f"every provider of family {family} is in {lists} already; add one on Providers")
        return
    provider = await screen.room.choose_provider(f"attach which provider to {named(models)}", offered)
    if provider is None:
        return
    models = screen.session.latest(models)
    at_top = await _asked_place(screen, models, provider)
    if at_top is None:
        return
    place = "top" if at_top else "bottom"

    async def agree(impact: Impact, models: Models) -> bool:
        title = f"Attach {_name(screen, provider)} to {named(models)}, at the {place}?"
        return await screen.confirm(title, [*set_lines(models), *impact_lines(impact)], "attach")

    change = AttachProvider(_ids(models), provider.id, at_top)
    done = await screen.change(change, models, agree, unasked=lambda impact: impact.harmless)
    if done is not None:
        impact, models = done
        screen.flash(f"{_name(screen, provider)} is attached to {named(models)} at the {place}: {outcome(impact)}")


async def _asked_place(screen: Working, models: Models, provider: ProviderRow) -> bool | None:
    """Whether the new lines go to the top, told what either place would do; None for neither or a refusal."""
    rows, lines = screen.session.rows, set_lines(models)
    for label, at_top in ((" bottom     ", False), (" top        ", True)):
        try:
            impact = impact_of_bulk(AttachProvider(_ids(models), provider.id, at_top), rows)
        except BulkRefused as error:
            await screen.say_refused(error, models)
            return None
        lines.append(spans(Cell(label, Tone.MUTED), prospect(impact)))
    choices = (Choice("cancel", "Cancel"), Choice("bottom", "bottom", "b"), Choice("top", "top", "t"))
    lists = "list" if len(models) == 1 else "lists"
    title = f"Attach {provider.name} to {named(models)}, at which end of the {lists}?"
    answer = await screen.ask(Question(title, lines, choices))
    return None if answer.choice == "cancel" else answer.choice == "top"


async def detach_from(screen: Working, models: Models) -> None:
    """Detaches a provider that is chosen among those that the models have."""
    models = screen.session.latest(models)
    provider = await _chosen_line(screen, models, f"detach which provider from {named(models)}")
    if provider is None:
        return
    models = screen.session.latest(models)

    def title(models: Models) -> str:
        return f"Detach {_name(screen, provider)} from {named(models)}?"

    change = DetachProvider(_ids(models), provider.id)
    done = await _changed_lists(screen, models, change, provider, title, "detach")
    if done is not None:
        impact, models = done
        screen.flash(f"{_name(screen, provider)} is detached from {named(models)}: {outcome(impact)}")


async def swap_in(screen: Working, models: Models) -> None:
    """Puts one provider in the place of another, both chosen."""
    models = screen.session.latest(models)
    if not _one_family(screen, models, "no provider can serve them all"):
        return
    old = await _chosen_line(screen, models, f"swap which provider of {named(models)} for another")
    if old is None:
        return

    def offered() -> list[Offered]:
        held = _held(screen, models)
        rows = [row for row in screen.session.rows.providers if row.family is old.family and row.id != old.id]
        rows.sort(key=lambda row: not row.usable)
        return [(row, _note(held.get(row.name, 0), len(models))) for row in rows]

    if not offered():
        screen.flash(f"there is no other provider of family {old.family}; add one on Providers")
        return
    new = await screen.room.choose_provider(f"swap {old.name} for which provider", offered)
    if new is None:
        return
    models = screen.session.latest(models)

    def title(models: Models) -> str:
        return f"Swap {_name(screen, old)} for {_name(screen, new)} {_in_lists(models)}?"

    change = SwapProvider(_ids(models), old.id, new.id)
    done = await _changed_lists(screen, models, change, old, title, "swap")
    if done is not None:
        impact, models = done
        swapped = f"{_name(screen, old)} is swapped for {_name(screen, new)}"
        screen.flash(f"{swapped} {_in_lists(models)}: {outcome(impact)}")


async def last_resort(screen: Working, providers: tuple[ProviderRow, ...]) -> None:
    """Puts the providers' lines at the bottom of every list that they are in."""
    providers = screen.session.latest(providers)
    change = LastResort(tuple(row.id for row in providers))
    count = len(plan_of(change, screen.session.rows).lists)
    one = len(providers) == 1
    are = "is" if one else "are"
    if not count:
        screen.flash(f"{named(providers)} {are} at the bottom of every list already, or in none")
        return

    async def agree(impact: Impact, providers: tuple[ProviderRow, ...]) -> bool:
        nonlocal count
        count = len(plan_of(change, screen.session.rows).lists)
        lists = spans(Cell(" lists      ", Tone.MUTED), f"{counted(count, 'list')} would be in another order")
        title = f"Make {named(providers)} the last resort of every list?"
        lines = [*set_lines(providers), lists, *impact_lines(impact)]
        return await screen.confirm(title, lines, "to the bottom")

    done = await screen.change(change, providers, agree)
    if done is not None:
        impact, providers = done
        screen.flash(f"{named(providers)} {are} the last resort in {counted(count, 'list')}: {outcome(impact)}")


# Help for the above


async def _changed_lists(
    screen: Working,
    models: Models,
    change: BulkChange,
    losing: ProviderRow,
    title: Callable[[Models], str],
    verb: str,
) -> tuple[Impact, Models] | None:
    """Makes a change that takes lines away, after asking in any case."""

    async def agree(impact: Impact, models: Models) -> bool:
        own_ids = _own_ids(models, screen.session.latest((losing,))[0])
        return await screen.confirm(title(models), [*set_lines(models), *impact_lines(impact), *own_ids], verb)

    return await screen.change(change, models, agree)


async def _chosen_line(screen: Working, models: Models, title: str) -> ProviderRow | None:
    """One of the providers that the models have, those first that most of them have."""

    def offered() -> list[Offered]:
        held = _held(screen, models)
        rows = [row for row in screen.session.rows.providers if row.name in held]
        places = {name: place for place, name in enumerate(held)}
        rows.sort(key=lambda row: (-held[row.name], places[row.name]))
        return [(row, _note(held[row.name], len(models))) for row in rows]

    if not offered():
        screen.flash(f"{named(models)} {'has' if len(models) == 1 else 'have'} no lines; a attaches a provider")
        return None
    return await screen.room.choose_provider(title, offered)


def _one_family(screen: Working, models: Models, why: str) -> bool:
    """Whether all models are of one family; says which ones there are where they aren't."""
    families = sorted({model.family for model in models})
    if len(families) > 1:
        screen.flash(f"the marked models are of families {', '.join(families)}: {why}; mark one family", error=True)
    return len(families) == 1


def _held(screen: Working, models: Models) -> dict[str, int]:
    """How many of the models have a line to each provider."""
    held: dict[str, int] = {}
    for model in screen.session.latest(models):
        for line in model.provider_configs:
            held[line.name] = held.get(line.name, 0) + 1
    return held


def _note(count: int, total: int) -> str:
    """In how many of the lists a provider is; of one list its lines say it."""
    return "" if total == 1 else f"{count} of {total}" if count else "none"


def _own_ids(models: Models, provider: ProviderRow) -> list[Spans]:
    """The lines' own upstream ids that would be lost."""
    found = [
        line.upstream_model
        for model in models
        for line in model.provider_configs
        if line.provider_config_id == provider.id and line.upstream_model
    ]
    if not found:
        return []
    what = f"{counted(len(found), 'own upstream id')} at {provider.name}"
    return [spans(Cell(" dropped    ", Tone.WARN), what if len(found) > 1 else f"{what}: {found[0]}")]


def _name(screen: Working, provider: ProviderRow) -> str:
    """What a provider is called now: it may have been renamed since it was chosen."""
    return screen.session.latest((provider,))[0].name


def _in_lists(models: Models) -> str:
    return f"in {named(models)}" if len(models) > 1 else f"in the list of {models[0].name}"


def _ids(rows: Models) -> tuple[UUID, ...]:
    return tuple(row.id for row in rows)
