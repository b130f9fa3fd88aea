"""The way to the first paint is short: nothing heavy is loaded, and the first frame has the rows."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.services.stores import SqliteStore, Store
from tests.support.terminal import Terminal

DRIVER = Path(__file__).parents[1] / "support" / "first_paint.py"
HEAVY = {
    "aiosqlite",
    "alembic",
    "click",
    "cryptography",
    "httpx",
    "pydantic",
    "pydantic_settings",
    "sqlalchemy",
    "sqlmodel",
    "typer",
}


def first_paint(
    store: Store, tmp_path: Path, size: tuple[int, int], environ: dict[str, str], text: str = "gpt-5-mini"
) -> dict[str, Any]:
    """Run the program on a real terminal until its rows are there; return what the recorder saw at the first text."""
    report = tmp_path / "report.json"
    with Terminal.start(
        [sys.executable, str(DRIVER), str(report), text],
        env={**store.environ, "MODELTUI_DATABASE_URL": store.url, **environ},
        size=size,
    ) as terminal:
        terminal.wait_for("gpt-5-mini")
        # The driver is given a frame before the terminal shows it.
        recorded: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return recorded


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
@pytest.mark.parametrize("theme", ["auto", "light"])
def test_the_first_frame_has_the_rows_and_nothing_heavy_is_loaded(
    store: SqliteStore, tmp_path: Path, size: tuple[int, int], theme: str
) -> None:
    recorded = first_paint(store, tmp_path, size, {"MODELTUI_THEME": theme})
    assert HEAVY & {name.partition(".")[0] for name in recorded["modules"]} == set()
    assert recorded["frames"] == 0


def test_the_recorder_would_see_what_is_loaded(store: SqliteStore, tmp_path: Path) -> None:
    recorded = first_paint(store, tmp_path, (120, 40), {})
    assert {"textual.app", "sqlite3", "modeltui.tui.control_room"} <= set(recorded["modules"])
