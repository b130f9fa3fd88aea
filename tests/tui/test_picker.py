"""The picker of providers: usable ones first, filtered as the lists are, marked in the order of attaching."""

from __future__ import annotations

import pytest

from tests.services.builders import add_provider
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, WIDE, Room, open_room
from tests.tui.test_marks import mark, marked

BY_SIZE = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
LONG = "openai-production-eu-central-1-reserved-capacity"


async def more_providers(store: SqliteStore) -> None:
    """Add a dozen of the family: a long name, two without a key, one whose name is the start of others."""
    async with store.open() as catalog:
        for number in range(1, 10):
            await add_provider(catalog, f"openai-proj{number}", base_url=f"https://proj{number}.example/v1")
        await add_provider(catalog, LONG)
        await add_provider(catalog, "openai-proj", base_url="https://proj.example/v1")
        await add_provider(catalog, "openai-keyless", credential=None)


async def open_picker(room: Room, model: str = "gpt-5-nano") -> None:
    """Open the picker from the editor of a model."""
    await room.open_lines(model)
    await room.press("a")
    await room.wait_for_place(f"attach to {model}")


def names(room: Room) -> list[str]:
    """Name the providers shown, marks and cursor aside."""
    return [next(word for word in row.split() if word != ">" and not word.isdigit()) for row in room.rows]


@BY_SIZE
async def test_names_are_whole_and_marks_count(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    await more_providers(store)
    async with open_room(store, size=size) as room:
        await open_picker(room)
        assert room.place == "attach to gpt-5-nano 14 of 19 fit family openai"
        assert LONG in names(room)
        assert names(room)[-3:] == ["openai-batch", "openai-eu", "openai-keyless"]
        await room.press("space", "slash")
        await room.type("proj7")
        await room.press("enter")
        assert names(room) == ["openai-proj7"]
        await room.press("space")
        assert room.place.endswith("filter: proj7 2 marked")
        assert room.flash == f"enter: attach {LONG}, openai-proj7"
        await room.press("escape")
        assert room.place.endswith("fit family openai 2 marked")
        await snap(room.pilot)
        await room.press("enter")
        await room.wait_for_flash(f"{LONG}, openai-proj7 attached at the end; J and K move")
        assert room.cursor.startswith("3 new openai-production")


async def test_a_name_typed_whole_is_first(store: SqliteStore) -> None:
    await more_providers(store)
    async with open_room(store, size=NARROW) as room:
        await open_picker(room)
        await room.press("slash")
        await room.type("openai-proj")
        assert names(room)[:2] == ["openai-proj", "openai-proj1"]
        await room.press("enter", "enter")
        await room.wait_for_flash("openai-proj attached at the end; J and K move")


async def test_words_narrow_and_fields_count(store: SqliteStore) -> None:
    await more_providers(store)
    async with open_room(store, size=NARROW) as room:
        await open_picker(room)
        await room.press("slash")
        await room.type("is:nokey !batch")
        assert names(room) == ["openai-keyless"]
        await room.press("ctrl+u")
        await room.type("url:proj3 proj")
        assert names(room) == ["openai-proj3"]
        await room.press("ctrl+u")
        await room.type("nothing")
        assert room.empty == ["No provider here matches nothing", "esc drops the filter."]
        await room.press("escape", "escape")
        await room.wait_for_place("Models / gpt-5-nano / lines no changes")


async def test_a_wrong_field_is_named(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await open_picker(room)
        await room.press("slash")
        await room.type("provder:x")
        await room.press("enter")
        assert room.flash == "ERROR no field provder"
        assert room.empty == ["No provider shown: no field provder.", "/ corrects the filter; esc drops it."]
        await room.press("slash", "end")
        assert len(room.rows) == 2
        await room.press("escape")
        assert len(room.rows) == 2


async def test_what_is_marked_and_deleted_elsewhere_is_not_taken(store: SqliteStore) -> None:
    """Nothing moves under the hands of somebody who picks; what is gone is said when it would be taken."""
    await more_providers(store)
    async with open_room(store) as room, store.open(actor="bob") as other:
        await open_picker(room)
        await room.press("slash")
        await room.type("proj4")
        await room.press("enter", "space", "escape")
        await other.providers.delete("openai-proj4")
        await room.app.session.reload()
        await room.pass_messages()
        assert room.place == "attach to gpt-5-nano 14 of 19 fit family openai 1 marked"
        await room.press("enter")
        assert room.flash == "ERROR deleted meanwhile: openai-proj4; choose again"
        assert room.place == "attach to gpt-5-nano 13 of 18 fit family openai"


@BY_SIZE
async def test_exactly_one_is_chosen_with_a_note_beside_each(
    store: SqliteStore, snap: Snap, size: tuple[int, int]
) -> None:
    """As changes of several lists use it: filtered alike, and enter takes what the cursor is on."""
    await more_providers(store)
    async with open_room(store, size=size) as room:
        await mark(room, "gpt-5", "gpt-5-mini", "gpt-5-nano")
        await room.press("a")
        await room.wait_for_place("attach which provider to 3 models one of 15")
        assert room.rows[0].startswith(f"> {LONG} none ✓ on")
        await room.press("space")
        assert room.flash == f"only one can be picked: enter takes {LONG}"
        assert "marked" not in room.place
        await room.press("slash")
        await room.type("is:on openai- !proj")
        await room.press("enter")
        assert names(room) == [LONG, "openai-keyless", "openai-apac", "openai-batch"]
        assert room.place.endswith("filter: is:on openai- !proj")
        await snap(room.pilot)
        await room.press("q")
        assert room.place == "attach which provider to 3 models one of 15"
        await room.press("slash")
        await room.type("-apac")
        await room.press("enter", "enter")
        await room.asked("Nothing was changed: 2 of 3 refuse")


async def test_choosing_says_so_in_the_hints_and_goes_back_without(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await mark(room, "gpt-5", "gpt-5-mini")
        await room.press("x")
        await room.wait_for_place("detach which provider from 2 models one of 4")
        assert room.words[-1] == "enter choose / filter ? help esc back"
        await room.press("escape")
        await room.wait_for_place("Models")
        assert marked(room) == ["gpt-5", "gpt-5-mini"]
