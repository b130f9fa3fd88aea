"""The command palette in the lower pane: a line to type into, and what matches below it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.row_list import Column, Row, RowList
from modeltui.tui.widgets.text_lines import TextLine, TextLines
from modeltui.tui.widgets.unscrolled import Block

COLUMNS = (Column("COMMAND OR NAME", 20, grow=1, keep=None), Column("KEY", 8, keep=None))
_MOVES = {
    "up": RowList.action_cursor_up,
    "shift+tab": RowList.action_cursor_up,
    "down": RowList.action_cursor_down,
    "tab": RowList.action_cursor_down,
    "pageup": RowList.action_page_up,
    "pagedown": RowList.action_page_down,
}


class Matches(RowList, can_focus=False):
    """What matches. The keys stay with the line that is typed into; a click chooses."""


class PalettePane(Block):
    """Posts what was chosen, once. It takes keys as soon as what is typed goes into it."""

    class Chosen(Message):
        """A row was chosen; with None the palette is to close."""

        def __init__(self, key: Hashable | None) -> None:
            super().__init__()
            self.key = key

    def __init__(self, title: Spans, find: Callable[[str], Sequence[Row]]) -> None:
        """`find` gives the rows for what is typed, those first that are meant most likely."""
        super().__init__()
        self.title_text = title
        self.takes_keys = False
        self._find = find
        self._shown_for = ""

    def compose(self) -> ComposeResult:
        """The title, the line, the rows."""
        yield TextLines(id="palette-title")
        with Horizontal(id="palette-line"):
            yield TextLine(id="palette-sign")
            yield Entry(id="palette-entry")
        yield Matches(COLUMNS, id="palette-rows", gutter=2)

    def on_mount(self) -> None:
        """Fills in and takes the focus."""
        self.query_one("#palette-title", TextLines).show((), title=self.title_text)
        self.query_one("#palette-sign", TextLine).show(spans(Cell(" find ", Tone.MUTED)))
        self._show("")
        self.query_one(Entry).focus(scroll_visible=False)

    def on_descendant_focus(self) -> None:
        """From here on keys reach the line."""
        self.takes_keys = True

    @property
    def _rows(self) -> Matches:
        return self.query_one(Matches)

    def _show(self, text: str) -> None:
        self._shown_for = text
        rows = {row.key: row for row in self._find(text)}
        self._rows.empty = [spans(f"  Nothing here is called {text}"), spans("  esc closes.")]
        self._rows.show(list(rows), lambda key: rows[key])
        self._rows.action_cursor_first()

    def on_input_changed(self, message: Input.Changed) -> None:
        """The rows follow what is typed, the likeliest under the cursor."""
        message.stop()
        self._show(message.value)

    def on_key(self, event: events.Key) -> None:
        """Moves, chooses, closes; all other keys are left to the line."""
        move = _MOVES.get(event.key)
        if move is not None:
            event.stop()
            move(self._rows)
        elif event.key == "enter":
            # At once, not by way of the line's own message: the next key must find the palette closed.
            event.stop()
            typed = self.query_one(Entry).value
            if typed != self._shown_for:
                self._show(typed)
            if self._rows.cursor_key is not None:
                self._give(self._rows.cursor_key)
        elif event.key in ("escape", "ctrl+p"):
            event.stop()
            self._give(None)

    def on_row_list_cursor_moved(self, message: RowList.CursorMoved) -> None:
        """The screen's own pane doesn't follow this cursor."""
        message.stop()

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """A click on the row under the cursor."""
        message.stop()
        self._give(message.key)

    def _give(self, key: Hashable | None) -> None:
        if self.takes_keys:
            self.takes_keys = False
            self.post_message(self.Chosen(key))
