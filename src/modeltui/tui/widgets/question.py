"""A question in the lower pane: what would happen, and the answers, the careful one first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.strip import Strip

from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.line_widget import LineWidget
from modeltui.tui.widgets.text_lines import TextLine, TextLines
from modeltui.tui.widgets.unscrolled import Block


class Choice(NamedTuple):
    """One answer; `key` gives it directly."""

    id: str
    label: str
    key: str = ""


class Question(NamedTuple):
    """What is asked. With `check`, a text is asked for: check(text) gives what is wrong with it, or None.

    The first choice has the focus, and is the answer of esc and q.
    """

    title: str | Spans
    lines: Sequence[Spans]
    choices: Sequence[Choice]
    check: Callable[[str], str | None] | None = None
    prompt: str = ""
    text: str = ""


class Answer(NamedTuple):
    """The choice made, and the text typed."""

    choice: str
    text: str = ""


class ChoiceLine(LineWidget, can_focus=True):
    """The answers side by side; the one in reverse is given by enter."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.choices = tuple(choices)
        self.at = 0

    def make_lines(self, width: int, height: int) -> list[Strip]:
        """The one line."""
        cells: list[Cell] = [Cell(" ")]
        for place, choice in enumerate(self.choices):
            label = f"{choice.key} {choice.label}" if choice.key else choice.label
            chosen = place == self.at and self.has_focus
            cells += [
                Cell(f"[> {label} ]" if chosen else f"[  {label} ]", Tone.STRONG if chosen else Tone.PLAIN),
                Cell("  "),
            ]
        return [self.draw(tuple(cells), width)]

    def step(self, by: int) -> bool:
        """Goes to a neighbouring answer; False at an end."""
        if not 0 <= self.at + by < len(self.choices):
            return False
        self.at += by
        self.repaint()
        return True


class QuestionPane(Block):
    """Shows one question and posts its answer. Its choices take no key before they were painted once."""

    class Answered(Message):
        """The person decided."""

        def __init__(self, answer: Answer) -> None:
            super().__init__()
            self.answer = answer

    def __init__(self, question: Question) -> None:
        super().__init__(id="question")
        self.question = question
        self.armed = False
        self.answered = False

    def compose(self) -> ComposeResult:
        """The question above its answers."""
        yield TextLines(id="question-lines")
        if self.question.check is not None:
            yield TextLine(id="question-problem")
            yield Entry(self.question.text, id="question-entry")
        yield ChoiceLine(self.question.choices)

    def on_mount(self) -> None:
        """Fills in, takes the focus, and listens to keys only once the question is on screen."""
        self.query_one("#question-lines", TextLines).show(self.question.lines, title=self.question.title, wrap=True)
        entry = self._entry
        if entry is not None:
            self.query_one("#question-problem", TextLine).show(spans(Cell(f" {self.question.prompt}", Tone.MUTED)))
            entry.focus(scroll_visible=False)
        else:
            self._choices.focus(scroll_visible=False)
        self.call_after_refresh(self._arm)

    def _arm(self) -> None:
        self.armed = True

    @property
    def _entry(self) -> Entry | None:
        found = self.query(Entry)
        return found.first() if found else None

    @property
    def _choices(self) -> ChoiceLine:
        return self.query_one(ChoiceLine)

    def on_key(self, event: events.Key) -> None:
        """All keys are the question's own while it is open; those of the entry are left to it."""
        entry = self._entry
        if entry is not None and entry.has_focus:
            # Stopping here would keep the entry's own bindings, such as backspace and enter, from running.
            if event.key == "escape":
                event.stop()
                self._give(self.question.choices[0])
            elif event.key == "enter":
                # At once, not by way of a message: the next key must find the question answered.
                event.stop()
                self._give(self.question.choices[-1])
            elif event.key in ("tab", "down", "shift+tab", "up"):
                event.stop()
                self._choices.focus(scroll_visible=False)
            return
        event.stop()
        event.prevent_default()
        if self.armed:
            self._choose(event, entry)

    def _choose(self, event: events.Key, entry: Entry | None) -> None:
        line = self._choices
        if event.key in ("escape", "q"):
            self._give(self.question.choices[0])
        elif event.key in ("tab", "right"):
            if not line.step(1) and event.key == "tab":
                self._first(entry)
        elif event.key in ("shift+tab", "left"):
            if not line.step(-1) and event.key == "shift+tab" and entry is not None:
                entry.focus(scroll_visible=False)
        elif event.key == "up" and entry is not None:
            entry.focus(scroll_visible=False)
        elif event.key == "enter":
            self._give(line.choices[line.at])
        else:
            chosen = next((choice for choice in line.choices if choice.key and event.character == choice.key), None)
            if chosen is not None:
                self._give(chosen)

    def _first(self, entry: Entry | None) -> None:
        line = self._choices
        line.at = 0
        line.repaint()
        if entry is not None:
            entry.focus(scroll_visible=False)

    def _give(self, choice: Choice) -> None:
        if self.answered:
            return
        entry = self._entry
        text = entry.value if entry is not None else ""
        careful = choice is self.question.choices[0]
        if self.question.check is not None and not careful:
            problem = self.question.check(text)
            if problem is not None:
                self.query_one("#question-problem", TextLine).show(spans(Cell(f" {problem}", Tone.BAD)))
                return
        self.armed = False
        self.answered = True
        self.post_message(self.Answered(Answer(choice.id, text)))
