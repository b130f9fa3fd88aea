"""What others do while something is asked or picked, and keys that were meant for a row as it was before."""

from __future__ import annotations

import pytest

from modeltui import ModelUpdate
from tests.services.builders import add_model, add_provider, default_of, stored_state, switch
from tests.services.stores import SqliteStore
from tests.tui.driver import NARROW, open_room
from tests.tui.live import followed


@pytest.fixture(autouse=True)
def others_unheard() -> None:
    """Let the feed look all the time."""


# What is open


async def test_a_question_stays_as_it_was_asked(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-nano")
        await room.ask("t", "Turn gpt-5-nano off?")
        asked = room.question
        await other.models.update("gpt-5-nano", ModelUpdate(name="gpt-5-tiny"))
        await room.wait_for("gpt-5-tiny ✓ on")
        assert room.question == asked
        await room.press("y")
        await room.asked("Turn gpt-5-tiny off?")
        await room.press("escape")
        await room.settle()
        assert room.cursor.startswith("gpt-5-tiny ✓ on")


async def test_a_name_being_typed_stays(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("vllm-rack2")
        await room.ask("d", "Delete vllm-rack2, and take it out of every list?")
        await room.type("vllm-")
        await switch(other, "openai-us", on=False)
        await room.wait_for("openai-us openai - off")
        await room.type("rack2")
        await room.press("enter")
        await room.wait_until(lambda: room.flash.startswith("vllm-rack2 is deleted: "), "deleted")


async def test_a_picker_stays_and_the_list_is_current_afterwards(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5-nano")
        await room.press("a")
        await room.wait_for_place("attach to gpt-5-nano")
        before, place = room.rows, room.place
        await switch(other, "openai-us", on=False)
        await add_provider(other, "openai-zurich")
        await other.models.move("gpt-5-nano", "openai-apac", 0)
        await followed(room)
        assert (room.rows, room.place) == (before, place)
        await room.press("escape")
        await room.wait_for("1 1 openai-apac")
        await room.wait_for("2 2 openai-us - off")
        await room.press("a")
        await room.wait_for("openai-zurich")


async def test_a_provider_that_is_gone_is_not_chosen(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-nano")
        await room.press("a")
        await room.wait_for_place("attach which provider to gpt-5-nano")
        await room.go_to_row("openai-batch")
        await other.providers.delete("openai-batch")
        await followed(room)
        assert room.cursor.startswith("openai-batch")
        await room.press("enter")
        assert room.flash == "ERROR deleted meanwhile: openai-batch; choose again"
        assert room.names == ["openai-eu"]


async def test_the_palette_stays(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.press(":")
        await room.wait_for("commands, models and providers")
        await room.type("gpt-5")
        await room.wait_for("gpt-5-nano")
        pane = [line for line in room.words if "gpt-5" in line][-4:]
        await other.models.update("gpt-5-nano", ModelUpdate(name="zz-nano"))
        await room.wait_for("Models 7")
        await followed(room)
        assert [line for line in room.words if "gpt-5" in line][-4:] == pane
        await room.press("escape")
        await room.wait_for("zz-nano")


async def test_what_a_picker_offers_says_what_is_so_now(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5-nano")
        await room.press("a")
        await room.wait_for_place("attach to gpt-5-nano")
        before = room.names
        await switch(other, "openai-batch", on=False)
        await room.wait_for("openai-batch - off")
        assert room.names == before


async def test_the_default_that_was_moved_meanwhile_is_asked_about_again(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5")
        await room.ask("asterisk", "Make gpt-5 the default model?")
        await other.models.set_default("gpt-5-nano")
        await followed(room)
        await room.press("y")
        await room.wait_for_flash("ERROR what this would do has changed meanwhile; look again")
        assert room.question[1] == "unnamed requests: gpt-5-nano → gpt-5"
        assert await default_of(other) == "gpt-5-nano"
        await room.press("y")
        await room.wait_for_flash("unnamed requests: gpt-5-nano → gpt-5")
        assert await default_of(other) == "gpt-5"


async def test_a_default_mark_that_somebody_else_took_is_not_taken_from_another(store: SqliteStore) -> None:
    """Nor where that one happens to have as many versions."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await other.models.update("claude-sonnet-4-5", ModelUpdate(compression_threshold=60))
        await followed(room)
        await room.ask("asterisk", "Take the default mark from claude-sonnet-4-5?")
        before = (await other.models.get("claude-sonnet-4-5")).version
        marked = await other.models.set_default("gpt-5-nano")
        assert marked is not None
        assert marked.version == before
        await followed(room)
        await room.press("y")
        await room.wait_until(lambda: room.flash.startswith("ERROR model "), "the refusal")
        assert not room.screen.asking
        assert await default_of(other) == "gpt-5-nano"


# Keys that were meant for something else


@pytest.mark.parametrize("filtered", [False, True])
async def test_a_key_that_was_meant_for_marks_that_are_gone(store: SqliteStore, filtered: bool) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await add_model(other, "gpt-4.0", "openai-us", enabled=False)
        await room.wait_for("Models 8")
        if filtered:
            await room.press("/")
            await room.type("is:off")
            await room.press("enter")
        await room.go_to_row("gpt-4.0")
        await room.press("space")
        assert room.cursor.startswith("gpt-4.1 - off")
        if filtered:
            await other.models.update("gpt-4.0", ModelUpdate(enabled=True))
            await room.wait_for_flash("1 mark dropped: the filter hides it")
        else:
            await other.models.delete("gpt-4.0")
            await room.wait_for_flash("gpt-4.0 was deleted elsewhere; nothing is marked now")
        before = await stored_state(other)
        await room.press("t")
        assert room.flash == "the cursor is on gpt-4.1 now; t once more acts on it"
        assert await stored_state(other) == before
        await room.press("t")
        await room.wait_for_flash("gpt-4.1 is on; requests go to openai-us")


async def test_a_key_that_was_meant_for_a_row_that_is_gone(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await add_model(other, "gpt-4.0", "openai-us", enabled=False)
        await room.wait_for("Models 8")
        await room.go_to_row("gpt-4.0")
        await other.models.delete("gpt-4.0")
        await room.wait_for_flash("gpt-4.0 was deleted elsewhere; the cursor is on gpt-4.1")
        before = await stored_state(other)
        await room.press("t")
        assert room.flash == "the cursor is on gpt-4.1 now; t once more acts on it"
        assert await stored_state(other) == before
        await room.press("t")
        await room.wait_for_flash("gpt-4.1 is on; requests go to openai-us")


async def test_an_action_of_the_palette_that_was_meant_for_a_row_that_is_gone(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await add_model(other, "gpt-4.0", "openai-us", enabled=False)
        await room.wait_for("Models 8")
        await room.go_to_row("gpt-4.0")
        await room.press(":")
        await room.wait_for("commands, models and providers")
        await room.type("turn it o")
        await other.models.delete("gpt-4.0")
        await room.wait_for("Models 7")
        before = await stored_state(other)
        await room.type("n or off")
        await room.press("enter")
        await room.wait_for_flash("the cursor is on gpt-4.1 now; t once more acts on it")
        assert await stored_state(other) == before


async def test_any_other_key_first_shows_that_one_has_seen_it(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("claude-sonnet-4-5")
        await other.models.delete("claude-sonnet-4-5")
        await room.wait_for_flash("claude-sonnet-4-5 was deleted elsewhere; the cursor is on gpt-4.1")
        await room.go_to_row("gpt-4.1")
        await room.press("t")
        await room.wait_for_flash("gpt-4.1 is on; requests go to openai-us")


async def test_a_row_that_leaves_the_filter_is_said(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.press("/")
        await room.type("is:off")
        await room.press("enter")
        await other.models.update("gpt-4.1", ModelUpdate(enabled=True))
        await room.wait_for_flash("gpt-4.1 no longer matches the filter")
        assert room.empty[0].startswith("No models match is:off")


async def test_what_changed_just_now_is_asked_about(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key was perhaps meant to do what somebody else has just done."""
    monkeypatch.setattr("modeltui.tui.session.JUST_NOW_SECONDS", float("inf"))
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-nano")
        await other.models.update("gpt-5-nano", ModelUpdate(enabled=False))
        await room.wait_for("gpt-5-nano - off")
        await room.press("t")
        await room.asked("Turn gpt-5-nano on?")
        assert room.flash == "ERROR bob changed gpt-5-nano just now; look again"


@pytest.mark.usefixtures("nothing_is_just_now")
async def test_what_has_been_there_for_a_while_is_not(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-nano")
        await other.models.update("gpt-5-nano", ModelUpdate(enabled=False))
        await room.wait_for("gpt-5-nano - off")
        await room.press("t")
        await room.wait_for_flash("gpt-5-nano is on; requests go to openai-us")
