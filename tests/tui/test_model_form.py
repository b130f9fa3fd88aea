"""The form of a model: a new one with its list of lines, and the fields of a saved one."""

from __future__ import annotations

import pytest

from modeltui import ModelRow, ModelUpdate
from tests.services.builders import add_model, default_of, execute, order
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, WIDE, Room, open_room
from tests.tui.forms import at, choose, enter, form, go_to, note, open_form, problems, shown

OPTIONS = {
    **dict.fromkeys(("Max output", "Temperature", "Top P", "Top K", "Presence penalty", "Frequency penalty"), ""),
    **dict.fromkeys(("Input price", "Output price", "Cache read price", "Cache write price", "Provider options"), ""),
}
BY_SIZE = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
KEPT = "not saved; what you typed is still here"
NO_LINES = "a attaches providers; the first usable one gets the requests"


async def open_new(room: Room) -> None:
    """Press n on Models."""
    await open_form(room, "n", "Models / new")


async def open_edit(room: Room, name: str) -> None:
    """Go to a model and press e."""
    await room.go_to_row(name)
    await open_form(room, "e", f"Models / {name} / edit")


async def attach(room: Room, *names: str) -> None:
    """Mark providers in the picker, in this order, and attach them."""
    await go_to(room, "Lines")
    await room.press("a")
    await room.wait_for_place("attach to")
    for name in names:
        await room.press("g")
        for _ in room.rows:
            if name in room.cursor.split():
                break
            await room.press("down")
        await room.press("space")
    await room.press("enter")
    await room.wait_for_place("Models / new")
    await room.wait_for_flash(f"{', '.join(names)} attached at the end; J and K move")


def lines(room: Room) -> list[str]:
    """Return the rows of the form's list, in words."""
    return room.rows


async def save(room: Room) -> None:
    """Press ctrl+s and wait until the list is back."""
    await room.press("ctrl+s")
    await room.wait_until(lambda: not room.place.startswith("Models /"), "the list")


async def saved(store: SqliteStore, name: str) -> ModelRow:
    """Read a model from the database."""
    async with store.open(actor="bob") as catalog:
        return await catalog.models.get(name)


# A new one


@BY_SIZE
async def test_new(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await open_new(room)
        assert at(room) == "Upstream id"
        assert (
            shown(room)
            == {
                "Upstream id": "",
                "Name": "",
                "Lines": NO_LINES,
                "Family": "follows from the first line",
                "Context limit": "",
                "Compression %": "70",
                "State": "[on] off",
                "Default": "[no] yes",
            }
            | OPTIONS
        )
        await snap(room.pilot)


@BY_SIZE
async def test_add_with_lines(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    """The lines are attached in the order of marking, moved, given an own id, and saved with the model at once."""
    async with open_room(store, size=size) as room:
        await open_new(room)
        await enter(room, "Upstream id", "gpt-6")
        assert shown(room)["Name"] == "gpt-6"
        await attach(room, "openai-us", "openai-eu", "openai-apac")
        assert at(room) == "Lines"
        assert lines(room) == [
            "> 1 openai-us ✓ on ✓ stored wins",
            "2 openai-eu - off ✓ env skipped: provider disabled",
            "3 openai-apac ✓ on ✓ env standby",
        ]
        assert shown(room)["Family"] == "openai"
        assert room.pane[1] == "requests go to openai-us, then openai-apac, then dark"
        await room.press("J", "J")
        assert room.flash == "openai-us moved from 2 to 3"
        assert room.names == ["1", "2", "3"]
        assert lines(room)[2] == "> 3 openai-us ✓ on ✓ stored standby"
        await room.press("K")
        await room.press("o")
        await room.asked("own upstream id at openai-us")
        await room.type("ft-6")
        await room.press("enter")
        await room.wait_for_flash("openai-us is asked for ft-6")
        assert "own id ft-6" in lines(room)
        await enter(room, "Context limit", "400k")
        assert note(room, "Context limit") == "400,000 tokens"
        await enter(room, "Temperature", "0.2")
        await enter(room, "Input price", "$0.10")
        await go_to(room, "Lines")
        await snap(room.pilot, "typed")
        await save(room)
        await room.wait_for_flash("gpt-6 is added: requests go to openai-us")
        assert room.cursor.startswith("gpt-6 ! fallback openai-us")
        await snap(room.pilot, "saved")
    row = await saved(store, "gpt-6")
    assert order(row) == ["openai-eu", "openai-us", "openai-apac"]
    assert [line.upstream_model for line in row.provider_configs] == [None, "ft-6", None]
    assert (row.model, row.context_limit, row.compression_threshold) == ("gpt-6", 400_000, 70)
    assert row.options == {"temperature": 0.2, "prices": {"input": "0.10"}}


async def test_add_default_and_off(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await enter(room, "Upstream id", "gpt-6")
        await enter(room, "Name", "Six")
        await attach(room, "openai-us")
        await enter(room, "Context limit", "1000")
        await choose(room, "Default", "yes")
        await choose(room, "State", "off")
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: Default")
        assert problems(room) == {"Default": "a model that is off can't be the default"}
        await choose(room, "State", "on")
        await save(room)
        assert room.cursor.startswith("* Six ")
    async with store.open() as catalog:
        assert await default_of(catalog) == "Six"


async def test_a_dark_model_says_so(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await enter(room, "Upstream id", "kimi")
        await attach(room, "groq")
        assert room.pane[1] == "requests go to dark"
        await enter(room, "Context limit", "1000")
        await save(room)
        await room.wait_for_flash("kimi is added: requests go to nowhere, it is dark")


# The list of lines


async def test_lines_are_taken_out_and_the_family_with_them(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await attach(room, "openai-us", "openai-apac")
        await room.press("x")
        assert room.flash == "openai-us is taken out"
        assert lines(room) == ["> 1 openai-apac ✓ on ✓ env wins"]
        await room.press("x")
        assert shown(room)["Lines"] == NO_LINES
        assert shown(room)["Family"] == "follows from the first line"
        for key in ("x", "J", "K", "o"):
            await room.press(key)
            assert room.flash == "there is no line here; a attaches a provider"


async def test_the_picker_offers_the_rest_of_the_family(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await attach(room, "openai-us")
        await room.press("a")
        await room.wait_for_place("attach to")
        assert room.names == ["openai-apac", "openai-batch", "openai-eu"]
        await room.press("escape")
        await room.wait_for_place("Models / new")
        assert lines(room) == ["> 1 openai-us ✓ on ✓ stored wins"]


async def test_lines_do_not_move_beyond_the_ends(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await attach(room, "openai-us", "openai-apac")
        await room.press("K")
        assert room.flash == "openai-us is already first; it can't move up"
        await room.press("down", "J")
        assert room.flash == "openai-apac is already last; it can't move down"


async def test_arrows_leave_the_list_at_its_ends(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await attach(room, "openai-us", "openai-apac")
        await room.press("down")
        assert lines(room)[1].startswith("> 2 openai-apac")
        await room.press("down")
        assert at(room) == "Context limit"
        assert not any(line.startswith(">") for line in lines(room))
        await room.press("up", "up", "up")
        assert at(room) == "Name"


async def test_letters_of_the_list_are_text_elsewhere(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await enter(room, "Upstream id", "axJKoq")
        assert shown(room)["Upstream id"] == "axJKoq"


async def test_own_id_that_is_wrong_is_refused(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await attach(room, "openai-us")
        await room.press("o")
        await room.asked("own upstream id at openai-us")
        await room.paste("a\u200bb")
        await room.press("enter")
        await room.wait_for("has a control, line-break or invisible character")
        await room.press("escape")
        await room.wait_until(lambda: not room.question, "the form")
        assert lines(room) == ["> 1 openai-us ✓ on ✓ stored wins"]


async def test_provider_deleted_meanwhile_lands_on_the_lines(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await open_new(room)
        await enter(room, "Upstream id", "gpt-6")
        await attach(room, "openai-us", "openai-apac")
        await enter(room, "Context limit", "1000")
        await other.providers.delete("openai-us")
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: Lines")
        assert at(room) == "Lines"
        assert problems(room)["Lines"].startswith("no provider named ")
        await room.app.session.reload()
        await room.pass_messages()
        assert lines(room)[0] == "> 1 openai-us deleted meanwhile"
        await room.press("x")
        assert room.flash == "openai-us is taken out"
        await save(room)
        assert order(await saved(store, "gpt-6")) == ["openai-apac"]


# What is wrong


LIMIT = "the context limit must be a whole number of tokens from 1 to 1000000000000"
PERCENT = "the compression threshold must be a whole percentage from 0 to 100"


@pytest.mark.parametrize(
    ("label", "text", "problem"),
    [
        ("Upstream id", "", "the upstream id must not be empty"),
        ("Upstream id", "x" * 257, "the upstream id has 257 characters; at most 256 are allowed"),
        ("Name", "x" * 129, "the name has 129 characters; at most 128 are allowed"),
        ("Context limit", "", LIMIT),
        ("Context limit", "0", LIMIT),
        ("Context limit", "-1", LIMIT),
        ("Context limit", "12abc", LIMIT),
        ("Context limit", "1.5", LIMIT),
        ("Context limit", "1000000000001", LIMIT),
        ("Compression %", "-1", PERCENT),
        ("Compression %", "101", PERCENT),
        ("Compression %", "", PERCENT),
    ],
)
async def test_a_field_is_checked_when_it_is_left(store: SqliteStore, label: str, text: str, problem: str) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await go_to(room, label)
        await room.press("7", "ctrl+u")
        await room.paste(text)
        await room.press("tab")
        assert problems(room)[label] == problem


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Context limit", "1"),
        ("Context limit", "1000000000000"),
        ("Context limit", "1T"),
        ("Context limit", "1.05 M"),
        ("Compression %", "0"),
        ("Compression %", "100"),
        ("Compression %", "80%"),
    ],
)
async def test_what_is_right(store: SqliteStore, label: str, text: str) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await enter(room, label, text)
        await room.press("tab")
        assert label not in problems(room)


@BY_SIZE
async def test_saving_with_errors_goes_to_the_first(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await open_new(room)
        await enter(room, "Upstream id", "gpt-6")
        await enter(room, "Context limit", "12abc")
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: Lines, Context limit")
        assert at(room) == "Lines"
        await snap(room.pilot)


async def test_name_that_is_taken_lands_on_the_name(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await enter(room, "Upstream id", "GPT-5")
        await attach(room, "openai-us")
        await enter(room, "Context limit", "1000")
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: Name")
        assert problems(room) == {"Name": "a model named GPT-5 already exists; choose another name"}
        assert at(room) == "Name"


async def test_upstream_id_that_cannot_be_a_name_wants_one(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await room.paste("0b4a4f3e-7a51-4f0e-9d0e-3d1d7a6b5c11")
        await room.press("tab", "tab")
        assert problems(room)["Name"].startswith("the upstream id can't be the name (")


# A saved one


@BY_SIZE
async def test_edit(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await open_edit(room, "gpt-5")
        assert (
            shown(room)
            == {
                "Upstream id": "gpt-5",
                "Name": "gpt-5",
                "Lines": "4 lines; enter on Models edits them",
                "Family": "openai",
                "Context limit": "400000",
                "Compression %": "70",
                "State": "[on] off",
            }
            | OPTIONS
        )
        await snap(room.pilot)
        await enter(room, "Name", "gpt-five")
        await enter(room, "Context limit", "1M")
        await enter(room, "Temperature", "1")
        assert room.place == "Models / gpt-5 / edit 3 fields changed"
        await save(room)
        await room.wait_for_flash("gpt-five is saved: requests go to openai-us")
        assert room.cursor.startswith("gpt-five ")
    row = await saved(store, "gpt-five")
    assert (row.context_limit, row.options, len(row.provider_configs)) == (1_000_000, {"temperature": 1.0}, 4)


async def test_nothing_to_save(store: SqliteStore) -> None:
    before = await saved(store, "gpt-5")
    async with open_room(store) as room:
        await open_edit(room, "gpt-5")
        await room.press("ctrl+s")
        await room.wait_for_flash("nothing to save: nothing is changed")
    assert (await saved(store, "gpt-5")).version == before.version


async def test_the_default_model_cannot_be_turned_off(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_edit(room, "claude-sonnet-4-5")
        await choose(room, "State", "off")
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: State")
        assert problems(room)["State"].startswith("claude-sonnet-4-5 is the default model and can't be turned off")


async def test_turning_off_asks(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await open_edit(room, "gpt-5")
        await choose(room, "State", "off")
        await room.press("ctrl+s")
        await room.asked("Turn gpt-5 off?")
        await room.press("escape")
        await room.wait_for_flash(KEPT)
        assert (await saved(store, "gpt-5")).enabled
        await room.press("ctrl+s")
        await room.asked("Turn gpt-5 off?")
        await room.press("y")
        await room.wait_for_flash("gpt-5 is saved: it is off")
    assert not (await saved(store, "gpt-5")).enabled


# Changed by somebody else meanwhile


async def test_a_change_of_the_lines_does_not_stop_the_save(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await open_edit(room, "gpt-5")
        await enter(room, "Context limit", "1M")
        await other.models.move("gpt-5", "openai-apac", 0)
        await save(room)
        await room.wait_for_flash("gpt-5 is saved: requests go to openai-apac")
    assert order(await saved(store, "gpt-5"))[0] == "openai-apac"


async def test_stale_form_says_what_differs(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await open_edit(room, "gpt-5")
        await enter(room, "Context limit", "1M")
        await other.models.update("gpt-5", ModelUpdate(context_limit=500_000, compression_threshold=80))
        await room.press("ctrl+s")
        await room.wait_until(lambda: room.question and room.question[0].startswith("bob changed gpt-5"), "the words")
        await room.asked(room.question[0])
        assert room.question[1:] == [
            "Both changed Context limit. R drops what you typed, O saves it over bob's.",
            "FIELD WHEN OPENED AS SAVED NOW YOURS",
            "Context limit 400000 500000 1000000",
            "Compression % 70 80 70",
        ]
        await snap(room.pilot)
        await room.press("O")
        await room.wait_for_flash("gpt-5 is saved: requests go to openai-us")
    row = await saved(store, "gpt-5")
    assert (row.context_limit, row.compression_threshold) == (1_000_000, 70)


async def test_deleted_meanwhile(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await open_edit(room, "gpt-5")
        await enter(room, "Context limit", "1M")
        await other.models.delete("gpt-5")
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR gpt-5 was deleted meanwhile; what you typed is still here, esc leaves it")
        assert shown(room)["Context limit"] == "1M"


# Leaving


@pytest.mark.parametrize("key", ["escape", "q", "ctrl+q"])
async def test_leaving_with_lines_asks(store: SqliteStore, key: str) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await attach(room, "openai-us")
        await room.press(key)
        await room.asked("Leave without saving the new model?")
        assert room.question[1] == "changed: Lines"
        await room.press("escape")
        await room.wait_until(lambda: not room.question, "the form again")
        assert lines(room) == ["> 1 openai-us ✓ on ✓ stored wins"]
        assert at(room) == "Lines"


async def test_leaving_without_changes_does_not_ask(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_new(room)
        await room.press("escape")
        await room.wait_for_place("Models 7")


async def test_new_from_the_deleted_models_shows_the_new_one(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("D")
        await open_new(room)
        await enter(room, "Upstream id", "gpt-6")
        await attach(room, "openai-us")
        await enter(room, "Context limit", "1000")
        await save(room)
        await room.wait_for_flash("gpt-6 is added: requests go to openai-us")
        assert room.cursor.startswith("gpt-6 ")


# Text that would do harm


async def test_hostile_text_is_literal(store: SqliteStore, snap: Snap) -> None:
    hostile = "[/][red]x[@click=app.quit]y\x1b[31m\u202ez"
    async with store.open() as catalog:
        await execute(catalog, "UPDATE provider_config SET name = :name WHERE name = 'openai-us'", name=hostile)
        await add_model(catalog, "模型-الذكي", "openai-apac")
        await execute(catalog, "UPDATE model_config SET model = :id WHERE name = 'gpt-5-nano'", id=hostile)
    async with open_room(store, size=NARROW) as room:
        await open_edit(room, "gpt-5-nano")
        assert shown(room)["Upstream id"] == "[/][red]x[@click=app.quit]y�[31m�z"
        assert not form(room).dirty
        await room.press("escape")
        await room.wait_for_place("Models 8")
        await open_new(room)
        await room.paste("模型")
        await go_to(room, "Lines")
        await room.press("a")
        await room.wait_for_place("attach to")
        while "[/]" not in room.cursor:
            await room.press("down")
        await room.press("enter")
        await room.wait_for_place("Models / new")
        assert lines(room)[0].startswith("> 1 [/][red]x")
        assert room.flash.startswith("[/][red]x[@click=app.quit]y�[31m�z attached")
        await snap(room.pilot)


async def test_another_upstream_id_asks_where_the_winner_is_asked_for_it(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-nano")
        await open_form(room, "e", "Models / gpt-5-nano / edit")
        await enter(room, "Upstream id", "gpt-5-nano-2")
        await room.press("ctrl+s")
        await room.asked("Save gpt-5-nano?")
        assert room.question[1:] == ["upstream openai-us is asked for gpt-5-nano-2 instead of gpt-5-nano"]
        await room.press("escape")
        await room.settle()
        assert shown(room)["Upstream id"] == "gpt-5-nano-2"
        assert (await other.models.get("gpt-5-nano")).model == "gpt-5-nano"
        await room.press("ctrl+s")
        await room.asked("Save gpt-5-nano?")
        await room.press("y")
        await room.wait_for("gpt-5-nano is saved: requests go to openai-us")
        assert (await other.models.get("gpt-5-nano")).model == "gpt-5-nano-2"


async def test_another_upstream_id_that_the_winner_does_not_use_is_saved_at_once(store: SqliteStore) -> None:
    async with store.open() as catalog:
        await catalog.models.set_upstream_model("gpt-5-nano", "openai-us", "own")
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("gpt-5-nano")
        await open_form(room, "e", "Models / gpt-5-nano / edit")
        await enter(room, "Upstream id", "gpt-5-nano-2")
        await room.press("ctrl+s")
        await room.wait_for("gpt-5-nano is saved: requests go to openai-us")
