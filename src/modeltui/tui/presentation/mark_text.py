"""The marks in words: how many, and which keys act on what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.text import clean


def marked_line(count: int, keys: Sequence[str], names: Iterable[str], width: int) -> Spans:
    """How much is marked, and which keys act on what, in one line: `3 marked: t d act on gpt-5, o3 and 1 more`."""
    start = f"{count} marked: {' '.join(keys)} {'act' if len(keys) > 1 else 'acts'} on "
    room = width - len(start)
    shown: list[str] = []
    for name in map(clean, names):
        rest = count - len(shown) - 1
        more = len(f" and {rest} more") if rest else 0
        if sum(cell_len(each) + 2 for each in shown) + cell_len(name) + more > room:
            break
        shown.append(name)
    rest = count - len(shown)
    if not shown:
        return spans(Cell(start, Tone.ACCENT), counted(count, "row"))
    return spans(Cell(start, Tone.ACCENT), ", ".join(shown) + (f" and {rest} more" if rest else ""))
