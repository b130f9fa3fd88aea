"""A line to type in: one cell high, without a blinking cursor, and safe against pasted line breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from modeltui.domain.text import is_forbidden
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.text import FIELD_LIMIT


class Entry(Input):
    """An input of one line. A paste keeps all of its text, its line breaks turned into blanks.

    What was pasted stays as it is, so that it can be judged, but nothing in it steers the terminal.
    """

    class PasteRefused(Message):
        """The field would hold more than any may; it is as it was."""

    ALLOW_SELECT: ClassVar[bool] = False
    # Textual's own alt and ctrl+shift keys stay; ctrl+c copies the selection, as in any field.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+u", "delete_left_all", show=False)]

    def __init__(
        self, value: str = "", *, password: bool = False, placeholder: str = "", id: str | None = None
    ) -> None:
        super().__init__(value, password=password, placeholder=placeholder, id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        """Takes the text in one line, or none of it where it is too long; it never submits."""
        event.prevent_default()
        event.stop()
        if len(self.value) + len(event.text) > FIELD_LIMIT:
            self.post_message(self.PasteRefused())
            return
        # Keys are copied with a break at their end, or broken where a page was too narrow: no blank belongs there.
        glue = "" if self.password else " "
        pieces = [piece.strip() for piece in event.text.replace("\t", " ").splitlines()]
        self.insert_text_at_cursor(glue.join(piece for piece in pieces if piece))

    @property
    def _value(self) -> Text:
        """The text as it is drawn: one sign for each character, so that the cursor stands where it should."""
        if self.password:
            return super()._value
        missing = glyphs.current().missing
        shown = "".join([missing if is_forbidden(character) else character for character in self.value])
        return Text(shown, no_wrap=True, overflow="ignore", end="")

    def action_delete_left_all(self) -> None:
        """Deletes all that stands left of the cursor, what is selected there too."""
        self.cursor_position = max(self.selection)
        super().action_delete_left_all()

    def action_copy(self) -> None:
        """Copies the selection, but never out of a field that hides what it holds."""
        if not self.selected_text:
            # There ctrl+c means what it means everywhere else.
            raise SkipAction
        if not self.password:
            super().action_copy()

    def action_cut(self) -> None:
        """Cuts the selection, but never out of a field that hides what it holds."""
        if not self.password:
            super().action_cut()


class CompletingEntry(Entry):
    """An entry that completes what was typed: right at its end takes a known text, and once more the next."""

    def __init__(self, known: Callable[[], Sequence[str]]) -> None:
        """`known` gives the texts, the likeliest first."""
        super().__init__()
        self._known = known
        self._typed = ""
        self._taken: str | None = None

    @property
    def offered(self) -> list[str]:
        """The known texts that begin with what was typed, letter case aside."""
        typed = (self._typed if self.value == self._taken else self.value).casefold()
        return [text for text in self._known() if text.casefold().startswith(typed)]

    @property
    def next_offered(self) -> str | None:
        """What right would take now."""
        offered = self.offered
        if self.value in offered:
            offered = [*offered[offered.index(self.value) + 1 :], *offered[: offered.index(self.value)]]
        return offered[0] if offered else None

    def action_cursor_right(self, select: bool = False) -> None:
        """Completes at the end; else the cursor moves."""
        taken = self.next_offered if self.cursor_at_end and not select else None
        if taken is None:
            super().action_cursor_right(select)
            return
        if self.value != self._taken:
            self._typed = self.value
        self._taken = self.value = taken
        self.cursor_position = len(taken)
