"""Forms in words: each field as its label, what it shows and the note under it."""

from __future__ import annotations

from modeltui.tui.screens.form import FormScreen
from modeltui.tui.widgets.field import Field
from modeltui.tui.widgets.line_list import LineList
from tests.support.wait import words
from tests.tui.driver import Room


def form(room: Room) -> FormScreen:
    """Return the form on top."""
    assert isinstance(room.screen, FormScreen)
    return room.screen


def shown(room: Room) -> dict[str, str]:
    """Return what each shown field shows, by its label."""
    return {field.label: _drawn(field) for field in form(room).fields.values() if field.display}


def problems(room: Room) -> dict[str, str]:
    """Return what is said to be wrong, by label, after checking that it is on the screen too."""
    found = {field.label: field.problem for field in form(room).fields.values() if field.display and field.problem}
    for field in form(room).fields.values():
        if field.display and field.problem:
            assert note(room, field.label).startswith("✗ ")
    return found


def note(room: Room, label: str) -> str:
    """Return the words under a field."""
    return words(" ".join(_field(room, label)._note_line.lines_as_text))


def at(room: Room) -> str:
    """Return the label of the field under the cursor, or the marked button in brackets."""
    field = form(room).current_field
    if field is not None:
        assert field._label_line.lines_as_text[0] == f"> {field.label}"
        return field.label
    buttons = form(room).buttons
    assert buttons.has_focus
    return f"[{buttons.choices[buttons.at].label}]"


async def go_to(room: Room, label: str) -> None:
    """Go to a field, or to a button in brackets, by tab."""
    for _ in range(len(form(room).stops) + 2):
        if at(room) == label:
            return
        await room.press("tab")
    raise AssertionError(f"tab never came to {label}\n{room.text}")


async def enter(room: Room, label: str, text: str) -> None:
    """Replace what stands in a text field."""
    await go_to(room, label)
    await room.press("end", "ctrl+u")
    await room.type(text)


async def choose(room: Room, label: str, value: str) -> None:
    """Choose a value, going right until it is the one in brackets."""
    await go_to(room, label)
    for _ in range(9):
        if shown(room)[label].split("[")[1].startswith(value):
            return
        await room.press("right")
    raise AssertionError(f"{label} has no {value}\n{room.text}")


async def open_form(room: Room, key: str, place: str) -> None:
    """Press n or e and wait for the form."""
    await room.press(key)
    await room.wait_for_place(place)


def _field(room: Room, label: str) -> Field:
    return next(field for field in form(room).fields.values() if field.label == label)


def _drawn(field: Field) -> str:
    control = field.control
    if isinstance(control, LineList):
        return " / ".join(words(line) for line in control.lines_as_text if line)
    return words(control.render_line(0).text)
