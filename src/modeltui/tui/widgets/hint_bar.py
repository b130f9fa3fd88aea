"""The line that says which keys do what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rich.cells import cell_len
from textual.strip import Strip

from modeltui.tui.presentation.cells import Cell, Spans, Tone
from modeltui.tui.presentation.text import clean
from modeltui.tui.widgets.line_widget import LineWidget

Hint: TypeAlias = tuple[str, str]
"""A key and what it does, as shown."""

BETWEEN = "  "


class HintBar(LineWidget):
    """Hints, of which none is ever cut: what doesn't fit is counted, and the pinned ones are always there."""

    _hints: tuple[Hint, ...] = ()
    _pinned: tuple[Hint, ...] = ()

    def show(self, hints: Sequence[Hint], pinned: Sequence[Hint] = ()) -> None:
        """Show these hints, the most useful first, and the pinned ones at the right edge."""
        self._hints, self._pinned = tuple(hints), tuple(pinned)
        self.repaint()

    def make_lines(self, width: int, height: int) -> list[Strip]:
        """The one line: hints, `+N` for those left out, pinned hints."""
        pinned_width = _width(self._pinned)
        room = width - pinned_width - (len(BETWEEN) if self._pinned else 0)
        shown = fitting(self._hints, room)
        left = _drawn(shown)
        hidden = len(self._hints) - len(shown)
        if hidden:
            more = Cell(f"{BETWEEN if shown else ''}+{hidden}", Tone.MUTED)
            left = (*left, more) if _width(shown) + cell_len(more.text) <= room else left
        return [self.draw_apart(left, _drawn(self._pinned), width)]


def fitting(hints: Sequence[Hint], cells: int) -> tuple[Hint, ...]:
    """The first hints that fit whole into `cells`, with room for `+N` unless they all do."""
    if _width(hints) <= cells:
        return tuple(hints)
    for count in range(len(hints) - 1, 0, -1):
        more = len(f"{BETWEEN}+{len(hints) - count}")
        if _width(hints[:count]) + more <= cells:
            return tuple(hints[:count])
    return ()


def _width(hints: Sequence[Hint]) -> int:
    gaps = len(BETWEEN) * max(0, len(hints) - 1)
    return gaps + sum(cell_len(clean(key)) + 1 + cell_len(clean(label)) for key, label in hints)


def _drawn(hints: Sequence[Hint]) -> Spans:
    cells: list[Cell] = []
    for position, (key, label) in enumerate(hints):
        cells.append(Cell(f"{BETWEEN if position else ''}{key}", Tone.STRONG))
        cells.append(Cell(f" {label}", Tone.MUTED))
    return tuple(cells)
