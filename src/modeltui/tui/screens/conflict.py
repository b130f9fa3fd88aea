"""A conflict: the list as one opened it, as somebody else saved it, and as one wants it, side by side."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from modeltui.clock import local_text
from modeltui.domain.draft import Draft
from modeltui.domain.rows import ModelRow
from modeltui.tui import keys
from modeltui.tui.presentation import model_text
from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.presentation.line_text import drafted
from modeltui.tui.screens.frame import Frame
from modeltui.tui.session import Session
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.row_list import Row, RowList
from modeltui.tui.widgets.text_lines import TextLine, TextLines

COLUMNS = (
    Column("#", 2, align="right", keep=None),
    Column("WHEN YOU OPENED IT", 18, grow=1, keep=None),
    Column("AS SAVED NOW", 18, grow=1, keep=None),
    Column("YOURS", 18, grow=1, keep=None),
)


class ConflictScreen(Frame):
    """Answers with `keep`, `theirs` or `ours`; leaving it keeps the draft."""

    context = "conflict"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("conflict")]

    def __init__(self, session: Session, opened: ModelRow, current: ModelRow, draft: Draft) -> None:
        super().__init__(session)
        self.opened, self.current, self.draft = opened, current, draft

    def compose_body(self) -> ComposeResult:
        """Three columns."""
        yield RowList(COLUMNS, id="rows", gutter=2, cursor_columns=1)

    def on_mount(self) -> None:
        """Fills them in."""
        yours = [self._provider_name(line.provider, line.own_id) for line in self.draft.now.kept]
        before = [
            self._provider_name(line.provider_config_id, line.upstream_model) for line in self.opened.provider_configs
        ]
        saved = [
            self._provider_name(line.provider_config_id, line.upstream_model) for line in self.current.provider_configs
        ]
        count = max(len(yours), len(before), len(saved))
        rows = {
            place: Row(
                place, (Cell(str(place + 1)), *(_cell(column, before, place) for column in (before, saved, yours)))
            )
            for place in range(count)
        }
        self.query_one("#rows", RowList).show(list(rows), lambda key: rows[int(str(key))])
        self.query_one("#place", TextLine).show(spans("Models / ", Cell(self.current.name, Tone.STRONG), " / conflict"))
        after = drafted(self.current, self.draft.now.kept, self.session.provider)
        self.query_one("#pane", TextLines).show(
            [
                spans(Cell(" saved now   ", Tone.MUTED), *model_text.chain(self.current.provider_configs)),
                spans(Cell(" yours       ", Tone.MUTED), *model_text.chain(after.provider_configs)),
                spans(" Nothing is lost: e keeps your draft, R takes theirs, O puts yours over."),
            ],
            title=f"{self.current.updated_by} changed the list at {local_text(self.current.updated_at)}",
            wrap=True,
        )

    def _provider_name(self, provider: object, own_id: str | None) -> str:
        rows = {row.id: row.name for row in self.session.rows.providers}
        rows |= {
            line.provider_config_id: line.name
            for line in self.opened.provider_configs
            if line.provider_config_id not in rows
        }
        known = {row.id for row in self.session.rows.providers}
        name = rows.get(provider, "a provider")  # type: ignore[call-overload]
        name = f"{name} ({own_id})" if own_id else name
        return name if provider in known else f"{name}, deleted"

    def do_keep(self) -> None:
        """Back to the draft."""
        self.dismiss("keep")

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Enter is the careful answer."""
        message.stop()
        self.do_keep()

    def do_theirs(self) -> None:
        """Drops the draft."""
        self.dismiss("theirs")

    def do_ours(self) -> None:
        """Puts the draft over."""
        self.dismiss("ours")

    def do_back(self) -> None:
        """Back to the draft."""
        self.dismiss("keep")


def _cell(column: list[str], before: list[str], place: int) -> Cell:
    if place >= len(column):
        return Cell("")
    same = place < len(before) and before[place] == column[place]
    return Cell(column[place], Tone.PLAIN if same else Tone.WARN)
