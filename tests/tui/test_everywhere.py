"""What holds in every context of the registry: hints, the smallest window, pastes, and a catalog that refuses."""

from __future__ import annotations

import pytest

from modeltui.tui import keys
from modeltui.tui.widgets.field import Field
from modeltui.tui.widgets.row_list import RowList
from tests.services.builders import stored_state
from tests.support.wait import screen_lines, words
from tests.tui.driver import NARROW, Room
from tests.tui.places import WAYS, Stores, open_at

SMALLEST = (60, 15)
# Read-only, nothing can be opened there that is only there to write: their openers are refused.
ONLY_WRITING = {"form", "form_lines"}
# What asks for a text takes a paste; the others have no field.
TAKE_PASTES = {"form", "filter", "palette"}
# How the way to help is named: by its key, or by a key that finds it where `?` is text or the keys are few.
HELP = ("? help", "ctrl+p commands")
WITHOUT_HELP = {"filter", "palette", "help", "log", "copied"}
IN_CONTEXT = pytest.mark.parametrize("context", WAYS)


def hints(room: Room) -> list[str]:
    """Return the hints of the lowest line, each as its key and its word."""
    return [hint.strip() for hint in screen_lines(room.app)[-1].split("  ") if hint.strip()]


def here(room: Room) -> str:
    """Return the context whose keys count now."""
    if room.screen.overlay:
        return room.screen.overlay
    offering = getattr(room.screen, "offering", False)
    return "offers" if offering else room.screen.key_context


def cursors(room: Room) -> list[str]:
    """Return the lines with the cursor's sign, or with the answer that has the focus."""
    return [words(line) for line in screen_lines(room.app) if line.startswith((">", " >")) or "[> " in line]


@IN_CONTEXT
async def test_the_way_leads_there(stores: Stores, context: str) -> None:
    async with open_at(context, stores) as room:
        assert here(room) == context


@IN_CONTEXT
@pytest.mark.parametrize("width", [60, 120])
async def test_hints_are_whole_and_say_the_way_to_help_and_out(stores: Stores, context: str, width: int) -> None:
    """Every hint is one of the registry's, the rest are counted, and the pinned ones are at the right edge."""
    async with open_at(context, stores, size=(width, 20)) as room:
        found = hints(room)
        assert len(screen_lines(room.app)[-1]) <= width
        pinned = [f"{key} {label}" for key, label in keys.hints(context)[1]]
        out = pinned[-1]
        assert out.endswith((" back", " quit"))
        assert found[-1] == out
        if context not in WITHOUT_HELP:
            assert any(way in found for way in HELP)
        of_registry = {f"{key} {action.label}" for action in keys.ACTIONS for key in action.key_texts()}
        # Pickers name what enter does, and lists of a form how to go on, in words of their own.
        shown = [hint for hint in found if hint not in of_registry and not hint.startswith(("+", "enter ", "tab "))]
        assert shown == []


@IN_CONTEXT
async def test_the_smallest_window_shows_the_cursor_and_its_keys_work(stores: Stores, context: str) -> None:
    async with open_at(context, stores, size=SMALLEST) as room:
        assert len(screen_lines(room.app)) == 15
        assert all(len(line) <= 60 for line in screen_lines(room.app))
        if context == "filter":
            assert "filter gpt" in room.words
            await room.press("escape")
            assert "filter gpt" not in room.words
            return
        before = cursors(room)
        assert before, room.text
        step = "tab" if context in ("form", "form_lines", "question") else "down"
        await room.press(step)
        if context == "log":
            assert cursors(room) == before, "there is one message"
        else:
            assert cursors(room) != before, room.text
            assert cursors(room), room.text


@IN_CONTEXT
async def test_a_smaller_window_says_so_and_takes_nothing_away(stores: Stores, context: str) -> None:
    async with open_at(context, stores) as room:
        before = screen_lines(room.app)
        await room.resize(59, 14)
        assert room.words == ["needs 60x15, now 59x14"]
        await room.resize(*NARROW)
        await room.wait_until(lambda: screen_lines(room.app) == before, "the screen as it was")


@pytest.mark.parametrize("context", [context for context in WAYS if context not in TAKE_PASTES])
async def test_a_paste_outside_a_field_changes_nothing(stores: Stores, context: str) -> None:
    """Its letters are keys here; none of them is pressed."""
    store = stores.empty if context == "offers" else stores.filled
    async with open_at(context, stores) as room:
        async with store.open(actor="bob") as other:
            before, shown = await stored_state(other), screen_lines(room.app)
            await room.paste("tdyxJsq\rny \x1b[Ax")
            assert not room.screen.holds_keys, "a paste has begun some work"
            assert room.flash == "pasting works in fields only; nothing was changed"
            assert await stored_state(other) == before
        assert here(room) == context
        assert room.app.is_running
        now = screen_lines(room.app)
        assert [line for line in now if "pasting works" not in line] == [
            before for before, line in zip(shown, now, strict=True) if "pasting works" not in line
        ]


@pytest.mark.parametrize("context", [context for context in WAYS if context not in ONLY_WRITING | {"conflict"}])
async def test_read_only_refuses_every_writing_key_with_its_reason(stores: Stores, context: str) -> None:
    """A draft can't be made, hence no conflict either; what only reads works, as these ways there show."""
    writing = [action for action in keys.actions(context) if action.writes]
    store = stores.empty if context == "offers" else stores.filled
    if context in ("question", "picker"):
        assert not writing, "the key that leads here is the one that is refused"
        return
    async with open_at(context, stores, read_only=True) as room, store.open(actor="bob") as other:
        before = await stored_state(other)
        assert "READ ONLY" in room.top
        for action in writing:
            for key in action.keys:
                await room.press(key)
                assert room.flash.startswith(f"ERROR {action.label} is refused, the catalog is read-only: "), key
                assert here(room) == context
                assert room.question == []
        assert await stored_state(other) == before


@pytest.mark.parametrize("context", ["models", "providers", "offers"])
async def test_read_only_nothing_opens_that_is_only_there_to_write(stores: Stores, context: str) -> None:
    async with open_at(context, stores, read_only=True) as room:
        for name in ("new", "edit", "clone"):
            found = [action for action in keys.actions(context) if action.id == name]
            for action in found:
                await room.press(action.keys[0])
                assert room.flash.startswith(f"ERROR {action.label} is refused, the catalog is read-only: ")
        assert not room.screen.query(Field)
        assert room.screen.query(RowList)


@IN_CONTEXT
async def test_ascii_has_no_other_sign(stores: Stores, context: str) -> None:
    """Cursor, focus, marks, badges and rules are ASCII too; and nothing says less than with all signs."""
    async with open_at(context, stores, ascii=True) as room:
        assert "".join(screen_lines(room.app)).isascii()
        if context != "filter":
            assert cursors(room)


@IN_CONTEXT
async def test_without_colour_the_cursor_is_a_sign(
    stores: Stores, context: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_at(context, stores) as room:
        if context == "filter":
            assert room.screen.focused is not None
            assert room.screen.focused.id == "filter-entry"
        else:
            assert cursors(room)
        grey = {
            color.get_truecolor()
            for strip in room.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None
            for color in (segment.style.color, segment.style.bgcolor)
            if color is not None
        }
        assert all(color.red == color.green == color.blue for color in grey)
