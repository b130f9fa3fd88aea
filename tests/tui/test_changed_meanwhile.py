"""What somebody else changes between a key and its answer: asked about again, by the names that the rows have now."""

from __future__ import annotations

from modeltui import Ambient, Catalog, Family, ModelUpdate, ProviderUpdate
from tests.services.builders import add_model, add_provider, order, stored_state
from tests.services.stores import SqliteStore
from tests.tui.driver import NARROW, Room, open_room
from tests.tui.test_marks import mark


async def swap_names(catalog: Catalog, one: str, other: str) -> None:
    """Give two models each other's names."""
    await catalog.models.update(one, ModelUpdate(name="between"))
    await catalog.models.update(other, ModelUpdate(name=one))
    await catalog.models.update("between", ModelUpdate(name=other))


async def rename(catalog: Catalog, before: str, after: str) -> None:
    """Rename a provider."""
    await catalog.providers.update(before, ProviderUpdate(name=after))


async def choose(room: Room, key: str, title: str, provider: str) -> None:
    """Press a key that offers providers, and choose one."""
    await room.press(key)
    await choose_next(room, title, provider)


async def choose_next(room: Room, title: str, provider: str) -> None:
    """Choose a provider that is offered."""
    await room.wait_for_place(title)
    await room.go_to_row(provider)
    await room.press("enter")


async def test_deleting_a_model_whose_name_another_has_now(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        kept = (await other.models.get("gpt-5-nano")).id
        await room.go_to_row("gpt-5-mini")
        await room.ask("d", "Delete gpt-5-mini?")
        await swap_names(other, "gpt-5-mini", "gpt-5-nano")
        await room.press("y")
        await room.asked("Delete gpt-5-nano?")
        assert room.flash == "ERROR bob changed gpt-5-mini, now gpt-5-nano, meanwhile; look again"
        assert "deleted 1 model: gpt-5-nano" in room.question
        await room.press("y")
        await room.wait_for_flash("gpt-5-nano is deleted; D shows it, R restores it")
        assert (await other.models.get("gpt-5-mini")).id == kept


async def test_a_set_is_listed_by_the_names_that_it_has_now(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await mark(room, "gpt-4.1", "gpt-5-mini")
        await room.ask("t", "Turn 2 models off?")
        await other.models.update("gpt-5-mini", ModelUpdate(name="gpt-5-small"))
        await room.press("y")
        await room.wait_for_flash("ERROR bob changed gpt-5-mini, now gpt-5-small, meanwhile; look again")
        await room.asked("Turn 2 models off?")
        assert room.question[1] == "models gpt-4.1, gpt-5-small"


async def test_the_name_to_type_is_the_one_that_the_provider_has_now(bare: SqliteStore) -> None:
    async with bare.open(actor="bob") as other:
        local = {"family": Family.OPENAI_COMPAT, "credential": Ambient(), "base_url": "https://go.example/v1"}
        await add_provider(other, "go1", **local)
        await add_model(other, "llama", "go1")
        async with open_room(bare, size=NARROW) as room:
            await room.go_to_providers()
            await room.go_to_row("go1")
            await room.ask("d", "Delete go1, and take it out of every list?")
            await rename(other, "go1", "go9")
            await add_provider(other, "go1", **local)
            await room.type("go1")
            await room.press("enter")
            await room.asked("Delete go9, and take it out of every list?")
            await room.wait_for("type go9 and press enter:")
            await room.type("go1")
            await room.press("enter")
            await room.wait_for("that is not go9; type it exactly, or esc to cancel")
            assert len(await other.providers.list()) == 2
            await room.press("backspace", "9", "enter")
            await room.wait_for_flash("go9 is deleted: 1 deleted; default is now none")
            assert [row.name for row in await other.providers.list()] == ["go1"]


async def test_turning_off_a_provider_that_was_renamed(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.ask("t", "Turn openai-us off?")
        await rename(other, "openai-us", "openai-usa")
        await room.press("y")
        await room.asked("Turn openai-usa off?")
        await room.press("y")
        await room.wait_until(lambda: room.flash.startswith("openai-usa is off: "), "openai-usa off")


async def test_what_harms_nothing_is_asked_about_where_somebody_else_changed_the_row(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-batch")
        await rename(other, "openai-batch", "openai-night")
        before = await stored_state(other)
        await room.press("t")
        await room.asked("Turn openai-night off?")
        assert room.flash == "ERROR bob changed openai-batch, now openai-night, meanwhile; look again"
        assert await stored_state(other) == before
        await room.press("y")
        await room.wait_for_flash("openai-night is off: no request lands elsewhere; T turns it on again")


async def test_a_model_turned_on_is_asked_about_where_somebody_else_changed_it(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-4.1")
        await other.models.update("gpt-4.1", ModelUpdate(context_limit=1))
        await room.press("t")
        await room.asked("Turn gpt-4.1 on?")
        assert room.flash == "ERROR bob changed gpt-4.1 meanwhile; look again"
        assert not (await other.models.get("gpt-4.1")).enabled


async def test_attaching_is_asked_about_where_somebody_else_changed_the_model(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-mini")
        await choose(room, "a", "attach which provider to gpt-5-mini", "openai-apac")
        await room.asked("Attach openai-apac to gpt-5-mini, at which end of the list?")
        await other.models.update("gpt-5-mini", ModelUpdate(name="gpt-5-small"))
        await rename(other, "openai-apac", "openai-asia")
        await room.press("b")
        await room.asked("Attach openai-asia to gpt-5-small, at the bottom?")
        assert room.flash == "ERROR bob changed gpt-5-mini, now gpt-5-small, meanwhile; look again"
        await room.press("y")
        await room.wait_until(
            lambda: room.flash.startswith("openai-asia is attached to gpt-5-small at the bottom: "), "attached"
        )
        assert order(await other.models.get("gpt-5-small"))[-1] == "openai-asia"


async def test_detaching_names_model_and_provider_as_they_are_now(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-nano")
        await choose(room, "x", "detach which provider from gpt-5-nano", "openai-apac")
        await room.asked("Detach openai-apac from gpt-5-nano?")
        await other.models.update("gpt-5-nano", ModelUpdate(name="gpt-5-tiny"))
        await rename(other, "openai-apac", "openai-asia")
        await room.press("y")
        await room.asked("Detach openai-asia from gpt-5-tiny?")
        assert "dropped 1 own upstream id at openai-asia: nano-apac" in room.question
        await room.press("y")
        await room.wait_until(lambda: room.flash.startswith("openai-asia is detached from gpt-5-tiny: "), "detached")


async def test_swapping_names_model_and_providers_as_they_are_now(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-mini")
        await choose(room, "s", "swap which provider of gpt-5-mini", "openai-us")
        await choose_next(room, "swap openai-us for which provider", "openai-apac")
        await room.asked("Swap openai-us for openai-apac in the list of gpt-5-mini?")
        await other.models.update("gpt-5-mini", ModelUpdate(name="gpt-5-small"))
        await rename(other, "openai-us", "openai-usa")
        await rename(other, "openai-apac", "openai-asia")
        await room.press("y")
        await room.asked("Swap openai-usa for openai-asia in the list of gpt-5-small?")
        await room.press("y")
        said = "openai-usa is swapped for openai-asia in the list of gpt-5-small: "
        await room.wait_until(lambda: room.flash.startswith(said), "swapped")


async def test_the_last_resort_counts_the_lists_as_they_are_now(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.ask("l", "Make openai-us the last resort of every list?")
        assert "lists 4 lists would be in another order" in room.question
        await rename(other, "openai-us", "openai-usa")
        await other.models.update("gpt-5-nano", ModelUpdate(provider_config_ids=["openai-apac", "openai-usa"]))
        await room.press("y")
        await room.asked("Make openai-usa the last resort of every list?")
        assert "lists 3 lists would be in another order" in room.question
        await room.press("y")
        said = "openai-usa is the last resort in 3 lists: "
        await room.wait_until(lambda: room.flash.startswith(said), "the last resort")
