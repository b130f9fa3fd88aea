"""A line to type in: one cell high, without a blinking cursor, and safe against pasted line breaks."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input

from modeltui.domain.text import is_forbidden
from modeltui.tui.presentation import glyphs


class Entry(Input):
    """An input of one line. A paste keeps all of its text, its line breaks turned into blanks.

    What was pasted stays as it is, so that it can be judged, but nothing in it steers the terminal.
    """

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
        # Keys are copied with a break at their end, or broken where a page was too narrow: no blank belongs there.
        pieces = event.text.splitlines() if self.password else event.text.split()
        self.insert_text_at_cursor("".join(pieces).strip() if self.password else " ".join(pieces))

    @property
    def _value(self) -> Text:
        """The text as it is drawn: one sign for each character, so that the cursor stands where it should."""
        if self.password:
            return super()._value
        missing = glyphs.current().missing
        shown = "".join([missing if is_forbidden(character) else character for character in self.value])
        return Text(shown, no_wrap=True, overflow="ignore", end="")

    def action_copy(self) -> None:
        """Copies the selection, but never out of a field that hides what it holds."""
        if not self.password:
            super().action_copy()

    def action_cut(self) -> None:
        """Cuts the selection, but never out of a field that hides what it holds."""
        if not self.password:
            super().action_cut()
