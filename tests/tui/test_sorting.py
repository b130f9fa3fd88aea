"""The order of the lists: chosen in the pane, said on line 2, kept while the program runs."""

from __future__ import annotations

import pytest

from modeltui import ModelUpdate
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, WIDE, Room, open_room

BY_FAMILY = ["claude-sonnet-4-5", "gpt-4.1", "gpt-5", "gpt-5-mini", "gpt-5-nano", "deepseek-v3", "qwen3-coder"]
BY_NAME = ["claude-sonnet-4-5", "deepseek-v3", "gpt-4.1", "gpt-5", "gpt-5-mini", "gpt-5-nano", "qwen3-coder"]
SMALLEST = (60, 15)


async def sort_by(room: Room, letter: str, kind: str = "models") -> None:
    """Choose an order by its letter."""
    await room.ask("S", f"Sort {kind}")
    await room.press(letter)
    await room.wait_until(lambda: room.question == [], "the question gone")


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALLEST], ids=["120x40", "80x24", "60x15"])
async def test_the_choices_say_what_comes_first(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        assert room.place.endswith("sort: family")
        await room.ask("S", "Sort models")
        said = " ".join(room.words)
        assert "[> leave it as it is ]" in said
        assert "[ f family, backwards ]" in said
        for choice in ("s state, dark first", "p spare, fewest", "l last changed, newest"):
            assert choice in said
        await snap(room.pilot)


async def test_the_cursor_stays_on_its_row(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room:
        assert room.names == BY_FAMILY
        await room.go_to_row("deepseek-v3")
        await sort_by(room, "n")
        assert room.names == BY_NAME
        assert room.cursor.startswith("deepseek-v3 ")
        assert room.place.endswith("sort: name")
        assert room.flash == "sorted by name"
        await snap(room.pilot)


async def test_the_same_once_more_turns_it_round(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await sort_by(room, "n")
        await room.ask("S", "Sort models")
        assert "n name, Z to A" in " ".join(room.words)
        await room.press("n")
        await room.wait_for("sort: name, Z to A")
        assert room.names == BY_NAME[::-1]
        await sort_by(room, "n")
        assert room.names == BY_NAME


@pytest.mark.parametrize(
    ("letter", "first", "said"),
    [
        ("s", ["deepseek-v3", "gpt-5", "gpt-5-mini"], "sort: state"),
        ("w", ["claude-sonnet-4-5", "gpt-4.1", "gpt-5"], "sort: winner"),
        ("p", ["claude-sonnet-4-5", "deepseek-v3", "gpt-5-mini"], "sort: spare"),
        ("c", ["gpt-4.1", "gpt-5", "gpt-5-mini"], "sort: context"),
        ("l", ["qwen3-coder", "deepseek-v3", "gpt-5-nano"], "sort: last changed"),
        ("f", ["deepseek-v3", "qwen3-coder", "gpt-4.1"], "sort: family, backwards"),
    ],
)
async def test_models_by_each(store: SqliteStore, letter: str, first: list[str], said: str) -> None:
    async with open_room(store) as room:
        await sort_by(room, letter)
        assert room.names[:3] == first
        assert said in room.place


@pytest.mark.parametrize(
    ("letter", "first"),
    [
        ("n", ["anthropic-main", "groq", "openai-apac"]),
        ("s", ["openai-eu", "anthropic-main", "groq"]),
        ("k", ["openai-batch", "groq", "anthropic-main"]),
        ("m", ["openai-us", "openai-apac", "openai-batch"]),
        ("w", ["openai-us", "anthropic-main", "vllm-rack2"]),
        ("a", ["anthropic-main", "openai-us", "vllm-rack2"]),
        ("l", ["vllm-rack2", "groq", "openai-batch"]),
    ],
)
async def test_providers_by_each(store: SqliteStore, letter: str, first: list[str]) -> None:
    async with open_room(store) as room:
        await room.go_to_providers()
        await sort_by(room, letter, "providers")
        assert room.names[:3] == first


async def test_leaving_it_as_it_is(store: SqliteStore) -> None:
    async with open_room(store) as room:
        for key in ("escape", "q", "enter"):
            await room.ask("S", "Sort models")
            await room.press(key)
            await room.wait_until(lambda: room.question == [], "the question gone")
            assert room.place.endswith("sort: family")
            assert room.names == BY_FAMILY


async def test_by_arrows_and_enter(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.ask("S", "Sort models")
        await room.press("right", "down", "up", "tab", "enter")
        await room.wait_for("sort: name")
        assert room.names == BY_NAME


async def test_an_exact_name_stands_first_in_any_order(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await sort_by(room, "l")
        await room.press("slash")
        await room.type("gpt-5")
        assert room.names == ["gpt-5", "gpt-5-nano", "gpt-5-mini"]
        assert room.place.endswith("sort: last changed filter: gpt-5")


async def test_the_order_holds_for_what_others_change(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await sort_by(room, "c")
        await room.go_to_row("qwen3-coder")
        await other.models.update("qwen3-coder", ModelUpdate(context_limit=2_000_000))
        await room.press("r")
        await room.wait_until(lambda: room.names[0] == "qwen3-coder", "the new order")
        assert room.cursor.startswith("qwen3-coder ")


async def test_deleted_models_stand_as_they_went(store: SqliteStore) -> None:
    async with store.open() as catalog:
        for name in ("gpt-5-nano", "deepseek-v3", "gpt-4.1"):
            await catalog.models.delete(name)
    async with open_room(store) as room:
        await sort_by(room, "n")
        await room.press("D")
        await room.wait_for_place("Models, deleted")
        assert room.names == ["gpt-4.1", "deepseek-v3", "gpt-5-nano"]
        assert room.place.endswith("sort: last deleted")
        await room.press("S")
        assert room.flash == "deleted models stand as they went, the last first; D goes back to the live ones"
        await room.press("D")
        await room.wait_for("sort: name")


async def test_the_usual_order_makes_room_for_a_long_filter(store: SqliteStore) -> None:
    async with open_room(store, size=(60, 20)) as room:
        await room.press("slash")
        await room.type("is:fallback provider:openai")
        assert "sort" not in room.place
        await room.press("enter")
        await room.resize(*WIDE)
        assert room.place.endswith("sort: family filter: is:fallback provider:openai")
        await room.resize(60, 20)
        await sort_by(room, "n")
        assert "sort: name filter: is:fall" in room.place


async def test_below_the_first_page_line_2_says_which_row_of_how_many(store: SqliteStore) -> None:
    async with open_room(store, size=(60, 15)) as room:
        assert room.place == "Models 7 1 dark 2 fallback 1 off sort: family"
        await room.press("G")
        assert room.place == "Models 7 1 dark 2 fallback 1 off 7/7 sort: family"
        await room.press("up")
        assert room.place == "Models 7 1 dark 2 fallback 1 off 6/7 sort: family"
        await room.press("slash")
        await room.type("gpt")
        await room.press("enter", "G")
        assert room.place == "Models 4 of 7 1 dark 2 fallback 1 off filter: gpt"
        await room.press("escape", "g")
        assert room.place == "Models 7 1 dark 2 fallback 1 off sort: family"
