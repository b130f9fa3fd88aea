"""A choice among a few values on one line, by arrows or by its first letters; nothing opens over the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from modeltui.tui.presentation.cells import Cell, Tone
from modeltui.tui.presentation.text import clean
from modeltui.tui.widgets.line_widget import LineWidget


class Selector(LineWidget, can_focus=True):
    """One of several values. All are shown where there is room, else the chosen one and its place."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right,space", "step(1)", show=False),
    ]

    class Changed(Message):
        """Another value was chosen."""

        def __init__(self, selector: Selector) -> None:
            super().__init__()
            self.selector = selector

        @property
        def control(self) -> Selector:
            """The selector that the message is from."""
            return self.selector

    def __init__(self, options: Sequence[tuple[str, str]], *, id: str | None = None) -> None:
        """`options` are pairs of value and label; the first is chosen."""
        super().__init__(id=id)
        self._options = tuple(options)
        self._at = 0
        self._typed = ""

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """The values that can be chosen, with their labels."""
        return self._options

    def has(self, value: object) -> bool:
        """Whether a value can be chosen."""
        return any(option[0] == value for option in self._options)

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Takes other options; the value stays where it is still among them, else it is the first."""
        value = self.value
        self._options = tuple(options)
        self._at = next((place for place, option in enumerate(options) if option[0] == value), 0)
        self.repaint()

    @property
    def value(self) -> str:
        """The value chosen."""
        return self._options[self._at][0]

    @value.setter
    def value(self, value: str) -> None:
        self._at = next(place for place, option in enumerate(self._options) if option[0] == value)
        self.repaint()

    def make_lines(self, width: int, height: int) -> list[Strip]:
        """The one line."""
        cells: list[Cell] = []
        for place, (_, label) in enumerate(self._options):
            chosen = place == self._at
            cells.append(Cell(f"[{label}]" if chosen else f" {label} ", Tone.STRONG if chosen else Tone.MUTED))
        if sum(cell_len(clean(cell.text)) for cell in cells) > width:
            count = f"  {self._at + 1} of {len(self._options)}"
            cells = [Cell(f"[{self._options[self._at][1]}]", Tone.STRONG), Cell(count, Tone.MUTED)]
        return [self.draw(tuple(cells), width)]

    def action_step(self, by: int) -> None:
        """Chooses a neighbour, going round at the ends."""
        self._typed = ""
        self._choose((self._at + by) % len(self._options))

    def _choose(self, place: int) -> None:
        self._at = place
        self.repaint()
        self.post_message(self.Changed(self))

    def on_key(self, event: events.Key) -> None:
        """Letters choose the value that begins with them; one that begins no value is left to others."""
        letter = event.character
        if letter is None or not letter.isprintable() or letter == " ":
            return
        # First as more of the same word, then as the beginning of another one.
        for typed in (self._typed + letter, letter):
            place = self._place_of(typed.casefold())
            if place is not None:
                event.stop()
                event.prevent_default()
                self._typed = typed
                self._choose(place)
                return

    def _place_of(self, typed: str) -> int | None:
        """The value that begins with this: the one chosen if it does, unless a single letter is to go on from it."""
        count = len(self._options)
        first = self._at + (len(typed) == 1 and bool(self._typed))
        places = [(first + step) % count for step in range(count)]
        return next((place for place in places if self._options[place][0].casefold().startswith(typed)), None)

    def on_blur(self) -> None:
        """What was typed ends with the stay here."""
        self._typed = ""

    def on_click(self, event: events.Click) -> None:
        """A click goes to the next value."""
        event.stop()
        self.action_step(1)
