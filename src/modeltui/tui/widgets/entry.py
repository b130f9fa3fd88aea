"""A line to type in: one cell high, without a blinking cursor, and safe against pasted line breaks."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input


class Entry(Input):
    """An input of one line. A paste keeps all of its text, its line breaks turned into blanks."""

    ALLOW_SELECT: ClassVar[bool] = False
    # Textual's own alt and ctrl+shift keys stay; ctrl+c copies the selection, as in any field.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+u", "delete_left_all", show=False)]

    def __init__(
        self, value: str = "", *, password: bool = False, placeholder: str = "", id: str | None = None
    ) -> None:
        super().__init__(value, password=password, placeholder=placeholder, id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        """Takes the text in one line; it never submits."""
        event.prevent_default()
        event.stop()
        self.insert_text_at_cursor(" ".join(event.text.split()))

    def action_copy(self) -> None:
        """Copies the selection, but never out of a field that hides what it holds."""
        if not self.password:
            super().action_copy()

    def action_cut(self) -> None:
        """Cuts the selection, but never out of a field that hides what it holds."""
        if not self.password:
            super().action_cut()
