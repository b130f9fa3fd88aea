"""What both forms share: one way to save, a word on others' changes, and asking before anything is lost."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from modeltui.clock import local_text
from modeltui.errors import CatalogError, DatabaseUnavailable, ModelDeleted, NotFound, StaleVersion
from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.presentation.form_text import difference_lines
from modeltui.tui.screens.fields import AnyRow, FieldsScreen
from modeltui.tui.session import Session
from modeltui.tui.widgets.buttons import Buttons
from modeltui.tui.widgets.question import Choice, Question


@dataclass(frozen=True, slots=True)
class Saved:
    """What a form answers with: the row that was written, and what happened in words."""

    id: UUID
    text: str


class FormScreen(FieldsScreen):
    """A form that can be saved and left. Subclasses bring the fields and say how to write them."""

    def __init__(self, session: Session, row: AnyRow | None) -> None:
        super().__init__(session, row)
        self.saved: Saved | None = None

    # For subclasses

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
            self._go_to(bad[0].control)
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
                self.flash("not saved; what you typed is still here")
                return False
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
            self._go_to(field.control)
            self._show_words()
            self.flash(f"not saved: {field.label}", error=True)
        elif isinstance(error, NotFound | ModelDeleted) and self.row is not None:
            self.flash(f"{self.row.name} was deleted meanwhile; what you typed is still here", error=True)
        else:
            if isinstance(error, DatabaseUnavailable):
                self.session.lost(error)
            self.flash(f"not saved: {error.message}; what you typed is still here", error=True)

    async def _settled(self, current: AnyRow) -> bool:
        """What to do about a change by somebody else; True when the form is to be saved over it."""
        assert self.row is not None
        opened, saved = self.described(self.row), self.described(current)
        yours = self.described_now(current)
        if opened == saved or yours == saved:
            return True
        lines = difference_lines(yours, saved, self.query_one("#lower").size.width or self.size.width)
        title = f"{current.updated_by} changed {current.name} at {local_text(current.updated_at)}"
        choices = (
            Choice("keep", "Keep editing"),
            Choice("theirs", "Take theirs", "R"),
            Choice("ours", "Put yours over", "O"),
        )
        answer = await self.ask(Question(title, lines, choices))
        if answer.choice == "theirs":
            self.load(current)
            self.flash(f"this is what {current.updated_by} saved; yours is dropped")
        elif answer.choice == "keep":
            self.flash("not saved; what you typed is still here")
        return answer.choice == "ours"

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
        labels = [self.fields[key].label for key in self.changed_fields]
        lines = [spans(Cell(" changed: ", Tone.MUTED), ", ".join(labels))]
        title = f"Leave without saving {self.row.name if self.row is not None else f'the new {self.noun}'}?"
        answer = await self.ask(Question(title, lines, choices))
        if answer.choice == "save":
            return await self.save()
        return answer.choice == "discard"
