"""A field of a form: its label, what is typed or chosen, and under it a note or what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.text_lines import MessageLine, TextLine, wrapped

Help = Callable[[], Sequence[Spans]]
# As many as the style sheet gives to a note.
NOTE_LINES = 3


class Control(Protocol):
    """What a field needs of the widget in it."""

    value: object


class Fixed(TextLine):
    """A value that is shown and can't be changed here."""

    def __init__(self, value: str = "") -> None:
        super().__init__()
        self.value = value

    @property
    def value(self) -> str:
        """The text shown."""
        return self._shown

    @value.setter
    def value(self, value: str) -> None:
        self._shown = value
        self.show(spans(value))


class Field(Vertical):
    """One field. `key` is what services call it, `help` gives the words for the pane."""

    def __init__(self, key: str, label: str, control: Widget, help: Help, *, classes: str | None = None) -> None:
        super().__init__(id=f"field-{key}", classes=classes)
        self.key = key
        self.label = label
        self.control = control
        self.help = help
        self.problem: str | None = None
        self._note: Spans = ()
        self._label_line = TextLine(classes="field-label")
        self._note_line = MessageLine(classes="field-note")

    def compose(self) -> ComposeResult:
        """The label beside the control, the note below."""
        with Horizontal(classes="field-row"):
            yield self._label_line
            yield self.control
        yield self._note_line

    def on_mount(self) -> None:
        """Shows the label, and no note."""
        self.mark(False)
        self._show_note()

    @property
    def value(self) -> object:
        """What was typed, without blanks around it, or chosen."""
        value = cast(Control, self.control).value
        return value.strip() if isinstance(value, str) else value

    @value.setter
    def value(self, value: object) -> None:
        cast(Control, self.control).value = value
        if isinstance(self.control, Entry):
            # One goes on typing behind what is there.
            self.control.cursor_position = len(self.control.value)

    def differs(self, value: object) -> bool:
        """Whether it holds anything else than this, be it only blanks."""
        return cast(Control, self.control).value != value

    @property
    def text(self) -> str:
        """The value of a field that holds text."""
        return str(self.value)

    @property
    def can_be_edited(self) -> bool:
        """Whether the cursor may go there."""
        return bool(self.display) and self.control.focusable

    def mark(self, focused: bool) -> None:
        """Shows where the cursor is."""
        sign = glyphs.current().cursor if focused else " "
        self._label_line.show(spans(Cell(f"{sign} {self.label}", Tone.STRONG if focused else Tone.PLAIN)))

    @property
    def problem_is_cut(self) -> bool:
        """Whether there is too little room below the control for what is wrong."""
        width = self._note_line.size.width
        return bool(self.problem and width) and len(wrapped(self._problem_note, width)) > NOTE_LINES

    @property
    def _problem_note(self) -> Spans:
        return spans(Cell(f"{glyphs.current().bad} {self.problem}", Tone.BAD))

    def show_problem(self, problem: str | None) -> None:
        """Says what is wrong, in the note's place, or no longer."""
        if problem != self.problem:
            self.problem = problem
            self._show_note()

    def show_note(self, note: Spans) -> None:
        """Says something about what was typed; a problem goes before it."""
        if note != self._note:
            self._note = note
            self._show_note()

    def _show_note(self) -> None:
        note = self._problem_note if self.problem else self._note
        self._note_line.show(note)
        self.set_class(bool(note), "-noted")
