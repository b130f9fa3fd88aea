"""The log: every message of the session, the newest at the bottom, with the time it was said."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from modeltui.clock import local, local_text
from modeltui.domain.text import name_key
from modeltui.tui import keys
from modeltui.tui.message_log import Message
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.pages import Page
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.row_list import Row, RowList
from modeltui.tui.widgets.text_lines import TextLines

COLUMNS = (
    Column("TIME", 14, keep=None),
    Column("SCREEN", 17, keep=1),
    Column("MESSAGE", 30, grow=1, keep=None),
)


class LogScreen(Page):
    """Messages as they were said. The pane has the one under the cursor in full, with its date."""

    context = "log"
    has_pane = True
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("log")]

    def compose_body(self) -> ComposeResult:
        """The messages."""
        yield RowList(COLUMNS, id="rows", gutter=2)

    def make_rows(self, words: list[str]) -> list[Row]:
        """A line for each message."""
        return [_row(said) for said in self.session.log if all(word in _hay(said) for word in words)]

    def what(self) -> Spans:
        """How many there are."""
        log = self.session.log
        older = f"   {log.forgotten} older ones are forgotten" if log.forgotten else ""
        return spans(Cell("Log", Tone.STRONG), f"   {counted(len(log), 'message')} of this session{older}")

    def nothing_yet(self) -> list[Spans]:
        """What is said at the very beginning."""
        return [spans("  Nothing was said yet in this session."), spans("  q goes back.")]

    def refresh_rows(self) -> None:
        """Shows what was said meanwhile too; a cursor at the newest message stays at the newest."""
        at_end = self.rows.cursor_position in (None, len(self.rows.keys) - 1)
        super().refresh_rows()
        if at_end:
            self.rows.action_cursor_last()
        self._show_message()

    def on_row_list_cursor_moved(self, message: RowList.CursorMoved) -> None:
        """The pane follows the cursor."""
        message.stop()
        self._show_message()

    def _show_message(self) -> None:
        said = next((said for said in self.session.log if said.number == self.rows.cursor_key), None)
        pane = self.query_one("#pane", TextLines)
        if said is None:
            pane.show((), title="")
        else:
            text = spans(Cell(" "), Cell(said.text, Tone.BAD if said.error else Tone.PLAIN))
            pane.show([text], title=f"{local_text(said.at)}   {said.place}", wrap=True)


def _row(said: Message) -> Row:
    time = local(said.at).timetz().isoformat(timespec="seconds")
    text = Cell(f"ERROR  {said.text}", Tone.BAD) if said.error else Cell(said.text)
    return Row(said.number, (Cell(time, Tone.MUTED), Cell(said.place, Tone.MUTED), text))


def _hay(said: Message) -> str:
    return name_key(f"{said.place} {'error ' if said.error else ''}{said.text}")
