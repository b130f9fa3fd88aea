"""A page to read: rows that one goes through and filters by words, and that no key changes."""

from __future__ import annotations

from typing import ClassVar

from modeltui.domain.text import name_key
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.filtered import Filtered
from modeltui.tui.widgets.row_list import Row
from modeltui.tui.widgets.text_lines import TextLine


class Page(Filtered):
    """Rows without a pane. Subclasses make the rows, and say what they are."""

    AUTO_FOCUS = "RowList"
    has_pane: ClassVar[bool] = False

    def on_mount(self) -> None:
        """Most pages have nothing for a pane."""
        self.query_one("#lower").display = self.has_pane

    # For subclasses

    def make_rows(self, words: list[str]) -> list[Row]:
        """The rows that hold all words, which are casefolded; with no words all rows."""
        raise NotImplementedError

    def what(self) -> Spans:
        """Line 2: what is on the page."""
        raise NotImplementedError

    def nothing_yet(self) -> list[Spans]:
        """What is said where there are no rows at all."""
        return []

    # What it shows

    def refresh_rows(self) -> None:
        """Shows the rows that match."""
        super().refresh_rows()
        rows = {row.key: row for row in self.make_rows(name_key(self.filter_text).split())}
        no_match = [spans(f"  Nothing here holds {self.filter_text}"), spans("  esc or q drops the filter.")]
        self.rows.empty = no_match if self.filter_text else self.nothing_yet()
        self.rows.show(list(rows), lambda key: rows[key])
        self.show_place()

    def set_filter(self, text: str) -> None:
        """Shows only the rows that hold every word."""
        self.filter_text = text
        self.refresh_rows()

    def show_place(self) -> None:
        """Line 2."""
        note = spans(Cell(f"filter: {self.filter_text}", Tone.ACCENT)) if self.filter_text else ()
        self.query_one("#place", TextLine).show(self.what(), note)

    def do_back(self) -> None:
        """Drops the filter, then goes back."""
        if self.filter_text:
            self.set_filter("")
        else:
            self.dismiss(None)
