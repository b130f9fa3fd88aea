"""What a list costs in plain Textual: an app with nothing but a DataTable. Arguments: how many rows, and a theme."""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable

TITLES = ("NAME", "STATE", "REQUESTS GO TO", "LINE", "SPARE", "CONTEXT")


class Table(App[None]):
    """A table of made-up models; J swaps the names of the cursor's row and the next, as moving it down would."""

    BINDINGS = [("J", "swap")]  # noqa: RUF012 - as Textual declares it

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        if len(sys.argv) > 2:
            self.theme = sys.argv[2]
        table = self.query_one(DataTable)
        table.add_columns(*TITLES)
        for number in range(int(sys.argv[1]) if len(sys.argv) > 1 else 100):
            table.add_row(f"model-{number:05d}", "on", f"provider-{number % 16:03d}", "1/4", "3", "400k")

    def action_swap(self) -> None:
        table = self.query_one(DataTable)
        row = table.cursor_row
        for column in range(len(TITLES)):
            here, there = table.get_cell_at((row, column)), table.get_cell_at((row + 1, column))
            table.update_cell_at((row, column), there)
            table.update_cell_at((row + 1, column), here)
        table.move_cursor(row=row + 1)


if __name__ == "__main__":
    Table().run()
