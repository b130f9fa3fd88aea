"""A list to choose one provider from, for a change of several models' lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeAlias

from textual.app import ComposeResult
from textual.binding import BindingType

from modeltui.domain.rows import ProviderRow
from modeltui.tui import keys
from modeltui.tui.presentation.badges import key_badge, on_off
from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.presentation.provider_text import endpoint
from modeltui.tui.screens.frame import Frame
from modeltui.tui.session import Session
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.row_list import Row, RowList
from modeltui.tui.widgets.text_lines import TextLine

Offered: TypeAlias = tuple[ProviderRow, str]
"""A provider to choose, and a note on it: in how many of the lists it is, or nothing."""

NOTE = Column("IN LISTS", 10, keep=None)
FAMILY = Column("FAMILY", 13, keep=None)
COLUMNS = (
    Column("NAME", 20, grow=2, most=40, keep=None),
    Column("STATE", 5, keep=None),
    Column("KEY", 17, grow=1, most=28, keep=3),
    Column("ENDPOINT", 20, grow=3, most=60, keep=2),
)


class ChoiceScreen(Frame):
    """Answers with the provider chosen, or with None.

    `offered` is asked once: nothing moves under the hands of somebody who chooses.
    """

    context = "choice"
    awaited = True
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("choice")]

    def __init__(self, session: Session, title: str, offered: Sequence[Offered]) -> None:
        super().__init__(session)
        self._title_text = title
        self._by_key: dict[object, Offered] = {row.id: (row, note) for row, note in offered}
        self._noted = any(note for _, note in offered)
        # Of one family it would only take room.
        self._mixed = len({row.family for row, _ in offered}) > 1

    def compose_body(self) -> ComposeResult:
        """The providers."""
        extra = [*([FAMILY] if self._mixed else []), *([NOTE] if self._noted else [])]
        yield RowList((COLUMNS[0], *extra, *COLUMNS[1:]), id="rows", gutter=2)

    def on_mount(self) -> None:
        """There is nothing for a pane."""
        self.query_one("#lower").display = False

    def refresh_rows(self) -> None:
        """Shows what can be chosen."""
        super().refresh_rows()
        rows = self.query_one("#rows", RowList)
        rows.empty = [spans("  Nothing is left to choose from."), spans("  esc goes back.")]
        rows.show(list(self._by_key), self._row)
        self.query_one("#place", TextLine).show(spans(Cell(self._title_text, Tone.STRONG)))

    def _row(self, key: object) -> Row:
        row, note = self._by_key[key]
        cells = (
            Cell(row.name),
            *((Cell(row.family),) if self._mixed else ()),
            *((Cell(note),) if self._noted else ()),
            on_off(row.enabled),
            key_badge(row.credential, row.key),
            Cell(endpoint(row), Tone.MUTED),
        )
        return Row(row.id, cells)

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Enter chooses, unless the provider was deleted meanwhile."""
        message.stop()
        if message.key not in self._by_key:
            return
        row, _ = self._by_key[message.key]
        if self.session.provider(row.id) is not None:
            self.dismiss(row)
            return
        del self._by_key[message.key]
        self.refresh_rows()
        self.flash(f"{row.name} was deleted meanwhile; choose another", error=True)

    def do_back(self) -> None:
        """Goes back without a choice."""
        self.dismiss(None)
