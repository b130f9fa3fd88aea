"""A small app around one list, for the tests of the list."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widgets import Button

from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.widgets.row_list import Column, Row, RowList
from modeltui.tui.widgets.toned_screen import TonedScreen

STYLES = Path(__file__).parents[2] / "styles" / "app.tcss"

COLUMNS = (
    Column("NAME", 14, grow=1, keep=None, most=20),
    Column("FAMILY", 13, keep=2),
    Column("STATE", 5, keep=None),
    Column("KEY", 22, keep=3),
    Column("MODELS", 6, align="right", keep=1),
    Column("ALONE", 5, align="right", keep=0),
)


class Source:
    """Rows by number, counting how many were made; names and states can be changed."""

    def __init__(self) -> None:
        self.made: list[Hashable] = []
        self.names: dict[Hashable, str] = {}
        self.notes: set[Hashable] = set()

    def row(self, key: Hashable) -> Row:
        self.made.append(key)
        if key in self.notes:
            return Row(key, spans(Cell(f"   own id of {key}", Tone.MUTED)), selectable=False, free=True)
        name = self.names.get(key, f"provider-{key}")
        cells = (
            Cell(name),
            Cell("openai"),
            Cell("✓ on", Tone.GOOD),
            Cell("✗ unset $KEY", Tone.BAD),
            Cell("7"),
            Cell("0"),
        )
        return Row(key, cells)


class Listing(App[None]):
    CSS_PATH = STYLES

    def get_default_screen(self) -> TonedScreen:
        return TonedScreen(id="_default")

    def __init__(self, columns: Sequence[Column] = COLUMNS) -> None:
        super().__init__()
        self.source = Source()
        self.columns = columns
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield RowList(self.columns, empty=[spans("No providers yet. n adds one.")])
        yield Button("elsewhere")

    def on_mount(self) -> None:
        self.query_one(Button).display = False
        self.rows.focus()

    @property
    def rows(self) -> RowList:
        return self.query_one(RowList)

    def show(self, keys: Sequence[Hashable]) -> None:
        self.rows.show(keys, self.source.row)

    def on_row_list_cursor_moved(self, message: RowList.CursorMoved) -> None:
        self.told.append(message)

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        self.told.append(message)


def names(rows: RowList) -> list[str]:
    """The shown rows by cursor sign and name, such as `> provider-3`."""
    return [
        " ".join(line.split()[:2]) if line.startswith(">") else line.split()[0]
        for line in rows.lines_as_text[1:]
        if line
    ]
