"""What both forms share: one way to save, a word on others' changes, and asking before anything is lost."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from modeltui.clock import local_text
from modeltui.errors import CatalogError, DatabaseUnavailable, ModelDeleted, NotFound, StaleVersion
from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.presentation.form_text import FormStates, conflict_lines
from modeltui.tui.screens.fields import AnyRow, FieldsScreen
from modeltui.tui.session import Session
from modeltui.tui.widgets.buttons import Buttons
from modeltui.tui.widgets.question import Choice, Question
from modeltui.tui.widgets.selector import Selector

KEPT = "not saved; what you typed is still here"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a form answers with: the row that was written, and what happened in words."""

    id: UUID
    text: str


class FormScreen(FieldsScreen):
    """A form that can be saved and left. Subclasses bring the fields and say how to write them."""

    def __init__(self, session: Session, row: AnyRow | None, copied: AnyRow | None = None) -> None:
        super().__init__(session, row, copied)
        self.saved: Saved | None = None

    # For subclasses

    def latest(self) -> AnyRow | None:
        """The form's row as it is now, None where it is deleted. Only asked for a saved row."""
        raise NotImplementedError

    def described(self, row: AnyRow) -> dict[str, str]:
        """The editable fields of a saved row as words by label."""
        raise NotImplementedError

    def described_now(self, saved: AnyRow) -> dict[str, str]:
        """The same for what the form holds, where a row is saved by now that the form wasn't opened on."""
        raise NotImplementedError

    def field_of_error(self, error: CatalogError) -> str | None:
        """The field that an error of the services is about."""
        raise NotImplementedError

    async def write(self, row: AnyRow | None) -> Saved | None:
        """Writes what differs from `row`, asking where requests would move; None where the person says no."""
        raise NotImplementedError

    # Saving

    def do_save(self) -> None:
        """Saves and leaves."""

        async def job() -> None:
            if self.is_current and await self.save():
                self.dismiss(self.saved)

        self.work(job)

    def on_buttons_pressed(self, message: Buttons.Pressed) -> None:
        """Save or Cancel."""
        message.stop()
        self.action_act("save" if message.choice == "save" else "back")

    async def save(self) -> bool:
        """Checks every field, then writes. Whatever happens, what was typed stays."""
        for field in self.fields.values():
            field.show_problem(self._problem(field.key) if field.display else None)
        bad = [field for field in self.fields.values() if field.problem]
        if bad:
            self.go_to(bad[0].control)
            self._show_words()
            self.flash(f"not saved: {', '.join(field.label for field in bad)}", error=True)
            return False
        if self.row is not None and not self.dirty:
            self.flash("nothing to save: nothing is changed")
            return False
        try:
            return await self._write_over(self.row)
        except CatalogError as error:
            self._refused(error)
            return False

    async def _write_over(self, row: AnyRow | None) -> bool:
        while True:
            try:
                self.saved = await self.write(row)
            except StaleVersion as error:
                current = error.current
                await self.session.reload()
                if not await self._settled(current):
                    return False
                row = current
                continue
            if self.saved is None:
                self.flash(KEPT)
                return False
            if row is not None and row.enabled and self.fields["enabled"].text == "off":
                self.session.turned_off([row])
            try:
                await self.session.reload()
            except CatalogError as error:
                text = f"{self.saved.text}, but the catalog could not be read again: {error.message}"
                self.saved = Saved(self.saved.id, text)
            return True

    def _refused(self, error: CatalogError) -> None:
        key = self.field_of_error(error)
        if key is not None:
            field = self.fields[key]
            field.show_problem(error.message)
            self.go_to(field.control)
            self._show_words()
            self.flash(f"not saved: {field.label}", error=True)
        elif isinstance(error, NotFound | ModelDeleted) and self.row is not None:
            self.flash(
                f"{self.row.name} was deleted meanwhile; what you typed is still here, esc leaves it", error=True
            )
        else:
            if isinstance(error, DatabaseUnavailable):
                self.doubt_connection(error)
            self.flash(f"not saved: {error.message}; what you typed is still here", error=True)

    # Others at work

    def news(self) -> str:
        """Says that somebody else changed the fields, or deleted the row; what is typed stays."""
        if self.row is None or not self.baseline or self.saved is not None:
            return ""
        latest = self.latest()
        if latest is None:
            return "deleted elsewhere"
        if latest.version == self.row.version or self.described(latest) == self.described(self.row):
            return ""
        return "changed elsewhere"

    async def _settled(self, current: AnyRow) -> bool:
        """What to do about a change by somebody else; True when the form is to be saved over it."""
        assert self.row is not None
        states = FormStates(self.described(self.row), self.described(current), self.described_now(current))
        if not states.conflict:
            return True
        lines = conflict_lines(states, current.updated_by, self.query_one("#lower").size.width or self.size.width)
        title = f"{current.updated_by} changed {current.name} at {local_text(current.updated_at)}"
        merge = () if states.both else (Choice("merge", "Merge", "m"),)
        choices = (
            Choice("keep", "Keep editing"),
            *merge,
            Choice("theirs", "Take theirs", "R"),
            Choice("ours", "Put yours over", "O"),
        )
        answer = await self.ask(Question(title, lines, choices))
        if answer.choice == "theirs":
            self.load(current)
            self.flash(f"this is what {current.updated_by} saved; yours is dropped")
        elif answer.choice == "keep":
            self.flash(KEPT)
        elif answer.choice == "merge":
            self._load_under(current)
        return answer.choice in ("ours", "merge")

    def _load_under(self, row: AnyRow) -> None:
        """Takes a row as what is edited; the fields that are changed here keep what they hold."""
        mine = {key: self.fields[key].value for key in self.changed_fields}
        self.load(row)
        for key, value in mine.items():
            control = self.fields[key].control
            if not isinstance(control, Selector) or control.has(value):
                self.fields[key].value = value
                self.follow()
        self.refresh_rows()

    # Leaving

    def do_back(self) -> None:
        """Leaves; changes ask first."""

        async def job() -> None:
            if self.is_current and await self.may_leave():
                self.dismiss(self.saved)

        self.work(job)

    async def may_leave(self) -> bool:
        """Asks where something is changed."""
        if not self.dirty:
            return True
        choices = (Choice("keep", "Keep editing"), Choice("discard", "Discard", "d"), Choice("save", "Save", "s"))
        lines = [spans(Cell(" changed: ", Tone.MUTED), self.changed_labels)]
        title = f"Leave without saving {self.row.name if self.row is not None else f'the new {self.noun}'}?"
        answer = await self.ask(Question(title, lines, choices))
        if answer.choice == "save":
            return await self.save()
        return answer.choice == "discard"
