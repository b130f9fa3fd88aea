"""The priority list of a new model: one field of its form, with keys of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from modeltui.domain.draft import DraftLine
from modeltui.domain.families import Family
from modeltui.domain.ordering import moved
from modeltui.domain.rows import ModelRow
from modeltui.domain.text import UPSTREAM_ID_LIMIT, checked_text
from modeltui.errors import ValidationError
from modeltui.tui.presentation import form_text, model_text
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.form import FormScreen
from modeltui.tui.session import Session
from modeltui.tui.widgets.field import Field
from modeltui.tui.widgets.line_list import LineList
from modeltui.tui.widgets.question import Choice, Question

LINES = "provider_config_ids"


class NewLines(FormScreen):
    """The part of the model form that a saved model doesn't have; its lines have a screen of their own."""

    row: ModelRow | None

    def __init__(self, session: Session, row: ModelRow | None, copied: ModelRow | None = None) -> None:
        super().__init__(session, row, copied)
        self._names: dict[UUID, str] = {}

    def line_list(self) -> Field:
        """The field."""
        nothing = [spans(Cell("a attaches providers; the first usable one gets the requests", Tone.MUTED))]
        control = LineList(
            form_text.LINE_COLUMNS,
            lambda lines: form_text.line_rows(lines, self.session.provider, self._names),
            nothing,
        )
        return Field(LINES, "Lines", control, self._lines_help, classes="-list")

    @property
    def lines(self) -> tuple[DraftLine, ...]:
        """The new model's lines in order."""
        value: Any = self.fields[LINES].value
        return tuple(value) if self.row is None else ()

    @property
    def family(self) -> Family | None:
        """The saved family, or that of the first line."""
        if self.row is not None:
            return self.row.family
        return next((row.family for line in self.lines if (row := self.session.provider(line.provider))), None)

    def refresh_rows(self) -> None:
        """The lines follow what their providers are now; names stay known when their providers are deleted."""
        super().refresh_rows()
        self._names |= {row.id: row.name for row in self.session.rows.providers}
        if self.baseline and self.row is None:
            self._list.refresh_lines()

    def _lines_help(self) -> Sequence[Spans]:
        judged = form_text.judged_lines(self.lines, self.session.provider)
        way = spans(Cell(" requests go to ", Tone.MUTED), *model_text.chain(judged)) if judged else ()
        keys = " a attach  x take out  J/K move  o own upstream id"
        return [*([way] if way else []), spans(Cell(keys, Tone.MUTED))]

    # The keys of the line list

    @property
    def _list(self) -> LineList:
        control = self.fields[LINES].control
        assert isinstance(control, LineList)
        return control

    def on_line_list_acted(self, message: LineList.Acted) -> None:
        """A key of the list."""
        message.stop()
        if not self.asking:
            getattr(self, f"do_{message.action}")()

    def _set_lines(self, lines: tuple[DraftLine, ...], cursor: DraftLine | None, said: str) -> None:
        self._list.value = lines
        if cursor is not None:
            self._list.go(cursor.provider)
        self._edited(self.fields[LINES])
        self.flash(said)

    def do_attach(self) -> None:
        """Attaches providers from a list."""

        async def job() -> None:
            if not self.is_current:
                return
            title = self.fields["name"].text or self.fields["model"].text or "the new model"
            picked = await self.room.pick_providers(title, self.family, [line.provider for line in self.lines])
            if picked:
                new = tuple(DraftLine(provider) for provider in picked)
                names = ", ".join(self._provider_name(line) for line in new)
                self._set_lines((*self.lines, *new), new[0], f"{names} attached at the end; J and K move")

        self.work(job)

    def _current(self) -> tuple[int, DraftLine] | None:
        place = self._list.place
        if place is None:
            self.flash("there is no line here; a attaches a provider")
            return None
        return place, self.lines[place]

    def _provider_name(self, line: DraftLine) -> str:
        return self._names.get(line.provider, "the deleted provider")

    def do_detach(self) -> None:
        """Takes the line out."""
        if (found := self._current()) is not None:
            place, line = found
            rest = (*self.lines[:place], *self.lines[place + 1 :])
            self._set_lines(
                rest, rest[min(place, len(rest) - 1)] if rest else None, f"{self._provider_name(line)} is taken out"
            )

    def do_move_down(self) -> None:
        """One place down."""
        self._move(1, "last", "down")

    def do_move_up(self) -> None:
        """One place up."""
        self._move(-1, "first", "up")

    def _move(self, by: int, end: str, direction: str) -> None:
        if (found := self._current()) is None:
            return
        place, line = found
        if not 0 <= place + by < len(self.lines):
            self.flash(f"{self._provider_name(line)} is already {end}; it can't move {direction}")
            return
        said = f"{self._provider_name(line)} moved from {place + 1} to {place + by + 1}"
        self._set_lines(moved(self.lines, line, place + by), line, said)

    def do_own_id(self) -> None:
        """Gives the line its own upstream id."""
        if (found := self._current()) is None:
            return
        place, line = found
        model = self.fields["model"].text or "the model's"

        def check(text: str) -> str | None:
            try:
                if text.strip():
                    checked_text("upstream_id", text, UPSTREAM_ID_LIMIT)
            except ValidationError as error:
                return error.message
            return None

        async def job() -> None:
            if not self.is_current:
                return
            choices = (Choice("cancel", "Cancel"), Choice("ok", "set"))
            prompt = f"the id that {self._provider_name(line)} knows the model by; blank for {model}:"
            title = f"own upstream id at {self._provider_name(line)}"
            answer = await self.ask(Question(title, (), choices, check, prompt, line.own_id or ""), keep_typed=True)
            if answer.choice == "ok":
                own = answer.text.strip() or None
                new = line._replace(own_id=own)
                lines = (*self.lines[:place], new, *self.lines[place + 1 :])
                self._set_lines(lines, new, f"{self._provider_name(line)} is asked for {own or model}")

        self.work(job)
