"""`u` and `U` on the views: what was saved in this session goes back and forth, and says first what moves."""

from __future__ import annotations

import pytest

from modeltui import Catalog, ModelUpdate, ProviderUpdate
from tests.services.builders import order, switch
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, WIDE, Room, open_room
from tests.tui.forms import choose, enter, open_form


async def turn_off(room: Room, provider: str) -> None:
    """Turn a provider off on Providers, agreeing to its impact."""
    await room.go_to_row(provider)
    await room.ask("t", f"Turn {provider} off?")
    await room.press("y")
    await room.wait_until(lambda: room.flash.startswith(f"{provider} is off"), f"{provider} off")


async def is_on(catalog: Catalog, provider: str) -> bool:
    return (await catalog.providers.get(provider)).enabled


async def test_nothing_to_undo_or_redo(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        for view in ("1", "2", "3"):
            await room.press(view)
            for key, word in (("u", "undo"), ("U", "redo")):
                await room.press(key)
                await room.wait_for_flash(f"nothing of yours to {word} in this session")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80", "120"])
async def test_a_provider_turned_off_and_undone(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        before = room.rows
        await turn_off(room, "openai-us")
        after = room.rows
        await room.ask("u", "Undo: turned openai-us off?")
        assert " ".join(room.question[1:]) == (
            "come back 1 model to openai-us: gpt-5-mini "
            "move 2 models to openai-us, from openai-apac: gpt-5, gpt-5-nano stay 1 model where they are"
        )
        await room.wait_for("Cancel", "undo it")
        await snap(room.pilot)

        await room.press("enter")
        await room.pass_messages()
        assert room.question == []
        assert not await is_on(other, "openai-us")

        await room.ask("u", "Undo: turned openai-us off?")
        await room.press("y")
        await room.wait_for_flash("undone: turned openai-us off; 3 models are back on it")
        assert await is_on(other, "openai-us")
        assert [row.removeprefix("> ") for row in room.rows] == [row.removeprefix("> ") for row in before]

        await room.ask("U", "Do again: turned openai-us off?")
        await room.press("y")
        await room.wait_for_flash("done again: turned openai-us off; 2 models moved to openai-apac; 1 went dark")
        assert not await is_on(other, "openai-us")
        assert room.rows == after


async def test_what_moves_nothing_is_undone_at_once(store: SqliteStore) -> None:
    """And from any view: it says what it was."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("3", "J", "s")
        await room.wait_for("saved")
        await room.press("q")
        await room.wait_for_place("Models 7")
        await room.press("3")
        await room.wait_for_place("Doctor")
        await room.press("u")
        await room.wait_for_flash("undone: changed the lines of gpt-5")
        assert order(await other.models.get("gpt-5")) == ["openai-eu", "openai-us", "openai-apac", "openai-batch"]
        await room.press("U")
        await room.wait_for_flash("done again: changed the lines of gpt-5")
        assert order(await other.models.get("gpt-5")) == ["openai-eu", "openai-us", "openai-batch", "openai-apac"]


async def test_deleted_models_come_back_in_one_go(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        before = room.rows
        await room.go_to_row("gpt-5")
        await room.press("space", "space")
        await room.ask("d", "Delete 2 models?")
        await room.press("y")
        await room.wait_for("2 models are deleted")
        await room.ask("u", "Undo: deleted 2 models?")
        await room.press("y")
        await room.wait_for_flash("undone: deleted 2 models; 2 models are back on openai-us")
        assert sorted(row.removeprefix("> ") for row in room.rows) == sorted(row.removeprefix("> ") for row in before)


async def test_the_default_mark_goes_back(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5")
        await room.ask("asterisk", "Make gpt-5 the default model?")
        await room.press("y")
        await room.wait_for("unnamed requests: claude-sonnet-4-5")
        await room.ask("u", "Undo: made gpt-5 the default?")
        assert room.question[1:] == ["default gpt-5 → claude-sonnet-4-5"]
        await room.press("y")
        await room.wait_for_flash("undone: made gpt-5 the default; default is now claude-sonnet-4-5")
        assert (await other.models.get("claude-sonnet-4-5")).is_default


async def test_turning_a_model_on_is_undone_with_what_it_refuses(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-4.1")
        await room.press("t")
        await room.wait_for("gpt-4.1 is on")
        await room.ask("u", "Undo: turned gpt-4.1 on?")
        assert room.question[1:] == ["refused 1 model: gpt-4.1, now at openai-us"]
        await room.press("y")
        await room.wait_for_flash("undone: turned gpt-4.1 on; requests for 1 model are refused")
        assert not (await other.models.get("gpt-4.1")).enabled


async def test_what_somebody_else_changed_stays_and_is_passed_over_next_time(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await turn_off(room, "openai-us")
        await turn_off(room, "vllm-rack2")
        await other.providers.update("vllm-rack2", ProviderUpdate(name="rack2"))
        await room.press("u")
        await room.wait_for_flash(
            "ERROR not undone: turned vllm-rack2 off; bob changed rack2 meanwhile, so it stays as it is; "
            "u once more passes over it"
        )
        assert "rack2" in room.names
        await room.ask("u", "Undo: turned openai-us off?")
        await room.press("y")
        await room.wait_for_flash("undone: turned openai-us off; 3 models are back on it")
        await room.press("u")
        await room.wait_for_flash("nothing of yours to undo in this session")
        assert not await is_on(other, "rack2")


async def test_a_refusal_that_no_longer_holds_is_tried_again(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("deepseek-v3")
        await room.ask("d", "Delete deepseek-v3?")
        await room.press("y")
        await room.wait_for("deepseek-v3 is deleted")
        await other.models.update("qwen3-coder", ModelUpdate(name="deepseek-v3"))
        await room.press("u")
        await room.wait_for_flash(
            "ERROR not undone: deleted deepseek-v3; another model is named deepseek-v3 by now; rename that one first; "
            "u once more passes over it"
        )
        await other.models.update("deepseek-v3", ModelUpdate(name="qwen3-coder"))
        await room.press("u")
        await room.wait_for_flash("undone: deleted deepseek-v3")
        assert "deepseek-v3" in room.names


async def test_an_impact_that_became_another_one_is_asked_about_again(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await turn_off(room, "openai-us")
        await room.ask("u", "Undo: turned openai-us off?")
        await switch(other, "openai-apac", on=False)
        await room.press("y")
        await room.wait_for_flash("ERROR what this would do has changed meanwhile; look again")
        await room.asked("Undo: turned openai-us off?")
        assert room.question[1] == "come back 3 models to openai-us: gpt-5, gpt-5-mini, gpt-5-nano"
        await room.press("y")
        await room.wait_for_flash("undone: turned openai-us off; 3 models are back on it")


async def test_what_never_comes_back_is_asked_about_even_if_nothing_moves(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await open_form(room, "n", "Providers / new")
        await choose(room, "Family", "openai]")
        await enter(room, "Name", "openai-new")
        await enter(room, "Key", "sk-new")
        await room.press("ctrl+s")
        await room.wait_for_flash("openai-new is added")
        await room.ask("u", "Undo: added provider openai-new?")
        assert room.question[1:] == ["openai-new is deleted, its stored key too, for good: redo can't bring it back"]
        await room.press("y")
        await room.wait_for_flash("undone: added provider openai-new")
        assert "openai-new" not in [row.name for row in await other.providers.list()]
        await room.press("U")
        await room.wait_for_flash(
            "ERROR not done again: added provider openai-new; its key is gone too: add it again by hand"
        )


async def test_in_the_editor_it_is_the_draft_that_is_undone(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("3", "J", "s")
        await room.wait_for("saved")
        await room.press("u")
        await room.wait_for_flash("nothing to undo in this draft; what was saved is undone on Models")
        assert order(await other.models.get("gpt-5")) == ["openai-eu", "openai-us", "openai-batch", "openai-apac"]


async def test_read_only_has_nothing_to_undo(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW, read_only=True) as room:
        for key, label in (("u", "undo"), ("U", "redo")):
            await room.press(key)
            assert room.flash.startswith(f"ERROR {label} is refused, the catalog is read-only")
