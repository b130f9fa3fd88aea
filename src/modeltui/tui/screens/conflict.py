"""A conflict: the list as one opened it, as somebody else saved it, and as one wants it, side by side."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from modeltui.tui import keys
from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.presentation.conflict_text import (
    COLUMNS,
    Conflict,
    conflict_pane,
    conflict_rows,
)
from modeltui.tui.screens.frame import Frame
from modeltui.tui.session import Session
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.widgets.text_lines import TextLine, TextLines


class ConflictScreen(Frame):
    """Answers with `keep`, `merge`, `theirs` or `ours`; leaving it keeps the draft."""

    context = "conflict"
    awaited = True
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("conflict")]

    def __init__(self, session: Session, conflict: Conflict) -> None:
        super().__init__(session)
        self.conflict = conflict

    def compose_body(self) -> ComposeResult:
        """Three lists."""
        yield RowList(COLUMNS, id="rows", gutter=2, cursor_columns=1)

    def on_mount(self) -> None:
        """Fills them in."""
        conflict = self.conflict
        rows = {row.key: row for row in conflict_rows(conflict)}
        self.query_one("#rows", RowList).show(list(rows), lambda key: rows[key])
        place = spans("Models / ", Cell(conflict.model.name, Tone.STRONG), " / conflict")
        self.query_one("#place", TextLine).show(place, spans(Cell("your draft is not saved", Tone.WARN)))
        find = self.session.provider
        self.query_one("#pane", TextLines).show_fitted(lambda width: conflict_pane(conflict, find, width))

    def do_keep(self) -> None:
        """Back to the draft."""
        self.dismiss("keep")

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Enter is the careful answer."""
        message.stop()
        self.do_keep()

    def do_merge(self) -> None:
        """Puts both lists together, where nothing in them contradicts."""
        refused = self.conflict.why_no_merge
        if refused is None:
            self.dismiss("merge")
        else:
            self.flash(f"can't merge: {refused}; e keeps editing, R takes theirs, O puts yours over")

    def do_theirs(self) -> None:
        """Drops the draft."""
        self.dismiss("theirs")

    def do_ours(self) -> None:
        """Puts the draft over."""
        if self.conflict.possible:
            self.dismiss("ours")
        else:
            self.flash("every provider of your list is deleted; e keeps editing, then a attaches another one")

    def do_back(self) -> None:
        """Back to the draft."""
        self.dismiss("keep")
