"""The buttons at the end of a form, as one line of text."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from modeltui.tui.widgets.question import ChoiceLine


class Buttons(ChoiceLine):
    """Buttons side by side, of which the one marked `>` is pressed by enter or space."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("enter,space", "press", show=False),
    ]

    class Pressed(Message):
        """A button was pressed."""

        def __init__(self, choice: str) -> None:
            super().__init__()
            self.choice = choice

    def go(self, place: int) -> None:
        """Marks a button; -1 is the last."""
        self.at = place % len(self.choices)
        self.repaint()

    def action_step(self, by: int) -> None:
        """Marks the neighbour."""
        self.step(by)

    def action_press(self) -> None:
        """Presses the marked button."""
        self.post_message(self.Pressed(self.choices[self.at].id))

    def on_click(self, event: events.Click) -> None:
        """A click presses what it hits."""
        event.stop()
        edge = 1
        for place, choice in enumerate(self.choices):
            width = len("[> " + choice.label + " ]")
            if edge <= event.x < edge + width:
                self.go(place)
                self.action_press()
                return
            edge += width + len("  ")
