"""The registry of keys: what it promises, and that every screen keeps it."""

from __future__ import annotations

from collections import Counter
from importlib import import_module

import pytest
from textual.binding import Binding

from modeltui.tui import keys
from modeltui.tui.screens.frame import Frame
from modeltui.tui.widgets.hint_bar import fitting
from tests.services.stores import SqliteStore
from tests.support.wait import screen_lines, words
from tests.tui.driver import NARROW, WIDE, open_room

PLAIN = {
    *("enter", "tab", "space", "escape", "up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *("asterisk", "slash", "question_mark", "less_than_sign", "greater_than_sign", "backslash", "backspace", "delete"),
    *("colon", "exclamation_mark"),
}
# A form's letters are its fields' own: saving has a control key there, and a button that tab reaches.
BY_BUTTON = {("form", "save"), ("form_lines", "save"), ("form", "palette"), ("form_lines", "palette")}
# No screens: what belongs to every text field, and to every program in a terminal.
NO_SCREENS = {"text", "anywhere"}

SCREENS = {
    "models": "models.ModelsScreen",
    "providers": "providers.ProvidersScreen",
    "doctor": "doctor.DoctorScreen",
    "what_if": "what_if.WhatIfScreen",
    "lines": "lines.LinesScreen",
    "conflict": "conflict.ConflictScreen",
    "picker": "picker.PickerScreen",
    "help": "help.HelpScreen",
    "log": "log.LogScreen",
    "copied": "copied.CopiedScreen",
    "form": "provider_form.ProviderForm",
}


def screen_class(context: str) -> type[Frame]:
    """Return the screen that a context of the registry belongs to."""
    module, _, name = SCREENS[context].partition(".")
    found: type[Frame] = getattr(import_module(f"modeltui.tui.screens.{module}"), name)
    return found


def bound(screen: type[Frame]) -> dict[str, str]:
    """Return the actions of a screen's bindings by key, those of Textual itself left out."""
    found = {}
    ours = [each for each in reversed(screen.__mro__) if each.__module__.startswith("modeltui.")]
    for binding in [binding for each in ours for binding in each.__dict__.get("BINDINGS", ())]:
        assert isinstance(binding, Binding)
        found |= dict.fromkeys(binding.key.split(","), binding.action)
    return found


@pytest.mark.parametrize("action", keys.ACTIONS, ids=lambda action: f"{action.contexts[0]}-{action.id}")
def test_every_action_names_a_plain_key_first(action: keys.Action) -> None:
    """A printable character, or one of the keys that every terminal sends; the rest are aliases."""
    if NO_SCREENS.issuperset(action.contexts):
        return
    if all((context, action.id) in BY_BUTTON for context in action.contexts):
        return
    first = action.keys[0]
    assert (len(first) == 1 and first.isprintable()) or first in PLAIN


@pytest.mark.parametrize("action", keys.ACTIONS, ids=lambda action: f"{action.contexts[0]}-{action.id}")
def test_no_key_is_one_that_terminals_keep_or_garble(action: keys.Action) -> None:
    """alt arrives as esc; ctrl+h, i, j and m are other keys; ctrl+a and b are screen's and tmux's."""
    for key in action.keys:
        assert "alt+" not in key
        assert key not in {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+a", "ctrl+b", "ctrl+enter", "shift+enter"}


@pytest.mark.parametrize("context", keys.CONTEXTS)
def test_no_key_stands_twice_in_a_context(context: str) -> None:
    counts = Counter(key for action in keys.actions(context) for key in action.keys)
    assert [key for key, count in counts.items() if count > 1] == []


def test_every_context_and_only_those_have_actions() -> None:
    assert {context for action in keys.ACTIONS for context in action.contexts} == set(keys.CONTEXTS)


def test_every_action_has_words() -> None:
    for action in keys.ACTIONS:
        assert action.label
        assert action.what
        assert action.label == action.label.strip()


@pytest.mark.parametrize("context", SCREENS)
def test_bindings_come_from_the_registry(context: str) -> None:
    own = bound(screen_class(context))
    registered = {key: action for action in keys.actions(context) for key in action.keys}
    for key, action in own.items():
        if context == "providers" and key not in registered:
            # An empty list of providers shows offers in its place.
            assert key in {key for action in keys.actions("offers") for key in action.keys}
            continue
        assert key in registered, f"{key} is bound on {context}, but not in the registry"
        if action.startswith("act("):
            assert action == f"act('{registered[key].id}')"


@pytest.mark.parametrize("context", SCREENS)
def test_every_action_of_the_registry_has_its_handler(context: str) -> None:
    screen = screen_class(context)
    own = bound(screen)
    for action in keys.actions(context):
        if action.builtin:
            continue
        missing = [key for key in action.keys if key not in own]
        assert missing == []
        if own[action.keys[0]].startswith("act("):
            assert callable(getattr(screen, f"do_{action.id}", None)), action.id


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("context", [context for context in keys.CONTEXTS if context not in NO_SCREENS])
def test_hints_are_never_cut_and_the_way_out_is_always_there(context: str, width: int) -> None:
    shown, pinned = keys.hints(context)
    used = sum(len(key) + 1 + len(label) for key, label in pinned) + 2 * len(pinned)
    assert used < width
    assert fitting(shown, width - used) or not shown
    assert "quit" in [label for _, label in pinned] or "back" in [label for _, label in pinned] or context == "offers"


@pytest.mark.parametrize("size", [(60, 20), NARROW, WIDE], ids=["60", "80", "120"])
async def test_hints_on_the_screens(store: SqliteStore, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        for way in ((), ("2",), ("1", "enter")):
            await room.press(*way)
            await room.wait_until(lambda: screen_lines(room.app)[-1], "hints")
            hints = words(screen_lines(room.app)[-1])
            assert hints.endswith(("? help q quit", "? help q back"))
            registered = {f"{key} {label}" for key, label in keys.hints(room.screen.context)[0]}
            left = screen_lines(room.app)[-1].split("? help")[0].split("  ")
            for hint in filter(None, map(str.strip, left)):
                assert hint in registered or hint.startswith("+"), hint


async def test_a_letter_in_a_question_is_no_key_of_the_screen(store: SqliteStore) -> None:
    """While a question is open, the keys are its own."""
    async with open_room(store) as room:
        await room.go_to_row("gpt-5")
        await room.ask("t", "Turn gpt-5 off?")
        before = room.rows
        await room.press(*"12denDRrjkg/:!", "asterisk", "down", "up", "ctrl+s")
        assert room.question[0] == "Turn gpt-5 off?"
        assert room.rows == before
        assert room.place.startswith("Models")


async def test_ctrl_q_during_a_question_asks_to_answer_it(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-5")
        await room.ask("t", "Turn gpt-5 off?")
        await room.press("ctrl+q")
        assert room.app.is_running
        assert room.flash == "answer the question first; esc is the careful answer"
        assert room.question[0] == "Turn gpt-5 off?"


async def test_ctrl_c_says_what_would_be_lost(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("ctrl+c")
        assert room.flash == "press ctrl+c once more to quit"
        await room.go_to_row("gpt-5")
        await room.press("e")
        await room.wait_for_place("Models / gpt-5 / edit")
        await room.press("x", "ctrl+c")
        assert room.flash == "press ctrl+c once more to quit and lose what isn't saved: Upstream id of gpt-5"
        await room.press("escape", "d")
        await room.settle()
        await room.open_lines("gpt-5")
        await room.press("J", "?", "ctrl+c")
        assert room.flash == "press ctrl+c once more to quit and lose what isn't saved: 1 change to gpt-5"
        await room.press("ctrl+c")
        assert await room.wait_for_end() == 130


async def test_help_is_there_on_every_screen_that_pins_it(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_providers()
        await room.press("question_mark")
        await room.wait_for_place("Help")
        assert room.screen.query_one("#rows").lines_as_text[1].strip() == "Providers"  # type: ignore[attr-defined]
        await room.press("escape")
        await room.wait_for_place("Providers")
        await room.press("1")
        await room.wait_for_place("Models")
        await room.open_lines("gpt-5")
        await room.press("J", "question_mark")
        await room.wait_for_place("Help")
        await room.press("q")
        await room.wait_for_place("Models / gpt-5 / lines draft: 1 change")
