"""A screen whose rows follow what is typed into a line that takes the flash line's place."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.screens.frame import PASTE_REFUSED, Frame
from modeltui.tui.session import Session
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.widgets.text_lines import TextLine


class Filtered(Frame):
    """The filter's line and its keys. Subclasses say what a filter does to their rows."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.filter_text = ""

    def compose_line(self) -> ComposeResult:
        """The filter's line."""
        yield Horizontal(id="filter")

    def on_mount(self) -> None:
        """Leaves the filter's input for after the first paint: reading its styles takes long."""
        self.call_after_refresh(self._fill_filter)

    def _fill_filter(self) -> None:
        line = self.query_one("#filter")
        if not line.children:
            sign = TextLine(id="filter-sign")
            sign.show(spans(Cell("filter ", Tone.MUTED)))
            line.mount(sign, Entry(id="filter-entry"))

    # For subclasses

    def set_filter(self, text: str) -> None:
        """Shows only the rows that match."""
        raise NotImplementedError

    def show_place(self) -> None:
        """Line 2: says what narrows the rows."""

    def filter_kept(self) -> None:
        """The filter is typed, and the keys are the rows' again."""

    # The line

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one("#rows", RowList)

    @property
    def filtering(self) -> bool:
        """Whether the filter is being typed."""
        return self.has_class("-filtering")

    @property
    def overlay(self) -> str | None:
        """While the filter is typed the keys are its own, unless something is open in the lower pane."""
        return super().overlay or ("filter" if self.filtering else None)

    def do_filter(self) -> None:
        """Opens the filter's line."""
        self._fill_filter()
        self.add_class("-filtering")
        entry = self.query_one("#filter-entry", Entry)
        entry.value = self.filter_text
        entry.focus(scroll_visible=False)
        # Typing begins a new filter, an arrow goes on with the old one.
        entry.select_all()
        self.show_place()
        self.show_hints()

    def on_input_changed(self, message: Input.Changed) -> None:
        """The rows follow what is typed."""
        message.stop()
        if self.filtering and message.input.id == "filter-entry":
            self._follow(message.value)

    def _follow(self, text: str) -> None:
        if text == self.filter_text:
            return
        self.set_filter(text)
        keep = self.rows.keys
        if keep:
            self.rows.move_cursor(keep[0])

    def on_entry_paste_refused(self, message: Entry.PasteRefused) -> None:
        """The flash line, where the frame says it, isn't there while the filter is typed."""
        if self.filtering:
            self.query_one("#place", TextLine).show(spans(Cell(PASTE_REFUSED, Tone.BAD)))

    def on_key(self, event: events.Key) -> None:
        """While the filter is typed: esc drops it, enter and arrows keep it and go to the rows, tab does nothing.

        At once, not by way of a message of the input's: the next key may be there already, and is the rows'.
        """
        if not self.filtering:
            return
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.set_filter("")
            self._close_filter()
        elif event.key in ("tab", "shift+tab"):
            # Else the focus would go, and the letters that follow would act as keys.
            event.stop()
            event.prevent_default()
        elif event.key in ("enter", "down", "up"):
            event.stop()
            event.prevent_default()
            self._follow(self.query_one("#filter-entry", Entry).value)
            self._close_filter()

    def on_descendant_focus(self) -> None:
        """A click on the rows keeps the filter, as enter does: the letters that follow are keys."""
        # By what has the focus now: the message may be older than the filter's line.
        if self.filtering and self.focused is self.rows:
            self._follow(self.query_one("#filter-entry", Entry).value)
            self._close_filter()

    def _close_filter(self) -> None:
        self.remove_class("-filtering")
        self.show_place()
        self.show_hints()
        self.rows.focus(scroll_visible=False)
        self.filter_kept()
