"""The fields of a form: what they are filled with, what is said about each, and that it is checked when it is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.domain.text import name_key
from modeltui.errors import CatalogError
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.field_walk import FieldWalk
from modeltui.tui.session import Session
from modeltui.tui.widgets.buttons import Buttons
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.field import Field
from modeltui.tui.widgets.question import Choice
from modeltui.tui.widgets.scrolled import Scrolled
from modeltui.tui.widgets.selector import Selector
from modeltui.tui.widgets.text_lines import TextLine, TextLines

AnyRow = ModelRow | ProviderRow
BUTTONS = (Choice("save", "Save"), Choice("cancel", "Cancel"))
ON_OFF = (("on", "on"), ("off", "off"))


class FieldsScreen(FieldWalk):
    """A form on one row, or on a new one (`row` is None). Subclasses bring the fields and say how to write them.

    `copied` is the row that a new one starts as a copy of.
    """

    # More of a name for the style sheet than the frame has, so that its rules go before the frame's.
    DEFAULT_CLASSES: ClassVar[str] = "-form"
    place: ClassVar[str] = ""
    noun: ClassVar[str] = ""

    def __init__(self, session: Session, row: AnyRow | None, copied: AnyRow | None = None) -> None:
        super().__init__(session)
        self.row = row
        self.copied = copied
        self.baseline: dict[str, object] = {}
        self._touched: set[str] = set()

    # For subclasses

    def make_fields(self) -> Iterable[Field | TextLine]:
        """The fields in order, with headings between them."""
        raise NotImplementedError

    def fill(self, row: AnyRow | None) -> None:
        """Puts a row's values into the fields, or those that a new one starts with."""
        raise NotImplementedError

    def follow(self) -> None:
        """Shows the fields and notes that go with what is chosen now."""

    def news(self) -> str:
        """What others did to the row meanwhile, in words; empty for nothing."""
        return ""

    def check(self, key: str) -> str | None:
        """What is wrong with a field, or None. ValidationErrors may be raised instead."""
        raise NotImplementedError

    # What is on screen

    def compose_body(self) -> ComposeResult:
        """The fields, then the buttons."""
        with Scrolled(id="form"):
            for part in self.make_fields():
                if isinstance(part, Field):
                    self.fields[part.key] = part
                yield part
            yield Buttons(BUTTONS)

    def on_mount(self) -> None:
        """Fills the fields and goes to the first, or to the name that a copy needs."""
        self.load(self.row)
        start = self.stops[0] if self.copied is None else self.fields["name"].control
        start.focus(scroll_visible=False)
        if self.copied is not None and isinstance(start, Entry):
            start.select_all()

    def load(self, row: AnyRow | None) -> None:
        """Starts over from a saved state."""
        self.row = row
        self.fill(row)
        self.follow()
        for field in self.fields.values():
            field.show_problem(None)
        self.baseline = {key: field.value for key, field in self.fields.items()}
        self._touched.clear()
        self.refresh_rows()

    @property
    def changed_fields(self) -> list[str]:
        """The shown fields that differ from what they were filled with."""
        return [
            key
            for key, field in self.fields.items()
            if field.can_be_edited and key in self.baseline and field.value != self.baseline[key]
        ]

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose anything."""
        return bool(self.changed_fields)

    @property
    def changed_labels(self) -> str:
        """The labels of what is changed."""
        return ", ".join(self.fields[key].label for key in self.changed_fields)

    @property
    def unsaved(self) -> str:
        """What is changed, and of what."""
        of = self.row.name if self.row is not None else f"the new {self.noun}"
        return f"{self.changed_labels} of {of}" if self.dirty else ""

    def refresh_rows(self) -> None:
        """Shows where one is, what is changed, and the words for the field under the cursor."""
        super().refresh_rows()
        name = self.row.name if self.row is not None else "new"
        after = " / edit" if self.row is not None else f", a copy of {self.copied.name}" if self.copied else ""
        where = spans(f"{self.place} / ", Cell(name, Tone.STRONG), after)
        changed = len(self.changed_fields)
        state = (
            Cell(f"{counted(changed, 'field')} changed", Tone.WARN) if changed else Cell("nothing changed", Tone.MUTED)
        )
        news = [Cell(f"{news}   ", Tone.BAD)] if (news := self.news()) else []
        self.query_one("#place", TextLine).show(where, spans(*news, state))
        self._show_words()

    def _show_words(self) -> None:
        pane = self.query_one("#pane", TextLines)
        field = self.current_field
        if field is None:
            bad = [other.label for other in self.fields.values() if other.problem]
            words = (
                spans(Cell(f" needs attention: {', '.join(bad)}", Tone.BAD)) if bad else spans(self._what_saving_does)
            )
            pane.show([words], title="save or leave", wrap=True)
            return
        # It stands under the field; the pane is for help.
        problem = [spans(Cell(f" {field.problem}", Tone.BAD))] if field.problem_is_cut else []
        stops = self.stops
        # The buttons are a stop too, but no field.
        where = f"   {stops.index(field.control) + 1} of {len(stops) - 1}"
        pane.show([*problem, *field.help()], title=spans(field.label, Cell(where, Tone.MUTED)), wrap=True)

    @property
    def _what_saving_does(self) -> str:
        return " ctrl+s saves from any field; esc leaves, and asks when something is changed."

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Marks the field and shows its words."""
        field = self.field_of(event.widget)
        if field is not None:
            field.mark(True)
        if not self.asking:
            self._show_words()
            self.show_hints()
            self.keep_in_view()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Checks the field that is left."""
        field = self.field_of(event.widget)
        if field is None:
            return
        field.mark(False)
        if self.baseline and not self.asking and self.is_current:
            self.left(field)

    def left(self, field: Field) -> None:
        """A field is left: says what is wrong with it, but doesn't scold for one that one only came through."""
        if field.key in self._touched or self.baseline[field.key] or field.problem:
            field.show_problem(self._problem(field.key))
        self.keep_in_view()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Something was typed."""
        message.stop()
        self._edited(self.field_of(message.input))

    def on_selector_changed(self, message: Selector.Changed) -> None:
        """Something was chosen."""
        message.stop()
        self._edited(self.field_of(message.selector))

    def _edited(self, field: Field | None) -> None:
        if not self.baseline or field is None:
            return
        if field.differs(self.baseline[field.key]):
            self._touched.add(field.key)
        field.show_problem(None)
        self.follow()
        self.refresh_rows()
        self.keep_in_view()

    def _problem(self, key: str) -> str | None:
        try:
            return self.check(key)
        except CatalogError as error:
            return error.message


def words(*lines: str) -> Callable[[], Sequence[Spans]]:
    """Help that is always the same."""
    shown = [spans(Cell(f" {line}", Tone.MUTED)) for line in lines]
    return lambda: shown


def differing(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are others than before."""
    return {key: value for key, value in now.items() if key not in before or before[key] != value}


def copy_name(name: str, taken: Iterable[str], limit: int) -> str:
    """A free name for a copy: `NAME-copy`, or with a number behind it."""
    known = {name_key(other) for other in taken}
    for number in count(1):
        end = "-copy" if number == 1 else f"-copy-{number}"
        candidate = f"{name[: limit - len(end)]}{end}"
        if name_key(candidate) not in known:
            return candidate
    raise AssertionError("numbers never end")
