"""Deleting models or providers, one or several, after showing what that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modeltui.domain.bulk import DeleteModels, DeleteProviders
from modeltui.domain.impact import Impact
from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.presentation.impact_text import impact_lines, outcome
from modeltui.tui.presentation.set_text import named, set_lines

if TYPE_CHECKING:
    from modeltui.tui.screens.working import Working


async def delete_models(screen: Working, rows: tuple[ModelRow, ...]) -> None:
    """Deletes models; they can be brought back."""
    rows = screen.session.latest(rows)
    one = len(rows) == 1
    back = f" {'It' if one else 'They'} can be brought back: D, then R{'' if one else ' on each'}."

    async def agree(impact: Impact, rows: tuple[ModelRow, ...]) -> bool:
        lines = [*impact_lines(impact), spans(Cell(back, Tone.MUTED))]
        return await screen.confirm(f"Delete {named(rows)}?", lines, "delete")

    done = await screen.change(DeleteModels(tuple(row.id for row in rows)), rows, agree)
    if done is not None:
        impact, rows = done
        goes = impact.default_before != impact.default_after
        default = f"; default is now {impact.default_after or 'none'}" if goes else ""
        shows = "; D shows it, R restores it" if one else "; D shows them, R restores the one under the cursor"
        screen.flash(f"{named(rows)} {'is' if one else 'are'} deleted{shows}{default}")


async def delete_providers(screen: Working, rows: tuple[ProviderRow, ...]) -> None:
    """Deletes providers and their lines; where that takes a model down, something has to be typed."""
    rows = screen.session.latest(rows)
    one = len(rows) == 1
    warning = f" {'A deleted provider' if one else 'Deleted providers'} can't be brought back; t turns "

    async def agree(impact: Impact, rows: tuple[ProviderRow, ...]) -> bool:
        lines = [
            *set_lines(rows),
            *impact_lines(impact),
            spans(Cell(f"{warning}{'it' if one else 'them'} off.", Tone.WARN)),
        ]
        title = f"Delete {named(rows)}, and take {'it' if one else 'them'} out of every list?"
        if impact.dark or impact.deleted:
            return await screen.confirm_by_name(title, lines, "delete", rows[0].name if one else f"delete {len(rows)}")
        return await screen.confirm(title, lines, "delete")

    done = await screen.change(DeleteProviders(tuple(row.id for row in rows)), rows, agree)
    if done is not None:
        impact, rows = done
        screen.flash(f"{named(rows)} {'is' if one else 'are'} deleted: {outcome(impact)}")
