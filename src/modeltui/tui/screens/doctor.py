"""Doctor: what is wrong with the catalog or soon could be, grouped by cause; one level down what a cause holds for."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar
from uuid import UUID

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType

from modeltui.domain.doctor import Cause, Diagnosis, Finding, examine
from modeltui.domain.records import Rows
from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.tui import keys
from modeltui.tui.presentation import doctor_text, model_text, provider_text
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.spare import attach_spare
from modeltui.tui.screens.view import View
from modeltui.tui.session import Phase, Session
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.widgets.text_lines import TextLine, TextLines


class DoctorScreen(View):
    """The causes, or with one of them `opened` its models or providers. It looks again only while it is seen."""

    context = "doctor"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("doctor")]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.found: tuple[Diagnosis, ...] = ()
        self.opened: Cause | None = None
        self._examined: Rows | None = None

    def compose_body(self) -> ComposeResult:
        """The list."""
        yield RowList(doctor_text.CAUSE_COLUMNS, id="rows", gutter=2, cursor_columns=2)

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one("#rows", RowList)

    # What it shows

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Catches up with what has changed while it was away."""
        if self.is_mounted:
            self.refresh_rows()

    def _session_changed(self) -> None:
        """Follows the session; where that leaves nothing of the cause that is opened, says so."""
        before = self.diagnosis(self.opened)
        super()._session_changed()
        if before is not None and self.opened is None:
            self.taken_away(f"{before.title}: nothing is left of it")
            if self.session.elsewhere:
                self.announce(f"{before.title}: nothing is left of it; these are the other causes")

    def refresh_rows(self) -> None:
        """Examines the session's rows where they are others than before; the cursor stays with its cause or row."""
        super().refresh_rows()
        if not self.is_current:
            return
        self.rows.empty = self.not_ready("the catalog") or doctor_text.nothing_found(self.session.rows)
        if self._examined is not self.session.rows and self.session.phase is not Phase.LOADING:
            self._examined = self.session.rows
            self.found = examine(self.session.rows)
        self._show()

    def _show(self) -> None:
        opened = self.diagnosis(self.opened)
        if opened is None:
            left, self.opened = self.opened, None
            causes: dict[Hashable, Diagnosis] = {each.cause: each for each in self.found}
            self.rows.columns = doctor_text.CAUSE_COLUMNS
            self.rows.show(list(causes), lambda key: doctor_text.cause_row(causes[key]))
            if left is not None:
                self._go_near(left)
        else:
            rows: dict[Hashable, ModelRow | ProviderRow] = {
                row.id: row for row in (self.session.rows.models if opened.models else self.session.rows.providers)
            }
            findings: dict[Hashable, Finding] = {each.id: each for each in opened.findings}
            self.rows.columns = doctor_text.MODEL_COLUMNS if opened.models else doctor_text.PROVIDER_COLUMNS
            self.rows.show(list(findings), lambda key: doctor_text.finding_row(findings[key], rows[key]))
        self._show_place(opened)
        self._show_pane()

    def _show_place(self, opened: Diagnosis | None) -> None:
        line, right = (Cell("Doctor", Tone.STRONG), *doctor_text.level_notes(self.found)), spans()
        if opened is not None:
            count = doctor_text.about(opened, len(opened.findings))
            line = spans("Doctor / ", Cell(opened.title, Tone.STRONG), f"   {count}")
            right = spans(doctor_text.level_badge(opened.level))
        self.query_one("#place", TextLine).show(line, right)

    def _show_pane(self) -> None:
        pane, row, under = self.query_one("#pane", TextLines), self._row, self.under_cursor
        if row is not None:
            pane.show_fitted(lambda width: self._row_pane(row, width))
        elif under is not None:
            title = spans(Cell(under.title, Tone.STRONG))
            pane.show_fitted(lambda width: (title, doctor_text.cause_pane(under)))
        else:
            pane.show((), title="")

    def _row_pane(self, row: ModelRow | ProviderRow, width: int) -> tuple[Spans, list[Spans]]:
        if isinstance(row, ModelRow):
            return model_text.model_title(row, width), model_text.model_pane(row, width)
        bound, providers = self.session.bound_models(row), self.session.rows.providers
        return provider_text.provider_title(row), provider_text.provider_pane(row, bound, providers)

    def diagnosis(self, cause: Cause | None) -> Diagnosis | None:
        """What was found of a cause, if anything."""
        return next((each for each in self.found if each.cause is cause), None)

    @property
    def under_cursor(self) -> Diagnosis | None:
        """The cause that is opened, or the one under the cursor."""
        if self.opened is not None:
            return self.diagnosis(self.opened)
        key = self.rows.cursor_key
        return self.diagnosis(key) if isinstance(key, Cause) else None

    @property
    def _row(self) -> ModelRow | ProviderRow | None:
        """The model or provider under the cursor."""
        key = self.rows.cursor_key
        return (self.session.model(key) or self.session.provider(key)) if isinstance(key, UUID) else None

    def on_row_list_cursor_moved(self, message: RowList.CursorMoved) -> None:
        """The pane follows the cursor."""
        message.stop()
        self._show_pane()

    # What the keys do

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Enter goes in."""
        message.stop()
        if not self.asking:
            self.do_open()

    def do_open(self) -> None:
        """Opens the cause; there, goes to the model's lines or to the provider."""
        row, diagnosis = self._row, self.under_cursor
        if isinstance(row, ModelRow):
            self.go(lambda: self.room.show_lines(row.id))
        elif isinstance(row, ProviderRow):
            self.go(lambda: self.room.run_worker(self.room.go_to_providers(row.id), group="going"))
        elif diagnosis is not None and not diagnosis.findings:
            self.flash(f"{diagnosis.title}: press 1 for Models, then * on the one that is to be it")
        elif diagnosis is not None:
            self.opened = diagnosis.cause
            self._show()
            self.rows.action_cursor_first()

    def copyable(self) -> Sequence[ModelRow | ProviderRow]:
        """The row under the cursor, or all that the cause under it holds for."""
        row, diagnosis = self._row, self.under_cursor
        if row is not None or diagnosis is None:
            return (row,) if row is not None else ()
        named = {finding.id for finding in diagnosis.findings}
        rows = self.session.rows.models if diagnosis.models else self.session.rows.providers
        return [each for each in rows if each.id in named]

    def peel(self) -> bool:
        """Goes back to the causes."""
        if self.opened is None:
            return False
        left, self.opened = self.opened, None
        self._show()
        self._go_near(left)
        return True

    def _go_near(self, cause: Cause) -> None:
        """Puts the cursor on a cause, or where it is gone, on the one that would follow it."""
        causes = [each.cause for each in self.found]
        order = list(Cause)
        after = [each for each in causes if order.index(each) >= order.index(cause)]
        for key in (*after[:1], *causes[-1:]):
            if self.rows.move_cursor(key):
                return

    def do_spare(self) -> None:
        """Attaches one spare to all models of the cause."""
        diagnosis = self.under_cursor
        if diagnosis is None:
            self.flash("there is nothing here that a spare would cure")
        elif diagnosis.cure is None:
            self.flash(f"no spare cures this: {diagnosis.title}. {diagnosis.advice}")
        else:
            cause = diagnosis.cause
            self.work(lambda: attach_spare(self, cause))
