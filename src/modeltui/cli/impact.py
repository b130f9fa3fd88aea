"""What a change does to traffic, in lines for a person."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.cli.output import emit, note
from modeltui.domain.impact import Impact, ModelImpact
from modeltui.domain.rows import ModelRow
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.impact_text import asked_text
from modeltui.tui.presentation.text import clean


def show_impact(what: str, impact: Impact, *, dry_run: bool, always: bool = True) -> None:
    """Prints an impact before the change, on stderr; of a dry run with --json it is the result itself.

    With `always` off, a change that moves nothing is passed over in silence.
    """
    if dry_run:
        note(impact_lines(what, impact))
        emit(impact, ["dry run: nothing was changed"])
    elif always or not impact.harmless:
        note(impact_lines(what, impact))


def show_asked(before: ModelRow, after: ModelRow) -> None:
    """Says on stderr where the same provider will be asked for another upstream model."""
    text = asked_text(before, after)
    if text:
        note([f"requests for {clean(before.name)}: {clean(text)}"])


def impact_lines(what: str, impact: Impact) -> Iterator[str]:
    """The heading with totals, then every model whose requests land elsewhere, the worst first."""
    yield f"{clean(what)}: {_totals(impact)}"
    changed = [model for model in impact.models if model.moves or model.deleted]
    arrow = glyphs.current().arrow
    for model in sorted(changed, key=lambda model: (not model.goes_dark, not model.deleted)):
        yield f"  {clean(model.name)}: {clean(_before(model))} {arrow} {clean(_after(model))}"
    if impact.default_before != impact.default_after:
        before, after = impact.default_before or "refused", impact.default_after or "refused"
        yield f"  unnamed requests: {clean(before)} {arrow} {clean(after)}"


def _totals(impact: Impact) -> str:
    dark, deleted = len(impact.dark), len(impact.deleted)
    parts = [
        f"{counted(dark, 'model')} {'goes' if dark == 1 else 'go'} dark" if dark else "",
        f"{counted(deleted, 'model')} {'is' if deleted == 1 else 'are'} deleted" if deleted else "",
        *(
            f"{counted(number, 'model')} {'moves' if number == 1 else 'move'} to {clean(name)}"
            for name, number in impact.destinations.items()
        ),
    ]
    off = sum(model.moves and not (model.goes_dark or model.deleted or model.winner_after) for model in impact.models)
    parts.append(f"{counted(off, 'model')} {'is' if off == 1 else 'are'} turned off" if off else "")
    return ", ".join(part for part in parts if part) or "no request of a named model lands elsewhere"


def _before(model: ModelImpact) -> str:
    return "off" if model.turned_on else model.winner_before or "dark"


def _after(model: ModelImpact) -> str:
    if model.deleted:
        return "deleted"
    if model.goes_dark:
        return "dark"
    return model.winner_after or "off"
