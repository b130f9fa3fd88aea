"""Large catalogs: the first rows are painted before the others are read, and keys wait for all of them."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from bench.catalog import build, environment
from textual import events

from modeltui.services.first_page import Glimpse, read_glimpse, read_rows
from modeltui.settings import load_settings
from modeltui.tui.control_room import ControlRoom
from modeltui.tui.session import Phase, Session
from tests.tui.driver import Room

MODELS = 250


async def test_keys_wait_until_all_rows_are_there(tmp_path: Path) -> None:
    await build(tmp_path, MODELS)
    environ = environment(tmp_path)
    settings = load_settings({"theme": "dark"}, environ)
    go_on = threading.Event()

    def glimpse() -> Glimpse | None:
        return read_glimpse(settings, environ)

    app = ControlRoom(
        Session(settings, environ, "alice"), glimpse, lambda: read_rows(settings, environ) if go_on.wait() else None
    )
    async with app.run_test(size=(120, 40)) as pilot:
        room = Room(app, pilot)
        try:
            await room.wait_for_place(f"Models {MODELS}")
            first = len(app.models_screen.rows.keys)
            app.post_message(events.Key("V", "V"))
            await asyncio.sleep(0)
            assert 0 < first < MODELS
            assert app.models_screen.marks == frozenset()
        finally:
            go_on.set()
        await room.wait_for(f"{MODELS} marked:")
        await room.wait_until(lambda: app.session.phase is Phase.READY, "the catalog read")
        assert len(app.models_screen.marks) == MODELS
