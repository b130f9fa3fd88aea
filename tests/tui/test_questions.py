"""Asking before harm, whatever is asked: the careful answer has the focus, and nothing typed before answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from textual.events import Key

from modeltui import Catalog, DatabaseUnavailable, ModelUpdate
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.question import ChoiceLine
from modeltui.tui.widgets.text_lines import TextLines
from tests.services.builders import add_provider, stored_state
from tests.services.stores import SqliteStore
from tests.support.wait import words
from tests.tui.driver import NARROW, WIDE, Room, open_room
from tests.tui.forms import choose, enter
from tests.tui.places import Stores, open_at
from tests.tui.test_doctor_screen import go_to_cause, go_to_doctor
from tests.tui.test_marks import mark

# All that answers a question somewhere: yes, every choice's own key, the focused answer, and going to another.
AHEAD = (*"ydsbtRO", "tab", "right", "enter", "y")


class Asking(NamedTuple):
    """A way up to the key that asks, that key, the question, and its careful answer."""

    way: Callable[[Room, Catalog], Awaitable[None]]
    key: str
    title: str
    careful: str = "Cancel"


async def on_provider(room: Room, other: Catalog) -> None:
    """On a provider that models hang on."""
    await room.go_to_providers()
    await room.go_to_row("openai-us")


async def on_model(room: Room, other: Catalog) -> None:
    """On a model that answers requests."""
    await room.go_to_row("gpt-5")


async def marked_models(room: Room, other: Catalog) -> None:
    """Three models marked."""
    await mark(room, "gpt-5", "gpt-5-mini", "gpt-5-nano")


async def marked_providers(room: Room, other: Catalog) -> None:
    """Two providers marked."""
    await room.go_to_providers()
    await mark(room, "openai-us", "openai-apac")


async def chosen(room: Room, key: str, title: str, provider: str) -> None:
    """A provider chosen for the marked models, but for enter."""
    await marked_models(room, None)  # type: ignore[arg-type]
    await room.press(key)
    await room.wait_for_place(title)
    await room.go_to_row(provider)


async def to_attach(room: Room, other: Catalog) -> None:
    """A provider chosen to be attached, one that no list has."""
    await add_provider(other, "openai-new")
    await room.press("r")
    await room.wait_for("read again")
    await chosen(room, "a", "attach which provider to 3 models", "openai-new")


async def to_detach(room: Room, other: Catalog) -> None:
    """A provider chosen to be detached."""
    await chosen(room, "x", "detach which provider from 3 models", "openai-us")


async def to_swap(room: Room, other: Catalog) -> None:
    """Two providers chosen to be swapped."""
    await chosen(room, "s", "swap which provider of 3 models", "openai-us")
    await room.press("enter")
    await room.wait_for_place("swap openai-us for which provider")
    await room.go_to_row("openai-apac")


async def turned_off(room: Room, other: Catalog) -> None:
    """A provider turned off in this session."""
    await on_provider(room, other)
    await room.ask("t", "Turn openai-us off?")
    await room.press("y")
    await room.wait_until(lambda: room.flash.startswith("openai-us is off"), "openai-us off")


async def undone(room: Room, other: Catalog) -> None:
    """A provider turned off, and that undone."""
    await turned_off(room, other)
    await room.ask("u", "Undo: turned openai-us off?")
    await room.press("y")
    await room.wait_until(lambda: room.flash.startswith("undone: turned openai-us off"), "undone")


async def to_spare(room: Room, other: Catalog) -> None:
    """A spare chosen for all models of a cause."""
    await go_to_doctor(room)
    await go_to_cause(room, "alone")
    await room.press("b")
    await room.wait_for_place("one spare for ")
    await room.go_to_row("openai-apac")


async def draft(room: Room, other: Catalog) -> None:
    """A draft that moves requests."""
    await room.open_lines("gpt-5")
    await room.press("G", "x", "g", "down", "greater_than_sign")


async def to_put_over(room: Room, other: Catalog) -> None:
    """A draft, and a list by somebody else that requests would come back from."""
    await room.open_lines("gpt-5")
    await room.press("J")
    await other.models.update("gpt-5", ModelUpdate(provider_config_ids=["openai-apac", "openai-us"]))
    await room.press("s")
    await room.wait_for_place("Models / gpt-5 / conflict")


async def provider_form(room: Room, other: Catalog) -> None:
    """The form of a provider, its state changed."""
    await on_provider(room, other)
    await room.press("e")
    await room.wait_for_place("Providers / openai-us / edit")
    await choose(room, "State", "off")


async def cleared_key(room: Room, other: Catalog) -> None:
    """The form of a provider, its key to be cleared."""
    await on_provider(room, other)
    await room.press("e")
    await room.wait_for_place("Providers / openai-us / edit")
    await choose(room, "API key", "none")


async def model_form(room: Room, other: Catalog) -> None:
    """The form of a model with something typed, on a field where letters are keys."""
    await room.go_to_row("gpt-5")
    await room.press("e")
    await room.wait_for_place("Models / gpt-5 / edit")
    await enter(room, "Context limit", "1M")


ASKING: dict[str, Asking] = {
    "turn a provider off": Asking(on_provider, "t", "Turn openai-us off?"),
    "turn a model off": Asking(on_model, "t", "Turn gpt-5 off?"),
    "default": Asking(on_model, "asterisk", "Make gpt-5 the default model?"),
    "delete a model": Asking(on_model, "d", "Delete gpt-5?"),
    "turn models off": Asking(marked_models, "t", "Turn 3 models off?"),
    "turn providers off": Asking(marked_providers, "t", "Turn 2 providers off?"),
    "delete models": Asking(marked_models, "d", "Delete 3 models?"),
    "attach": Asking(to_attach, "enter", "Attach openai-new to 3 models, at which end of the lists?"),
    "detach": Asking(to_detach, "enter", "Detach openai-us from 3 models?"),
    "swap": Asking(to_swap, "enter", "Swap openai-us for openai-apac in 3 models?"),
    "last resort": Asking(on_provider, "l", "Make openai-us the last resort of every list?"),
    "bring back": Asking(turned_off, "T", "Turn openai-us on?"),
    "undo": Asking(turned_off, "u", "Undo: turned openai-us off?"),
    "redo": Asking(undone, "U", "Do again: turned openai-us off?"),
    "spare": Asking(to_spare, "enter", "Attach openai-apac to 1 model, at the bottom?"),
    "save a list": Asking(draft, "s", "Save the lines of gpt-5?"),
    "put over": Asking(to_put_over, "O", "Save the lines of gpt-5?"),
    "save a form": Asking(provider_form, "ctrl+s", "Turn openai-us off?"),
    "clear a key": Asking(cleared_key, "ctrl+s", "Clear the key of openai-us?"),
    "leave a draft": Asking(draft, "q", "Leave with a draft?", "Keep editing"),
    "leave a form": Asking(model_form, "escape", "Leave without saving gpt-5?", "Keep editing"),
    "quit with a draft": Asking(draft, "ctrl+q", "Leave with a draft?", "Keep editing"),
    "quit with a form": Asking(model_form, "ctrl+q", "Leave without saving gpt-5?", "Keep editing"),
}
BY_NAME: dict[str, Asking] = {
    "delete a provider": Asking(on_provider, "d", "Delete openai-us, and take it out of every list?"),
    "delete providers": Asking(marked_providers, "d", "Delete 2 providers, and take them out of every list?"),
}


@pytest.mark.parametrize("asking", ASKING.values(), ids=ASKING)
async def test_the_careful_answer_has_the_focus_and_keys_typed_ahead_do_not_count(
    store: SqliteStore, asking: Asking
) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await asking.way(room, other)
        before = await stored_state(other)
        await room.send(asking.key, *AHEAD)
        await room.asked(asking.title)
        assert f"[> {asking.careful} ]" in room.text
        assert await stored_state(other) == before
        place = room.place
        await room.press("enter")
        await room.wait_until(lambda: not room.question, "the question gone")
        assert room.app.is_running
        assert room.place == place
        assert await stored_state(other) == before


@pytest.mark.parametrize("asking", BY_NAME.values(), ids=BY_NAME)
async def test_a_name_is_not_typed_ahead_either(store: SqliteStore, asking: Asking) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await asking.way(room, other)
        before = await stored_state(other)
        await room.send(asking.key, *AHEAD, *"openai-us", "enter")
        await room.asked(asking.title)
        assert room.screen.query_one(Entry).value == ""
        await room.press("y", "enter")
        assert room.question[0] == asking.title, "y is a letter of the name"
        await room.press("escape")
        await room.wait_until(lambda: not room.question, "the question gone")
        assert await stored_state(other) == before


# Whatever is open, the program can be left, interrupted and suspended


@pytest.mark.parametrize("context", ["picker", "conflict"])
async def test_quitting_while_work_waits_for_a_choice_says_so_and_nothing_freezes(context: str, stores: Stores) -> None:
    async with open_at(context, stores) as room:
        place = room.place
        await room.press("ctrl+q")
        await room.wait_for_flash("choose first, or go back with esc; then quit")
        assert room.place == place
        await room.press("escape")
        await room.wait_until(lambda: room.place != place, "the screen before")


async def test_ctrl_c_counts_while_a_question_is_open(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-5")
        await room.press("d")
        await room.asked("Delete gpt-5?")
        await room.press("ctrl+c")
        await room.wait_for_flash("press ctrl+c once more to quit")
        await room.press("ctrl+c")
        assert await room.wait_for_end() == 130


async def test_an_error_is_not_wiped_by_a_key_typed_before_it(store: SqliteStore) -> None:
    """Keys typed while the write is under way neither take its error away nor act as if it had worked."""
    async with open_room(store) as room:
        await room.go_to_row("gpt-5-nano")
        database = room.app.session.catalog._workspace.database

        @asynccontextmanager
        async def refused() -> AsyncIterator[AsyncConnection]:
            for key in ("j", "j", "t"):
                room.app.keys.add(Key(key, key))
            raise DatabaseUnavailable("database is locked")
            yield

        database.writing = refused  # type: ignore[method-assign]
        await room.press("t")
        await room.press("y")
        await room.wait_for_flash("ERROR database is locked")
        await room.settle()
        assert room.flash == "ERROR database is locked"
        assert room.cursor.startswith("gpt-5-nano")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
async def test_the_answers_stand_right_below_the_text(store: SqliteStore, size: tuple[int, int]) -> None:
    """With a blank line between, as long as there is room for one."""
    async with open_room(store, size=size) as room:
        await room.go_to_row("gpt-5")
        await room.ask("t", "Turn gpt-5 off?")
        text, answers = room.screen.query_one("#question-lines", TextLines), room.screen.query_one(ChoiceLine)
        assert [words(line) for line in text.lines_as_text[1:]] == ["refused 1 model: gpt-5, now at openai-us", ""]
        assert answers.region.y == text.region.y + 3
