"""Hints are shown whole or counted; the pinned ones are always there."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult

from modeltui.tui.widgets.hint_bar import Hint, HintBar
from modeltui.tui.widgets.toned_screen import TonedScreen

STYLES = Path(__file__).parents[2] / "styles" / "app.tcss"
PINNED = [("?", "help"), ("q", "quit")]
MODELS = [
    ("enter", "lines"),
    ("t", "on/off"),
    ("n", "new"),
    ("e", "edit"),
    ("*", "default"),
    ("/", "filter"),
    ("d", "delete"),
    ("c", "clone"),
    ("y", "copy"),
    ("S", "sort"),
    ("space", "mark"),
    ("r", "reload"),
]


class Bar(App[None]):
    CSS_PATH = STYLES

    def get_default_screen(self) -> TonedScreen:
        return TonedScreen(id="_default")

    def compose(self) -> ComposeResult:
        yield HintBar()


async def bar(width: int, hints: list[Hint], pinned: list[Hint]) -> str:
    app = Bar()
    async with app.run_test(size=(width, 3)) as pilot:
        app.query_one(HintBar).show(hints, pinned)
        await pilot.pause()
        (line,) = app.query_one(HintBar).lines_as_text
        return line


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (80, "enter lines  t on/off  n new  e edit  * default  / filter  +6     ? help  q quit"),
        (60, "enter lines  t on/off  n new  e edit  +8      ? help  q quit"),
        (40, "enter lines  +11          ? help  q quit"),
        (30, "+12             ? help  q quit"),
    ],
)
async def test_what_does_not_fit_is_counted(width: int, line: str) -> None:
    assert await bar(width, MODELS, PINNED) == line


async def test_all_hints_where_there_is_room() -> None:
    assert await bar(80, MODELS[:2], PINNED) == "enter lines  t on/off" + " " * 45 + "? help  q quit"


async def test_no_pinned_hints() -> None:
    assert await bar(30, MODELS[:2], []) == "enter lines  t on/off"


async def test_nothing_at_all() -> None:
    assert await bar(30, [], []) == ""


@pytest.mark.parametrize("width", range(30, 121))
async def test_no_hint_is_ever_cut(width: int) -> None:
    line = await bar(width, MODELS, PINNED)
    assert line.endswith("? help  q quit")
    parts = line.removesuffix("? help  q quit").split("  ")
    shown = [part for part in parts if part.strip() and not part.startswith("+")]
    whole = [f"{key} {label}" for key, label in MODELS]
    assert [part.strip() for part in shown] == whole[: len(shown)]
    hidden = len(MODELS) - len(shown)
    assert [part.strip() for part in parts if part.startswith("+")] == ([f"+{hidden}"] if hidden else [])


async def test_a_narrower_window_brings_fewer_hints() -> None:
    app = Bar()
    async with app.run_test(size=(80, 3)) as pilot:
        app.query_one(HintBar).show(MODELS, PINNED)
        await pilot.resize_terminal(60, 3)
        await pilot.pause()
        assert app.query_one(HintBar).lines_as_text[0].endswith("+8      ? help  q quit")
