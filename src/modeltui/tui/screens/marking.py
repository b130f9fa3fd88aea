"""Marks: rows that the next key acts on together, kept by their ids, and always said with the keys that would."""

from __future__ import annotations

from collections.abc import Hashable

from textual import events

from modeltui.tui import keys
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Spans
from modeltui.tui.presentation.mark_text import marked_line
from modeltui.tui.presentation.set_text import named
from modeltui.tui.screens.lists import AnyRow, ListScreen
from modeltui.tui.session import Session
from modeltui.tui.widgets.hint_bar import HintBar
from modeltui.tui.widgets.row_list import Row


class MarkedList(ListScreen):
    """A list whose rows can be marked. The marks stay whatever else the list shows, but never on a row out of it."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._marks: set[Hashable] = set()
        self._dropped = 0
        self._marked_line: Spans = ()

    @property
    def may_mark(self) -> bool:
        """Whether the rows that are shown can be marked."""
        return True

    @property
    def marks(self) -> frozenset[Hashable]:
        """The ids of the marked rows."""
        return frozenset(self._marks) if self.may_mark else frozenset()

    def acting_on(self) -> tuple[AnyRow, ...]:
        """The marked rows, else the one under the cursor."""
        if not self.marks:
            return super().acting_on()
        return tuple(row for key, row in self._by_key.items() if key in self._marks)

    # What it shows

    def row_shown(self, row: AnyRow) -> Row:
        """The row with its mark, which stands between the cursor and the sign of the default."""
        shown = super().row_shown(row)
        if row.id not in self._marks:
            return shown
        return shown._replace(marker=glyphs.current().mark + shown.marker[1:])

    def refresh_rows(self) -> None:
        """Shows the rows; marks of what isn't among them any more are dropped."""
        super().refresh_rows()
        self._drop_marks()
        self._show_marks()

    def _session_changed(self) -> None:
        """Follows the session; where others took the last marks away, says so.

        A key that comes just then is meant for what was marked, and not for the row under the cursor.
        """
        before = [row for key, row in self._by_key.items() if key in self.marks]
        super()._session_changed()
        if self.session.elsewhere and before and not self._marks:
            self._gone = before[0]
            self.taken_away("nothing is marked any more")
            if not self._dropped:
                were = "was" if len(before) == 1 else "were"
                self.announce(f"{named(before)} {were} deleted elsewhere; nothing is marked now")

    def on_resize(self, event: events.Resize) -> None:
        """How many names are said follows the width. Textual calls this besides the list's own."""
        self._show_marks()

    @property
    def standing(self) -> Spans:
        """What is marked, on the flash line whenever nothing else is said there and the keys are the list's own."""
        return self._marked_line if self.overlay is None else ()

    def flash(self, text: str | Spans, *, error: bool = False) -> None:
        """Says one thing, until the next key; marks that were dropped meanwhile are said with it."""
        if self._dropped and isinstance(text, str) and text != self._dropped_text:
            text = f"{text}; {self._dropped_text}"
        super().flash(text, error=error)

    def key_pressed(self) -> None:
        """A key arrives: what was said before it goes away."""
        self._dropped = 0
        super().key_pressed()

    def show_hints(self) -> None:
        """The keys of the marks come first while there are any."""
        if self.marks and self.overlay is None:
            self.query_one(HintBar).show(*keys.hints(self.context, marked=True))
        else:
            super().show_hints()
        self.show_standing()

    def _show_marks(self) -> None:
        """Follows a change of the marks, or of the rows that they are on."""
        before, marks = self._marked_line, self.marks
        if marks:
            acting = [item.key_texts()[0] for item in keys.actions(self.context) if item.bulk]
            names = (row.name for key, row in self._by_key.items() if key in marks)
            self._marked_line = marked_line(len(marks), acting, names, self.size.width)
        else:
            self._marked_line = ()
        self.show_standing()
        if bool(before) is not bool(self._marked_line):
            self.show_hints()

    # Marking

    def do_mark(self) -> None:
        """Marks the row or takes its mark away, and goes one down."""
        row = self.current
        if not self.may_mark:
            self.flash("deleted models can't be marked; R brings back the one under the cursor")
        elif row is None:
            self.flash("there is no row here to be marked")
        else:
            self._marks ^= {row.id}
            self.rows.update_row(row.id)
            self.rows.action_cursor_down()
            self._show_marks()

    def do_mark_all(self) -> None:
        """Marks every row that the filter lets through."""
        shown = set(self._by_key)
        if not self.may_mark:
            self.flash("deleted models can't be marked; R brings back the one under the cursor")
        elif not shown:
            self.flash("there are no rows here to be marked")
        elif shown == self._marks:
            self.flash(f"all {counted(len(shown), 'row')} are marked already; \\ unmarks them")
        else:
            self._set_marks(shown)

    def do_unmark(self) -> None:
        """Takes all marks away."""
        if not self.marks:
            self.flash("nothing is marked; space marks a row, V all of them")
        else:
            self._set_marks(set())

    def _set_marks(self, marks: set[Hashable]) -> None:
        self._marks = marks
        self.rows.update_rows()
        self._show_marks()

    # Marks that go

    def peel(self) -> bool:
        """Takes the filter away, then the marks."""
        if super().peel():
            return True
        if not self.marks:
            return False
        self._set_marks(set())
        return True

    def filter_kept(self) -> None:
        """Now that the filter is no longer typed, the marks that it hides are dropped."""
        super().filter_kept()
        self._drop_marks()
        self._show_marks()

    def _drop_marks(self) -> None:
        """No key may act on a row that isn't shown; while a filter is still being typed, none acts at all."""
        gone = {key for key in self._marks if key not in self._by_key}
        if not gone or self.filtering or not self.may_mark:
            return
        self._marks -= gone
        hidden = gone & {row.id for row in self.all_rows()} if self.filter_text else set()
        if hidden:
            self._dropped = len(hidden)
            self.flash(self._dropped_text)

    @property
    def _dropped_text(self) -> str:
        return f"{counted(self._dropped, 'mark')} dropped: the filter hides {'it' if self._dropped == 1 else 'them'}"
