"""The form of a provider: every kind of key, every error on its field, and nothing that was typed is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui import ProviderRow, ProviderUpdate
from modeltui.domain.rows import Credential, CredentialKind
from modeltui.errors import DatabaseUnavailable
from tests.services.builders import execute
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, WIDE, Room, open_room
from tests.tui.forms import at, choose, enter, form, go_to, note, open_form, problems, shown

BY_SIZE = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
KEPT = "not saved; what you typed is still here"


async def open_new(room: Room) -> None:
    """Go to Providers and press n."""
    await room.go_to_providers()
    await open_form(room, "n", "Providers / new")


async def open_edit(room: Room, name: str) -> None:
    """Go to a provider and press e."""
    await room.go_to_providers()
    await room.go_to_row(name)
    await open_form(room, "e", f"Providers / {name} / edit")


async def saved(store: SqliteStore, name: str) -> ProviderRow:
    """Read a provider from the database."""
    async with store.open(actor="bob") as catalog:
        return await catalog.providers.get(name)


async def save(room: Room) -> None:
    """Press ctrl+s and wait until the list is back."""
    await room.press("ctrl+s")
    await room.wait_until(lambda: not room.place.startswith("Providers /"), "the list")


# A new one


@BY_SIZE
async def test_new(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await open_new(room)
        assert at(room) == "Family"
        assert list(shown(room)) == ["Family", "Name", "Base URL", "API key", "Key", "State"]
        assert shown(room)["Family"].startswith("[anthropic]")
        assert shown(room)["API key"] == "[stored] env file none"
        assert room.place == "Providers / new nothing changed"
        await snap(room.pilot)


@BY_SIZE
async def test_add_with_stored_key(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    """The key is never on the screen, and afterwards only its fingerprint is."""
    async with open_room(store, size=size) as room:
        await open_new(room)
        await choose(room, "Family", "openai]")
        await enter(room, "Name", "openai-new")
        await enter(room, "Key", "sk-very-secret")
        assert shown(room)["Key"] == "•" * 14
        assert "sk-very-secret" not in room.app.export_screenshot()
        assert room.place == "Providers / new 3 fields changed"
        await snap(room.pilot, "typed")
        await save(room)
        await room.wait_for_flash("openai-new is added")
        row = await saved(store, "openai-new")
        assert row.credential is not None
        assert f"✓ on ✓ stored {row.credential.fingerprint}" in room.cursor
        assert room.cursor.startswith("openai-new ")
        await snap(room.pilot, "saved")


@pytest.mark.parametrize(
    ("text", "here"), [("OPENAI_KEY_7", "✓ set here now"), ("OPENAI_KEY_8", "! not set here now")], ids=["set", "unset"]
)
async def test_add_with_variable(store: SqliteStore, snap: Snap, text: str, here: str) -> None:
    store.environ["OPENAI_KEY_7"] = "sk-7"
    async with open_room(store, size=NARROW) as room:
        await open_new(room)
        await choose(room, "Family", "openai]")
        await enter(room, "Name", "openai-new")
        await choose(room, "API key", "env")
        await go_to(room, "Variable")
        assert shown(room)["Variable"] == "OPENAI_API_KEY"
        await enter(room, "Variable", text)
        await room.wait_until(lambda: note(room, "Variable") == here, here)
        await snap(room.pilot)
        await save(room)
        assert (await saved(store, "openai-new")).credential == Credential(CredentialKind.ENV, name=text)


async def test_suggested_variable_follows_the_family(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await choose(room, "API key", "env")
        assert shown(room)["Variable"] == "ANTHROPIC_API_KEY"
        await choose(room, "Family", "google")
        assert shown(room)["Variable"] == "GEMINI_API_KEY"
        await enter(room, "Variable", "MINE")
        await choose(room, "Family", "openai]")
        assert shown(room)["Variable"] == "MINE"


async def test_add_with_file(store: SqliteStore, tmp_path: Path) -> None:
    path = tmp_path / "key"
    async with open_room(store, size=NARROW) as room:
        await open_new(room)
        await enter(room, "Name", "mounted")
        await choose(room, "API key", "file")
        await enter(room, "Key file", str(path))
        await room.wait_until(lambda: note(room, "Key file") == "! no key file here", "no key file here")
        path.write_text("sk-file")
        await room.press("space", "backspace")
        await room.wait_until(lambda: note(room, "Key file") == "✓ readable here", "readable here")
        await save(room)
        assert (await saved(store, "mounted")).credential == Credential(CredentialKind.FILE, path=str(path))


async def test_add_ambient(store: SqliteStore) -> None:
    """It is offered only where a family may do without a key."""
    async with open_room(store) as room:
        await open_new(room)
        assert "ambient" not in shown(room)["API key"]
        await choose(room, "Family", "openai-compat")
        assert "ambient" in shown(room)["API key"]
        await enter(room, "Name", "local")
        await enter(room, "Base URL", "http://localhost:8000/v1")
        await choose(room, "API key", "ambient")
        await save(room)
        row = await saved(store, "local")
        assert row.credential == Credential(CredentialKind.AMBIENT)
        assert row.base_url == "http://localhost:8000/v1"


async def test_ambient_goes_when_the_family_does_not_allow_it(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await choose(room, "Family", "google")
        await choose(room, "API key", "ambient")
        await choose(room, "Family", "openai]")
        assert shown(room)["API key"] == "[stored] env file none"
        assert "Key" in shown(room)


async def test_add_without_key_and_off(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await enter(room, "Name", "later")
        await choose(room, "API key", "none")
        await choose(room, "State", "off")
        await save(room)
        row = await saved(store, "later")
        assert (row.credential, row.enabled, row.family) == (None, False, "anthropic")
        assert room.cursor.startswith("later - off ✗ none")


# What is wrong


NAME_UUID = "a name can't have the form of an id (UUID); choose another name"


@pytest.mark.parametrize(
    ("label", "text", "problem"),
    [
        ("Name", "", "the name must not be empty"),
        ("Name", "0b4a4f3e-7a51-4f0e-9d0e-3d1d7a6b5c11", NAME_UUID),
        ("Name", "x" * 65, "the name has 65 characters; at most 64 are allowed"),
        ("Base URL", "ftp://host/v1", "the base URL must start with http:// or https://"),
        ("Base URL", "https:///v1", "the base URL needs a host and no blanks, such as https://llm.example/v1"),
        (
            "Base URL",
            "https://me:pw@host/v1",
            "the base URL must not hold a user or password; use the API key instead",
        ),
        ("Base URL", "https://host/v1?a=b", "the base URL must not have a query or fragment (? or #)"),
        ("Base URL", "   ", "OpenAI Compatible has no endpoint of its own; give a base URL"),
        ("Variable", "", "give the variable's name"),
        ("Variable", "1KEY", "a variable's name has letters, digits and _ only, and starts with no digit"),
        ("Variable", "MODELTUI_SECRET_KEY", "MODELTUI_ variables are modeltui's own; keep the key in another one"),
    ],
)
async def test_a_field_is_checked_when_it_is_left(store: SqliteStore, label: str, text: str, problem: str) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await choose(room, "Family", "openai-compat")
        await choose(room, "API key", "env")
        await enter(room, label, "x")
        await enter(room, label, text)
        await room.press("tab")
        assert problems(room)[label] == problem
        await room.press("shift+tab")
        assert problems(room)[label] == problem
        assert problem not in " ".join(room.pane)
        await room.type("x")
        assert label not in problems(room)


@pytest.mark.parametrize(
    ("kind", "label", "text", "problem"),
    [
        ("stored", "Key", "", "give the API key"),
        ("stored", "Key", "•••••", "give the API key"),
        ("file", "Key file", "", "give the file's path"),
        ("file", "Key file", "keys/one", "the key file's path must be absolute, such as /run/secrets/openai"),
    ],
)
async def test_what_a_kind_needs(store: SqliteStore, kind: str, label: str, text: str, problem: str) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await choose(room, "API key", kind)
        await enter(room, label, "x")
        await enter(room, label, "")
        await room.paste(text)
        await room.press("tab")
        assert problems(room)[label] == problem


@BY_SIZE
async def test_saving_with_errors_goes_to_the_first(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await open_new(room)
        await enter(room, "Base URL", "ftp://host")
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: Name, Base URL, Key")
        assert at(room) == "Name"
        assert shown(room)["Base URL"] == "ftp://host"
        await snap(room.pilot)


async def test_name_that_is_taken_lands_on_the_name(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room:
        await open_new(room)
        await enter(room, "Name", "OpenAI-US")
        await enter(room, "Key", "sk-typed")
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: Name")
        assert problems(room) == {"Name": "a provider named OpenAI-US already exists; choose another name"}
        assert at(room) == "Name"
        assert shown(room)["Key"] == "•" * 8
        await snap(room.pilot)


async def test_secret_key_that_does_not_fit_lands_on_the_key(store: SqliteStore) -> None:
    store.environ["MODELTUI_SECRET_KEY"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    async with open_room(store) as room:
        await open_new(room)
        await enter(room, "Name", "openai-new")
        await enter(room, "Key", "sk-typed")
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: Key")
        assert problems(room)["Key"].startswith("the secret key here (key id")
        assert at(room) == "Key"


# Going about


async def test_the_way_through_the_form(store: SqliteStore) -> None:
    """Tab, arrows and enter go on; after the buttons it begins again."""
    async with open_room(store) as room:
        await open_new(room)
        for key, label in [
            ("tab", "Name"),
            ("enter", "Base URL"),
            ("down", "API key"),
            ("enter", "Key"),
            ("tab", "State"),
            ("tab", "[Save]"),
            ("tab", "[Cancel]"),
            ("left", "[Save]"),
            ("right", "[Cancel]"),
            ("tab", "Family"),
            ("shift+tab", "[Cancel]"),
            ("shift+tab", "[Save]"),
            ("up", "State"),
        ]:
            await room.press(key)
            assert at(room) == label


async def test_save_button(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_edit(room, "groq")
        await choose(room, "State", "off")
        await go_to(room, "[Save]")
        await room.press("enter")
        await room.wait_for_flash("groq is saved")
        assert not (await saved(store, "groq")).enabled


async def test_cancel_button_asks_when_something_is_changed(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_edit(room, "groq")
        await choose(room, "State", "off")
        await go_to(room, "[Cancel]")
        await room.press("enter")
        await room.asked("Leave without saving groq?")


async def test_a_small_terminal_scrolls_with_the_cursor(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=(60, 15)) as room:
        await open_new(room)
        for label, line in [("State", "> State"), ("[Save]", "[> Save ]"), ("Family", "> Family")]:
            await go_to(room, label)
            await room.wait_until(lambda line=line: any(words.startswith(line) for words in room.words), line)
        await go_to(room, "Key")
        await room.wait_for("> Key")
        await snap(room.pilot)


# The key of a saved provider


@pytest.mark.parametrize("typed", ["", "   ", "********", "••••"], ids=["empty", "blank", "stars", "dots"])
async def test_empty_or_masked_key_leaves_the_key(store: SqliteStore, typed: str) -> None:
    before = await saved(store, "openai-us")
    async with open_room(store, size=NARROW) as room:
        await open_edit(room, "openai-us")
        assert before.credential is not None
        assert shown(room)["API key"].startswith(f"[unchanged (stored {before.credential.fingerprint})]")
        await choose(room, "API key", "stored")
        await go_to(room, "Key")
        assert shown(room)["Key"] == ""
        await room.paste(typed)
        await enter(room, "Name", "openai-us2")
        await save(room)
        await room.wait_for_flash("openai-us2 is saved")
        assert (await saved(store, "openai-us2")).credential == before.credential


@BY_SIZE
async def test_edit_shows_no_key(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await open_edit(room, "openai-us")
        assert at(room) == "Name"
        assert shown(room)["Family"] == "openai"
        assert "Key" not in shown(room)
        await snap(room.pilot)


async def test_replacing_the_key(store: SqliteStore) -> None:
    before = await saved(store, "openai-us")
    async with open_room(store, size=NARROW) as room:
        await open_edit(room, "openai-us")
        await choose(room, "API key", "stored")
        await enter(room, "Key", "sk-another")
        await save(room)
    after = await saved(store, "openai-us")
    assert after.credential != before.credential
    async with store.open() as catalog:
        api_key = (await catalog.resolve("gpt-5")).api_key
        assert api_key is not None
        assert api_key.get_secret_value() == "sk-another"


async def test_choosing_stored_where_none_is_stored_needs_a_key(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_edit(room, "openai-apac")
        await choose(room, "API key", "stored")
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: Key")
        assert problems(room) == {"Key": "give the API key, or choose unchanged"}


@pytest.mark.parametrize("text", ["sk-pasted\n", "\r\nsk-pasted\r\n", "sk-\npasted"], ids=["end", "around", "inside"])
async def test_a_pasted_line_break_neither_submits_nor_stays(store: SqliteStore, text: str) -> None:
    async with open_room(store) as room:
        await open_edit(room, "openai-us")
        await choose(room, "API key", "stored")
        await go_to(room, "Key")
        await room.paste(text)
        assert at(room) == "Key"
        assert shown(room)["Key"] == "•" * 9
        await save(room)
    async with store.open() as catalog:
        api_key = (await catalog.resolve("gpt-5")).api_key
        assert api_key is not None
        assert api_key.get_secret_value() == "sk-pasted"


async def test_a_key_cannot_be_copied_out(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await enter(room, "Key", "sk-secret")
        await room.press("shift+home", "ctrl+c", "ctrl+x")
        assert room.app.clipboard == ""
        assert shown(room)["Key"] == "•" * 9


# Asking before harm


@BY_SIZE
async def test_turning_off_shows_its_impact(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await open_edit(room, "openai-us")
        await choose(room, "State", "off")
        await room.press("ctrl+s")
        await room.asked("Turn openai-us off?")
        assert any("gpt-5-mini" in line and "dark" in line for line in room.question)
        await snap(room.pilot)
        await room.press("escape")
        await room.wait_for_flash(KEPT)
        assert (await saved(store, "openai-us")).enabled
        assert shown(room)["State"] == "on [off]"
        await room.press("ctrl+s")
        await room.asked("Turn openai-us off?")
        await room.press("y")
        await room.wait_for_place("Providers 7")
        assert room.flash.startswith("openai-us is saved: ")
        assert not (await saved(store, "openai-us")).enabled


async def test_clearing_the_key_shows_its_impact(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room:
        await open_edit(room, "anthropic-main")
        await choose(room, "API key", "none")
        await room.press("ctrl+s")
        await room.asked("Clear the key of anthropic-main?")
        assert any("claude-sonnet-4-5" in line for line in room.question)
        await snap(room.pilot)
        await room.press("y")
        await room.wait_for_place("Providers 7")
        assert (await saved(store, "anthropic-main")).credential is None


async def test_a_change_that_moves_nothing_does_not_ask(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_edit(room, "openai-batch")
        await choose(room, "State", "off")
        await enter(room, "Name", "openai-night")
        await save(room)
        await room.wait_for_flash("openai-night is saved")


async def test_impact_that_changed_is_shown_again(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await open_edit(room, "openai-us")
        await choose(room, "State", "off")
        await room.press("ctrl+s")
        await room.asked("Turn openai-us off?")
        before = room.question
        await other.providers.update("openai-apac", ProviderUpdate(enabled=False))
        await room.press("y")
        await room.wait_until(lambda: room.question and room.question != before, "another impact")
        assert (await saved(store, "openai-us")).enabled
        await room.asked("Turn openai-us off?")
        await room.press("y")
        await room.wait_for_place("Providers 7")
        assert not (await saved(store, "openai-us")).enabled


# Changed by somebody else meanwhile


async def changed_meanwhile(room: Room, store: SqliteStore) -> None:
    """Edit openai-apac while bob gives it another endpoint, and save."""
    await open_edit(room, "openai-apac")
    await enter(room, "Name", "openai-asia")
    async with store.open(actor="bob") as other:
        await other.providers.update("openai-apac", ProviderUpdate(base_url="https://bob.example/v1"))
    await room.press("ctrl+s")
    await room.wait_until(lambda: room.question and room.question[0].startswith("bob changed openai-apac"), "the words")
    await room.asked(room.question[0])


@BY_SIZE
async def test_stale_form_says_what_differs(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await changed_meanwhile(room, store)
        assert room.question[1] == "m saves your Name and keeps bob's Base URL."
        assert room.question[3] == "FIELD WHEN OPENED AS SAVED NOW YOURS"
        assert room.question[4] == "Name openai-apac openai-apac openai-asia"
        assert room.question[5].startswith("Base URL https://apac")
        await snap(room.pilot)
        await room.press("enter")
        await room.wait_for_flash(KEPT)
        assert shown(room)["Name"] == "openai-asia"
        assert (await saved(store, "openai-apac")).base_url == "https://bob.example/v1"


async def test_stale_form_takes_theirs(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await changed_meanwhile(room, store)
        await room.press("R")
        await room.wait_for_flash("this is what bob saved; yours is dropped")
        assert shown(room)["Name"] == "openai-apac"
        assert shown(room)["Base URL"] == "https://bob.example/v1"
        assert room.place == "Providers / openai-apac / edit nothing changed"
        await enter(room, "Name", "openai-asia")
        await save(room)
        assert (await saved(store, "openai-asia")).base_url == "https://bob.example/v1"


async def test_stale_form_merges_what_is_not_in_each_others_way(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await changed_meanwhile(room, store)
        await room.press("m")
        await room.wait_for_flash("openai-asia is saved")
        assert (await saved(store, "openai-asia")).base_url == "https://bob.example/v1"


async def test_stale_form_puts_ours_over(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await changed_meanwhile(room, store)
        await room.press("O")
        await room.wait_for_flash("openai-asia is saved")
        assert (await saved(store, "openai-asia")).base_url == "https://apac.example/v1"


async def test_the_same_change_by_somebody_else_is_no_conflict(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await open_edit(room, "groq")
        await choose(room, "State", "off")
        await other.providers.update("groq", ProviderUpdate(enabled=False))
        await save(room)
        await room.wait_for_flash("groq is saved")


async def test_deleted_meanwhile(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await open_edit(room, "groq")
        await enter(room, "Name", "groq2")
        await other.providers.delete("groq")
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR groq was deleted meanwhile; what you typed is still here, esc leaves it")
        assert shown(room)["Name"] == "groq2"


async def test_database_gone_loses_nothing(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await enter(room, "Name", "openai-new")
        await enter(room, "Key", "sk-typed")
        room.app.session.failed(DatabaseUnavailable("the database does not answer"))
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: the database does not answer; what you typed is still here")
        assert shown(room)["Name"] == "openai-new"
        assert shown(room)["Key"] == "•" * 8


# Leaving


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_leaving_without_changes_does_not_ask(store: SqliteStore, key: str) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await enter(room, "Name", "x")
        await enter(room, "Name", "")
        await go_to(room, "State")
        await room.press(key)
        await room.wait_for_place("Providers 7")


@pytest.mark.parametrize("key", ["escape", "q", "ctrl+q"])
async def test_leaving_with_changes_asks(store: SqliteStore, key: str) -> None:
    async with open_room(store) as room:
        await open_edit(room, "groq")
        await enter(room, "Name", "groq2")
        await go_to(room, "State")
        await room.press(key)
        await room.asked("Leave without saving groq?")
        assert room.question[1] == "changed: Name"
        await room.press("enter")
        await room.wait_until(lambda: not room.question, "the form again")
        assert shown(room)["Name"] == "groq2"
        assert at(room) == "State"
        await room.press(key)
        await room.asked("Leave without saving groq?")
        await room.press("d")
        if key == "ctrl+q":
            assert await room.wait_for_end() == 0
        else:
            await room.wait_for_place("Providers 7")
    assert (await saved(store, "groq")).name == "groq"


async def test_leaving_by_saving(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room:
        await open_edit(room, "groq")
        await enter(room, "Name", "groq2")
        await room.press("escape")
        await room.asked("Leave without saving groq?")
        await snap(room.pilot)
        await room.press("s")
        await room.wait_for_flash("groq2 is saved")
        assert room.cursor.startswith("groq2 ")


async def test_leaving_by_saving_what_is_wrong_stays(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_edit(room, "groq")
        await enter(room, "Name", "")
        await room.press("escape")
        await room.asked("Leave without saving groq?")
        await room.press("s")
        await room.wait_for_flash("ERROR not saved: Name")
        assert at(room) == "Name"


async def test_q_is_text_in_a_text_field(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await enter(room, "Name", "q?!")
        assert shown(room)["Name"] == "q?!"


async def test_leaving_twice_in_one_go(store: SqliteStore) -> None:
    """The second key finds the form gone, and does nothing to the list below."""
    async with open_room(store) as room:
        await open_new(room)
        await room.send("escape", "escape")
        await room.wait_for_place("Providers 7")
        await room.settle()
        assert room.app.is_running


# Text that would do harm


HOSTILE = "[/][red]x[@click=app.quit]y\x1b[31m\u202e\u200bz"


async def test_hostile_names_are_literal_and_unchanged(store: SqliteStore, snap: Snap) -> None:
    async with store.open() as catalog:
        await execute(catalog, "UPDATE provider_config SET name = :name WHERE name = 'groq'", name=HOSTILE)
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.press("g")
        while "[/]" not in room.cursor:
            await room.press("down")
        await open_form(room, "e", "Providers / [/][red]x")
        assert shown(room)["Name"] == "[/][red]x[@click=app.quit]y�[31m��z"
        assert room.place.endswith("nothing changed")
        await choose(room, "State", "off")
        await snap(room.pilot)
        await save(room)
    async with store.open() as catalog:
        rows = await catalog.providers.list()
    assert [row.enabled for row in rows if row.name == HOSTILE] == [False]


async def test_pasted_control_characters_are_shown_and_refused(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await go_to(room, "Name")
        await room.paste("a\x1b[31mb\u202e")
        assert shown(room)["Name"] == "a�[31mb�"
        await room.press("tab")
        assert "invisible character at position 2 (U+001B)" in problems(room)["Name"]
        assert form(room).dirty
