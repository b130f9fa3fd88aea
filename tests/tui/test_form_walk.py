"""Through a form by keys: choices by letters, completion, help, and no word about what one only came through."""

from __future__ import annotations

import pytest

from modeltui import ModelUpdate, ProviderUpdate
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, Room, open_room
from tests.tui.forms import at, choose, enter, form, go_to, open_form, problems, shown

SMALL = (60, 15)


async def new_provider(room: Room) -> None:
    """Go to Providers and press n."""
    await room.go_to_providers()
    await open_form(room, "n", "Providers / new")


async def edit_provider(room: Room, name: str) -> None:
    """Go to a provider and press e."""
    await room.go_to_providers()
    await room.go_to_row(name)
    await open_form(room, "e", f"Providers / {name} / edit")


async def edit_model(room: Room, name: str) -> None:
    """Go to a model and press e."""
    await room.go_to_row(name)
    await open_form(room, "e", f"Models / {name} / edit")


def hints(room: Room) -> str:
    """Return the line of hints."""
    return room.words[-1]


# What one only came through


@pytest.mark.parametrize("noun", ["model", "provider"])
async def test_going_through_an_empty_form_says_nothing_until_it_is_saved(store: SqliteStore, noun: str) -> None:
    async with open_room(store) as room:
        if noun == "provider":
            await new_provider(room)
        else:
            await open_form(room, "n", "Models / new")
        for _ in form(room).stops:
            await room.press("tab")
        assert problems(room) == {}
        await room.press("ctrl+s")
        missing = "Name, Key" if noun == "provider" else "Upstream id, Lines, Context limit"
        await room.wait_for_flash(f"ERROR not saved: {missing}")
        await room.press("tab", "tab", "tab")
        assert ", ".join(problems(room)) == missing


async def test_a_field_that_was_filled_and_is_emptied_says_so(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await edit_model(room, "gpt-5")
        await enter(room, "Context limit", "")
        await room.press("tab")
        assert list(problems(room)) == ["Context limit"]


async def test_blanks_are_something_typed(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await new_provider(room)
        await enter(room, "Name", "  ")
        await room.press("tab")
        assert problems(room) == {"Name": "the name must not be empty"}


# The name of a new model


async def test_the_name_follows_the_upstream_id_until_it_is_typed(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_form(room, "n", "Models / new")
        await room.type("gpt-6")
        assert shown(room)["Name"] == "gpt-6"
        await enter(room, "Name", "Six")
        await enter(room, "Upstream id", "gpt-6.1")
        assert shown(room)["Name"] == "Six"


# Choices


async def test_letters_choose(store: SqliteStore) -> None:
    """They are the beginning of the value; the same letter again goes on to the next one."""
    async with open_room(store) as room:
        await new_provider(room)
        assert at(room) == "Family"
        for typed, family in [
            ("v", "vercel"),
            ("openr", "openrouter"),
            ("A", "anthropic"),
            ("x", "anthropic"),
            ("a", "azure"),
            ("a", "anthropic"),
            ("openai-", "openai-compat"),
            ("G", "google"),
        ]:
            await room.type(typed)
            assert f"[{family}]" in shown(room)["Family"], typed
        await go_to(room, "State")
        await room.type("of")
        assert shown(room)["State"] == "on [off]"


async def test_letters_that_begin_no_value_keep_their_meaning(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await new_provider(room)
        await room.type("q")
        await room.wait_for_place("Providers 7")


# Variables


async def test_right_completes_a_variable_that_is_set(store: SqliteStore, snap: Snap) -> None:
    """What looks like a key comes first; values are never shown."""
    store.environ |= {"OPENAI_EU_KEY": "sk-eu", "OPENAI_US_TOKEN": "sk-us", "OPENAI_HOST": "sk-host", "EMPTY_KEY": " "}
    async with open_room(store, size=NARROW) as room:
        await new_provider(room)
        await choose(room, "Family", "openai]")
        await choose(room, "API key", "env")
        await go_to(room, "Variable")
        assert room.pane[2] == "set here: KEY OPENAI_EU_KEY OPENAI_US_TOKEN OPENAI_HOST"
        assert "right complete" in hints(room)
        await room.press("right")
        assert shown(room)["Variable"] == "OPENAI_API_KEY"
        await room.press("ctrl+u")
        await room.type("open")
        assert room.pane[2:] == ["right takes OPENAI_EU_KEY", "also set here OPENAI_US_TOKEN OPENAI_HOST"]
        await snap(room.pilot)
        for name in ("OPENAI_EU_KEY", "OPENAI_US_TOKEN", "OPENAI_HOST", "OPENAI_EU_KEY"):
            await room.press("right")
            assert shown(room)["Variable"] == name
        assert "sk-" not in room.text
        await room.press("left", "right")
        assert shown(room)["Variable"] == "OPENAI_EU_KEY"
        await room.press("tab")
        assert at(room) == "State"


async def test_nothing_to_complete_moves_the_cursor_only(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await new_provider(room)
        await choose(room, "API key", "env")
        await enter(room, "Variable", "NOTHING_LIKE_IT")
        await room.press("right")
        assert shown(room)["Variable"] == "NOTHING_LIKE_IT"
        await room.press("home", "right", "X")
        assert shown(room)["Variable"] == "NXOTHING_LIKE_IT"


async def test_the_cursor_stands_behind_what_is_filled_in(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await new_provider(room)
        await choose(room, "API key", "env")
        await go_to(room, "Variable")
        await room.type("_2")
        assert shown(room)["Variable"] == "ANTHROPIC_API_KEY_2"


# Keys


async def test_help_is_a_key_on_choices_lists_and_buttons(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_form(room, "n", "Models / new")
        for label, first in [("State", "Forms"), ("Lines", "Line list of a new model"), ("[Save]", "Forms")]:
            await go_to(room, label)
            assert "? help" in hints(room)
            await room.press("?")
            await room.wait_for_place("Help")
            assert room.rows[0] == first
            await room.press("q")
            await room.wait_for_place("Models / new")
            assert at(room) == label
        await go_to(room, "Name")
        assert "?" not in hints(room)
        await room.type("?")
        assert shown(room)["Name"] == "?"


async def test_pages_go_several_fields(store: SqliteStore) -> None:
    async with open_room(store, size=SMALL) as room:
        await edit_model(room, "gpt-5")
        for key, label in [
            ("pagedown", "Temperature"),
            ("pagedown", "Output price"),
            ("pagedown", "[Save]"),
            ("pagedown", "[Save]"),
            ("pageup", "Frequency penalty"),
            ("pageup", "State"),
            ("pageup", "Upstream id"),
        ]:
            await room.press(key)
            assert at(room) == label
            await room.wait_for(f"> {label}" if label[0] != "[" else "[> Save ]")


async def test_ctrl_c_says_what_would_be_lost(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await edit_provider(room, "groq")
        await enter(room, "Name", "groq2")
        await choose(room, "State", "off")
        await room.press("ctrl+c")
        assert room.flash.startswith("press ctrl+c once more to quit")
        assert room.flash.endswith(": Name, State of groq")
        await go_to(room, "Name")
        await room.press("ctrl+c")
        assert room.flash.endswith(": Name, State of groq")
        await room.press("shift+home", "ctrl+c")
        assert room.app.clipboard == "groq2"
        assert room.app.is_running


# Others at work


@pytest.mark.parametrize("size", [NARROW, SMALL], ids=["80x24", "60x15"])
async def test_a_change_elsewhere_is_said_and_touches_nothing(
    store: SqliteStore, snap: Snap, size: tuple[int, int]
) -> None:
    async with open_room(store, size=size) as room, store.open(actor="bob") as other:
        await edit_model(room, "gpt-5")
        await enter(room, "Name", "gpt-five")
        await other.models.move("gpt-5", "openai-apac", 0)
        await room.app.session.reload()
        await room.pass_messages()
        assert room.place == "Models / gpt-5 / edit 1 field changed"
        await other.models.update("gpt-5", ModelUpdate(context_limit=500_000))
        await room.app.session.reload()
        await room.wait_until(lambda: "changed elsewhere 1 field changed" in room.place, "the word")
        assert (shown(room)["Name"], shown(room)["Context limit"]) == ("gpt-five", "400000")
        assert at(room) == "Name"
        await snap(room.pilot)
        await room.press("ctrl+s")
        await room.wait_until(lambda: room.question and room.question[0].startswith("bob changed gpt-5"), "the words")
        await room.asked(room.question[0])
        await room.press("m")
        await room.wait_for_flash("gpt-five is saved: requests go to openai-apac")
    async with store.open() as catalog:
        assert (await catalog.models.get("gpt-five")).context_limit == 500_000


async def test_a_deletion_elsewhere_is_said(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await edit_provider(room, "groq")
        await other.providers.delete("groq")
        await room.app.session.reload()
        await room.wait_until(lambda: "deleted elsewhere nothing changed" in room.place, "the word")
        assert shown(room)["Name"] == "groq"


async def test_a_merge_keeps_a_key_that_was_typed(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await edit_provider(room, "openai-us")
        await choose(room, "API key", "stored")
        await enter(room, "Key", "sk-another")
        await other.providers.update("openai-us", ProviderUpdate(name="openai-west"))
        await room.press("ctrl+s")
        await room.wait_until(lambda: room.question and room.question[0].startswith("bob changed"), "the words")
        await room.asked(room.question[0])
        assert room.question[1] == "m saves your API key and keeps bob's Name."
        await room.press("m")
        await room.wait_for_flash("openai-west is saved")
    async with store.open() as catalog:
        key = (await catalog.resolve("gpt-5")).api_key
        assert key is not None
        assert key.get_secret_value() == "sk-another"
