"""Undoing and redoing on the views: what was saved in this session, the last first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from modeltui.errors import CannotUndo, StaleVersion
from modeltui.tui.presentation.undo_text import reversal_lines, said

if TYPE_CHECKING:
    from modeltui.domain.history import Reversal
    from modeltui.tui.screens.working import Working


async def undo(screen: Working) -> None:
    """Undoes what was last saved here.

    What can't be undone says why, and the next time it is passed over, so that it doesn't bar what came before it.
    """
    history = screen.session.catalog.history
    while True:
        told_before = history.was_refused
        try:
            await _take_back(screen, history.impact_of_undo, history.undo, "Undo", "undo it", "undone")
        except CannotUndo as error:
            if told_before and error.change is not None:
                history.skip()
                continue
            passed = "; u once more passes over it" if error.change is not None else ""
            await _refused(screen, f"{error.message}{passed}", error)
        return


async def redo(screen: Working) -> None:
    """Does again what was undone last."""
    history = screen.session.catalog.history
    try:
        await _take_back(screen, history.impact_of_redo, history.redo, "Do again", "do it again", "done again")
    except CannotUndo as error:
        await _refused(screen, error.message, error)


async def _take_back(
    screen: Working,
    weigh: Callable[[], Awaitable[Reversal]],
    act: Callable[..., Awaitable[Reversal]],
    heading: str,
    verb: str,
    done: str,
) -> None:
    """Weighs it, asks where requests would move or something is lost for good, and does it."""
    while True:
        reversal = await weigh()
        asks = reversal.lost is not None or not reversal.impact.harmless
        if asks and not await screen.confirm(f"{heading}: {reversal.title}?", reversal_lines(reversal), verb):
            return
        try:
            await act(impact=reversal.impact)
        except StaleVersion as error:
            if error.impact is None:
                raise
            await screen.session.reload(elsewhere=True)
            screen.flash("what this would do has changed meanwhile; look again", error=True)
            continue
        await screen.session.reload()
        screen.flash(said(reversal, done))
        return


async def _refused(screen: Working, text: str, error: CannotUndo) -> None:
    """Says why, with on screen what somebody else has made of it meanwhile."""
    if error.change is not None:
        await screen.session.reload(elsewhere=True)
    screen.flash(text, error=error.change is not None)
