"""The list of rows: what it shows, and where its cursor is."""

from __future__ import annotations

from collections.abc import Hashable

import pytest
from textual.geometry import Region

from modeltui.tui.presentation.cells import spans
from modeltui.tui.widgets.columns import fit_columns
from modeltui.tui.widgets.row_list import Column, Row, RowList
from tests.tui.listing import Listing, names


def cursor(app: Listing) -> Hashable | None:
    """The key that the cursor is on."""
    return app.rows.cursor_key


# What is shown


async def test_header_gutter_columns_and_cursor() -> None:
    app = Listing()
    async with app.run_test(size=(80, 6)) as pilot:
        marked = {1: "+", 2: " *"}

        def row(key: Hashable) -> Row:
            made = app.source.row(key)
            return Row(key, made.cells, marker=marked.get(int(str(key)), ""))

        app.rows.show([0, 1, 2], row)
        await pilot.pause()
        assert app.rows.lines_as_text == [
            "    NAME                 FAMILY        STATE KEY                    MODELS ALONE",
            ">   provider-0           openai        ✓ on  ✗ unset $KEY                7     0",
            " +  provider-1           openai        ✓ on  ✗ unset $KEY                7     0",
            "  * provider-2           openai        ✓ on  ✗ unset $KEY                7     0",
            "",
            "",
        ]


async def test_no_rows_shows_what_to_do() -> None:
    app = Listing()
    async with app.run_test(size=(80, 4)) as pilot:
        app.show([])
        await pilot.pause()
        assert app.rows.lines_as_text[0] == "No providers yet. n adds one."
        assert app.rows.cursor_key is None
        app.rows.empty = [spans("No match for foo. esc clears.")]
        assert app.rows.lines_as_text[0] == "No match for foo. esc clears."
        await pilot.press("down", "up", "G", "g", "pagedown", "enter")
        assert app.told == []


@pytest.mark.parametrize(
    ("width", "titles"),
    [
        (120, ["NAME", "FAMILY", "STATE", "KEY", "MODELS", "ALONE"]),
        (80, ["NAME", "FAMILY", "STATE", "KEY", "MODELS", "ALONE"]),
        (70, ["NAME", "FAMILY", "STATE", "KEY", "MODELS"]),
        (62, ["NAME", "FAMILY", "STATE", "KEY"]),
        (60, ["NAME", "STATE", "KEY"]),
        (50, ["NAME", "STATE", "KEY"]),
        (30, ["NAME", "STATE"]),
        (24, ["NAME", "STATE"]),
    ],
)
async def test_columns_are_dropped_not_squeezed(width: int, titles: list[str]) -> None:
    app = Listing()
    async with app.run_test(size=(width, 5)) as pilot:
        app.show([0, 1])
        await pilot.pause()
        assert app.rows.lines_as_text[0].split() == titles
        assert "provider-0" in app.rows.lines_as_text[1]


def test_spare_cells_go_to_growing_columns_up_to_their_limit() -> None:
    columns = [Column("A", 5, grow=1, most=8), Column("B", 5, grow=3), Column("C", 5)]
    assert fit_columns(columns, 17) == [(0, 5), (1, 5), (2, 5)]
    assert fit_columns(columns, 21) == [(0, 6), (1, 8), (2, 5)]
    assert fit_columns(columns, 57) == [(0, 8), (1, 42), (2, 5)]


def test_columns_that_always_stay_are_narrowed_when_nothing_else_helps() -> None:
    columns = [Column("A", 10, keep=None), Column("B", 4, keep=None), Column("C", 9, keep=9)]
    assert fit_columns(columns, 11) == [(0, 6), (1, 4)]
    assert fit_columns(columns, 0) == [(0, 1), (1, 1)]


HOSTILE = [
    "[/]",
    "[red]x",
    "[@click=app.quit]q",
    "\x1b[2J\x1b]0;t\x07",
    "\x9b31m",
    "\u202eevil",
    "模型" * 30,
    "x" * 5_000,
    "e\u0301" * 40,
]


async def test_hostile_names_are_shown_and_do_nothing() -> None:
    app = Listing()
    async with app.run_test(size=(80, 12)) as pilot:
        app.source.names = dict(enumerate(HOSTILE))
        app.show(range(len(HOSTILE)))
        await pilot.pause()
        for line in app.rows.render_lines(Region(0, 0, 80, 11)):
            assert line.cell_length == 80
            assert line.text.isprintable()
        assert [line.split("openai")[0][4:].strip() for line in app.rows.lines_as_text[1:4]] == HOSTILE[:3]
        assert all("✓ on" in line for line in app.rows.lines_as_text[1:10])


async def test_ten_thousand_rows_cost_a_screenful() -> None:
    app = Listing()
    async with app.run_test(size=(80, 21)) as pilot:
        app.show(range(10_000))
        await pilot.pause()
        assert len(app.source.made) <= 20 + 3
        await pilot.press("G")
        assert names(app.rows)[-1] == "> provider-9999"
        assert len(app.source.made) <= 2 * (20 + 3)
        assert len(app.source.made) == len(set(app.source.made))


# The cursor


async def test_moving_the_cursor_and_choosing() -> None:
    app = Listing()
    async with app.run_test(size=(80, 6)) as pilot:
        app.show(range(9))
        await pilot.press("down", "j", "up", "k", "k", "down", "enter")
        assert names(app.rows) == ["provider-0", "> provider-1", "provider-2", "provider-3", "provider-4"]
        assert isinstance(app.told[-1], RowList.Chosen)
        assert (app.told[-1].key, app.told[-1].control) == (1, app.rows)
        moves = [message.key for message in app.told if isinstance(message, RowList.CursorMoved)]
        assert moves[-1] == 1
        await pilot.press("G")
        assert names(app.rows) == ["provider-4", "provider-5", "provider-6", "provider-7", "> provider-8"]
        await pilot.press("home")
        assert names(app.rows)[0] == "> provider-0"
        await pilot.press("end", "g")
        assert app.rows.cursor_key == 0


async def test_at_the_edge_the_list_jumps_by_half_a_page() -> None:
    app = Listing()
    async with app.run_test(size=(80, 7)) as pilot:
        app.show(range(20))
        await pilot.press(*["down"] * 6)
        assert names(app.rows)[:4] == ["provider-3", "provider-4", "provider-5", "> provider-6"]
        await pilot.press(*["up"] * 4)
        assert names(app.rows)[0] == "provider-0"
        assert names(app.rows)[2] == "> provider-2"


async def test_pages_keep_the_screen_line() -> None:
    app = Listing()
    async with app.run_test(size=(80, 6)) as pilot:
        app.show(range(22))
        await pilot.press("down", "pagedown")
        assert names(app.rows) == ["provider-5", "> provider-6", "provider-7", "provider-8", "provider-9"]
        await pilot.press("pagedown", "pagedown", "pagedown", "pagedown")
        assert names(app.rows)[-1] == "> provider-21"
        await pilot.press(*["pageup"] * 9)
        assert names(app.rows)[0] == "> provider-0"


async def test_the_cursor_skips_notes_and_brings_them_into_view() -> None:
    app = Listing()
    async with app.run_test(size=(80, 6)) as pilot:
        app.source.notes = {0, 3, 9}
        app.show(range(10))
        assert cursor(app) == 1
        await pilot.press("down", "down")
        assert cursor(app) == 4
        await pilot.press("up")
        assert cursor(app) == 2
        await pilot.press("G")
        assert names(app.rows)[-2] == "> provider-8"
        assert app.rows.lines_as_text[-1] == "       own id of 9"
        await pilot.press("g")
        assert app.rows.lines_as_text[1] == "       own id of 0"
        assert app.rows.move_cursor(3) is False
        assert app.rows.move_cursor("nowhere") is False
        assert app.rows.cursor_key == 1
        assert app.rows.move_cursor(7) is True
        assert "> provider-7" in names(app.rows)


async def test_the_cursor_stays_with_its_row_and_its_screen_line() -> None:
    app = Listing()
    async with app.run_test(size=(80, 6)) as pilot:
        app.show(range(10, 30))
        app.rows.move_cursor(20)
        await pilot.press("down")
        before = names(app.rows).index("> provider-21")
        app.show([*range(5), *range(10, 30)])
        assert names(app.rows).index("> provider-21") == before
        app.show(list(reversed(range(10, 30))))
        assert app.rows.cursor_key == 21
        assert names(app.rows).index("> provider-21") == before


@pytest.mark.parametrize(
    ("left", "cursor"),
    [([0, 1, 3, 4], 3), ([0, 1, 4], 4), ([0, 1], 1), ([0], 0), ([7, 8], 7), ([], None)],
)
async def test_when_its_row_is_gone_the_cursor_goes_to_a_neighbour(left: list[int], cursor: int | None) -> None:
    app = Listing()
    async with app.run_test(size=(80, 8)) as pilot:
        app.show(range(5))
        app.rows.move_cursor(2)
        await pilot.pause()
        app.told.clear()
        app.show(left)
        await pilot.pause()
        assert app.rows.cursor_key == cursor
        assert [message.key for message in app.told if isinstance(message, RowList.CursorMoved)] == [cursor]


async def test_a_smaller_window_keeps_the_cursor_in_view() -> None:
    app = Listing()
    async with app.run_test(size=(80, 20)) as pilot:
        app.show(range(40))
        await pilot.press(*["down"] * 15)
        await pilot.resize_terminal(80, 6)
        await pilot.pause()
        assert "> provider-15" in names(app.rows)


# The mouse


async def test_a_click_moves_the_cursor_and_a_second_one_chooses() -> None:
    app = Listing()
    async with app.run_test(size=(80, 8)) as pilot:
        app.show(range(4))
        await pilot.click(RowList, offset=(10, 3))
        assert app.rows.cursor_key == 2
        assert not [message for message in app.told if isinstance(message, RowList.Chosen)]
        await pilot.click(RowList, offset=(10, 3))
        assert [message.key for message in app.told if isinstance(message, RowList.Chosen)] == [2]
        await pilot.click(RowList, offset=(10, 0))
        await pilot.click(RowList, offset=(10, 6))
        assert app.rows.cursor_key == 2
