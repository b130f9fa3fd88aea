"""A question in the lower pane: what would happen, and the answers, the careful one first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.text import clean
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.line_widget import LineWidget
from modeltui.tui.widgets.text_lines import TextLine, TextLines, wrapped
from modeltui.tui.widgets.unscrolled import Block

# Interrupting and suspending mean the whole program, whatever is open.
THE_PROGRAMS_OWN = ("ctrl+c", "ctrl+z")


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


GAP = "  "


class ChoiceLine(LineWidget, can_focus=True):
    """The answers side by side, on more lines where one is too short; the one in reverse is given by enter."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.choices = tuple(choices)
        self.at = 0

    def make_lines(self, width: int, height: int) -> list[Strip]:
        """The answers, none of them broken in two."""
        boxes = [self._box(place) for place in range(len(self.choices))]
        in_line = self._in_line(width)
        if in_line < len(boxes):
            widest = max(cell_len(box.text) for box in boxes)
            boxes = [Cell(box.text + " " * (widest - cell_len(box.text)), box.tone) for box in boxes]
        lines = [boxes[start : start + in_line] for start in range(0, len(boxes), in_line)]
        gapped = [[part for box in line for part in (Cell(GAP), box)][1:] for line in lines]
        return [self.draw((Cell(" "), *line), width) for line in gapped]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the answers need."""
        return self.lines_needed(width)

    def lines_needed(self, width: int) -> int:
        """How many lines the answers need in a width."""
        return -(-len(self.choices) // self._in_line(width))

    def _in_line(self, width: int) -> int:
        """How many answers stand side by side: all of them, or as many as leave room for the widest in each column."""
        cells = [cell_len(self._box(place).text) + len(GAP) for place in range(len(self.choices))]
        room = width - 1 + len(GAP)
        return len(cells) if sum(cells) <= room else max(1, room // max(cells))

    def _box(self, place: int) -> Cell:
        choice = self.choices[place]
        label = clean(f"{choice.key} {choice.label}" if choice.key else choice.label)
        chosen = place == self.at and self.has_focus
        return Cell(f"[> {label} ]", Tone.STRONG) if chosen else Cell(f"[  {label} ]")

    def step(self, by: int) -> bool:
        """Goes to a neighbouring answer; False at an end."""
        if not 0 <= self.at + by < len(self.choices):
            return False
        self.at += by
        self.repaint()
        return True


class QuestionText(TextLines):
    """What is asked: as high as its text and a blank line, so that the answers stand where the eye is after reading.

    `below` says how many lines the answers need in a width; they always have them.
    """

    def __init__(self, below: Callable[[int], int]) -> None:
        super().__init__(id="question-lines")
        self._below = below

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the text needs and one more, as far as there is room above the answers."""
        needed = super().get_content_height(container, viewport, width) + 1
        return max(1, min(needed, container.height - self._below(container.width)))


class QuestionPane(Block):
    """Shows one question and posts its answer. Its choices take no key before they were painted once."""

    class Answered(Message):
        """The person decided."""

        def __init__(self, answer: Answer) -> None:
            super().__init__()
            self.answer = answer

    class HelpWanted(Message):
        """The person wants to see the keys first."""

    def __init__(self, question: Question, *, armed: bool = False) -> None:
        """With `armed` keys count at once: for questions that do no harm."""
        super().__init__(id="question")
        self.question = question
        self.armed = armed
        self.answered = False

    def compose(self) -> ComposeResult:
        """The question above its answers."""
        answers, asks_text = ChoiceLine(self.question.choices), self.question.check is not None
        text = QuestionText(lambda width: answers.lines_needed(width) + 2 * asks_text)
        # Before the first layout, which asks for its height.
        text.show(self.question.lines, title=self.question.title, wrap=True)
        yield text
        if asks_text:
            yield TextLine(id="question-problem")
            yield Entry(self.question.text, id="question-entry")
        yield answers

    def on_mount(self) -> None:
        """Takes the focus, and listens to keys only once the question is on screen."""
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
        if event.key in THE_PROGRAMS_OWN:
            return
        event.stop()
        event.prevent_default()
        if self.armed:
            self._choose(event, entry)

    def _choose(self, event: events.Key, entry: Entry | None) -> None:
        line = self._choices
        if event.key in ("escape", "q"):
            self._give(self.question.choices[0])
        elif event.key in ("tab", "right", "down"):
            if not line.step(1) and event.key == "tab":
                self._first(entry)
        elif event.key == "up" and entry is not None:
            entry.focus(scroll_visible=False)
        elif event.key in ("shift+tab", "left", "up"):
            if not line.step(-1) and event.key == "shift+tab" and entry is not None:
                entry.focus(scroll_visible=False)
        elif event.key == "enter":
            self._give(line.choices[line.at])
        elif event.character == "?":
            self.post_message(self.HelpWanted())
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


def lines_of(question: Question, width: int) -> int:
    """How many lines a question needs to be read as a whole."""
    said = sum(len(wrapped(line, width)) for line in question.lines)
    return 1 + said + (1 if question.check is None else 3)
