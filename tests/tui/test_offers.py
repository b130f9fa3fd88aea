"""No providers yet: what the environment offers, and one key that takes it."""

from __future__ import annotations

import pytest

from modeltui.domain.rows import Credential, CredentialKind
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, WIDE, Room, open_room

BY_SIZE = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
KEYS = {"OPENAI_API_KEY": "sk-openai", "GEMINI_API_KEY": "gemini", "ANTHROPIC_API_KEY": " "}


def offered(room: Room) -> list[str]:
    """Return the rows that are offers."""
    return [row for row in room.rows if row.split()[-1] in ("google", "openai", "out")]


async def names(store: SqliteStore) -> list[str]:
    """Read the providers' names from the database."""
    async with store.open() as catalog:
        return [row.name for row in await catalog.providers.list()]


@BY_SIZE
async def test_offers_are_marked_and_taken(bare: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    bare.environ |= KEYS
    async with open_room(bare, size=size) as room:
        await room.go_to_providers()
        assert offered(room) == [
            "> + google $GEMINI_API_KEY will be provider google",
            "+ openai $OPENAI_API_KEY will be provider openai",
        ]
        await snap(room.pilot)
        await room.press("enter")
        await room.wait_for_flash("added google, openai; 1 goes to Models, n there adds a model")
        assert room.names == ["google", "openai"]
        assert room.place == "Providers 2 sort: family"
    async with bare.open() as catalog:
        row = await catalog.providers.get("openai")
    assert row.credential == Credential(CredentialKind.ENV, name="OPENAI_API_KEY")
    assert (row.family, row.base_url, row.has_api_key) == ("openai", None, True)


async def test_only_the_marked_ones_are_added(bare: SqliteStore, snap: Snap) -> None:
    bare.environ |= KEYS
    async with open_room(bare, size=NARROW) as room:
        await room.go_to_providers()
        await room.press("space")
        assert offered(room) == [
            "google $GEMINI_API_KEY left out",
            "> + openai $OPENAI_API_KEY will be provider openai",
        ]
        await snap(room.pilot)
        await room.press("enter")
        await room.wait_for_flash("added openai; 1 goes to Models, n there adds a model")
    assert await names(bare) == ["openai"]


async def test_nothing_marked_adds_nothing(bare: SqliteStore) -> None:
    bare.environ |= KEYS
    async with open_room(bare) as room:
        await room.go_to_providers()
        await room.press("space", "space", "enter")
        assert room.flash == "nothing is marked; space marks, n adds a provider by hand"
        await room.settle()
    assert await names(bare) == []


async def test_families_that_need_a_base_url_are_left_out_and_said(bare: SqliteStore) -> None:
    bare.environ["AZURE_OPENAI_API_KEY"] = "azure"
    async with open_room(bare, size=NARROW) as room:
        await room.go_to_providers()
        assert room.rows[0] == "No providers yet."
        assert room.rows[-1] == "$AZURE_OPENAI_API_KEY is set too; azure needs a base URL as well: n"
        await room.press("enter", "space")
        await room.settle()
    assert await names(bare) == []


async def test_no_offers(bare: SqliteStore) -> None:
    async with open_room(bare, size=NARROW) as room:
        await room.go_to_providers()
        assert room.empty[0] == "No providers yet."
        await room.press("space", "enter", "n")
        await room.wait_for_place("Providers / new")


async def test_n_adds_one_by_hand(bare: SqliteStore) -> None:
    bare.environ |= KEYS
    async with open_room(bare) as room:
        await room.go_to_providers()
        await room.press("n")
        await room.wait_for_place("Providers / new")
        await room.press("escape")
        await room.wait_for_place("Providers 0")
        await room.press("q")
        assert await room.wait_for_end() == 0


async def test_read_only_refuses(bare: SqliteStore) -> None:
    bare.environ |= KEYS
    async with open_room(bare, read_only=True) as room:
        await room.go_to_providers()
        await room.press("enter")
        assert room.flash.startswith("ERROR add is refused, the catalog is read-only")
    assert await names(bare) == []
