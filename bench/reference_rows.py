"""The list of the screens by itself, with as many rows as asked for: `python bench/reference_rows.py ROWS`."""

from __future__ import annotations

import sys
from collections.abc import Hashable
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult

from modeltui.paths import styles_dir
from modeltui.tui.presentation.cells import Cell
from modeltui.tui.widgets.row_list import Column, Row, RowList
from modeltui.tui.widgets.toned_screen import TonedScreen

COLUMNS = (Column("NAME", 14, grow=1), Column("STATE", 10), Column("REQUESTS GO TO", 16), Column("LINE", 5))


class ListScreen(TonedScreen):
    """Nothing but the list."""

    def compose(self) -> ComposeResult:
        yield RowList(COLUMNS)

    def on_mount(self) -> None:
        rows = self.query_one(RowList)
        rows.show(range(int(sys.argv[1])), row)
        rows.focus()


class Rows(App[None]):
    """The list with made-up models."""

    CSS_PATH: ClassVar[list[Path]] = sorted(styles_dir().glob("*.tcss"))  # type: ignore[assignment]

    def get_default_screen(self) -> ListScreen:
        return ListScreen()


def row(key: Hashable) -> Row:
    return Row(key, (Cell(f"model-{key:05d}"), Cell("on"), Cell("provider-000"), Cell("1/4")))


if __name__ == "__main__":
    Rows().run()
