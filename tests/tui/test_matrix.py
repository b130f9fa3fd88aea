"""How the main screens look on each kind of terminal: sizes, the terminal's own colours, no colour, ASCII.

All of it at 80x24, which most see; the other sizes in full colour, and two screens of each in the rest. The words come
first: whatever the terminal lacks, the cursor, the focus, the marks and the badges are there to read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from modeltui import Catalog
from tests.support.snapshots import Snap
from tests.support.wait import screen_lines
from tests.tui.driver import NARROW, WIDE, Room, open_room
from tests.tui.forms import go_to
from tests.tui.places import Stores, to_doctor, to_draft, to_providers
from tests.tui.test_marks import mark

SMALLEST = (60, 15)
SIZES = {"120x40": WIDE, "80x24": NARROW, "60x15": SMALLEST}
LOOKS: dict[str, dict[str, Any]] = {
    "default": {},
    "ansi": {"theme": "ansi-dark"},
    "no-color": {},
    "ascii": {"ascii": True},
}


async def models(room: Room, other: Catalog) -> list[str]:
    """Two models marked, the cursor on a third."""
    await mark(room, "gpt-5", "gpt-5-mini")
    return ["gpt-5-mini {mark}", "> gpt-5-nano", "{bad} dark", "- off", "{ok} on", "! fallback", "2 marked:"]


async def providers(room: Room, other: Catalog) -> list[str]:
    """Asked before a provider is turned off."""
    await to_providers(room, other)
    await room.ask("t", "Turn openai-us off?")
    return ["> openai-us", "[> Cancel ]", "[ y turn it off ]", "- off", "go dark 1 model: gpt-5-mini"]


async def lines(room: Room, other: Catalog) -> list[str]:
    """A draft with a line moved, one to be detached and one with an id of its own."""
    await to_draft(room, other)
    return ["> 1 2 openai-us", "2 1 openai-eu", "own id gpt-5-us", "- 4 openai-batch", "draft: 3 changes"]


async def form(room: Room, other: Catalog) -> list[str]:
    """A provider with a wrong base URL, the cursor on the next field."""
    await to_providers(room, other)
    await room.press("e")
    await room.wait_for_place("Providers / openai-us / edit")
    await go_to(room, "Base URL")
    await room.type("ftp://x")
    await room.press("tab")
    return ["> API key", "{bad} ", "1 field changed"]


async def what_if(room: Room, other: Catalog) -> list[str]:
    """One provider taken as down."""
    await to_providers(room, other)
    await room.press("w")
    await room.wait_for_place("Providers / what if")
    return ["> - down openai-us", "{bad} dark gpt-5-mini", "{arrow} openai-apac"]


async def doctor(room: Room, other: Catalog) -> list[str]:
    """The causes."""
    await to_doctor(room, other)
    return ["> {bad} error dark", "! warning alone"]


SCREENS: dict[str, Callable[[Room, Catalog], Awaitable[list[str]]]] = {
    "models": models,
    "providers": providers,
    "lines": lines,
    "form": form,
    "what-if": what_if,
    "doctor": doctor,
}
MATRIX = [
    pytest.param(screen, size, look, id=f"{screen}-{size}-{look}")
    for look in LOOKS
    for size in SIZES
    for screen in SCREENS
    if size == "80x24" or look == "default" or screen in ("models", "providers")
]
SIGNS = {"ok": "✓", "bad": "✗", "arrow": "→", "mark": "+"}
ASCII_SIGNS = {"ok": "+", "bad": "x", "arrow": "->", "mark": "#"}


@pytest.mark.parametrize(("screen", "size", "look"), MATRIX)
async def test_looks(
    stores: Stores, snap: Snap, monkeypatch: pytest.MonkeyPatch, screen: str, size: str, look: str
) -> None:
    if look == "no-color":
        monkeypatch.setenv("NO_COLOR", "1")
    store = stores.filled
    async with (
        store.open(actor="bob") as other,
        open_room(store, size=SIZES[size], label="PROD", label_color="red", **LOOKS[look]) as room,
    ):
        said = await SCREENS[screen](room, other)
        for text in said:
            sign, wanted = text.endswith(" {mark}"), text.removesuffix(" {mark}")
            signs = ASCII_SIGNS if look == "ascii" else SIGNS
            if sign:
                assert any(row.startswith(f"{signs['mark']} {wanted} ") for row in room.rows), room.text
            else:
                await room.wait_for(wanted.format_map(signs))
        assert "PROD" in room.top
        assert all(len(line) <= SIZES[size][0] for line in screen_lines(room.app))
        if look == "ascii":
            assert "".join(screen_lines(room.app)).isascii()
        await snap(room.pilot)
