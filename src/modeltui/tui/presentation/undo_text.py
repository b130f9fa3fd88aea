"""Taking a change back, as text: what is asked before, and what is said afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.impact_text import impact_lines, outcome

if TYPE_CHECKING:
    from modeltui.domain.history import Reversal


def reversal_lines(reversal: Reversal) -> list[Spans]:
    """The lines of the question: what never comes back, then where requests would go."""
    lost = [spans(Cell(f" {reversal.lost}, for good: redo can't bring it back", Tone.BAD))] if reversal.lost else []
    return [*lost, *([] if reversal.impact.harmless and lost else impact_lines(reversal.impact))]


def said(reversal: Reversal, done: str) -> str:
    """What happened, for the flash line: `undone: turned openai-eu off; 40 models are back on it`."""
    impact = reversal.impact
    text = f"{done}: {reversal.title}"
    if impact.harmless:
        return text
    places = list(impact.destinations)
    default_stays = impact.default_before == impact.default_after
    if done == "undone" and len(places) == 1 and default_stays and not impact.dark and not impact.deleted:
        place = "it" if places[0] == reversal.subject else places[0]
        count = len(impact.moving)
        return f"{text}; {counted(count, 'model')} {'is' if count == 1 else 'are'} back on {place}"
    return f"{text}; {outcome(impact)}"
