"""The attachment editor: a priority list as a draft, its keys, and saving it whole."""

from __future__ import annotations

import pytest

from modeltui import Catalog
from modeltui.tui import keys
from tests.services.builders import add_model, add_provider, add_providers, execute, order
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, WIDE, Room, open_room

BY_SIZE = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])

SAVED = ["openai-eu", "openai-us", "openai-apac", "openai-batch"]
LOADED = [
    "> 1 1 openai-eu - off ✓ env KEY skipped: provider disabled",
    "2 2 openai-us ✓ on ✓ stored cf8ceff6 wins",
    "3 3 openai-apac ✓ on ✓ env KEY standby",
    "4 4 openai-batch ✓ on ✗ unset $BATCH_KEY skipped: no API key",
]


def drafted(room: Room) -> list[str]:
    """Name the draft's providers in order, detached ones after a `-`."""
    found = []
    for row in room.rows:
        cells = row.removeprefix("> ").split()
        if cells[:2] != ["own", "id"]:
            found.append(f"- {cells[2]}" if cells[0] == "-" else cells[2])
    return found


async def saved(catalog: Catalog, model: str = "gpt-5") -> list[str]:
    """Name a model's providers in order, as the database has them."""
    return order(await catalog.models.get(model))


# What is shown


@BY_SIZE
async def test_loaded(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await room.open_lines("gpt-5")
        assert room.place == "Models / gpt-5 / lines no changes"
        assert room.rows == LOADED
        assert room.pane[1:] == [
            "now openai-us, then openai-apac, then dark",
            "if saved openai-us, then openai-apac, then dark",
        ]
        await snap(room.pilot)


async def test_own_ids_stand_below_their_lines(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5-nano")
        assert room.rows == [
            "> 1 1 openai-us ✓ on ✓ stored cf8ceff6 wins",
            "2 2 openai-apac ✓ on ✓ env KEY standby",
            "own id nano-apac",
        ]
        await room.press("down", "down", "down")
        assert room.cursor.startswith("2 2 openai-apac")


async def test_a_model_that_is_off_says_so(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-4.1")
        assert "gpt-4.1 is off: requests are refused until it is on" in room.pane


# Moving


async def test_three_rapid_moves_go_three_places(store: SqliteStore, snap: Snap) -> None:
    """Sent in one go; the cursor follows the line, and at the end it says why nothing moves."""
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5")
        await room.send("J", "J", "J")
        assert drafted(room) == ["openai-us", "openai-apac", "openai-batch", "openai-eu"]
        assert room.cursor.startswith("4 1 openai-eu")
        assert room.flash == "openai-eu moved from 3 to 4"
        assert room.place == "Models / gpt-5 / lines draft: 1 change"
        await snap(room.pilot)
        await room.press("J")
        assert room.flash == "openai-eu is already last; it can't move down"
        assert room.place.endswith("draft: 1 change")


async def test_at_the_top_it_says_why_nothing_moves(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("K")
        assert room.flash == "openai-eu is already first; it can't move up"
        assert room.rows == LOADED
        assert room.place.endswith("no changes")


@pytest.mark.parametrize("key", ["J", "shift+j", "shift+down", "ctrl+down"])
async def test_moving_down_and_its_aliases(store: SqliteStore, key: str) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press(key)
        assert drafted(room)[:2] == ["openai-us", "openai-eu"]


@pytest.mark.parametrize("key", ["K", "shift+k", "shift+up", "ctrl+up"])
async def test_moving_up_and_its_aliases(store: SqliteStore, key: str) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("down", key)
        assert drafted(room)[:2] == ["openai-us", "openai-eu"]
        assert room.cursor.startswith("1 2 openai-us")


async def test_to_the_bottom_and_to_the_top(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("greater_than_sign")
        assert drafted(room) == ["openai-us", "openai-apac", "openai-batch", "openai-eu"]
        assert room.cursor.startswith("4 1 openai-eu")
        await room.press("greater_than_sign")
        assert room.flash == "openai-eu is already last; it can't move down"
        await room.press("less_than_sign")
        assert drafted(room) == SAVED
        assert room.place.endswith("no changes")
        await room.press("less_than_sign")
        assert room.flash == "openai-eu is already first; it can't move up"


async def test_to_a_place(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5")
        await room.ask("m", "move openai-eu to")
        await room.wait_for("place, 1 to 4:")
        await room.press("9", "enter")
        await room.wait_for("a place is a number from 1 to 4")
        await snap(room.pilot)
        await room.press("backspace", "3", "enter")
        await room.wait_for_flash("openai-eu moved from 1 to 3")
        assert drafted(room) == ["openai-us", "openai-apac", "openai-eu", "openai-batch"]
        assert room.cursor.startswith("3 1 openai-eu")


@pytest.mark.parametrize("typed", ["0", "5", "x", "-1", "1.5", ""])
async def test_a_place_that_is_none(store: SqliteStore, typed: str) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.ask("m", "move openai-eu to")
        await room.press(*typed, "enter")
        await room.wait_for("a place is a number from 1 to 4")
        await room.press("escape")
        await room.settle()
        assert room.rows == LOADED


async def test_a_place_typed_faster_than_the_prompt_appears(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.send("m", "3", "enter")
        await room.wait_for_flash("openai-eu moved from 1 to 3")
        assert drafted(room) == ["openai-us", "openai-apac", "openai-eu", "openai-batch"]


async def test_keys_after_a_prompt_act_on_what_it_did(store: SqliteStore) -> None:
    """One burst: to place 3, one further down, and undone once."""
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.send("m", "3", "enter", "J", "u", "k")
        await room.wait_until(lambda: room.cursor.startswith("2 "), "the cursor above")
        assert drafted(room) == ["openai-us", "openai-apac", "openai-eu", "openai-batch"]


async def test_the_place_where_it_is(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.ask("m", "move openai-eu to")
        await room.press("1", "enter")
        await room.wait_for_flash("openai-eu is already at 1")


# Finding a line


async def test_digits_go_to_their_line(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("3")
        assert room.cursor.startswith("3 3 openai-apac")
        await room.press("7")
        assert room.flash == "there is no line 7; the last is 4"
        assert room.cursor.startswith("3 3 openai-apac")


async def test_slash_finds_a_line_and_hides_none(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.ask("slash", "find a line")
        await room.type("nothing")
        await room.press("enter")
        await room.wait_for("no line's provider has that in its name")
        await room.press(*["backspace"] * 7)
        await room.type("BATCH")
        await room.press("enter")
        await room.wait_until(lambda: room.cursor.startswith("4 4 openai-batch"), "the cursor there")
        assert drafted(room) == SAVED


# Undo and redo


async def test_undo_and_redo(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("u")
        assert room.flash == "nothing to undo in this draft"
        await room.press("J", "x")
        assert drafted(room) == ["openai-us", "openai-apac", "openai-batch", "- openai-eu"]
        await room.press("u")
        assert room.flash == "undone; U does it again"
        assert drafted(room) == ["openai-us", "openai-eu", "openai-apac", "openai-batch"]
        await room.press("u")
        assert drafted(room) == SAVED
        assert room.place.endswith("no changes")
        await room.press("U", "U")
        assert drafted(room) == ["openai-us", "openai-apac", "openai-batch", "- openai-eu"]
        await room.press("U")
        assert room.flash == "nothing was undone"


# Attaching and detaching


async def more_providers(store: SqliteStore) -> None:
    """Add two of the family: one that can't be used, and one that can."""
    async with store.open() as catalog:
        await add_provider(catalog, "openai-a-keyless", credential=None)
        await add_provider(catalog, "openai-proj7")


@BY_SIZE
async def test_attach_from_the_picker(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    """Usable ones first; marks count the order; enter attaches all that is marked."""
    await more_providers(store)
    async with open_room(store, size=size) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5-nano")
        await room.press("a")
        await room.wait_for_place("attach to gpt-5-nano")
        assert room.place == "attach to gpt-5-nano 4 of 9 fit family openai"
        assert room.names == ["openai-proj7", "openai-a-keyless", "openai-batch", "openai-eu"]
        await room.press("G", "space", "g", "space")
        assert room.place.endswith("2 marked")
        assert room.rows[0].startswith("2 openai-proj7")
        assert room.rows[3].startswith("1 openai-eu")
        await snap(room.pilot)
        await room.press("enter")
        await room.wait_for_flash("openai-eu, openai-proj7 attached at the end; J and K move")
        assert drafted(room) == ["openai-us", "openai-apac", "openai-eu", "openai-proj7"]
        assert room.cursor.startswith("3 new openai-eu")
        await room.press("s")
        await room.wait_for_flash("saved: requests for gpt-5-nano go to openai-us")
        assert await saved(other, "gpt-5-nano") == ["openai-us", "openai-apac", "openai-eu", "openai-proj7"]


async def test_enter_attaches_the_row_under_the_cursor(store: SqliteStore) -> None:
    await more_providers(store)
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("a")
        await room.wait_for_place("attach to gpt-5")
        await room.press("enter")
        await room.wait_for_flash("openai-proj7 attached at the end; J and K move")
        assert drafted(room) == [*SAVED, "openai-proj7"]


async def test_the_picker_attaches_nothing_when_left(store: SqliteStore) -> None:
    await more_providers(store)
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("a")
        await room.wait_for_place("attach to gpt-5")
        await room.press("space", "q")
        await room.wait_for_place("Models / gpt-5 / lines")
        assert room.rows == LOADED


async def test_unmarking_in_the_picker_counts_anew(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5-nano")
        await room.press("a")
        await room.wait_for_place("attach to gpt-5-nano")
        await room.press("space", "space", "g", "space")
        assert room.place.endswith("1 marked")
        assert [row.split()[0] for row in room.rows] == ["openai-batch", ">"]
        assert room.cursor.startswith("1 openai-eu")


async def test_nothing_left_to_attach(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("a")
        await room.wait_until(lambda: room.flash.startswith("every provider of family openai is in the list"), "why")


async def test_detach_and_keep_after_all(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("down", "x")
        assert room.flash == "openai-us will be removed on save; x on it keeps it"
        assert drafted(room) == ["openai-eu", "openai-apac", "openai-batch", "- openai-us"]
        assert room.cursor == "- 2 openai-us ✓ on ✓ stored cf8ceff6 removed on save"
        await snap(room.pilot)
        await room.press("K")
        assert room.flash == "openai-us is detached and has no place; x keeps it after all"
        await room.press("x")
        assert room.flash == "openai-us stays"
        assert drafted(room) == SAVED
        await room.press("1", "x", "s")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")
        assert await saved(other) == ["openai-us", "openai-apac", "openai-batch"]


async def test_the_last_line_cannot_be_detached(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("qwen3-coder")
        await room.press("x")
        assert room.flash == (
            "vllm-rack2 is the last line and can't be detached; attach another first, or delete the model"
        )
        assert drafted(room) == ["vllm-rack2"]


async def test_all_but_one_can_be_detached(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("x", "1", "x", "1", "x", "1", "x")
        assert room.flash.startswith("openai-batch is the last line")
        assert drafted(room) == ["openai-batch", "- openai-eu", "- openai-us", "- openai-apac"]


# Own ids


async def test_own_id_set_and_cleared(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("down")
        await room.ask("o", "own upstream id at openai-us")
        await room.type("ft:gpt-5:us")
        await room.press("enter")
        await room.wait_for_flash("openai-us is asked for ft:gpt-5:us")
        assert room.rows[2] == "own id ft:gpt-5:us"
        assert room.pane[1:] == [
            "now openai-us as gpt-5, then openai-apac, then dark",
            "if saved openai-us as ft:gpt-5:us, then openai-apac, then dark",
        ]
        await snap(room.pilot)
        await room.ask("s", "Save the lines of gpt-5?")
        assert room.question[1:] == ["upstream openai-us is asked for ft:gpt-5:us instead of gpt-5"]
        await snap(room.pilot, "asks")
        await room.press("escape")
        await room.wait_for_flash("not saved; the draft is still here")
        await room.ask("s", "Save the lines of gpt-5?")
        await room.press("y")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")
        assert [line.upstream_model for line in (await other.models.get("gpt-5")).provider_configs] == [
            None,
            "ft:gpt-5:us",
            None,
            None,
        ]
        await room.ask("o", "own upstream id at openai-us")
        await room.press("ctrl+u", "enter")
        await room.wait_for_flash("openai-us is asked for gpt-5")
        await room.ask("s", "Save the lines of gpt-5?")
        assert room.question[1:] == ["upstream openai-us is asked for gpt-5 instead of ft:gpt-5:us"]
        await room.press("y")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")
        assert [line.upstream_model for line in (await other.models.get("gpt-5")).provider_configs] == [None] * 4


async def test_a_long_own_id_leaves_room_for_both_ways(store: SqliteStore) -> None:
    async with open_room(store, size=(60, 15)) as room:
        await room.open_lines("gpt-5")
        await room.press("2")
        await room.ask("o", "own upstream id at openai-us")
        await room.paste("ft:gpt-5:production:" + "x" * 200)
        await room.press("enter")
        await room.wait_until(lambda: len(room.pane) == 3, "both ways")
        assert room.pane[1] == "now openai-us as gpt-5, then openai-apac, then dark"
        assert room.pane[2] == "if saved openai-us as ft:gpt-5…, then 1 more, then dark"


async def test_an_own_id_of_a_line_that_does_not_win_is_saved_without_a_question(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5")
        await room.press("3")
        await room.ask("o", "own upstream id at openai-apac")
        await room.type("apac")
        await room.press("enter")
        await room.wait_for_flash("openai-apac is asked for apac")
        assert room.pane[1] == "now openai-us, then openai-apac, then dark"
        assert room.pane[2] == "if saved openai-us, then openai-apac, then dark"
        await room.press("s")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")


async def test_an_own_id_with_a_bad_character_is_refused(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.ask("o", "own upstream id at openai-eu")
        await room.paste("a\u200bb")
        await room.press("enter")
        await room.wait_for("invisible character")
        await room.press("escape")
        await room.settle()
        assert room.rows == LOADED


# Where requests land


async def test_now_and_saved_change_with_every_key(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5")
        await room.press("3", "less_than_sign")
        assert room.pane[1:] == [
            "now openai-us, then openai-apac, then dark",
            "if saved openai-apac, then openai-us, then dark",
        ]
        assert room.rows[0] == "> 1 3 openai-apac ✓ on ✓ env KEY wins"
        assert room.rows[2] == "3 2 openai-us ✓ on ✓ stored cf8ceff6 standby"
        await room.press("x")
        assert room.pane[2] == "if saved openai-us, then dark"
        await room.press("2", "x")
        assert room.pane[1:] == ["now openai-us, then openai-apac, then dark", "if saved dark"]


# Saving


@pytest.mark.parametrize("key", ["s", "ctrl+s"])
async def test_save_is_one_transaction(store: SqliteStore, key: str) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        before = await other.models.get("gpt-5")
        await room.open_lines("gpt-5")
        await room.press("4", "K", "1", "x", "1", "J")
        assert await saved(other) == SAVED
        await room.press(key)
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")
        after = await other.models.get("gpt-5")
        assert order(after) == ["openai-batch", "openai-us", "openai-apac"]
        assert (after.version, after.updated_by) == (before.version + 1, "alice")
        assert room.place == "Models / gpt-5 / lines no changes"
        assert drafted(room) == ["openai-batch", "openai-us", "openai-apac"]
        await room.press("u")
        assert room.flash == "nothing to undo in this draft; what was saved is undone on Models"


async def test_nothing_to_save(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        before = await other.models.get("gpt-5")
        await room.open_lines("gpt-5")
        await room.press("J", "K", "s")
        await room.wait_for_flash("nothing to save: the list is as it was")
        assert await other.models.get("gpt-5") == before


async def test_a_save_that_moves_requests_asks(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("3", "less_than_sign")
        await room.ask("s", "Save the lines of gpt-5?")
        assert room.question[1:] == ["move 1 model to openai-apac, from openai-us: gpt-5"]
        await room.press("y")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-apac")
        assert await saved(other) == ["openai-apac", "openai-eu", "openai-us", "openai-batch"]


async def test_a_save_that_makes_the_model_dark_asks(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("2", "x", "2", "x")
        await room.ask("s", "Save the lines of gpt-5?")
        assert room.question[1:] == ["go dark 1 model: gpt-5"]
        await snap(room.pilot)
        await room.press("enter")
        await room.wait_for_flash("not saved; the draft is still here")
        assert drafted(room) == ["openai-eu", "openai-batch", "- openai-us", "- openai-apac"]
        assert await saved(other) == SAVED
        await room.ask("s", "Save the lines of gpt-5?")
        await room.press("y")
        await room.wait_for_flash("saved: requests for gpt-5 go to nowhere, it is dark")
        assert await saved(other) == ["openai-eu", "openai-batch"]


async def test_what_is_moved_right_after_saving_is_still_a_draft(store: SqliteStore) -> None:
    """s and J in one go: J came after s, so it isn't saved, and it isn't lost."""
    async with open_room(store) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.send("J", "s", "J")
        await room.wait_for_place("Models / gpt-5 / lines draft: 1 change")
        await room.settle()
        assert await saved(other) == ["openai-us", "openai-eu", "openai-apac", "openai-batch"]
        assert drafted(room) == ["openai-us", "openai-apac", "openai-eu", "openai-batch"]


async def test_a_failed_save_keeps_the_draft(store: SqliteStore) -> None:
    """A trigger stands for anything that goes wrong in the middle of the transaction."""
    async with open_room(store) as room, store.open(actor="bob") as other:
        await execute(
            other,
            "CREATE TRIGGER trouble BEFORE UPDATE ON model_config BEGIN SELECT RAISE(ABORT, 'trouble'); END",
        )
        await room.open_lines("gpt-5")
        await room.press("J", "s")
        await room.wait_until(lambda: room.flash.startswith("ERROR"), "an error")
        assert drafted(room)[:2] == ["openai-us", "openai-eu"]
        assert room.place.endswith("draft: 1 change")
        assert "nothing was written" in room.flash
        await room.settle()
        assert "not connected" not in room.top
        assert await saved(other) == SAVED
        await execute(other, "DROP TRIGGER trouble")
        await room.press("s")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")


# Leaving


@pytest.mark.parametrize("key", ["q", "escape", "ctrl+q"])
async def test_leaving_with_a_draft_asks(store: SqliteStore, key: str) -> None:
    """Keep editing is first: enter never loses anything."""
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("J")
        await room.ask(key, "Leave with a draft?")
        assert "1 change to gpt-5 not saved yet." in room.question
        assert "[> Keep editing ] [ d Discard ] [ s Save ]" in " ".join(room.words)
        await room.press("enter")
        await room.settle()
        assert room.app.is_running
        assert drafted(room)[:2] == ["openai-us", "openai-eu"]


async def test_leaving_picture(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5")
        await room.press("J")
        await room.ask("q", "Leave with a draft?")
        await snap(room.pilot)


async def test_discarding(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("J")
        await room.ask("q", "Leave with a draft?")
        await room.press("d")
        await room.wait_for_place("Models 7")
        assert await saved(other) == SAVED


async def test_saving_on_the_way_out(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("J")
        await room.ask("q", "Leave with a draft?")
        await room.press("s")
        await room.wait_for_place("Models 7")
        assert await saved(other) == ["openai-us", "openai-eu", "openai-apac", "openai-batch"]
        assert room.cursor.startswith("gpt-5 ✓ on openai-us 1/4")


async def test_quitting_with_a_draft_can_discard_it(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("J")
        await room.ask("ctrl+q", "Leave with a draft?")
        await room.press("d")
        assert await room.wait_for_end() == 0


async def test_leaving_without_a_draft_asks_nothing(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("J", "K", "q")
        await room.wait_for_place("Models 7")


async def test_alt_up_that_arrives_as_escape_and_up_loses_nothing(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("J")
        await room.send("escape", "up")
        await room.asked("Leave with a draft?")
        await room.send("escape", "up")
        await room.settle()
        assert drafted(room)[:2] == ["openai-us", "openai-eu"]
        assert room.place == "Models / gpt-5 / lines draft: 1 change"


# Small, and with others at work


LONG = [f"openai-production-eu-central-{number}-reserved" for number in range(1, 8)]


async def long_list(store: SqliteStore) -> None:
    """Add a model with ten lines whose names differ at their ends only, two of them with own ids."""
    async with store.open() as catalog:
        await add_providers(catalog, *LONG)
        own = {LONG[0]: "ft:gpt-5:production:a-very-long-own-id-of-a-deployment", LONG[3]: "dep-4"}
        await add_model(catalog, "gpt-5-long", *LONG, "openai-us", "openai-eu", "openai-batch", upstream_models=own)


@pytest.mark.parametrize("size", [NARROW, (60, 15)], ids=["80x24", "60x15"])
async def test_a_long_list_with_long_names(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    """Lines can be told apart, and both ways of the requests are there to read."""
    await long_list(store)
    async with open_room(store, size=size) as room:
        await room.open_lines("gpt-5-long")
        await room.press("J", "J", "K", "3", "x")
        assert room.cursor.startswith("- 3 openai-produc")
        assert room.place == "Models / gpt-5-long / lines draft: 2 changes"
        shown = " ".join(room.pane)
        assert "now openai-prod" in shown
        assert "if saved openai-prod" in shown
        assert "more, then dark" in shown
        await room.press("G", "7")
        assert any("7-reserved" in row for row in room.rows)
        assert room.cursor.startswith("7 8 openai-us")
        await snap(room.pilot)


async def test_a_provider_deleted_elsewhere_is_marked_in_its_row(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("J")
        await other.providers.delete("openai-apac")
        await room.app.session.reload()
        await room.pass_messages()
        assert room.place == "Models / gpt-5 / lines changed elsewhere draft: 1 change"
        assert room.rows[2] == "3 3 openai-apac provider deleted"
        assert room.cursor.startswith("2 1 openai-eu")
        await room.press("3", "J")
        assert room.flash == "this line's provider is deleted; saving leaves the line out"
        await snap(room.pilot)
        await room.press("s")
        await room.wait_for_place("Models / gpt-5 / conflict")
        assert "deleted openai-apac: no answer keeps it" in room.pane
        await room.press("m")
        await room.wait_for_place("Models / gpt-5 / lines draft: 1 change")
        assert drafted(room) == ["openai-us", "openai-eu", "openai-batch"]


async def test_on_a_narrow_screen_changed_elsewhere_is_said_whole(store: SqliteStore) -> None:
    async with open_room(store, size=(60, 15)) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("J")
        await other.models.detach("gpt-5", "openai-apac")
        await room.app.session.reload()
        await room.pass_messages()
        assert room.place == "Models / gpt-5 / lines changed elsewhere draft: 1"


# Read-only


async def test_read_only_refuses_each_writing_key_with_its_reason(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW, read_only=True) as room:
        assert room.top == "testhost/catalog alice READ ONLY"
        await room.open_lines("gpt-5")
        writing = [item for item in keys.actions("lines") if item.writes]
        assert {"save", "move_down", "attach", "detach", "own_id"} <= {item.id for item in writing}
        for item in writing:
            await room.press(item.keys[0])
            assert room.flash.startswith(f"ERROR {item.label} is refused, the catalog is read-only: "), item
            assert room.rows == LOADED
        await snap(room.pilot)
        await room.press("q")
        await room.wait_for_place("Models 7")


@pytest.mark.parametrize("context", ["models", "providers"])
async def test_read_only_lists_refuse_each_writing_key_with_its_reason(store: SqliteStore, context: str) -> None:
    async with open_room(store, read_only=True) as room:
        if context == "providers":
            await room.go_to_providers()
        before = room.rows
        for item in keys.actions(context):
            if item.writes:
                await room.press(item.keys[0])
                assert room.flash.startswith(f"ERROR {item.label} is refused, the catalog is read-only: "), item
                assert room.rows == before
