"""What was copied, where it is longer than the pane: to read, or to select with the terminal's own means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

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

    def make_rows(self, words: list[str]) -> list[Row]:
        """Every line, in pieces where it is too wide."""
        width = max(1, self.app.size.width - GUTTER)
        return [
            Row((number, place), (Cell(piece),), free=True)
            for number, line in enumerate(self._copied)
            for place, piece in enumerate(chop_cells(clean(line), width) or [""])
        ]

    def what(self) -> Spans:
        """What it is."""
        return spans(Cell("Copied", Tone.STRONG), f"   {self._copied_what}, {counted(len(self._copied), 'line')}")
