"""At 03:00: a provider fails, and it is off, with everyone told where the requests go, within a few keys."""

from __future__ import annotations

import pytest_asyncio

from tests.services.builders import add_model, add_provider
from tests.services.stores import SqliteStore
from tests.tui.driver import NARROW, open_room

MOST_KEYS = 7


@pytest_asyncio.fixture
async def busy(bare: SqliteStore) -> SqliteStore:
    """Forty models whose requests go to openai-eu, and what they can fall back to."""
    async with bare.open() as catalog:
        for name in ("groq", "openai-apac", "openai-batch", "openai-eu", "openai-proj7", "openai-us"):
            await add_provider(catalog, name)
        for number in range(40):
            spare = "openai-us" if number < 31 else "openai-apac"
            await add_model(catalog, f"model-{number:02}", "openai-eu", *([spare] if number < 37 else []))
        await add_model(catalog, "elsewhere", "openai-us")
    return bare


async def test_off_in_a_few_keys_and_back_in_two(busy: SqliteStore) -> None:
    """From Models; what is counted are the keys after the first letter of the provider's name."""
    async with open_room(busy, size=NARROW) as room:
        before = room.rows
        await room.press("2", "slash", "o")
        off = [" ", "e", "u", "enter", "t", "y"]
        assert len(off) <= MOST_KEYS
        for key in off[:-1]:
            await room.press(key)
        await room.asked("Turn openai-eu off?")
        assert room.question[1].startswith("go dark 3 models: model-37, model-38, model-39")
        await room.wait_for("move 31 models to openai-us", "move 6 models to openai-apac")
        await room.press(off[-1])
        await room.wait_for_flash(
            "openai-eu is off: 37 models moved (31 to openai-us, 6 to openai-apac); 3 went dark; T turns it on again"
        )
        assert room.cursor.startswith("openai-eu openai - off")
        back = ["T", "y"]
        await room.press(back[0])
        await room.asked("Turn openai-eu on?")
        await room.press(back[1])
        await room.wait_for_flash("openai-eu is on: 40 models moved to openai-eu")
        assert room.cursor.startswith("openai-eu openai ✓ on")
        await room.press("1")
        await room.wait_for_place("Models")
        assert room.rows == before


async def test_typed_in_one_go_it_still_asks(busy: SqliteStore) -> None:
    """Fingers that are faster than the screen turn nothing off unseen."""
    async with open_room(busy, size=NARROW) as room, busy.open(actor="bob") as other:
        await room.send("2", "slash", "o", " ", "e", "u", "enter", "t", "y")
        await room.asked("Turn openai-eu off?")
        assert (await other.providers.get("openai-eu")).enabled
        await room.press("y")
        await room.wait_for("openai-eu is off: 37 models moved")
