"""Marks: kept by row, always said with the keys that act on them, and never on a row that isn't shown."""

from __future__ import annotations

import pytest
from textual.geometry import Region
from textual.widget import Widget

from modeltui import ModelUpdate
from modeltui.domain.text import name_key
from modeltui.tui.widgets.row_list import RowList
from tests.services.builders import add_model, add_provider, execute
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.support.wait import screen_lines, words
from tests.tui.driver import NARROW, WIDE, Room, open_room

BY_SIZE = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])

ON_MODELS = "t d a x s y act on"


async def mark(room: Room, *names: str) -> None:
    """Mark rows by keys."""
    for name in names:
        await room.go_to_row(name)
        await room.press("space")


def marked(room: Room) -> list[str]:
    """The names of the rows that show a mark."""
    return [name for name, row in zip(room.names, room.rows, strict=True) if "+" in row.split()[0]]


def hints(room: Room) -> str:
    """The line of the keys."""
    return words(screen_lines(room.app)[-1])


# Marking


@BY_SIZE
async def test_space_marks_and_goes_down(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await room.press("space", "down", "space")
        assert room.rows[:4] == [
            "+* claude-sonnet-4-5 ✓ on anthropic-main 1/1 0 ! 200k",
            "gpt-4.1 - off (openai-us) 1/2 1 1M",
            "+ gpt-5 ! fallback openai-us 2/4 1 400k",
            "> gpt-5-mini ! fallback openai-us 2/3 0 ! 400k",
        ]
        assert room.flash == f"2 marked: {ON_MODELS} claude-sonnet-4-5, gpt-5"
        assert hints(room).startswith("t on/off d delete a attach x detach s swap")
        await snap(room.pilot)


async def test_space_takes_a_mark_away(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await mark(room, "gpt-5", "deepseek-v3")
        assert marked(room) == ["gpt-5", "deepseek-v3"]
        await mark(room, "gpt-5")
        assert marked(room) == ["deepseek-v3"]
        assert room.flash == f"1 marked: {ON_MODELS} deepseek-v3"
        await mark(room, "deepseek-v3")
        assert marked(room) == []
        assert room.flash == ""
        assert hints(room).startswith("enter lines e edit t on/off")


async def test_the_cursor_and_its_mark_share_the_gutter(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("space", "up")
        assert room.rows[0] == ">+* claude-sonnet-4-5 ✓ on anthropic-main 1/1 0 ! 200k"


async def test_what_is_marked_is_said_until_a_message_and_again_after_it(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await mark(room, "gpt-5")
        await room.press("r")
        await room.wait_for_flash("read again; this is what the catalog holds now")
        await room.press("up")
        assert room.flash == f"1 marked: {ON_MODELS} gpt-5"


async def test_marking_all_takes_what_the_filter_lets_through(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("slash")
        await room.type("gpt-5")
        await room.press("enter", "V")
        assert marked(room) == ["gpt-5", "gpt-5-mini", "gpt-5-nano"]
        assert room.flash == f"3 marked: {ON_MODELS} gpt-5, gpt-5-mini, gpt-5-nano"
        await room.press("V")
        assert room.flash == "all 3 rows are marked already; \\ unmarks them"
        await room.press("q")
        assert len(room.rows) == 7
        assert marked(room) == ["gpt-5", "gpt-5-mini", "gpt-5-nano"]


async def test_unmarking_all(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("V")
        assert len(marked(room)) == 7
        await room.press("\\")
        assert marked(room) == []
        await room.press("\\")
        assert room.flash == "nothing is marked; space marks a row, V all of them"


async def test_what_is_marked_fits_on_one_line(store: SqliteStore) -> None:
    async with open_room(store, size=(60, 20)) as room:
        await room.press("V")
        assert room.flash == f"7 marked: {ON_MODELS} claude-sonnet-4-5 and 6 more"
        await room.resize(*WIDE)
        assert room.flash.endswith(
            "claude-sonnet-4-5, gpt-4.1, gpt-5, gpt-5-mini, gpt-5-nano, deepseek-v3, qwen3-coder"
        )


async def test_nothing_to_mark(bare: SqliteStore) -> None:
    async with open_room(bare) as room:
        await room.press("space")
        assert room.flash == "there is no row here to be marked"
        await room.press("V")
        assert room.flash == "there are no rows here to be marked"


async def test_ascii_has_a_mark_of_its_own(store: SqliteStore) -> None:
    async with open_room(store, ascii=True) as room:
        await room.press("space")
        assert room.rows[0].startswith("#* claude-sonnet-4-5 + on ")


async def test_hostile_names_are_literal(bare: SqliteStore) -> None:
    names = {"m1": "[/]", "m2": "\x1b[31mred", "m3": "模型" * 40}
    async with bare.open() as catalog:
        await add_provider(catalog, "openai-us")
        for plain, name in names.items():
            await add_model(catalog, plain, "openai-us")
            statement = "UPDATE model_config SET name = :name, name_key = :key WHERE name = :plain"
            await execute(catalog, statement, name=name, key=name_key(name), plain=plain)
    async with open_room(bare, size=NARROW) as room:
        await room.press("V")
        assert room.flash == f"3 marked: {ON_MODELS} \ufffd[31mred, [/] and 1 more"


# Marks and the filter


async def test_a_filter_drops_the_marks_that_it_hides(store: SqliteStore) -> None:
    """Not while it is being typed: it may still become another."""
    async with open_room(store) as room:
        await mark(room, "gpt-5", "gpt-5-mini", "deepseek-v3")
        await room.press("slash")
        await room.type("deepseek")
        assert room.names == ["deepseek-v3"]
        await room.press("escape")
        assert marked(room) == ["gpt-5", "gpt-5-mini", "deepseek-v3"]
        await room.press("slash")
        await room.type("deepseek")
        await room.press("enter")
        assert room.flash == "2 marks dropped: the filter hides them"
        assert marked(room) == ["deepseek-v3"]
        await room.press("q")
        assert marked(room) == ["deepseek-v3"]
        assert room.flash == f"1 marked: {ON_MODELS} deepseek-v3"


async def test_a_filter_from_elsewhere_drops_them_too(store: SqliteStore) -> None:
    """Enter on a provider filters Models."""
    async with open_room(store) as room:
        await mark(room, "gpt-5", "deepseek-v3")
        await room.go_to_providers()
        await room.go_to_row("groq")
        await room.press("enter")
        await room.wait_for_place("Models 1 of 7")
        assert room.flash == "1 mark dropped: the filter hides it"
        assert marked(room) == ["deepseek-v3"]


async def test_a_row_that_leaves_the_filter_by_a_change_loses_its_mark(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await room.press("slash")
        await room.type("is:on")
        await room.press("enter", "V")
        before = marked(room)
        assert "gpt-5-nano" in before
        await other.models.update("gpt-5-nano", ModelUpdate(enabled=False))
        await room.press("r")
        await room.wait_for_flash(
            "read again; this is what the catalog holds now; 1 mark dropped: the filter hides it",
        )
        assert marked(room) == [name for name in before if name != "gpt-5-nano"]


async def test_q_peels_the_filter_then_the_marks_then_quits(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("slash")
        await room.type("gpt")
        await room.press("enter", "V", "q")
        assert len(room.rows) == 7
        assert len(marked(room)) == 4
        await room.press("q")
        assert marked(room) == []
        await room.press("V", "escape")
        assert marked(room) == []
        await room.press("escape")
        assert room.flash == "nothing to go back from; q quits"
        await room.press("q")
        assert await room.wait_for_end() == 0


# Marks and what else happens


async def test_marks_stay_with_their_rows(store: SqliteStore) -> None:
    """Others rename and delete; a mark goes with its row."""
    async with open_room(store) as room, store.open(actor="bob") as other:
        await mark(room, "gpt-5", "gpt-5-mini", "gpt-5-nano")
        await other.models.update("gpt-5-mini", ModelUpdate(name="a-mini"))
        await other.models.delete("gpt-5-nano")
        await room.press("r")
        await room.wait_for_flash("read again; this is what the catalog holds now")
        assert marked(room) == ["a-mini", "gpt-5"]
        await room.press("up")
        assert room.flash == f"2 marked: {ON_MODELS} a-mini, gpt-5"


async def test_each_list_has_its_own_marks_and_keeps_them(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await mark(room, "gpt-5")
        await room.go_to_providers()
        assert marked(room) == []
        await mark(room, "groq", "vllm-rack2")
        assert room.flash == "2 marked: t w d l y act on groq, vllm-rack2"
        await room.press("1")
        await room.wait_for_place("Models")
        assert marked(room) == ["gpt-5"]
        await room.go_to_providers()
        assert marked(room) == ["groq", "vllm-rack2"]


async def test_keys_for_one_row_act_on_the_one_under_the_cursor(store: SqliteStore) -> None:
    """Each of them names it before anything happens."""
    async with open_room(store) as room:
        await mark(room, "gpt-5", "gpt-5-mini")
        await room.go_to_row("gpt-5-nano")
        await room.ask("asterisk", "Make gpt-5-nano the default model?")
        assert room.flash == ""
        await room.press("escape")
        await room.settle()
        assert room.flash == f"2 marked: {ON_MODELS} gpt-5, gpt-5-mini"
        await room.press("enter")
        await room.wait_for_place("Models / gpt-5-nano / lines")
        await room.press("q")
        await room.wait_for_place("Models 7")
        assert marked(room) == ["gpt-5", "gpt-5-mini"]


async def test_marks_wait_while_deleted_models_are_shown(store: SqliteStore) -> None:
    async with store.open() as other:
        await other.models.delete("gpt-5-nano")
    async with open_room(store) as room:
        await mark(room, "gpt-5")
        await room.press("D")
        assert room.names == ["gpt-5-nano"]
        assert room.flash == ""
        await room.press("space")
        assert room.flash == "deleted models can't be marked; R brings back the one under the cursor"
        await room.press("t")
        assert room.flash == "gpt-5-nano is deleted and can't be turned on or off; R brings it back"
        await room.press("D")
        assert marked(room) == ["gpt-5"]


async def test_a_changed_mark_sends_its_line_only(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_room(store, size=NARROW) as room:
        await mark(room, "gpt-5")
        await room.press("g")
        regions: list[Region] = []
        original = Widget.refresh

        def refresh(widget: Widget, *wanted: Region, **options: bool) -> Widget:
            if isinstance(widget, RowList):
                regions.extend(wanted or [widget.size.region])
            return original(widget, *wanted, **options)

        monkeypatch.setattr(Widget, "refresh", refresh)
        await room.press("\\")
        assert [(region.y, region.height) for region in regions] == [(3, 1)]
        assert regions[0].width < 8
