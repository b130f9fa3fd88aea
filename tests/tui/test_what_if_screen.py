"""What if: providers taken as down from Providers, what becomes of the models, and that nothing is written."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from modeltui import Ambient, Family
from modeltui.services.workspace import Workspace
from tests.services.builders import add_model, add_provider, stored_state, switch
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, WIDE, Room, open_room

BY_SIZE = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
SMALL = (60, 15)

US_DOWN = [
    "> - down openai-us wins 3 of 4",
    "✗ dark gpt-5-mini openai-us → nowhere",
    "! fallback gpt-5 openai-us → openai-apac 0 !",
    "! fallback gpt-5-nano openai-us → openai-apac 0 !",
]


async def ask_what_if(room: Room, provider: str) -> None:
    """Press w on a provider."""
    await room.go_to_providers()
    await room.go_to_row(provider)
    await room.press("w")
    await room.wait_for_place("Providers / what if")


def without_gap(rows: list[str]) -> list[str]:
    """Leave out the blank line between providers and models."""
    return [row for row in rows if row]


@BY_SIZE
async def test_it_shows_where_each_affected_model_would_go(
    store: SqliteStore, snap: Snap, size: tuple[int, int]
) -> None:
    """What goes dark is first; the pane has the totals."""
    async with open_room(store, size=size) as room:
        await ask_what_if(room, "openai-us")
        assert without_gap(room.rows) == US_DOWN
        assert room.place == "Providers / what if 1 down: openai-us 2 models move 1 dark"
        assert " ".join(room.pane[1:]) == (
            "go dark 1 model: gpt-5-mini move 2 models to openai-apac others 4 models not affected, "
            "1 of them dark already Nothing is changed here, and nothing is written."
        )
        assert "if 1 provider was down" in room.pane[0]
        await snap(room.pilot)


@BY_SIZE
async def test_more_are_added_by_key_host_and_family(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await ask_what_if(room, "openai-us")
        await room.press("K")
        assert room.flash == "all with the key of openai-us (stored cf8ceff6) are down already"
        await room.press("H")
        assert room.flash == "2 more down at api.openai.com: openai-batch, openai-eu"
        await room.press("F")
        assert room.flash == "1 more down of family openai: openai-apac"
        assert without_gap(room.rows) == [
            "- down openai-apac wins 0 of 3",
            "- down openai-batch wins 0 of 2 no key already",
            "- down openai-eu wins 0 of 2 off already",
            "> - down openai-us wins 3 of 4",
            "✗ dark gpt-5 openai-us → nowhere",
            "✗ dark gpt-5-mini openai-us → nowhere",
            "✗ dark gpt-5-nano openai-us → nowhere",
        ]
        assert room.place.endswith("0 models move 3 dark")
        await snap(room.pilot)


async def test_the_same_key_is_added_from_another_family(store: SqliteStore) -> None:
    async with store.open() as other:
        await add_provider(other, "proxy", family=Family.OPENAI_COMPAT, base_url="http://proxy.example")
    async with open_room(store, size=NARROW) as room:
        await ask_what_if(room, "openai-apac")
        await room.press("K")
        assert room.flash == "2 more down with the key of openai-apac (env KEY): openai-eu, proxy"
        assert room.cursor.startswith("- down openai-apac")


@pytest.mark.parametrize(
    ("provider", "key", "said"),
    [
        ("groq", "K", "groq has no key of its own that others could share"),
        ("vllm-rack2", "K", "vllm-rack2 has no key of its own that others could share"),
        ("aws", "H", "aws has no host to share: it goes by region"),
        ("vllm-rack2", "H", "all at rack2.example are down already"),
    ],
)
async def test_where_nothing_is_shared_it_says_why(store: SqliteStore, provider: str, key: str, said: str) -> None:
    async with store.open() as other:
        await add_provider(other, "aws", family=Family.BEDROCK, credential=Ambient())
    async with open_room(store, size=NARROW) as room:
        await ask_what_if(room, provider)
        before = room.rows
        await room.press(key)
        assert room.flash == said
        assert room.rows == before


async def test_x_takes_one_out_again_and_a_picks_from_all(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await ask_what_if(room, "openai-us")
        await room.press("x")
        assert room.flash == "openai-us is out of the question; a adds it again"
        assert room.empty == ["No provider is taken as down.", "a adds one, q goes back to Providers."]
        assert room.place == "Providers / what if 0 down 0 models move 0 dark"
        await room.press("x")
        assert room.flash == "no provider is taken as down; a adds one"
        await room.press("a")
        await room.wait_for_place("take as down")
        assert "enter take" in room.words[-1]
        await room.go_to_row("anthropic-main")
        await room.press("space")
        await room.go_to_row("vllm-rack2")
        await room.press("space", "enter")
        await room.wait_for_place("Providers / what if 2 down: anthropic-main, vllm-rack2")
        assert room.flash == "2 more down that were picked: anthropic-main, vllm-rack2"
        assert without_gap(room.rows)[2:] == [
            "* ✗ dark claude-sonnet-4-5 anthropic-main → nowhere",
            "✗ dark qwen3-coder vllm-rack2 → nowhere",
        ]
        assert "unnamed requests without a model's name: anthropic-main → nowhere" in room.pane


async def test_x_goes_on_to_the_next_provider(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await ask_what_if(room, "openai-us")
        await room.press("F", "x")
        assert room.cursor == "- down openai-eu wins 0 of 2 off already"
        await room.press("g", "x")
        assert room.cursor == "- down openai-batch wins 0 of 2 no key already"
        await room.press("x", "x")
        assert room.empty[0] == "No provider is taken as down."


async def test_leaving_the_picker_adds_nothing(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await ask_what_if(room, "openai-us")
        await room.press("a")
        await room.wait_for_place("take as down")
        await room.press("escape")
        await room.wait_for_place("Providers / what if 1 down: openai-us")
        assert without_gap(room.rows) == US_DOWN


async def test_with_all_down_there_is_none_to_add(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await ask_what_if(room, "openai-us")
        await room.press("a")
        await room.wait_for_place("take as down")
        await room.press(*["space"] * 6, "enter")
        await room.wait_for_place("Providers / what if 7 down")
        await room.press("a")
        assert room.flash == "every provider is taken as down already; x takes one out"


async def test_on_a_model_the_providers_keys_say_where_they_work(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await ask_what_if(room, "openai-us")
        await room.press("down")
        assert room.cursor == "✗ dark gpt-5-mini openai-us → nowhere"
        for key in "xKHF":
            await room.press(key)
            assert room.flash == "put the cursor on a provider that is taken as down; g goes to the first"
        assert without_gap(room.rows)[1].startswith(">")
        await room.press("g", "enter")
        assert room.flash == "openai-us is taken as down; x takes it out, enter on a model opens its lines"


async def test_enter_opens_a_model_s_lines_and_q_comes_back(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await ask_what_if(room, "openai-us")
        await room.press("down", "down", "enter")
        await room.wait_for_place("Models / gpt-5 / lines")
        await room.press("q")
        await room.wait_for_place("Providers / what if 1 down: openai-us")
        assert room.cursor == "! fallback gpt-5 openai-us → openai-apac 0 !"


@pytest.mark.parametrize("key", ["q", "escape"])
async def test_going_back_finds_providers_as_they_were(store: SqliteStore, key: str) -> None:
    """Cursor and filter stay."""
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.press("slash")
        await room.type("openai-")
        await room.press("enter")
        await room.go_to_row("openai-us")
        place = room.place
        await room.press("w")
        await room.wait_for_place("Providers / what if")
        await room.press(key)
        await room.wait_for_place("Providers")
        assert room.place == place
        assert room.cursor == "openai-us openai ✓ on ✓ stored cf8ceff6 4 3 1"


async def test_the_marked_providers_are_taken_as_down(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.go_to_row("openai-apac")
        await room.press("space")
        await room.go_to_row("openai-us")
        await room.press("space", "g", "w")
        await room.wait_for_place("Providers / what if 2 down: openai-apac, openai-us")
        assert room.place.endswith("0 models move 3 dark")
        await room.press("q")
        await room.wait_for_place("Providers 7")
        assert [row.split()[:2] for row in room.rows if "+" in row.split()] == [
            ["+", "openai-apac"],
            ["+", "openai-us"],
        ]


async def test_none_is_affected(store: SqliteStore, snap: Snap) -> None:
    """A provider that is off already, or that no model waits for."""
    async with open_room(store, size=NARROW) as room:
        await ask_what_if(room, "groq")
        assert room.rows == [
            "> - down groq wins 0 of 1 no key already",
            "no model is affected: none loses its winner or a spare",
        ]
        assert room.place == "Providers / what if 1 down: groq 0 models move 0 dark"
        await snap(room.pilot)


async def test_a_model_that_loses_a_spare_only_stays(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await ask_what_if(room, "openai-apac")
        assert without_gap(room.rows)[1:] == [
            "! fallback gpt-5 openai-us stays 0 !",
            "✓ on gpt-5-nano openai-us stays 0 !",
        ]
        assert "stay 2 models stay and lose a spare" in room.pane


async def test_without_a_provider_under_the_cursor_it_says_so(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.press("slash")
        await room.type("nothing-like-it")
        await room.press("enter", "w")
        assert room.flash == "there is no provider here; n adds one"
        assert room.place.startswith("Providers 0 of 7")


async def test_hostile_names_are_literal(store: SqliteStore) -> None:
    async with store.open() as other:
        await add_provider(other, "[/]")
        await add_provider(other, "[red]x[/red]")
        await add_model(other, "[@click=app.exit]m", "[/]", "[red]x[/red]")
    async with open_room(store, size=NARROW) as room:
        await ask_what_if(room, "[/]")
        assert without_gap(room.rows) == [
            "> - down [/] wins 1 of 1",
            "! fallback [@click=app.exit]m [/] → [red]x[/red] 0 !",
        ]
        assert room.place == "Providers / what if 1 down: [/] 1 model moves 0 dark"
        await room.press("F")
        assert "[red]x[/red]" in room.flash


async def test_sixty_by_fifteen(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=SMALL) as room:
        await ask_what_if(room, "openai-us")
        assert without_gap(room.rows) == US_DOWN
        assert room.place.endswith("2 models move 1 dark")
        assert "? help" in room.words[-1]
        assert "q back" in room.words[-1]
        await snap(room.pilot)


async def test_it_works_read_only(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW, read_only=True) as room:
        await ask_what_if(room, "openai-us")
        await room.press("H", "x", "g")
        await room.press("x")
        assert "refused" not in room.flash
        assert "READ ONLY" in room.top


async def test_nothing_is_written(store: SqliteStore) -> None:
    """Neither a row nor a version changes, and no transaction for writing is ever begun."""

    async with store.open(actor="bob") as other:
        before = await stored_state(other)
        with patch.object(Workspace, "writing", side_effect=AssertionError("what-if writes")):
            async with open_room(store, size=NARROW) as room:
                await ask_what_if(room, "openai-us")
                await room.press("K", "H", "F", "x", "a")
                await room.wait_for_place("take as down")
                await room.press("space", "enter")
                await room.wait_for_place("Providers / what if")
                await room.press("G", "enter")
                await room.wait_for_place("Models /")
                await room.press("q")
                await room.wait_for_place("Providers / what if")
                await room.press("q")
                await room.wait_for_place("Providers 7")
        assert await stored_state(other) == before


async def test_it_follows_a_catalog_that_changes_meanwhile(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await ask_what_if(room, "openai-us")
        await switch(other, "openai-eu", on=True)
        await room.app.session.reload()
        await room.pass_messages()
        assert without_gap(room.rows) == [
            "> - down openai-us wins 1 of 4",
            "! fallback gpt-5-nano openai-us → openai-apac 0 !",
            "✓ on gpt-5 openai-eu stays 1",
            "✓ on gpt-5-mini openai-eu stays 0 !",
        ]
        await other.providers.delete("openai-us")
        await room.app.session.reload()
        await room.pass_messages()
        assert room.empty[0] == "No provider is taken as down."
