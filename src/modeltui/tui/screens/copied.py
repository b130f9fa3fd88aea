"""What was copied, where it is longer than the pane: to read, or to select with the terminal's own means."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, cast

from rich.cells import chop_cells
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType

from modeltui.tui import keys
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.text import clean
from modeltui.tui.screens.pages import Page
from modeltui.tui.session import Session
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.row_list import Row, RowList

GUTTER = 2
# Of one line. A row's key is the line's number times this, plus the piece's, since there may be a million rows.
MOST_PIECES = 1 << 20


class CopiedScreen(Page):
    """The lines as they were copied; one that is wider than the screen goes on below."""

    context = "copied"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("copied")]

    def __init__(self, session: Session, title: str, lines: Sequence[str], said: str) -> None:
        super().__init__(session)
        self._copied_what, self._copied, self._said = title, tuple(lines), said

    def compose_body(self) -> ComposeResult:
        """The lines."""
        yield RowList((Column("TEXT", 20, grow=1, keep=None),), id="rows", gutter=GUTTER, cursor_columns=0)

    def on_mount(self) -> None:
        """Says what became of the copy."""
        self.flash(self._said)

    def on_resize(self, event: events.Resize) -> None:
        """Breaks the lines for the new width. Textual calls this besides the frame's own."""
        self.refresh_rows()

    def refresh_rows(self) -> None:
        """Shows every line, in pieces where it is too wide; each row is made when it comes into view."""
        self.show_catalog()
        width = max(1, self.app.size.width - GUTTER)
        broken = {
            number: chop_cells(clean(line), width) or [""]
            for number, line in enumerate(self._copied)
            if len(line) > width or not line.isascii()
        }

        def row(key: Hashable) -> Row:
            number, place = divmod(cast(int, key), MOST_PIECES)
            text = broken[number][place] if number in broken else clean(self._copied[number])
            return Row(key, (Cell(text),), free=True)

        keys: Sequence[int] = range(0, len(self._copied) * MOST_PIECES, MOST_PIECES)
        if broken:
            whole = ("",)
            keys = [first + place for n, first in enumerate(keys) for place in range(len(broken.get(n, whole)))]
        self.rows.show(keys, row)
        self.show_place()

    def what(self) -> Spans:
        """What it is."""
        return spans(Cell("Copied", Tone.STRONG), f"   {self._copied_what}, {counted(len(self._copied), 'line')}")
