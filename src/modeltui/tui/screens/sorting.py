"""A list whose order the person chooses, and keeps while the program runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from modeltui.domain.filtering import Kind
from modeltui.domain.sorting import SORT_KEYS, Order, chosen, in_order, said
from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.screens.frame import Frame
from modeltui.tui.session import Session
from modeltui.tui.widgets.question import Choice, Question


class Sorting(Frame):
    """Asks for the order in the lower pane, where each answer says which rows would come first."""

    kind: ClassVar[Kind] = "models"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.order = Order()

    def in_order(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The rows in the order that the person chose."""
        return in_order(rows, self.kind, self.order)

    def order_note(self) -> str:
        """What the rows are sorted by, in a word or two."""
        return said(self.kind, self.order)

    def do_sort(self) -> None:
        """Asks what to sort by."""
        self.work(self._sort, needs_catalog=False)

    async def _sort(self) -> None:
        choices = [Choice("keep", "leave it as it is")]
        for key in SORT_KEYS[self.kind]:
            way = key.backward if chosen(self.order, key.id).reverse else key.forward
            choices.append(Choice(key.id, f"{key.label}, {way}", key.letter))
        lines = [spans(Cell(f" now by {self.order_note()}; nothing but the order changes", Tone.MUTED))]
        answer = await self.ask(Question(f"Sort {self.kind}", lines, choices))
        if answer.choice != "keep":
            self.order = chosen(self.order, answer.choice)
            self.refresh_rows()
            self.flash(f"sorted by {self.order_note()}")
