"""Forms whose row others change meanwhile: what is asked and said goes by what is saved now."""

from __future__ import annotations

import pytest

from modeltui import ModelUpdate, ProviderUpdate
from tests.services.builders import stored_state, switch
from tests.services.stores import SqliteStore
from tests.tui.driver import NARROW, Room, open_room
from tests.tui.live import followed


async def edit(room: Room, name: str) -> None:
    """Open the form of a model or provider from its list."""
    await room.go_to_row(name)
    await room.press("e")
    await room.wait_until(lambda: room.place.split(" / ")[1:2] == [name], f"the form of {name}")


@pytest.mark.parametrize("heard", [False, True])
async def test_a_stored_key_that_is_gone_is_not_said_to_be_saved(
    store: SqliteStore, heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if heard:
        monkeypatch.setattr("modeltui.db.sqlite_feed.POLL_SECONDS", 0.0)
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await edit(room, "openai-us")
        await room.press("tab", "tab", "s", "tab")
        await room.wait_for("Empty: the key that is saved (stored cf8ceff6) stays.")
        await other.providers.update("openai-us", ProviderUpdate(credential=None))
        if heard:
            await followed(room)
        before = await stored_state(other)
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: Key")
        await room.wait_for("give the API key, or choose unchanged")
        assert room.place.startswith("Providers / openai-us / edit changed elsewhere")
        assert await stored_state(other) == before


async def test_the_upstream_id_is_asked_about_with_who_gets_the_requests_now(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await edit(room, "gpt-5-mini")
        await room.type("x")
        await switch(other, "openai-eu", on=True)
        await room.press("ctrl+s")
        await room.asked("Save gpt-5-mini?")
        assert room.question[1] == "upstream openai-eu is asked for gpt-5-minix instead of gpt-5-mini"
        await switch(other, "openai-eu", on=False)
        await room.press("y")
        await room.wait_for_flash("ERROR what it does to requests has changed meanwhile; look again")
        await room.asked("Save gpt-5-mini?")
        assert room.question[1] == "upstream openai-us is asked for gpt-5-minix instead of gpt-5-mini"
        await room.press("y")
        await room.wait_for_flash("gpt-5-mini is saved: requests go to openai-us")
        assert (await other.models.get("gpt-5-mini")).model == "gpt-5-minix"


async def test_nothing_is_asked_about_a_model_that_is_gone(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await edit(room, "gpt-5-mini")
        await room.type("x")
        await other.models.delete("gpt-5-mini")
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR gpt-5-mini was deleted meanwhile; what you typed is still here, esc leaves it")
        assert not room.question


async def test_a_conflict_comes_before_the_question(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await edit(room, "gpt-5-mini")
        await room.type("x")
        await other.models.update("gpt-5-mini", ModelUpdate(model="other"))
        await room.press("ctrl+s")
        await room.wait_until(lambda: room.question[:1] != [] and "bob changed" in room.question[0], "the conflict")
