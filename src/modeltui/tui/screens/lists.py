"""What the two lists share: filter, cursor and pane, reloading, and the texts for when there is nothing to show."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from textwrap import wrap
from typing import Any, ClassVar, Literal
from uuid import UUID

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult

from modeltui.domain.filtering import Filter, parse
from modeltui.domain.haystack import Haystack
from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.domain.sorting import Order
from modeltui.tui import keys
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.text import clean
from modeltui.tui.screens.filtered import Filtered
from modeltui.tui.screens.sorting import Sorting
from modeltui.tui.screens.view import View
from modeltui.tui.session import Session
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.row_list import Row, RowList
from modeltui.tui.widgets.text_lines import TextLine, TextLines

AnyRow = ModelRow | ProviderRow
# What rows are that `is:` finds.
STATES = {
    "on": "are on",
    "off": "are off",
    "dark": "are dark",
    "fallback": "are on fallback",
    "alone": "are alone",
    "default": "are the default",
    "nokey": "lack a key",
}


# What writes without acting on the row under the cursor.
ANY_ROW = ("new", "undo", "redo", "bring_back")


class ListScreen(Filtered, Sorting, View):
    """Models or Providers. Subclasses say which rows there are, how they look and what their keys do."""

    AUTO_FOCUS = "RowList"
    columns: ClassVar[Sequence[Column]] = ()
    name_cells: ClassVar[int] = 0
    kind: ClassVar[Literal["models", "providers"]] = "models"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.filter: Filter = parse("", self.kind)
        self._hay: Haystack[Any] | None = None
        self._hay_of: tuple[Sequence[AnyRow], Order] | None = None
        self._by_key: dict[Hashable, AnyRow] = {}
        self._gone: AnyRow | None = None
        self._slipped = False
        self._position_said = ""

    def compose_body(self) -> ComposeResult:
        """The list."""
        yield RowList(self.columns, id="rows")

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
    def current(self) -> AnyRow | None:
        """The row under the cursor."""
        return self._by_key.get(self.rows.cursor_key) if self.rows.cursor_key is not None else None

    def acting_on(self) -> tuple[AnyRow, ...]:
        """The marked rows, else the one under the cursor."""
        return (self.current,) if self.current is not None else ()

    def row_shown(self, row: AnyRow) -> Row:
        """A row as it is in the list now."""
        return self.row_cells(row)

    def refresh_rows(self) -> None:
        """Shows the session's rows: the cursor stays with its row, and only lines that differ are sent."""
        super().refresh_rows()
        rows: Sequence[AnyRow] = self.filter.apply(self._sorted_haystack(), being_typed=self.filtering)
        self._by_key = {row.id: row for row in rows}
        self.rows.empty = self._empty_text()
        self.rows.columns = self._fitting_columns()
        self.rows.show(list(self._by_key), lambda key: self.row_shown(self._by_key[key]))
        self.show_place()
        self.refresh_pane()

    def _fitting_columns(self) -> Sequence[Column]:
        """The columns, with NAME as wide as the longest name needs: it says what a key would act on.

        By all rows, so that no filter moves them. The longest is found by its characters: there may be thousands.
        """
        name, *others = self.columns
        longest = max((row.name for row in self.all_rows()), key=len, default="")
        needed = min(cell_len(clean(longest)), self.name_cells)
        return (name._replace(width=max(name.width, needed)), *others)

    def _session_changed(self) -> None:
        """Follows the session; where others took the row away that the cursor was on, says so.

        A key that comes just then may be meant for that row, and not for the one that the cursor stands on now.
        """
        before = self.current
        super()._session_changed()
        if self.session.elsewhere and before is not None and before.id not in self._by_key:
            self._gone = before
            if self.is_current:
                self.announce(self._said_gone(before))

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Says what became of the row that the cursor was on when one went away. Textual calls this besides its own."""
        if self._gone is not None and not self._flash_is_new:
            self.announce(self._said_gone(self._gone))

    def _said_gone(self, gone: AnyRow) -> str:
        if any(row.id == gone.id for row in self.all_rows()):
            what = "no longer matches the filter"
        else:
            model = self.session.model(gone.id)
            what = f"was {'restored' if model is not None and model.deleted_at is None else 'deleted'} elsewhere"
        now = f"; the cursor is on {self.current.name}" if self.current is not None else ""
        return f"{gone.name} {what}{now}"

    def key_pressed(self) -> None:
        """A key arrives: it is the first one since the cursor's row went away, or isn't.

        What is typed into the palette isn't; the key comes that is chosen there.
        """
        if self.overlay != "palette":
            self._slipped, self._gone = self._gone is not None, None
        super().key_pressed()

    def action_act(self, name: str) -> None:
        """Runs an action, but not one that was meant for another row than the one it would act on now."""
        current, action = self.current, keys.action(self.context, name)
        by_row = not action.bulk or self.acting_on() == (current,)
        on_row = name == "mark" or (action.writes and name not in ANY_ROW and by_row)
        if self._slipped and on_row and current is not None and not self.asking:
            self._slipped = False
            self.flash(f"the cursor is on {current.name} now; {action.key_texts()[0]} once more acts on it")
            return
        super().action_act(name)

    def _sorted_haystack(self) -> Haystack[Any]:
        """What filters look through, in the order of the list; made anew for another reading or order."""
        every, made_of = self.all_rows(), self._hay_of
        if self._hay is None or made_of is None or made_of[0] is not every or made_of[1] != self.order:
            self._hay, self._hay_of = self.haystack(self.in_order(every)), (every, self.order)
        return self._hay

    def show_place(self) -> None:
        """Line 2: where one is, what narrows the list, and its order."""
        summary, narrowed = self.summary(len(self._by_key)), self._filter_note()
        if not self.all_rows():
            self.query_one("#place", TextLine).show(summary, narrowed)
            return
        self._position_said = self._position
        here = spans(Cell(f"{self._position_said}   ", Tone.MUTED)) if self._position_said else ()
        # Before the filter, because a long one is cut at its end.
        note = (*here, Cell(f"sort: {self.order_note()}{'   ' if narrowed else ''}", Tone.MUTED), *narrowed)
        # The usual order makes room for what says more.
        has_room = _width(summary) + _width(note) < self.size.width
        shown = note if has_room or self.order != Order() else (*here, *narrowed)
        self.query_one("#place", TextLine).show(summary, shown)

    @property
    def _position(self) -> str:
        """Which row of how many the cursor is on, once the first page is left: within it a step sends no more."""
        place = self.rows.cursor_position
        return f"{place + 1}/{len(self.rows.keys)}" if self.rows.scrolled and place is not None else ""

    def on_resize(self, event: events.Resize) -> None:
        """What line 2 has room for follows the width. Textual calls this besides the frame's own."""
        self.show_place()

    def _filter_note(self) -> Spans:
        """What narrows the list; a mistake is named for as long as it stands there."""
        if self.filter.problem:
            return spans(Cell(f"filter: {self.filter_text}   {self.filter.problem}", Tone.BAD))
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
        if self._position != self._position_said:
            self.show_place()

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Enter goes in."""
        message.stop()
        if not self.asking:
            self.do_open()

    def do_open(self) -> None:
        """Goes into what the cursor is on."""

    def copyable(self) -> Sequence[AnyRow]:
        """What the keys act on."""
        return self.acting_on()

    def _empty_text(self) -> list[Spans]:
        noun = self.kind
        if waiting := self.not_ready(noun):
            return waiting
        if self.filter.problem:
            return [
                spans(f"  No {noun} shown: {self.filter.problem}."),
                spans("  / corrects the filter; esc or q drops it."),
            ]
        if self.filter_text:
            said = f"No {noun} match {self.filter_text}"
            if flag := self.filter.meant_state(self._sorted_haystack()):
                said += f"; is:{flag} finds those that {STATES[flag]}"
            lines = wrap(said, max(20, (self.rows.size.width or self.size.width) - 4), break_on_hyphens=False)
            return [*(spans(f"  {line}") for line in lines), spans("  esc or q drops the filter.")]
        return self.nothing_yet()

    # Going about

    def peel(self) -> bool:
        """Takes one thing away that narrows the list; False where there is none."""
        if not self.filter_text:
            return False
        self.set_filter("")
        return True

    # The filter

    def set_filter(self, text: str) -> None:
        """Shows only the rows that match."""
        self.filter_text, self.filter = text, parse(text, self.kind)
        self.refresh_rows()
        if self.filter.problem:
            self.flash(self.filter.problem, error=True)

    def do_filter(self) -> None:
        """Opens the filter's line; a mistake that is about to be corrected hides nothing any more."""
        super().do_filter()
        if self.filter.problem:
            self.refresh_rows()

    def filter_kept(self) -> None:
        """A mistake is named once more, and from now on nothing is shown for it."""
        if self.filter.problem:
            self.refresh_rows()
            self.flash(self.filter.problem, error=True)

    def move_to(self, identity: UUID) -> None:
        """Puts the cursor on a row, dropping a filter that hides it."""
        hidden = identity not in self._by_key and any(row.id == identity for row in self.all_rows())
        if hidden and self.filter_text:
            self.set_filter("")
        if self.rows.move_cursor(identity):
            self._gone = None

    def jump_to(self, identity: UUID, name: str) -> None:
        """Puts the cursor on a row that was asked for by name, and says so where a filter had to go for it."""
        before = self.filter_text
        self.move_to(identity)
        if self.rows.cursor_key != identity:
            self.flash(f"{name} isn't there any more", error=True)
        elif self.filter_text != before:
            self.flash(f"the filter is dropped: it hid {name}")


def _width(line: Spans) -> int:
    return sum(cell_len(clean(text)) for text, _ in line)
