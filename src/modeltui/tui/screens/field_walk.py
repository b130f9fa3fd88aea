"""The way through the fields of a form, and that the one under the cursor is in view with its note."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from modeltui.tui import keys
from modeltui.tui.screens.frame import Frame
from modeltui.tui.session import Session
from modeltui.tui.widgets.buttons import Buttons
from modeltui.tui.widgets.entry import CompletingEntry, Entry
from modeltui.tui.widgets.field import Field
from modeltui.tui.widgets.hint_bar import HintBar
from modeltui.tui.widgets.line_list import LineList
from modeltui.tui.widgets.selector import Selector

PAGE_FIELDS = 6
# What goes on where the cursor is, apart from going on; a plain text field says nothing.
WAYS: dict[type[Widget], tuple[str, str]] = {
    Selector: ("space", "choose"),
    CompletingEntry: ("right", "complete"),
    Buttons: ("enter", "press"),
}


class FieldWalk(Frame):
    """Fields and buttons that one goes through from top to bottom."""

    context = "form"
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("form"),
        Binding("tab,down", "go_on(1)", show=False),
        Binding("shift+tab,up", "go_on(-1)", show=False),
        Binding("pagedown", "go_far(1)", show=False),
        Binding("pageup", "go_far(-1)", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.fields: dict[str, Field] = {}
        self._scroll_due = False

    def on_mount(self) -> None:
        """Follows the layout: notes come and go."""
        self.screen_layout_refresh_signal.subscribe(self, self._laid_out, immediate=True)

    @property
    def key_context(self) -> str:
        """The form's keys, or those of its list of lines while the cursor is there."""
        return "form_lines" if isinstance(self.focused, LineList) else self.context

    def show_hints(self) -> None:
        """The keys that count where the cursor is; in a text field `?` is text, so that it isn't named there."""
        if self.overlay:
            super().show_hints()
            return
        focused = self.focused
        shown, pinned = keys.hints(self.key_context)
        if self.key_context == "form":
            choose = keys.action("form", "choose")
            here = [hint for kind, hint in WAYS.items() if isinstance(focused, kind)]
            general = (choose.key_texts()[0], choose.label)
            shown = [hint for each in shown for hint in (here if each == general else [each])]
        if isinstance(focused, Entry):
            palette = keys.action("form", "palette")
            shown = [hint for hint in shown if hint[1] != palette.label]
            pinned = [(palette.keys[0], palette.label), *(hint for hint in pinned if hint[0] != "?")]
        self.query_one(HintBar).show(shown, pinned)

    # Where the cursor is

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
        return self.field_of(self.focused)

    def field_of(self, widget: Widget | None) -> Field | None:
        """The field that a widget is in."""
        return next((field for field in self.fields.values() if field.control is widget), None)

    # Going about

    def go_to(self, stop: Widget) -> None:
        """Puts the cursor on a field's control, or on the buttons."""
        stop.focus(scroll_visible=False)
        self.keep_in_view()

    def keep_in_view(self) -> None:
        """Scrolls to the field under the cursor: now where nothing else moves, and once more after the next layout."""
        self._scroll_due = True
        self._scroll()

    def _laid_out(self, _: Screen[Any]) -> None:
        if self._scroll_due:
            self._scroll_due = False
            self._scroll()

    def _scroll(self) -> None:
        stop = self.focused
        if stop is not None and self.is_attached and not self.asking:
            self.query_one("#form").scroll_to_widget(self.field_of(stop) or stop, animate=False, immediate=True)

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
        self.go_to(stop)

    def action_go_far(self, by: int) -> None:
        """Several fields on or back, to the ends at most: a long form in a few keys."""
        if self.asking:
            return
        stops = self.stops
        at = stops.index(self.focused) if self.focused in stops else 0
        if stops[at] is self.buttons:
            self.buttons.go(0)
        self.go_to(stops[max(0, min(at + by * PAGE_FIELDS, len(stops) - 1))])

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
