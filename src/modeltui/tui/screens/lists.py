"""What the two lists share: filter, cursor and pane, reloading, and the texts for when there is nothing to show."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from textwrap import wrap
from typing import Any, ClassVar, Literal
from uuid import UUID

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from modeltui.domain.filtering import Filter, parse
from modeltui.domain.haystack import Haystack
from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.frame import Frame
from modeltui.tui.session import Phase, Session
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.row_list import Row, RowList
from modeltui.tui.widgets.text_lines import TextLine, TextLines

AnyRow = ModelRow | ProviderRow


class ListScreen(Frame):
    """Models or Providers. Subclasses say which rows there are, how they look and what their keys do."""

    AUTO_FOCUS = "RowList"
    columns: ClassVar[Sequence[Column]] = ()
    kind: ClassVar[Literal["models", "providers"]] = "models"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.filter_text = ""
        self.filter: Filter = parse("", self.kind)
        self._hay: Haystack[Any] | None = None
        self._by_key: dict[Hashable, AnyRow] = {}

    def compose_body(self) -> ComposeResult:
        """The list."""
        yield RowList(self.columns, id="rows")

    def compose(self) -> ComposeResult:
        """The frame, and the line to type a filter into, which takes the flash line's place."""
        yield from super().compose()
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

    def all_rows(self) -> Sequence[AnyRow]:
        """Every row there is to show."""
        raise NotImplementedError

    def haystack(self, rows: Sequence[Any]) -> Haystack[Any]:
        """What a filter looks through."""
        raise NotImplementedError

    def row_cells(self, row: AnyRow) -> Row:
        """How a row looks."""
        raise NotImplementedError

    def summary(self, shown: int) -> Spans:
        """Line 2: where one is, and the counts that matter."""
        raise NotImplementedError

    def pane(self, row: AnyRow, width: int) -> tuple[Spans, list[Spans]]:
        """The pane's title and lines."""
        raise NotImplementedError

    def nothing_yet(self) -> list[Spans]:
        """What is said when the catalog has no rows."""
        raise NotImplementedError

    # Rows

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one("#rows", RowList)

    @property
    def current(self) -> AnyRow | None:
        """The row under the cursor."""
        return self._by_key.get(self.rows.cursor_key) if self.rows.cursor_key is not None else None

    def refresh_rows(self) -> None:
        """Shows the session's rows: the cursor stays with its row, and only lines that differ are sent."""
        super().refresh_rows()
        every = self.all_rows()
        if self._hay is None or self._hay.rows is not every:
            self._hay = self.haystack(every)
        rows: Sequence[AnyRow] = self.filter.apply(self._hay)
        self._by_key = {row.id: row for row in rows}
        self.rows.empty = self._empty_text()
        self.rows.columns = self.columns
        self.rows.show(list(self._by_key), lambda key: self.row_cells(self._by_key[key]))
        self._show_place()
        self.refresh_pane()

    def _show_place(self) -> None:
        self.query_one("#place", TextLine).show(self.summary(len(self._by_key)), self._filter_note())

    def _filter_note(self) -> Spans:
        """What narrows the list; a word that was left out is named for as long as it stands there."""
        if self.filter.problem:
            return spans(Cell(f"filter: {self.filter_text}   left out: {self.filter.problem}", Tone.BAD))
        if self.filter_text:
            return spans(Cell(f"filter: {self.filter_text}", Tone.ACCENT))
        return spans(Cell("words  is:dark  provider:x  !not", Tone.MUTED)) if self.filtering else ()

    def refresh_pane(self) -> None:
        """Shows what the cursor is on."""
        pane = self.query_one("#pane", TextLines)
        row = self.current
        if row is None:
            pane.show((), title="")
            return
        pane.show_fitted(lambda width: self.pane(row, width))

    def on_row_list_cursor_moved(self, message: RowList.CursorMoved) -> None:
        """The pane follows the cursor."""
        message.stop()
        self.refresh_pane()

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Enter goes in."""
        message.stop()
        if not self.asking:
            self.do_open()

    def do_open(self) -> None:
        """Goes into what the cursor is on."""

    def _empty_text(self) -> list[Spans]:
        error, noun = self.session.error, self.kind
        if self.session.phase is Phase.FAILED and error is not None:
            said = wrap(f"Could not read {noun}: {error.message}", max(20, self.size.width - 4))
            return [*(spans(Cell(f"  {line}", Tone.BAD)) for line in said), spans("  r tries again, q quits.")]
        if self.session.phase is Phase.LOADING:
            return [spans(f"  Reading {noun} from {self.room.place}.")]
        if self.filter_text:
            return [spans(f"  No {noun} match {self.filter_text}"), spans("  esc or q drops the filter.")]
        return self.nothing_yet()

    # Going about

    def do_reload(self) -> None:
        """Reads the catalog again, or tries to connect again."""
        if self.session.phase is Phase.FAILED:
            self.flash("connecting again")
            self.room.connect()
            return

        async def job() -> None:
            await self.session.reload()
            self.flash("read again; this is what the catalog holds now")

        self.work(job)

    def do_back(self) -> None:
        """Peels off what narrows the list, then quits."""
        if not self.peel():
            self.go(lambda: self.room.run_worker(self.room.action_quit(), group="going"))

    def do_peel(self) -> None:
        """Peels off what narrows the list; never quits."""
        if not self.peel():
            self.flash("nothing to go back from; q quits")

    def peel(self) -> bool:
        """Takes one thing away that narrows the list; False where there is none."""
        if not self.filter_text:
            return False
        self.set_filter("")
        return True

    # The filter

    def do_filter(self) -> None:
        """Opens the filter's line."""
        self._fill_filter()
        self.add_class("-filtering")
        entry = self.query_one("#filter-entry", Entry)
        entry.value = self.filter_text
        entry.cursor_position = len(entry.value)
        entry.focus(scroll_visible=False)
        self._show_place()

    @property
    def filtering(self) -> bool:
        """Whether the filter is being typed."""
        return self.has_class("-filtering")

    def set_filter(self, text: str) -> None:
        """Shows only the rows that match."""
        self.filter_text, self.filter = text, parse(text, self.kind)
        self.refresh_rows()
        if self.filter.problem:
            self.flash(self.filter.problem, error=True)

    def on_input_changed(self, message: Input.Changed) -> None:
        """The rows follow what is typed."""
        message.stop()
        if self.filtering and message.input.id == "filter-entry" and message.value != self.filter_text:
            self.set_filter(message.value)
            keep = self.rows.keys
            if keep:
                self.rows.move_cursor(keep[0])

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter keeps the filter and goes to the rows."""
        message.stop()
        self._close_filter()

    def on_key(self, event: events.Key) -> None:
        """While the filter is typed: esc drops it, arrows go to the rows."""
        if not self.filtering:
            return
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self._close_filter()
            self.set_filter("")
        elif event.key in ("down", "up"):
            event.stop()
            self._close_filter()

    def _close_filter(self) -> None:
        self.remove_class("-filtering")
        self._show_place()
        self.rows.focus(scroll_visible=False)
        if self.filter.problem:
            self.flash(self.filter.problem, error=True)

    def move_to(self, identity: UUID) -> None:
        """Puts the cursor on a row, dropping a filter that hides it."""
        if not self.rows.move_cursor(identity) and self.filter_text:
            self.set_filter("")
            self.rows.move_cursor(identity)
