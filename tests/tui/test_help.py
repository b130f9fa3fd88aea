"""Help: every key there is, those of where one is first, and found by words."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest
from textual.binding import Binding
from textual.widgets import Input

import modeltui.tui.screens
import modeltui.tui.widgets
from modeltui.tui import keys
from modeltui.tui.control_room import ControlRoom
from modeltui.tui.screens.help import sections
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.support.wait import screen_lines, words
from tests.tui.driver import NARROW, WIDE, open_room
from tests.tui.test_hostile_text import check

SMALL = (60, 15)
# Second names of keys that are in help, and what terminals don't send or keep to themselves.
UNNAMED = {
    *("ctrl+shift+left", "ctrl+shift+right", "ctrl+shift+a", "ctrl+backspace", "alt+backspace", "super+backspace"),
    *("super+c", "ctrl+a", "ctrl+e", "ctrl+d", "ctrl+x", "ctrl+v"),
}


def named() -> set[str]:
    """Return every key that a line of help names."""
    return {key for action in keys.ACTIONS for key in action.keys}


def bound() -> Iterator[str]:
    """Yield every key that a screen, a widget or the application binds, whoever handles it."""
    classes = [ControlRoom, Input]
    for package in (modeltui.tui.screens, modeltui.tui.widgets):
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            found = vars(import_module(module.name)).values()
            classes += [each for each in found if isinstance(each, type) and each.__module__ == module.name]
    for each in classes:
        for binding in vars(each).get("BINDINGS", ()):
            assert isinstance(binding, Binding)
            yield from binding.key.split(",")


def test_every_binding_is_in_help() -> None:
    assert sorted(set(bound()) - named() - UNNAMED - {"shift+g", "shift+tab"}) == []


def test_every_action_is_in_help_under_its_screen() -> None:
    shown = {(section.title, line[0], line[1]) for section in sections("models") for line in section.lines}
    assert shown >= set(keys.table())


def test_where_one_is_comes_first_and_nothing_twice() -> None:
    titles = [section.title for section in sections("lines")]
    assert titles[0] == "Attachment editor"
    assert sorted(titles) == sorted([*keys.CONTEXTS.values(), "Filter words"])


async def test_it_says_where_one_came_from(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("?")
        await room.wait_for_place("Help Attachment editor first, then every other key")
        assert words(room.screen.query_one("#rows").lines_as_text[1]) == "Attachment editor"  # type: ignore[attr-defined]
        await room.press("q")
        await room.wait_for_place("Models / gpt-5 / lines")


async def test_the_filter_finds_keys_words_and_screens(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("?", "/")
        await room.type("editor UNDO the last")
        assert room.rows == ["Attachment editor", "> u undo the last change of the draft"]
        await room.press("enter")
        assert room.place.endswith("filter: editor UNDO the last")
        await room.press("q")
        assert len(room.rows) > 10
        assert room.place.startswith("Help")
        await room.press("q")
        await room.wait_for_place("Models")


async def test_a_filter_without_a_match_says_what_to_do(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("?", "/")
        await room.type("[/]zz")
        assert room.empty == ["Nothing here holds [/]zz", "esc or q drops the filter."]
        await room.press("escape")
        assert len(room.rows) > 10


async def test_no_line_is_cut(store: SqliteStore) -> None:
    """What is too long for a line goes on below it."""
    async with open_room(store, size=SMALL) as room:
        await room.press("?")
        for _ in range(30):
            assert not any("…" in line for line in room.screen.query_one("#rows").lines_as_text)  # type: ignore[attr-defined]
            await room.press("pagedown")
        await room.resize(*WIDE)
        await room.press("g")
        assert room.rows[1].startswith("> enter")


async def test_from_a_question_and_back_to_it(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-5")
        await room.ask("t", "Turn gpt-5 off?")
        assert words(screen_lines(room.app)[-1]).endswith("? help esc back")
        await room.press("?")
        await room.wait_for_place("Help Questions first")
        await room.press("ctrl+q")
        assert room.app.is_running
        await room.press("q")
        await room.asked("Turn gpt-5 off?")
        await room.press("y")
        await room.wait_for("gpt-5 is off: requests for it are refused")


async def test_where_a_text_is_asked_for_tab_comes_first(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("m")
        await room.asked("move openai-eu to")
        assert words(screen_lines(room.app)[-1]).endswith("tab ? help esc back")
        await room.press("tab", "?")
        await room.wait_for_place("Help Questions first")
        await room.press("q")
        await room.asked("move openai-eu to")


async def test_in_a_form_beside_the_text_fields(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_providers()
        await room.press("e")
        await room.wait_until(lambda: room.screen.context == "form", "the form")
        assert "ctrl+p commands" in words(screen_lines(room.app)[-1])
        await room.press("shift+tab", "?")
        await room.wait_for_place("Help Forms first")
        await room.press("escape")
        await room.wait_until(lambda: room.screen.context == "form", "the form again")


async def test_in_a_picker(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5-nano")
        await room.press("a")
        await room.wait_until(lambda: room.screen.context == "picker", "the picker")
        await room.press("?")
        await room.wait_for_place("Help Pickers first")
        await room.press("q")
        await room.wait_until(lambda: room.screen.context == "picker", "the picker again")
        await room.press("escape")
        await room.settle()


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL], ids=["120x40", "80x24", "60x15"])
async def test_how_it_looks(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await room.press("?", "/")
        await room.type("draft")
        await room.press("enter")
        check(room)
        assert room.rows[0] == "Attachment editor"
        await snap(room.pilot)
