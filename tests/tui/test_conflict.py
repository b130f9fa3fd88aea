"""Two administrators edit one list: nobody overwrites the other unseen, and nothing that was typed is lost."""

from __future__ import annotations

from modeltui import Catalog, ModelUpdate
from tests.services.builders import add_provider, order
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, WIDE, Room, open_room

THEIRS = ["openai-batch", "openai-us", "openai-eu"]
YOURS = ["openai-us", "openai-eu", "openai-apac", "openai-batch"]


async def they_save(other: Catalog, *providers: str) -> None:
    """Let bob save another list of gpt-5."""
    await other.models.update("gpt-5", ModelUpdate(provider_config_ids=list(providers or THEIRS)))


async def save_and_collide(room: Room) -> None:
    """Edit the list of gpt-5, save, and come to the page that shows the conflict."""
    await room.press("s")
    await room.wait_for_place("Models / gpt-5 / conflict")


async def draft(room: Room) -> None:
    """Open the list of gpt-5 and move its first line down."""
    await room.open_lines("gpt-5")
    await room.press("J")


async def drafted(room: Room) -> list[str]:
    """Name the providers of the editor's rows."""
    await room.wait_for_place("Models / gpt-5 / lines")
    return [row.removeprefix("> ").split()[2] for row in room.rows]


async def test_three_columns_side_by_side(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await draft(room)
        await they_save(other)
        await save_and_collide(room)
        assert room.rows == [
            "> 1 openai-eu openai-batch openai-us",
            "2 openai-us openai-us openai-eu",
            "3 openai-apac openai-eu openai-apac",
            "4 openai-batch openai-batch",
        ]
        assert room.pane[0].startswith("── bob changed the list at 2026-03-01 12:00:")
        assert "saved now openai-us, then dark" in room.pane
        assert "yours openai-us, then openai-apac, then dark" in room.pane
        await snap(room.pilot)


async def test_wide(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=WIDE) as room, store.open(actor="bob") as other:
        await draft(room)
        await they_save(other)
        await save_and_collide(room)
        await snap(room.pilot)


async def test_keeping_the_draft(store: SqliteStore) -> None:
    for key in ("e", "enter", "q", "escape"):
        async with open_room(store) as room, store.open(actor="bob") as other:
            await other.models.update("gpt-5", ModelUpdate(provider_config_ids=list(reversed(THEIRS))))
            await room.press("r")
            await room.settle()
            await draft(room)
            mine = await drafted(room)
            await they_save(other)
            await save_and_collide(room)
            await room.press(key)
            await room.wait_for_place("Models / gpt-5 / lines")
            await room.wait_for_flash("not saved; the draft is still here")
            assert await drafted(room) == mine
            assert room.place == "Models / gpt-5 / lines changed elsewhere draft: 1 change"
            assert order(await other.models.get("gpt-5")) == THEIRS


async def test_saving_again_after_keeping_shows_the_conflict_again(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await draft(room)
        await they_save(other)
        await save_and_collide(room)
        await room.press("e")
        await room.wait_for_place("Models / gpt-5 / lines changed elsewhere")
        await save_and_collide(room)
        assert order(await other.models.get("gpt-5")) == THEIRS


async def test_taking_theirs(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await draft(room)
        await they_save(other)
        await save_and_collide(room)
        await room.press("R")
        await room.wait_for_place("Models / gpt-5 / lines no changes")
        await room.wait_for_flash("the draft was dropped; this is what bob saved")
        assert await drafted(room) == THEIRS
        await room.press("1", "J", "s")
        await room.wait_until(lambda: room.flash.startswith("saved: "), "the save")
        assert order(await other.models.get("gpt-5")) == ["openai-us", "openai-batch", "openai-eu"]


async def test_putting_yours_over(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await draft(room)
        await they_save(other)
        version = (await other.models.get("gpt-5")).version
        await save_and_collide(room)
        await room.press("O")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")
        saved = await other.models.get("gpt-5")
        assert (order(saved), saved.version, saved.updated_by) == (YOURS, version + 1, "alice")
        assert room.place == "Models / gpt-5 / lines no changes"


async def test_putting_yours_over_asks_when_requests_move(store: SqliteStore) -> None:
    """They made it go elsewhere by now: yours would move it back."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await draft(room)
        await they_save(other, "openai-apac", "openai-us")
        await save_and_collide(room)
        await room.press("O")
        await room.asked("Save the lines of gpt-5?")
        assert room.question[1:] == ["move 1 model to openai-us, from openai-apac: gpt-5"]
        await room.press("y")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")
        assert order(await other.models.get("gpt-5")) == YOURS


async def test_keys_typed_ahead_do_not_decide(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await draft(room)
        await they_save(other)
        await room.send("s", "O", "O", "R")
        await room.wait_for_place("Models / gpt-5 / conflict")
        assert order(await other.models.get("gpt-5")) == THEIRS


async def test_a_third_change_while_deciding_shows_the_conflict_anew(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await draft(room)
        await they_save(other)
        await save_and_collide(room)
        await they_save(other, "openai-apac")
        await room.press("O")
        await room.wait_until(lambda: room.rows[0].startswith("> 1 openai-eu openai-apac openai-us"), "the new one")
        assert order(await other.models.get("gpt-5")) == ["openai-apac"]


async def test_a_change_beside_the_list_does_not_stop_the_save(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await draft(room)
        await other.models.update("gpt-5", ModelUpdate(context_limit=123, compression_threshold=5))
        await room.press("s")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")
        saved = await other.models.get("gpt-5")
        assert order(saved) == YOURS
        assert (saved.context_limit, saved.compression_threshold) == (123, 5)


async def test_an_own_id_of_theirs_is_a_conflict_too(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await draft(room)
        await other.models.set_upstream_model("gpt-5", "openai-us", "ft:theirs")
        await save_and_collide(room)
        assert "2 openai-us openai-us (ft:theirs) openai-eu" in room.rows
        await room.press("e")
        await room.wait_for_place("Models / gpt-5 / lines changed elsewhere")


async def test_a_provider_deleted_meanwhile(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await draft(room)
        await other.providers.delete("openai-apac")
        await save_and_collide(room)
        assert room.rows[2] == "3 openai-apac, deleted openai-batch openai-apac, deleted"
        await snap(room.pilot)
        await room.press("O")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")
        assert order(await other.models.get("gpt-5")) == ["openai-us", "openai-eu", "openai-batch"]


async def test_a_provider_deleted_meanwhile_keeps_its_name_in_the_draft(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await draft(room)
        await other.providers.delete("openai-apac")
        await save_and_collide(room)
        await room.press("e")
        await room.wait_for_place("Models / gpt-5 / lines changed elsewhere")
        assert any("openai-apac" in row and row.endswith("its provider is deleted") for row in room.rows)


async def test_an_attached_provider_deleted_meanwhile(store: SqliteStore) -> None:
    """The saved list is as it was, but the draft names a provider that is no more."""
    async with open_room(store) as room, store.open(actor="bob") as other:
        await add_provider(other, "openai-new")
        await room.press("r")
        await room.settle()
        await room.open_lines("gpt-5")
        await room.press("a")
        await room.wait_for_place("attach to gpt-5")
        await room.press("enter")
        await room.wait_for_flash("openai-new attached at the end; J and K move")
        await other.providers.delete("openai-new")
        await room.press("s")
        await room.wait_for_place("Models / gpt-5 / conflict")
        await room.press("e")
        await room.wait_for_place("Models / gpt-5 / lines draft")
        assert len(room.rows) == 5
        await save_and_collide(room)
        await room.press("O")
        await room.wait_for_place("Models / gpt-5 / lines no changes")
        assert order(await other.models.get("gpt-5")) == ["openai-eu", "openai-us", "openai-apac", "openai-batch"]


async def test_the_model_deleted_meanwhile(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await draft(room)
        await other.models.delete("gpt-5")
        await room.ask("s", "The model is gone")
        assert "gpt-5 was deleted by bob while you edited its lines; nothing was saved." in " ".join(room.question)
        await snap(room.pilot)
        await room.press("escape")
        await room.settle()
        assert room.place == "Models / gpt-5 / lines draft: 1 change"
        await room.ask("s", "The model is gone")
        await room.press("y")
        await room.wait_for_place("Models 6")


async def test_the_only_provider_of_the_draft_deleted_meanwhile(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5-nano")
        await room.press("x")
        await other.providers.delete("openai-apac")
        await room.press("s")
        await room.wait_for_place("Models / gpt-5-nano / conflict")
        await room.press("O")
        await room.wait_for_place("Models / gpt-5-nano / lines")
        assert order(await other.models.get("gpt-5-nano")) == ["openai-us"]
