"""Going from view to view and back: each is as it was left."""

from __future__ import annotations

from modeltui.tui.widgets.row_list import RowList
from tests.services.builders import add_model
from tests.services.stores import SqliteStore
from tests.tui.driver import NARROW, Room, open_room


async def many(store: SqliteStore) -> None:
    """Add models enough to scroll."""
    async with store.open() as catalog:
        for number in range(40):
            await add_model(catalog, f"gpt-x{number:02}", "openai-us")


async def sort_by_name(room: Room, kind: str) -> None:
    """Choose the order by name."""
    await room.ask("S", f"Sort {kind}")
    await room.press("n")
    await room.wait_for("sort: name")


async def narrow(room: Room, text: str) -> None:
    """Filter, and go to the rows."""
    await room.press("slash")
    await room.type(text)
    await room.press("enter")


async def leave_models_changed(room: Room) -> tuple[str, list[str], str]:
    """Give Models an order, a filter, a scrolled list and a cursor in its middle; return what it then shows."""
    await sort_by_name(room, "models")
    await narrow(room, "gpt-x")
    await room.press("G", "up", "up", "up")
    shown = room.screen.query_one(RowList).visible_keys
    assert shown[0] != room.screen.query_one(RowList).keys[0], "it should be scrolled"
    assert room.cursor.startswith("gpt-x36 ")
    return room.place, room.rows, room.cursor


async def test_models_is_as_it_was_left(store: SqliteStore) -> None:
    await many(store)
    async with open_room(store, size=NARROW) as room:
        left = await leave_models_changed(room)
        assert "sort: name filter: gpt-x" in left[0]

        await room.go_to_providers()
        await room.press("1")
        await room.wait_for_place("Models")
        assert (room.place, room.rows, room.cursor) == left

        await room.press("enter")
        await room.wait_for_place("Models / gpt-x36 / lines")
        await room.press("q")
        await room.wait_for_place("Models 40")
        assert (room.place, room.rows, room.cursor) == left

        await room.press("question_mark")
        await room.wait_for_place("Help")
        await room.press("q")
        await room.wait_for_place("Models 40")
        assert (room.place, room.rows, room.cursor) == left


async def test_providers_has_an_order_filter_and_cursor_of_its_own(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await sort_by_name(room, "providers")
        await narrow(room, "openai")
        await room.go_to_row("openai-us")
        left = room.place, room.rows, room.cursor

        await room.press("1")
        await room.wait_for_place("Models")
        assert room.place.endswith("sort: family")
        assert len(room.rows) == 7

        await room.go_to_providers()
        assert (room.place, room.rows, room.cursor) == left


async def test_enter_on_a_provider_keeps_the_order_of_models(store: SqliteStore) -> None:
    """The filter becomes the provider's models; the order stays as it was chosen."""
    async with open_room(store, size=NARROW) as room:
        await sort_by_name(room, "models")
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.press("enter")
        await room.wait_for_place("Models 4 of 7")
        assert "sort: name filter: provider:=openai-us" in room.place
        assert room.names == ["gpt-4.1", "gpt-5", "gpt-5-mini", "gpt-5-nano"]


async def test_a_view_that_was_away_shows_what_has_changed_meanwhile(store: SqliteStore) -> None:
    """Its cursor stays with its row."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-mini")
        await room.go_to_providers()
        await add_model(other, "gpt-5-a", "openai-us")
        await room.press("r")
        await room.wait_for("read again")
        await room.press("1")
        await room.wait_for_place("Models 8")
        assert room.cursor.startswith("gpt-5-mini ")
        assert "gpt-5-a" in room.names
