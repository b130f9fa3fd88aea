"""A picker of providers: the family's, usable ones first, marked in the order in which they are to be attached."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar
from uuid import UUID

from textual.app import ComposeResult
from textual.binding import BindingType

from modeltui.domain.families import Family
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

FAMILY = Column("FAMILY", 13, keep=4)
COLUMNS = (
    Column("NAME", 20, grow=2, most=40, keep=None),
    Column("STATE", 5, keep=None),
    Column("KEY", 17, grow=1, most=28, keep=3),
    Column("ENDPOINT", 20, grow=3, most=60, keep=2),
)


class PickerScreen(Frame):
    """Answers with the ids picked, in order; nothing picked answers with none."""

    context = "picker"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("picker")]

    def __init__(self, session: Session, title: str, family: Family | None, attached: Collection[UUID]) -> None:
        super().__init__(session)
        self.title_text, self.family, self.attached = title, family, attached
        self.marked: list[UUID] = []
        self._rows: dict[object, ProviderRow] = {}

    def compose_body(self) -> ComposeResult:
        """The providers."""
        # Where one family is asked for, its name on every line would only take room.
        yield RowList(COLUMNS if self.family is not None else (COLUMNS[0], FAMILY, *COLUMNS[1:]), id="rows", gutter=5)

    def on_mount(self) -> None:
        """There is nothing for a pane."""
        self.query_one("#lower").display = False

    def refresh_rows(self) -> None:
        """Shows what can be attached."""
        super().refresh_rows()
        providers = self.session.rows.providers
        fitting = [row for row in providers if self.family in (None, row.family) and row.id not in self.attached]
        self._rows = {row.id: row for row in sorted(fitting, key=lambda row: not row.usable)}
        rows = self.query_one("#rows", RowList)
        rows.empty = self._nothing()
        rows.show(list(self._rows), self._row)
        of_family = f" of family {self.family}" if self.family is not None else ""
        fits = f"{len(fitting)} of {len(providers)} providers fit{of_family}"
        marked = spans(Cell(f"{len(self.marked)} marked", Tone.ACCENT)) if self.marked else ()
        line = spans("attach to ", Cell(self.title_text, Tone.STRONG), f"   {fits}")
        self.query_one("#place", TextLine).show(line, marked)

    def _nothing(self) -> list[tuple[Cell, ...]]:
        if self.family is None:
            return [spans("  No providers yet."), spans("  esc goes back; press 2, then n to add one.")]
        return [
            spans(f"  No other provider of family {self.family}."),
            spans("  esc goes back; press 2 on Models, then n to add one."),
        ]

    def _row(self, key: object) -> Row:
        row = self._rows[key]
        place = f"{self.marked.index(row.id) + 1:>2}" if row.id in self.marked else ""
        cells = (
            Cell(row.name),
            *((Cell(row.family),) if self.family is None else ()),
            on_off(row.enabled),
            key_badge(row.credential, row.key),
            Cell(endpoint(row), Tone.MUTED),
        )
        return Row(row.id, cells, marker=place)

    def do_mark(self) -> None:
        """Marks, or unmarks; the family of the first mark holds for the rest."""
        key = self.query_one("#rows", RowList).cursor_key
        row = self._rows.get(key)
        if row is None:
            return
        other = next(
            (self._rows[identity] for identity in self.marked if self._rows[identity].family != row.family), None
        )
        if row.id in self.marked:
            self.marked.remove(row.id)
        elif other is not None:
            self.flash(f"{row.name} is of family {row.family}, {other.name} of {other.family}; a model has one family")
            return
        else:
            self.marked.append(row.id)
        self.refresh_rows()
        self.query_one("#rows", RowList).action_cursor_down()

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Attaches what is marked, or the row under the cursor."""
        message.stop()
        if isinstance(message.key, UUID):
            self.dismiss(tuple(self.marked) or (message.key,))

    def do_back(self) -> None:
        """Goes back without attaching."""
        self.dismiss(())
