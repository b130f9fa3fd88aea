"""Turning models or providers on and off, one or several, and bringing back what was turned off last."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from modeltui.domain.bulk import TurnModels, TurnProviders
from modeltui.domain.impact import Impact
from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.impact_text import impact_lines, outcome
from modeltui.tui.presentation.set_text import named, set_lines

if TYPE_CHECKING:
    from modeltui.tui.screens.working import Working

Rows: TypeAlias = tuple[ModelRow | ProviderRow, ...]


async def turn(screen: Working, rows: Rows, *, enabled: bool, brought_back: bool = False) -> None:
    """Turns all rows on or off in one change; asks where requests would move.

    A single model that is turned on by its own key isn't asked about: it takes nothing from anybody.
    """
    rows = screen.session.latest(rows)
    word = "on" if enabled else "off"
    models = isinstance(rows[0], ModelRow)
    ids = tuple(row.id for row in rows)
    asks = brought_back or len(rows) > 1 or not (models and enabled)

    async def agree(impact: Impact, rows: Rows) -> bool:
        lines = [*set_lines(rows), *impact_lines(impact)]
        verb = f"turn {'it' if len(rows) == 1 else 'them'} {word}"
        return await screen.confirm(f"Turn {named(rows)} {word}?", lines, verb)

    change = TurnModels(ids, enabled) if models else TurnProviders(ids, enabled)
    done = await screen.change(change, rows, agree, unasked=lambda impact: impact.harmless or not asks)
    if done is None:
        return
    impact, rows = done
    turned = [row for row in rows if row.enabled is not enabled]
    if turned and not enabled:
        screen.session.turned_off(turned)
    is_now = f"{named(rows)} {'is' if len(rows) == 1 else 'are'} {word}"
    said = _models_said(impact, enabled, len(rows)) if models else f": {outcome(impact)}"
    screen.flash(f"{is_now}{said}{'' if enabled else _way_back(len(rows))}")


async def bring_back(screen: Working) -> None:
    """Turns on again what was last turned off in this session."""
    rows = screen.session.last_turned_off()
    if rows:
        await turn(screen, rows, enabled=True, brought_back=True)
    elif screen.session.has_turned_off:
        screen.flash("nothing to bring back: what was turned off in this session is on again or gone")
    else:
        screen.flash("nothing was turned off in this session")


def _models_said(impact: Impact, enabled: bool, count: int) -> str:
    """Where the requests of models are answered now."""
    them = "it" if count == 1 else "them"
    if not enabled:
        return f": requests for {them} are refused"
    default = "" if impact.default_before == impact.default_after else f"; {impact.default_after} is now the default"
    if count == 1:
        return f"; requests go to {impact.models[0].winner_after or 'nowhere, it is dark'}{default}"
    places = [f"{number} to {name}" for name, number in impact.destinations.items()]
    dark = sum(model.winner_after is None for model in impact.models)
    parts = ", ".join([*places, *([f"{counted(dark, 'model')} dark"] if dark else [])])
    return f"; requests go {parts}{default}" if places else f"; {parts}{default}"


def _way_back(count: int) -> str:
    return f"; T turns {'it' if count == 1 else 'them'} on again"
