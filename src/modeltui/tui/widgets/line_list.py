"""The priority list of a new model, as one field of its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar
from uuid import UUID

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message

from modeltui.domain.draft import DraftLine
from modeltui.tui import keys
from modeltui.tui.presentation.cells import Spans
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.row_list import Row, RowList

Render = Callable[[Sequence[DraftLine]], Sequence[Row]]


class LineList(RowList):
    """Lines in order. It keeps them and says which key was pressed; what a key does is the form's to know."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("form_lines"),
    ]

    class Left(Message):
        """An arrow was pressed at an end: -1 at the top, 1 at the bottom."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    class Acted(Message):
        """A key of the list was pressed; `action` is its name in the registry of keys."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, columns: Sequence[Column], render: Render, empty: Sequence[Spans]) -> None:
        """`render` makes the rows of some lines."""
        super().__init__(columns, gutter=2, cursor_columns=2, empty=empty)
        self._lines_of = render
        self._value: tuple[DraftLine, ...] = ()

    @property
    def value(self) -> tuple[DraftLine, ...]:
        """The lines in order."""
        return self._value

    @value.setter
    def value(self, lines: tuple[DraftLine, ...]) -> None:
        self._value = lines
        self.refresh_lines()

    @property
    def shows_cursor(self) -> bool:
        """Only while the list has the focus: a form has one cursor."""
        return self.has_focus

    def refresh_lines(self) -> None:
        """Draws the lines by what the providers are now."""
        rows = {row.key: row for row in self._lines_of(self._value)}
        grows = len(rows) != len(self.keys)
        self.show(list(rows), lambda key: rows[key])
        if grows:
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Header and rows; as many as the style sheet allows are on screen at a time."""
        return len(self.keys) + 1

    @property
    def place(self) -> int | None:
        """The place of the line under the cursor, from 0."""
        key = self.cursor_key
        return next((place for place, line in enumerate(self._value) if line.provider == key), None)

    def go(self, provider: UUID) -> None:
        """Puts the cursor on a line."""
        self.move_cursor(provider)

    def action_act(self, name: str) -> None:
        """Says which key was pressed."""
        self.post_message(self.Acted(name))

    def on_key(self, event: events.Key) -> None:
        """The arrows leave the list at its ends."""
        direction = {"up": -1, "down": 1}.get(event.key)
        if direction is None:
            return
        event.stop()
        event.prevent_default()
        before = self.cursor_key
        if direction < 0:
            self.action_cursor_up()
        else:
            self.action_cursor_down()
        if self.cursor_key == before:
            self.post_message(self.Left(direction))
