"""The least that Textual can do for a key press: an app that draws one short line anew."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Line(App[None]):
    """Counts the presses of the down arrow."""

    BINDINGS = [("down", "count")]  # noqa: RUF012 - as Textual declares it
    CSS = "Static { width: 12; height: 1; }"
    count = 0

    def compose(self) -> ComposeResult:
        yield Static("count 0")

    def action_count(self) -> None:
        self.count += 1
        self.query_one(Static).update(f"count {self.count}", layout=False)


if __name__ == "__main__":
    Line().run()
