"""Providers: what they are, and what turning one off or on or deleting it does to the models."""

from __future__ import annotations

import pytest

from modeltui import Catalog, ModelUpdate, ProviderUpdate
from tests.services.builders import add_model, add_provider, default_of, order
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, WIDE, Room, open_room

BY_SIZE = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])

LOADED = [
    "> anthropic-main anthropic ✓ on ✓ stored b828307a 1 1 1",
    "openai-apac openai ✓ on ✓ env KEY 3 0 0",
    "openai-batch openai ✓ on ✗ unset $BATCH_KEY 2 0 0",
    "openai-eu openai - off ✓ env KEY 2 0 0",
    "openai-us openai ✓ on ✓ stored cf8ceff6 4 3 1",
    "groq openai-compat ✓ on ✗ none 1 0 0",
    "vllm-rack2 openai-compat ✓ on ✓ ambient 1 1 1",
]
IMPACT_OF_US = [
    "go dark 1 model: gpt-5-mini",
    "move 2 models to openai-apac, from openai-us: gpt-5, gpt-5-nano",
    "stay 1 model where they are",
]


async def enabled(catalog: Catalog, name: str) -> bool:
    """Say whether a provider is on, as the database has it."""
    return (await catalog.providers.get(name)).enabled


async def ask_to_turn_off(room: Room, name: str) -> None:
    """Go to Providers and press t on one that is on."""
    await room.go_to_providers()
    await room.go_to_row(name)
    await room.ask("t", f"Turn {name} off?")


# What is shown


@BY_SIZE
async def test_loaded(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await room.go_to_providers()
        assert room.place == "Providers 7 1 off 2 without key sort: family"
        if size == NARROW:
            assert room.rows == LOADED
        await room.go_to_row("openai-eu")
        assert "turning it on 2 models return: 2 from openai-us same key as openai-apac" in " ".join(room.pane)
        await snap(room.pilot)


async def test_the_pane_says_what_turning_it_off_would_do(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        assert "turning it off 2 models to openai-apac 1 dark: gpt-5-mini" in room.pane
        await room.go_to_row("openai-batch")
        assert "turning it off moves no requests" in room.pane


async def test_filter(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.press("slash")
        await room.type("is:nokey")
        assert room.names == ["openai-batch", "groq"]
        await room.press("escape", "slash")
        await room.type("family:openai is:off")
        await room.press("enter")
        assert room.names == ["openai-eu"]
        assert room.place.endswith("filter: family:openai is:off")


async def test_enter_goes_to_exactly_its_models(store: SqliteStore, snap: Snap) -> None:
    """Models whose names only contain the provider's name aren't among them."""
    async with store.open() as other:
        await add_provider(other, "openai-us-2")
        await add_model(other, "not-openai-us", "openai-us-2")
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.press("enter")
        await room.wait_for_place("Models 4 of 8")
        assert room.names == ["gpt-4.1", "gpt-5", "gpt-5-mini", "gpt-5-nano"]
        assert room.place.endswith("filter: provider:=openai-us")
        await snap(room.pilot)


# Turning off and on


async def test_turning_off_shows_the_impact_and_asks(store: SqliteStore, snap: Snap) -> None:
    """What goes dark is on top by name; Cancel has the focus; only y confirms."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await ask_to_turn_off(room, "openai-us")
        assert room.question == ["Turn openai-us off?", *IMPACT_OF_US]
        assert "[> Cancel ] [ y turn it off ]" in room.words
        await snap(room.pilot)
        await room.press("t")
        assert room.question != []
        assert await enabled(other, "openai-us")
        await room.press("y")
        await room.wait_for_flash("openai-us is off: 2 models moved to openai-apac; 1 went dark; T turns it on again")
        assert room.cursor == "openai-us openai - off ✓ stored cf8ceff6 4 0 0"
        assert not await enabled(other, "openai-us")


async def test_turning_off_wide(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store) as room:
        await ask_to_turn_off(room, "openai-us")
        assert " ".join(room.question) == " ".join(["Turn openai-us off?", *IMPACT_OF_US])
        await snap(room.pilot)


@pytest.mark.parametrize("keys", [("enter",), ("escape",), ("q",), ("tab", "tab", "enter"), ("right", "left", "enter")])
async def test_cancelling_changes_nothing(store: SqliteStore, keys: tuple[str, ...]) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await ask_to_turn_off(room, "openai-us")
        await room.press(*keys)
        await room.settle()
        assert room.question == []
        assert room.cursor == "openai-us openai ✓ on ✓ stored cf8ceff6 4 3 1"
        assert await enabled(other, "openai-us")


async def test_going_to_the_answer_and_enter_confirms(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await ask_to_turn_off(room, "openai-us")
        await room.press("tab")
        assert "[ Cancel ] [> y turn it off ]" in room.words
        await room.press("enter")
        await room.wait_for_flash("openai-us is off: 2 models moved to openai-apac; 1 went dark; T turns it on again")
        assert not await enabled(other, "openai-us")


async def test_turning_on_shows_who_comes_back(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-eu")
        await room.ask("t", "Turn openai-eu on?")
        assert room.question[1:] == ["move 2 models to openai-eu, from openai-us: gpt-5, gpt-5-mini"]
        await room.press("y")
        await room.wait_for_flash("openai-eu is on: 2 models moved to openai-eu")
        assert await enabled(other, "openai-eu")


async def test_turning_on_names_what_was_dark(store: SqliteStore) -> None:
    async with store.open() as other:
        await other.providers.update("openai-us", ProviderUpdate(enabled=False))
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.ask("t", "Turn openai-us on?")
        assert room.question[1:3] == [
            "come back 1 model to openai-us: gpt-5-mini",
            "move 2 models to openai-us, from openai-apac: gpt-5, gpt-5-nano",
        ]


async def test_a_toggle_that_moves_nothing_does_not_ask(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-batch")
        await room.press("t")
        await room.wait_for_flash("openai-batch is off: no request lands elsewhere; T turns it on again")
        assert not await enabled(other, "openai-batch")


async def test_keys_typed_ahead_do_not_answer(store: SqliteStore) -> None:
    """t and y in one go: y came before the question was on the screen."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.send("t", "y", "y", "enter")
        await room.asked("Turn openai-us off?")
        assert await enabled(other, "openai-us")
        await room.press("escape")
        await room.settle()
        assert await enabled(other, "openai-us")


async def test_impact_that_changed_between_showing_and_yes_asks_again(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await ask_to_turn_off(room, "openai-us")
        await other.models.update("gpt-5", ModelUpdate(provider_config_ids=["openai-us"]))
        await room.press("y")
        await room.wait_for("go dark 2 models: gpt-5, gpt-5-mini")
        assert await enabled(other, "openai-us")
        await room.asked("Turn openai-us off?")
        assert room.flash == "ERROR what this would do has changed meanwhile; look again"
        await snap(room.pilot)
        await room.press("y")
        await room.wait_for_flash("openai-us is off: 1 model moved to openai-apac; 2 went dark; T turns it on again")
        assert not await enabled(other, "openai-us")


async def test_a_provider_changed_meanwhile_asks_again(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await ask_to_turn_off(room, "openai-us")
        await other.providers.update("openai-us", ProviderUpdate(base_url="https://us.example/v1"))
        await room.press("y")
        await room.wait_for_flash("ERROR bob changed openai-us meanwhile; look again")
        await room.asked("Turn openai-us off?")
        assert await enabled(other, "openai-us")
        await room.press("y")
        await room.wait_for_flash("openai-us is off: 2 models moved to openai-apac; 1 went dark; T turns it on again")
        assert (await other.providers.get("openai-us")).base_url == "https://us.example/v1"


async def test_a_provider_that_was_turned_off_meanwhile_is_not_turned_on(store: SqliteStore) -> None:
    """t meant "turn it off"; it never becomes its opposite because somebody was quicker."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-batch")
        await other.providers.update("openai-batch", ProviderUpdate(enabled=False))
        await room.press("t")
        await room.wait_until(lambda: room.cursor.startswith("openai-batch openai - off"), "the provider off")
        assert not await enabled(other, "openai-batch")


async def test_a_provider_deleted_meanwhile(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("groq")
        await other.providers.delete("groq")
        await room.press("t")
        await room.wait_for_flash("ERROR groq: deleted meanwhile")
        assert "groq" not in room.names


# Deleting


async def test_deleting_asks(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-eu")
        await room.ask("d", "Delete openai-eu, and take it out of every list?")
        assert room.question[1:] == [
            "stay 2 models where they are",
            "A deleted provider can't be brought back; t turns it off.",
        ]
        await room.press("d", "enter")
        await room.settle()
        assert "openai-eu" in room.names
        await room.ask("d", "Delete openai-eu, and take it out of every list?")
        await room.press("y")
        await room.wait_for_flash("openai-eu is deleted: no request lands elsewhere")
        assert room.cursor.startswith("openai-us ")
        assert order(await other.models.get("gpt-5")) == ["openai-us", "openai-apac", "openai-batch"]


async def test_deleting_what_makes_models_dark_wants_its_name(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.ask("d", "Delete openai-us, and take it out of every list?")
        assert room.question[1] == "go dark 1 model: gpt-5-mini"
        await room.wait_for("type openai-us and press enter:")
        await room.type("openai-eu")
        await room.press("enter")
        await room.wait_for("that is not openai-us; type it exactly, or esc to cancel")
        await snap(room.pilot)
        assert "openai-us" in [row.name for row in await other.providers.list()]
        await room.press("backspace", "backspace")
        await room.type("us")
        await room.press("enter")
        await room.wait_for_flash("openai-us is deleted: 2 models moved to openai-apac; 1 went dark")
        assert "openai-us" not in [row.name for row in await other.providers.list()]


async def test_deleting_what_deletes_models_names_them_and_the_next_default(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.ask("d", "Delete anthropic-main, and take it out of every list?")
        assert room.question[1:3] == ["deleted 1 model: claude-sonnet-4-5", "default claude-sonnet-4-5 → gpt-5"]
        await room.type("anthropic-main")
        await room.press("enter")
        await room.wait_for_flash("anthropic-main is deleted: 1 deleted; default is now gpt-5")
        assert await default_of(other) == "gpt-5"


async def test_typing_no_name_and_enter_deletes_nothing(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.ask("d", "Delete anthropic-main, and take it out of every list?")
        await room.press("y", "enter")
        await room.wait_for("that is not anthropic-main")
        await room.press("tab", "enter")
        await room.settle()
        assert "anthropic-main" in room.names
        assert room.question == []


# Nothing there


async def test_no_providers_yet(bare: SqliteStore) -> None:
    async with open_room(bare, size=NARROW) as room:
        await room.go_to_providers()
        assert room.place == "Providers 0"
        await room.wait_for("No providers yet")
        for key in ("t", "d", "e"):
            await room.press(key)
            assert "provider" in room.flash
        await room.press("1")
        await room.wait_for_place("Models")


async def test_escape_and_q_on_providers(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.press("escape", "escape")
        assert room.place.startswith("Providers")
        await room.press("q")
        assert await room.wait_for_end() == 0
