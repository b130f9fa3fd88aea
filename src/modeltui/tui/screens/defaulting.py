"""Saying which model is the default, or that none is, after showing where requests that name no model would go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modeltui.domain.impact import Impact
from modeltui.domain.rows import ModelRow, ModelState
from modeltui.errors import StaleVersion
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.cells import Cell, Tone, spans

if TYPE_CHECKING:
    from modeltui.tui.screens.working import Working


async def mark_default(screen: Working, row: ModelRow) -> None:
    """Gives a model the default mark, or takes it away; asks again where somebody else moved it meanwhile."""
    session, arrow = screen.session, glyphs.current().arrow
    row = session.latest((row,))[0]
    while True:
        if not row.is_default and not row.enabled:
            screen.flash(f"{row.name} is off and can't be the default model; t turns it on", error=True)
            return
        before = next((other.name for other in session.rows.models if other.is_default), None)
        after = None if row.is_default else row.name
        moved = f"{before or 'nowhere'} {arrow} {after or 'nowhere'}"
        if not await _agreed(screen, row, moved):
            return
        marked = None if row.is_default else row.id
        try:
            await session.catalog.models.set_default(marked, version=row.version, impact=Impact((), before, after))
        except StaleVersion as error:
            await session.reload(elsewhere=True)
            asked, row = row, session.latest((row,))[0]
            # Of a model that got or lost the mark meanwhile the key would now mean the opposite.
            if error.impact is None or row.is_default is not asked.is_default:
                raise
            screen.flash("what this would do has changed meanwhile; look again", error=True)
            continue
        await session.reload()
        screen.flash(f"unnamed requests: {moved}")
        return


async def _agreed(screen: Working, row: ModelRow, moved: str) -> bool:
    lines = [spans(Cell(" unnamed requests: ", Tone.MUTED), moved)]
    if row.is_default:
        lines.append(spans(Cell(" Requests that name no model will be refused.", Tone.WARN)))
    elif row.state is ModelState.DARK:
        lines.append(spans(Cell(f" {row.name} is dark: requests that name no model will be refused.", Tone.BAD)))
    title = f"Take the default mark from {row.name}?" if row.is_default else f"Make {row.name} the default model?"
    return await screen.confirm(title, lines, "take it away" if row.is_default else "make it the default")
