"""A list of keyed rows under a header, with a cursor: the heart of every screen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from modeltui.tui.presentation.cells import Spans
from modeltui.tui.widgets.columns import Column, Row
from modeltui.tui.widgets.line_widget import LineWidget
from modeltui.tui.widgets.row_painter import RowPainter
from modeltui.tui.widgets.row_window import RowWindow

__all__ = ["Column", "Row", "RowList"]

WHEEL_LINES = 3
_STEPS = {"up": -1, "k": -1, "down": 1, "j": 1}


class RowList(LineWidget, can_focus=True):
    """Rows made only when they come into view, so ten thousand cost what a screenful costs.

    The cursor stands on a key, not on a position: it stays with its row when the rows change around it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home,g", "cursor_first", "first", show=False),
        Binding("end,G,shift+g", "cursor_last", "last", show=False),
        Binding("pageup", "page_up", "page up", show=False),
        Binding("pagedown", "page_down", "page down", show=False),
        Binding("enter", "choose", "open", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rowlist--cursor", "rowlist--header"}

    class CursorMoved(Message):
        """The cursor stands on another key, or on none (`key` is None), whatever the reason."""

        def __init__(self, row_list: RowList, key: Hashable | None) -> None:
            super().__init__()
            self.row_list = row_list
            self.key = key

        @property
        def control(self) -> RowList:
            """The list that the message is from."""
            return self.row_list

        def can_replace(self, message: Message) -> bool:
            """Of several moves that wait, only the last matters."""
            return isinstance(message, RowList.CursorMoved) and message.row_list is self.row_list

    class Chosen(Message):
        """Enter was pressed, or the row under the cursor clicked."""

        def __init__(self, row_list: RowList, key: Hashable) -> None:
            super().__init__()
            self.row_list = row_list
            self.key = key

        @property
        def control(self) -> RowList:
            """The list that the message is from."""
            return self.row_list

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        gutter: int = 4,
        cursor_columns: int = 1,
        empty: Sequence[Spans] = (),
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """A list with these columns after a gutter of so many cells.

        The cursor's style covers the gutter and the first `cursor_columns` columns: enough to be seen,
        and the rest of the row needn't be sent again when the cursor moves.
        """
        super().__init__(name=name, id=id, classes=classes)
        self._columns = tuple(columns)
        self._gutter = gutter
        self._cursor_columns = cursor_columns
        self._empty = tuple(empty)
        self._window = RowWindow(self._is_selectable)
        self._render_row: Callable[[Hashable], Row] = _no_rows
        self._rows: dict[Hashable, Row] = {}
        self._strips: dict[tuple[Hashable, bool], Strip] = {}
        self._painter: RowPainter | None = None

    # What it shows

    def show(self, keys: Sequence[Hashable], render: Callable[[Hashable], Row]) -> None:
        """Show these rows, each rendered when it is first needed. Keys are unique.

        The cursor stays on its key and its screen line; if the key is gone, it goes to the nearest row
        that followed it, else to the nearest before.
        """
        self._render_row = render
        self._rows.clear()
        self._strips.clear()
        self._move(self._window.replace, keys)

    def update_row(self, key: Hashable) -> None:
        """Render one row anew. Only its line is sent, and only if it looks different."""
        self._rows.pop(key, None)
        self._strips.pop((key, False), None)
        self._strips.pop((key, True), None)
        self.repaint()

    def update_rows(self) -> None:
        """Render all rows anew, of which those are sent that look different."""
        self._rows.clear()
        self._strips.clear()
        self.repaint()

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """The keys of all rows, in order."""
        return self._window.keys

    @property
    def visible_keys(self) -> tuple[Hashable, ...]:
        """The keys of the rows on screen."""
        return tuple(self._window.keys[position] for position in self._window.shown)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, of which a narrow list may show only some."""
        return self._columns

    @columns.setter
    def columns(self, columns: Sequence[Column]) -> None:
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._forget_strips()
            self.repaint()

    @property
    def empty(self) -> tuple[Spans, ...]:
        """The lines shown when there are no rows."""
        return self._empty

    @empty.setter
    def empty(self, lines: Sequence[Spans]) -> None:
        self._empty = tuple(lines)
        self.repaint()

    # The cursor

    @property
    def cursor_key(self) -> Hashable | None:
        """The key of the row that the cursor is on, or None where there is no row to be on."""
        return self._window.cursor_key

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor is drawn. For subclasses that stand among other things."""
        return True

    @property
    def cursor_position(self) -> int | None:
        """The place of the cursor's row among all rows, from 0."""
        return self._window.cursor

    @property
    def scrolled(self) -> bool:
        """Whether rows lie above those on screen."""
        return self._window.top > 0

    def move_cursor(self, key: Hashable) -> bool:
        """Put the cursor on a row, and the row on screen; False if there is no such row to be on."""
        position = self._window.positions.get(key)
        if position is None or not self._is_selectable(position):
            return False
        self._move(self._window.go, position)
        return True

    def action_cursor_up(self) -> None:
        """One row up."""
        self._move(self._window.step, -1)

    def action_cursor_down(self) -> None:
        """One row down."""
        self._move(self._window.step, 1)

    def action_cursor_first(self) -> None:
        """To the first row."""
        self._move(self._window.go, self._window.nearest(0, 1))

    def action_cursor_last(self) -> None:
        """To the last row."""
        self._move(self._window.go, self._window.nearest(len(self.keys) - 1, -1))

    def action_page_up(self) -> None:
        """A page up, on the same screen line."""
        self._move(self._window.turn_page, -1)

    def action_page_down(self) -> None:
        """A page down, on the same screen line."""
        self._move(self._window.turn_page, 1)

    def action_choose(self) -> None:
        """Say that the row under the cursor was chosen."""
        if self._window.cursor is not None:
            self.post_message(self.Chosen(self, self._window.keys[self._window.cursor]))

    def on_key(self, event: events.Key) -> None:
        """Steps at once: bindings are looked for only when a key has travelled all the way up to the application."""
        direction = _STEPS.get(event.key)
        if direction is not None:
            event.stop()
            self._move(self._window.step, direction)

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; a click on the cursor's row chooses it."""
        position = self._window.top + event.y - 1
        if position not in self._window.shown or not self._is_selectable(position):
            return
        if position == self._window.cursor:
            self.action_choose()
        else:
            self._move(self._window.go, position)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll; the cursor stays on screen, so that no key acts on a row out of sight."""
        event.stop()
        self._move(self._window.scroll, WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll; the cursor stays on screen, so that no key acts on a row out of sight."""
        event.stop()
        self._move(self._window.scroll, -WHEEL_LINES)

    # Lines

    def make_lines(self, width: int, height: int) -> list[Strip]:
        """The header and the rows in view, or the words for an empty list."""
        if not self._window.keys:
            return [self.draw(line, width) for line in self._empty]
        if self._painter is None or self._painter.width != width:
            self._forget_strips()
            self._painter = RowPainter(self, self._columns, width, self._gutter, self._cursor_columns)
        self._window.resize(height - 1)
        return [self._painter.header, *(self._strip(position, self._painter) for position in self._window.shown)]

    def notify_style_update(self) -> None:
        """Paint with the new styles from now on."""
        super().notify_style_update()
        self._forget_strips()

    def _row(self, position: int) -> Row:
        key = self._window.keys[position]
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = self._render_row(key)
        return row

    def _is_selectable(self, position: int) -> bool:
        return self._row(position).selectable

    def _strip(self, position: int, painter: RowPainter) -> Strip:
        place = (self._window.keys[position], position == self._window.cursor and self.shows_cursor)
        strip = self._strips.get(place)
        if strip is None:
            strip = self._strips[place] = painter.paint(self._row(position), place[1])
        return strip

    def _forget_strips(self) -> None:
        self._strips.clear()
        self._painter = None

    def _move(self, move: Callable[..., None], *arguments: object) -> None:
        """Move the cursor or the view, send what that changes, and tell where the cursor is now."""
        before = self.cursor_key
        move(*arguments)
        self.repaint()
        if self.cursor_key != before:
            self.post_message(self.CursorMoved(self, self.cursor_key))


def _no_rows(key: Hashable) -> Row:
    """What renders a list's rows before it was given any, that is never."""
    raise KeyError(key)
