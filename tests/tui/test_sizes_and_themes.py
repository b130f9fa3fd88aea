"""Small windows, plain terminals and other themes: what matters is always to be read in words."""

from __future__ import annotations

import pytest

from modeltui.tui.widgets.row_list import RowList
from tests.services.builders import add_model, add_provider
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.support.wait import screen_lines
from tests.tui.driver import NARROW, WIDE, Room, open_room

SMALLEST = (60, 15)


async def walk(room: Room) -> None:
    """Go through the screens, changing something on each, without looking."""
    await room.open_lines("gpt-5")
    await room.press("J", "u")
    await room.press("q")
    await room.wait_for_place("Models")
    await room.go_to_providers()
    await room.go_to_row("openai-us")
    await room.ask("t", "Turn openai-us off?")


async def test_the_smallest_window_is_usable(store: SqliteStore) -> None:
    async with open_room(store, size=SMALLEST) as room:
        assert len(screen_lines(room.app)) == 15
        await room.go_to_row("gpt-5")
        assert room.cursor.startswith("gpt-5 ! fallback openai-us")
        await room.open_lines("gpt-5")
        assert room.cursor.endswith("skipped: off")
        await room.press("J")
        assert room.cursor.startswith("2 ")
        await room.ask("q", "Leave with a draft?")
        assert "[> Keep editing ] [ d Discard ] [ s Save ]" in room.words
        await room.press("d")
        await room.wait_for_place("Models")
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        assert "✓ on" in room.cursor
        await room.ask("t", "Turn openai-us off?")
        assert room.question[1] == "go dark 1 model: gpt-5-mini"
        assert "[> Cancel ] [ y turn it off ]" in room.words


async def test_a_name_can_be_typed_in_the_smallest_window(store: SqliteStore) -> None:
    async with open_room(store, size=SMALLEST) as room:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.ask("d", "Delete openai-us, and take it out of every list?")
        await room.wait_for("type openai-us and press enter:")
        await room.type("openai-us")
        assert "openai-us" in room.words
        await room.press("enter")
        await room.wait_for("openai-us is deleted")


@pytest.mark.parametrize(("columns", "rows"), [(59, 15), (60, 14), (59, 14), (20, 5), (1, 1)])
async def test_below_it_one_line_says_what_is_needed(store: SqliteStore, columns: int, rows: int) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("gpt-5")
        before = screen_lines(room.app)
        await room.resize(columns, rows)
        if columns >= 24:
            assert room.words == [f"needs 60x15, now {columns}x{rows}"]
        else:
            assert len(room.words) <= 1
        await room.resize(*NARROW)
        await room.wait_until(lambda: screen_lines(room.app) == before, "the screen as it was")


async def test_resizing_with_a_draft_keeps_it(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5")
        await room.press("J", "J")
        for size in ((59, 14), (120, 40), (60, 15), (200, 60), NARROW):
            await room.resize(*size)
        assert room.cursor.startswith("3 1 openai-eu")
        assert room.place == "Models / gpt-5 / lines draft: 1 change"


async def test_resizing_while_a_question_is_open(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.ask("t", "Turn openai-us off?")
        before = screen_lines(room.app)
        for size in ((120, 40), (59, 14), SMALLEST, (120, 15), NARROW):
            await room.resize(*size)
        assert screen_lines(room.app) == before
        await room.press("y")
        await room.wait_for_flash("openai-us is off: 2 models moved to openai-apac; 1 went dark; T turns it on again")


async def test_resizing_while_a_prompt_is_open_keeps_what_was_typed(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5")
        await room.ask("o", "own upstream id at openai-eu")
        await room.type("half-ty")
        await room.resize(59, 14)
        await room.resize(*SMALLEST)
        await room.type("ped")
        await room.press("enter")
        await room.wait_for_flash("openai-eu is asked for half-typed")


@pytest.mark.parametrize("width", range(60, 130, 5))
async def test_state_is_never_dropped_and_no_line_is_too_long(store: SqliteStore, width: int) -> None:
    async with open_room(store, size=(width, 20)) as room:
        for screen in ("models", "providers"):
            header = next(line for line in screen_lines(room.app) if " NAME " in line)
            assert " STATE " in header
            assert all(len(line) <= width for line in screen_lines(room.app))
            if screen == "models":
                await room.go_to_providers()


async def test_below_80_columns_go_and_the_others_stay(store: SqliteStore) -> None:
    async with open_room(store, size=(79, 20)) as room:
        await room.resize(60, 20)
        header = next(line for line in room.words if line.startswith("NAME"))
        assert header.startswith("NAME STATE REQUESTS GO TO")
        assert "CONTEXT" not in header


# Plain terminals


@pytest.mark.parametrize("variables", [{"TERM": "linux"}, {"LANG": "C"}, {"LC_ALL": "de_DE.ISO-8859-1"}])
async def test_ascii_where_the_terminal_has_no_more(store: SqliteStore, variables: dict[str, str]) -> None:
    store.environ |= variables
    async with open_room(store, size=NARROW) as room:
        assert "".join(screen_lines(room.app)).isascii()


async def test_without_colour_the_focus_is_a_sign(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_room(store, size=NARROW) as room:
        await walk(room)
        assert room.cursor.startswith("openai-us")
        assert "[> Cancel ] [ y turn it off ]" in room.words
        await room.press("tab")
        assert "[ Cancel ] [> y turn it off ]" in room.words


@pytest.mark.parametrize("color", ["red", "blue", None])
async def test_without_colour_the_label_is_as_bright_as_the_rest(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, color: str | None
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_room(store, label="PROD", label_color=color) as room:
        label, *rest = room.app.screen._compositor.render_strips()[0]
        assert label.text == "PROD"
        assert label.style is not None
        assert label.style.color is not None
        other = next(part.style.color for part in rest if "catalog" in part.text and part.style is not None)
        assert other is not None
        assert label.style.color.get_truecolor() == other.get_truecolor()


@pytest.mark.parametrize("theme", ["light", "ansi-light"])
async def test_other_themes(store: SqliteStore, snap: Snap, theme: str) -> None:
    async with open_room(store, size=NARROW, theme=theme) as room:
        await room.go_to_row("gpt-5")
        await snap(room.pilot)
        await walk(room)


async def test_ansi_themes_name_no_colours_of_their_own(store: SqliteStore) -> None:
    """They use the terminal's palette, so that they look right on any background."""
    async with open_room(store, size=NARROW, theme="ansi-dark") as room:
        await walk(room)
        for strip in room.app.screen._compositor.render_strips():
            for segment in strip:
                if segment.style is not None:
                    for color in (segment.style.color, segment.style.bgcolor):
                        assert color is None or color.triplet is None, (segment.text, color)


async def test_the_theme_of_the_terminal_when_nothing_is_said(store: SqliteStore) -> None:
    async with open_room(store, theme="auto") as room:
        assert room.app.theme == "ansi-dark"
    store.environ["COLORTERM"] = "truecolor"
    async with open_room(store, theme="auto") as room:
        assert room.app.theme == "textual-dark"


async def test_beside_the_pane_names_get_what_they_need_before_less_important_columns(
    store: SqliteStore, snap: Snap
) -> None:
    """At 120 columns the list is narrower than at 80; a name longer than that keeps both of its ends."""
    async with store.open() as catalog:
        await add_provider(catalog, "openai-production-us")
        await add_provider(catalog, "openai-production-eu-central-1-reserved")
        await add_model(catalog, "gpt-5-preview-2026-10-30", "openai-production-us")
        await add_model(catalog, "gpt-5-preview-2026-10-30-with-a-long-end", "openai-production-us")
    async with open_room(store, size=WIDE) as room:
        shown = next(name for name in room.names if name.endswith("end"))
        assert "gpt-5-preview-2026-10-30" in room.names
        assert shown.startswith("gpt-5-previe")
        assert "…" in shown
        assert room.screen.query_one(RowList).lines_as_text[0].split() == (
            ["NAME", "STATE", "REQUESTS", "GO", "TO", "LINE", "SPARE"]
        )
        await snap(room.pilot)
        await room.go_to_providers()
        assert "openai-production-us" in room.names
        await snap(room.pilot, "providers")
        await room.resize(*NARROW)
        assert "openai-production-us" in room.names
        assert room.screen.query_one(RowList).lines_as_text[0].split()[-1] == "ALONE"
