"""The fields of a form: how one goes through them, and that each is checked when it is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.errors import CatalogError
from modeltui.tui import keys
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.frame import Frame
from modeltui.tui.session import Session
from modeltui.tui.widgets.buttons import Buttons
from modeltui.tui.widgets.field import Field
from modeltui.tui.widgets.line_list import LineList
from modeltui.tui.widgets.question import Choice
from modeltui.tui.widgets.selector import Selector
from modeltui.tui.widgets.text_lines import TextLine, TextLines

AnyRow = ModelRow | ProviderRow
BUTTONS = (Choice("save", "Save"), Choice("cancel", "Cancel"))
ON_OFF = (("on", "on"), ("off", "off"))


class FieldsScreen(Frame):
    """A form on one row, or on a new one (`row` is None). Subclasses bring the fields and say how to write them."""

    context = "form"
    # More of a name for the style sheet than the frame has, so that its rules go before the frame's.
    DEFAULT_CLASSES: ClassVar[str] = "-form"
    place: ClassVar[str] = ""
    noun: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("form"),
        Binding("tab,down", "go_on(1)", show=False),
        Binding("shift+tab,up", "go_on(-1)", show=False),
    ]

    def __init__(self, session: Session, row: AnyRow | None) -> None:
        super().__init__(session)
        self.row = row
        self.baseline: dict[str, object] = {}
        self.fields: dict[str, Field] = {}
        self._scroll_due = False

    # For subclasses

    def make_fields(self) -> Iterable[Field]:
        """The fields, in order."""
        raise NotImplementedError

    def fill(self, row: AnyRow | None) -> None:
        """Puts a row's values into the fields, or those that a new one starts with."""
        raise NotImplementedError

    def follow(self) -> None:
        """Shows the fields and notes that go with what is chosen now."""

    def check(self, key: str) -> str | None:
        """What is wrong with a field, or None. ValidationErrors may be raised instead."""
        raise NotImplementedError

    # What is on screen

    def compose_body(self) -> ComposeResult:
        """The fields, then the buttons."""
        with Container(id="form"):
            for field in self.make_fields():
                self.fields[field.key] = field
                yield field
            yield Buttons(BUTTONS)

    def on_mount(self) -> None:
        """Fills the fields and goes to the first."""
        self.screen_layout_refresh_signal.subscribe(self, self._laid_out, immediate=True)
        self.load(self.row)
        self.stops[0].focus(scroll_visible=False)

    def load(self, row: AnyRow | None) -> None:
        """Starts over from a saved state."""
        self.row = row
        self.fill(row)
        self.follow()
        for field in self.fields.values():
            field.show_problem(None)
        self.baseline = {key: field.value for key, field in self.fields.items()}
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

    def refresh_rows(self) -> None:
        """Shows where one is, what is changed, and the words for the field under the cursor."""
        super().refresh_rows()
        name = self.row.name if self.row is not None else "new"
        where = spans(f"{self.place} / ", Cell(name, Tone.STRONG), *((" / edit",) if self.row is not None else ()))
        count = len(self.changed_fields)
        state = Cell(f"{counted(count, 'field')} changed", Tone.WARN) if count else Cell("nothing changed", Tone.MUTED)
        self.query_one("#place", TextLine).show(where, spans(state))
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
        problem = [spans(Cell(f" {field.problem}", Tone.BAD))] if field.problem else []
        pane.show([*problem, *field.help()], title=field.label, wrap=True)

    @property
    def _what_saving_does(self) -> str:
        return " ctrl+s saves from any field; esc leaves, and asks when something is changed."

    def show_hints(self) -> None:
        """The form's keys, or those of its list of lines while the cursor is there."""
        context = "form_lines" if isinstance(self.focused, LineList) else self.context
        shown, pinned = keys.hints("question" if self.asking else context)
        self.query_one("#hints").show(shown, pinned)  # type: ignore[attr-defined]

    # Going about

    @property
    def buttons(self) -> Buttons:
        """Save and Cancel."""
        return self.query_one(Buttons)

    @property
    def stops(self) -> list[Widget]:
        """Where the cursor can be, in order."""
        return [*(field.control for field in self.fields.values() if field.can_be_edited), self.buttons]

    @property
    def current_field(self) -> Field | None:
        """The field under the cursor; None on the buttons."""
        return self._field_of(self.focused)

    def _field_of(self, widget: Widget | None) -> Field | None:
        return next((field for field in self.fields.values() if field.control is widget), None)

    def _go_to(self, stop: Widget) -> None:
        stop.focus(scroll_visible=False)
        self._keep_in_view()

    def _keep_in_view(self) -> None:
        # Now where nothing else moves, and again once notes that come and go have had their effect.
        self._scroll_due = True
        self._scroll()

    def _laid_out(self, _: Screen[Any]) -> None:
        if self._scroll_due:
            self._scroll_due = False
            self._scroll()

    def _scroll(self) -> None:
        stop = self.focused
        if stop is not None and self.is_attached and not self.asking:
            self.query_one("#form").scroll_to_widget(self._field_of(stop) or stop, animate=False, immediate=True)

    def action_go_on(self, by: int) -> None:
        """To the next field or button, or to the one before."""
        if self.asking:
            return
        stops, buttons = self.stops, self.buttons
        if self.focused is buttons and buttons.step(by):
            return
        at = stops.index(self.focused) if self.focused in stops else -by
        stop = stops[(at + by) % len(stops)]
        if stop is buttons:
            buttons.go(0 if by > 0 else -1)
        self._go_to(stop)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter goes on; it never saves."""
        message.stop()
        self.action_go_on(1)

    def on_row_list_chosen(self, message: LineList.Chosen) -> None:
        """Enter goes on in the list too."""
        message.stop()
        self.action_go_on(1)

    def on_line_list_left(self, message: LineList.Left) -> None:
        """An arrow at an end of the list goes on."""
        message.stop()
        self.action_go_on(message.direction)

    def on_key(self, event: events.Key) -> None:
        """Enter on a choice goes on, as it does in every field."""
        if event.key == "enter" and isinstance(self.focused, Selector):
            event.stop()
            self.action_go_on(1)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Marks the field and shows its words."""
        field = self._field_of(event.widget)
        if field is not None:
            field.mark(True)
        if not self.asking:
            self._show_words()
            self.show_hints()
            self._keep_in_view()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Checks the field that is left."""
        field = self._field_of(event.widget)
        if field is None:
            return
        field.mark(False)
        if self.baseline and not self.asking and self.is_current:
            self.left(field)

    def left(self, field: Field) -> None:
        """A field is left: says what is wrong with it."""
        field.show_problem(self._problem(field.key))
        self._keep_in_view()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Something was typed."""
        message.stop()
        self._edited(self._field_of(message.input))

    def on_selector_changed(self, message: Selector.Changed) -> None:
        """Something was chosen."""
        message.stop()
        self._edited(self._field_of(message.selector))

    def _edited(self, field: Field | None) -> None:
        if not self.baseline or field is None:
            return
        field.show_problem(None)
        self.follow()
        self.refresh_rows()
        self._keep_in_view()

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
