"""How little a list sends: single lines, their beginnings, and nothing for what looks the same."""

from __future__ import annotations

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Button

from modeltui.tui.widgets.row_list import RowList
from tests.tui.listing import COLUMNS, Listing, names


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch) -> list[Region]:
    """The regions that lists asked to be sent again."""
    regions: list[Region] = []
    original = Widget.refresh

    def refresh(widget: Widget, *wanted: Region, **options: bool) -> Widget:
        if isinstance(widget, RowList):
            regions.extend(wanted or [widget.size.region])
        return original(widget, *wanted, **options)

    monkeypatch.setattr(Widget, "refresh", refresh)
    return regions


def wheel(app: Listing, event: type[MouseScrollDown | MouseScrollUp]) -> None:
    """Turn the wheel by one notch over the list."""
    app.rows.post_message(event(app.rows, 3, 3, 0, 0, 0, False, False, False))


async def settled(pilot: Pilot[None], refreshed: list[Region]) -> None:
    """Everything is on screen; what is refreshed from here on is counted."""
    await pilot.pause()
    refreshed.clear()


async def test_the_wheel_scrolls_and_the_cursor_stays_in_view(refreshed: list[Region]) -> None:
    app = Listing()
    async with app.run_test(size=(80, 6)) as pilot:
        app.show(range(20))
        wheel(app, MouseScrollDown)
        await pilot.pause()
        assert names(app.rows)[0] == "> provider-3"
        wheel(app, MouseScrollUp)
        await pilot.pause()
        assert names(app.rows)[3] == "> provider-3"
        await settled(pilot, refreshed)
        for x in range(20):
            await pilot.hover(RowList, offset=(x, 2))
        assert refreshed == []


async def test_a_step_refreshes_the_beginning_of_two_lines(refreshed: list[Region]) -> None:
    app = Listing()
    async with app.run_test(size=(100, 20)) as pilot:
        app.show(range(40))
        await settled(pilot, refreshed)
        await pilot.press("down")
        assert refreshed == [Region(0, 1, 24, 1), Region(0, 2, 24, 1)]


async def test_showing_the_same_again_sends_nothing(refreshed: list[Region]) -> None:
    app = Listing()
    async with app.run_test(size=(80, 20)) as pilot:
        app.show(range(40))
        await settled(pilot, refreshed)
        app.show(range(40))
        app.rows.update_row(3)
        app.rows.columns = COLUMNS
        await pilot.pause()
        assert refreshed == []


async def test_one_changed_row_is_one_line(refreshed: list[Region]) -> None:
    app = Listing()
    async with app.run_test(size=(80, 20)) as pilot:
        app.show(range(40))
        await settled(pilot, refreshed)
        app.source.names[5] = "renamed"
        app.rows.update_row(5)
        assert [(region.y, region.height) for region in refreshed] == [(6, 1)]
        refreshed.clear()
        app.source.names[7] = "renamed too"
        app.show(range(40))
        assert [(region.y, region.height) for region in refreshed] == [(8, 1)]
        refreshed.clear()
        app.source.names[39] = "renamed out of sight"
        app.rows.update_row(39)
        assert refreshed == []


async def test_focus_goes_and_comes_without_a_repaint(refreshed: list[Region]) -> None:
    app = Listing()
    async with app.run_test(size=(80, 20)) as pilot:
        app.show(range(40))
        app.query_one(Button).display = True
        await settled(pilot, refreshed)
        app.query_one(Button).focus()
        await pilot.pause()
        app.rows.focus()
        await pilot.pause()
        assert refreshed == []


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "ansi-light"])
@pytest.mark.parametrize("no_color", [False, True])
async def test_the_cursor_row_stands_out(theme: str, no_color: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TEXTUAL_THEME", theme)
    app = Listing()
    async with app.run_test(size=(80, 20)) as pilot:
        app.theme = theme
        app.show(range(4))
        await pilot.pause()
        lines = app.rows.render_lines(Region(0, 0, 80, 19))
        cursor, other = next(iter(lines[1])).style, next(iter(lines[2])).style
        assert cursor is not None
        assert cursor.bold
        assert cursor.reverse or (other is not None and cursor.bgcolor != other.bgcolor)


async def test_another_theme_repaints_the_rows(refreshed: list[Region]) -> None:
    app = Listing()
    async with app.run_test(size=(80, 20)) as pilot:
        app.theme = "textual-dark"
        app.show(range(4))
        await settled(pilot, refreshed)
        before = app.rows.render_lines(Region(0, 0, 80, 19))
        app.theme = "textual-light"
        await pilot.pause()
        after = app.rows.render_lines(Region(0, 0, 80, 19))
        assert all(old != new for old, new in zip(before, after, strict=True))
        assert {region.y for region in refreshed} >= set(range(19))
