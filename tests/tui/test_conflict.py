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
            "2 openai-us moved openai-us moved openai-eu",
            "3 openai-apac moved openai-eu openai-apac",
            "4 openai-batch openai-batch",
            "- out openai-apac",
        ]
        assert room.pane[0].startswith("── bob changed the list 2026-03-01 12:00:")
        assert room.pane[1:] == [
            "e keep nothing is written, your draft stays as it is",
            "m merge refused: both of you moved openai-eu",
            "R theirs drops your 1 change; requests go to openai-us",
            "O yours saves yours over theirs; requests go to openai-us",
            "they moved openai-us, openai-eu; detached openai-apac",
            "you moved openai-eu",
        ]
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
        assert room.rows[1:4] == [
            "2 openai-us own id openai-us moved openai-eu",
            "own id ft:theirs",
            "3 openai-apac openai-apac openai-apac",
        ]
        await room.press("e")
        await room.wait_for_place("Models / gpt-5 / lines changed elsewhere")


async def test_a_provider_deleted_meanwhile(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await draft(room)
        await other.providers.delete("openai-apac")
        await save_and_collide(room)
        assert room.rows[2] == "3 openai-apac openai-batch deleted openai-apac"
        assert room.rows[4] == "- out openai-apac"
        assert room.pane[-1] == "deleted openai-apac: no answer keeps it"
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
        assert any("openai-apac" in row and row.endswith("provider deleted") for row in room.rows)


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
        await save_and_collide(room)
        assert room.rows[0] == "> 1 openai-eu model deleted openai-us"
        assert room.pane[0].startswith("── bob deleted the model 2026-03-01 12:00:")
        assert "m merge refused: gpt-5 is deleted" in room.pane
        await snap(room.pilot)
        await room.press("m")
        assert room.flash.startswith("can't merge: gpt-5 is deleted; ")
        await room.press("escape")
        await room.wait_for_place("Models / gpt-5 / lines deleted elsewhere draft: 1 change")
        await save_and_collide(room)
        await room.press("R")
        await room.wait_for_place("Models 6")


async def test_a_deleted_model_is_restored_with_your_list(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("J", "4", "x", "3")
        await room.ask("o", "own upstream id at openai-apac")
        await room.type("own")
        await room.press("enter")
        await room.wait_for("own id own")
        await other.models.delete("gpt-5")
        await save_and_collide(room)
        await room.press("O")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")
        saved = await other.models.get("gpt-5")
        assert (order(saved), saved.deleted_at) == (["openai-us", "openai-eu", "openai-apac"], None)
        assert saved.provider_configs[2].upstream_model == "own"


async def test_a_model_that_is_back_already_keeps_what_was_made_of_it(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await draft(room)
        await other.models.delete("gpt-5")
        await save_and_collide(room)
        await other.models.restore("gpt-5")
        await other.models.update("gpt-5", ModelUpdate(name="gpt-five"))
        await room.press("O")
        await room.wait_for_flash("saved: requests for gpt-five go to openai-us")


async def test_the_only_provider_of_the_draft_deleted_meanwhile(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5-nano")
        await room.press("x")
        await other.providers.delete("openai-apac")
        await room.press("s")
        await room.wait_for_place("Models / gpt-5-nano / conflict")
        assert "m merge refused: you detached openai-us, bob all others" in room.pane
        assert "O yours refused: every provider of your list is deleted" in room.pane
        await room.press("O")
        assert room.flash.startswith("every provider of your list is deleted; ")
        await room.press("e")
        await room.wait_for_place("Models / gpt-5-nano / lines changed elsewhere draft: 1 change")
        assert room.rows == [
            "1 2 openai-apac provider deleted",
            "own id nano-apac",
            "> - 1 openai-us ✓ on ✓ stored cf8ceff6 removed on save",
        ]
        assert order(await other.models.get("gpt-5-nano")) == ["openai-us"]


# Merging


async def test_changes_of_different_lines_are_merged_into_a_draft(store: SqliteStore, snap: Snap) -> None:
    """Alice moves the last line to the top; bob detaches one and gives another an own id."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("4", "less_than_sign")
        await they_save(other, "openai-eu", "openai-apac", "openai-batch")
        await other.models.set_upstream_model("gpt-5", "openai-apac", "ft:theirs")
        await save_and_collide(room)
        assert "m merge your 1 change on their list, as a draft; requests go to openai-apac" in room.pane
        await snap(room.pilot)
        await room.press("m")
        await room.wait_for_flash("merged with what bob saved, not saved yet: look, then s saves, u takes it back")
        assert room.place == "Models / gpt-5 / lines draft: 1 change"
        assert [row.removeprefix("> ")[:17] for row in room.rows] == [
            "1 3 openai-batch ",
            "2 1 openai-eu - o",
            "3 2 openai-apac ✓",
            "own id ft:theirs",
        ]
        await room.press("s")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-apac")
        saved = await other.models.get("gpt-5")
        assert order(saved) == ["openai-batch", "openai-eu", "openai-apac"]
        assert [line.upstream_model for line in saved.provider_configs] == [None, None, "ft:theirs"]


async def test_undo_takes_a_merge_back(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("4", "less_than_sign")
        await they_save(other, "openai-eu", "openai-us", "openai-batch")
        await save_and_collide(room)
        await room.press("m")
        await room.wait_for_place("Models / gpt-5 / lines draft: 1 change")
        assert await drafted(room) == ["openai-batch", "openai-eu", "openai-us"]
        await room.press("u")
        assert room.place == "Models / gpt-5 / lines changed elsewhere draft: 1 change"
        assert await drafted(room) == ["openai-batch", "openai-eu", "openai-us", "openai-apac"]
        await save_and_collide(room)
        await room.press("e")
        await room.wait_for_place("Models / gpt-5 / lines")
        await room.press("U")
        assert await drafted(room) == ["openai-batch", "openai-eu", "openai-us"]


async def test_a_clash_is_refused_by_name_and_the_draft_kept(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await draft(room)
        mine = await drafted(room)
        await they_save(other, "openai-us", "openai-apac", "openai-batch", "openai-eu")
        await save_and_collide(room)
        assert "m merge refused: both of you moved openai-eu" in room.pane
        await room.press("m")
        assert room.flash == (
            "can't merge: both of you moved openai-eu; e keeps editing, R takes theirs, O puts yours over"
        )
        assert room.place.startswith("Models / gpt-5 / conflict")
        await room.press("escape")
        assert await drafted(room) == mine


async def test_the_same_change_on_both_sides_leaves_nothing_to_save(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await draft(room)
        await they_save(other, *YOURS)
        await save_and_collide(room)
        await room.press("m")
        await room.wait_for_flash("nothing is left to save: bob saved the same; u takes the merge back")
        assert room.place == "Models / gpt-5 / lines no changes"


async def test_small(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=(60, 15)) as room, store.open(actor="bob") as other:
        await draft(room)
        await they_save(other)
        await save_and_collide(room)
        assert room.rows[0] == "> 1 openai-eu openai-batch openai-us"
        assert room.pane[2:] == [
            "m merge refused: both of you moved openai-eu",
            "R theirs drops your 1 change; to openai-us",
            "O yours saves yours over theirs; to openai-us",
            "they moved openai-us, openai-eu; detached openai-apac",
            "you moved openai-eu",
        ]
        await snap(room.pilot)
