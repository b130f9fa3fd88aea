"""A theme that is chosen on the screens: drawn at once, and there at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui import paths
from modeltui.settings import Settings, load_settings
from modeltui.tui.theming import theme_name
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, open_room, settings_of


def loaded(store: SqliteStore, **environ: str) -> Settings:
    """Return the settings as the program's start would read them."""
    return load_settings({}, store.environ | {"MODELTUI_DATABASE_URL": store.url} | environ)


async def test_drawn_at_once_and_kept(store: SqliteStore, snap: Snap) -> None:
    kept = paths.theme_file()
    async with open_room(store, size=NARROW, theme_file=kept) as room:
        await room.go_to_row("gpt-5")
        before = room.rows
        room.app.choose_theme("light")
        await room.wait_for_flash("theme light, kept for the next start")
        assert room.app.theme == "textual-light"
        assert room.rows == before
        await snap(room.pilot)
        room.app.choose_theme("ansi-dark")
        await room.wait_for_flash("theme ansi-dark, kept for the next start")
    settings = loaded(store)
    assert settings.theme == "ansi-dark"
    async with open_room(store, theme=settings.theme) as room:
        assert room.app.theme == "ansi-dark"


async def test_a_screen_opened_afterwards_has_it_too(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW, theme_file=paths.theme_file()) as room:
        room.app.choose_theme("auto")
        await room.wait_for_flash("theme auto, kept for the next start")
        assert room.app.theme == "ansi-dark"
        await room.open_lines("gpt-5")
        for strip in room.app.screen._compositor.render_strips():
            for segment in strip:
                if segment.style is not None and segment.style.color is not None:
                    assert segment.style.color.triplet is None, segment.text


async def test_it_says_when_a_variable_comes_first_at_the_next_start(store: SqliteStore) -> None:
    settings = loaded(store, MODELTUI_THEME="dark")
    async with open_room(store, origins=settings.origins, theme_file=settings.theme_file) as room:
        room.app.choose_theme("light")
        await room.wait_for_flash("theme light; at the next start MODELTUI_THEME comes first")
    assert loaded(store, MODELTUI_THEME="dark").theme == "dark"
    assert loaded(store).theme == "light"


async def test_where_nothing_can_be_kept_it_holds_until_the_end(store: SqliteStore, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "theme"
    async with open_room(store, theme_file=place) as room:
        room.app.choose_theme("light")
        said = f"theme light, until you quit: {place} can't be written"
        await room.wait_until(lambda: room.flash.startswith(said), said)
        assert room.app.theme == "textual-light"
    async with open_room(store) as room:
        assert settings_of(store).theme_file is None
        room.app.choose_theme("light")
        await room.wait_for_flash("theme light, until you quit")


@pytest.mark.parametrize(
    ("variables", "theme"),
    [
        ({"TERM": "xterm-256color"}, "ansi-dark"),
        ({"TERM": "screen-256color"}, "ansi-dark"),
        ({"TERM": "tmux-256color"}, "ansi-dark"),
        ({"TERM": "linux"}, "ansi-dark"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "textual-dark"),
        ({"TERM": "tmux-256color", "COLORTERM": "24bit"}, "textual-dark"),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, "ansi-dark"),
        ({"TERM": "xterm-256color", "COLORTERM": "yes"}, "ansi-dark"),
    ],
)
def test_by_itself_it_goes_by_what_the_terminal_announces(variables: dict[str, str], theme: str) -> None:
    assert theme_name("auto", variables) == theme
    assert theme_name("light", variables) == "textual-light"
    assert theme_name("ansi-light", variables) == "ansi-light"
