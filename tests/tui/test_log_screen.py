"""The log: every message of the session, with its time and its screen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from modeltui.clock import local, local_text
from modeltui.tui.message_log import LIMIT, MessageLog
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, WIDE, open_room
from tests.tui.test_hostile_text import HOSTILE, check

MOMENT = datetime(2026, 3, 1, 3, 4, 5, tzinfo=UTC)
SMALL = (60, 15)


def test_it_keeps_the_latest_and_counts_the_rest() -> None:
    log = MessageLog()
    for number in range(LIMIT + 5):
        log.add(MOMENT, "Models", f"message {number}")
    assert len(log) == LIMIT
    assert log.forgotten == 5
    first, *_, last = log
    assert (first.number, first.text) == (6, "message 5")
    assert (last.number, last.text, last.error) == (LIMIT + 5, f"message {LIMIT + 4}", False)


async def test_it_holds_what_was_said_refused_and_failed_the_newest_at_the_bottom(store: SqliteStore) -> None:
    async with open_room(store, read_only=True) as room:
        await room.press("escape", "t")
        await room.go_to_providers()
        await room.paste("anything")
        await room.press("!")
        await room.wait_for_place("Log 3 messages of this session")
        said = [row.split("+00:00 ")[1] for row in room.rows]
        assert said[0] == "Models nothing to go back from; q quits"
        assert said[1].startswith("Models ERROR on/off is refused, the catalog is read-only")
        assert said[2] == "Providers pasting works in fields only; nothing was changed"
        assert room.cursor.endswith("nothing was changed")


async def test_times_are_local_with_their_offset(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("escape", "!")
        await room.wait_for_place("Log")
        (said,) = room.app.session.log
        assert room.cursor.startswith(local(said.at).timetz().isoformat(timespec="seconds"))
        assert room.pane[0].strip("─ ") == f"{local_text(said.at)} Models"
        assert room.pane[1] == "nothing to go back from; q quits"


async def test_a_catalog_that_does_not_open_is_in_the_log(store: SqliteStore) -> None:
    store.path.write_bytes(b"not a database" * 100)
    async with open_room(store, ready=False) as room:
        await room.wait_for("Could not read models")
        await room.press("!")
        await room.wait_for_place("Log 1 message of this session")
        assert "ERROR" in room.rows[0]


async def test_the_pane_has_the_whole_message(store: SqliteStore) -> None:
    text = "word " * 60 + "end"
    async with open_room(store, size=NARROW) as room:
        room.screen.flash(text)
        await room.press("!")
        await room.wait_for_place("Log")
        assert "…" in room.rows[0]
        assert " ".join(room.pane[1:]) == text


async def test_the_filter_narrows_and_q_peels(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("escape", "r")
        await room.settle()
        await room.press("!", "/")
        await room.type("models READ")
        assert len(room.rows) == 1
        await room.press("enter", "q")
        assert len(room.rows) == 2
        await room.press("q")
        await room.wait_for_place("Models")


async def test_a_cursor_at_the_newest_stays_there_and_another_stays_where_it_is(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("escape", "escape", "!")
        await room.wait_for_place("Log 2 messages")
        room.app.models_screen.flash("later")
        await room.app.session.reload()
        await room.pass_messages()
        assert room.cursor.endswith("later")
        await room.press("g")
        first = room.cursor
        room.app.models_screen.flash("later still")
        await room.app.session.reload()
        await room.pass_messages()
        assert room.cursor == first
        assert len(room.rows) == 4


async def test_pages_turn(store: SqliteStore) -> None:
    async with open_room(store, size=SMALL) as room:
        for number in range(50):
            room.screen.flash(f"message {number}")
        await room.press("!")
        await room.wait_for_place("Log")
        assert room.cursor.endswith("message 49")
        await room.press("pageup")
        assert not room.cursor.endswith("message 49")
        await room.press("g")
        assert room.cursor.endswith("message 0")


async def test_from_the_editor_and_back(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("J", "!")
        await room.wait_for_place("Log")
        assert room.cursor.endswith("Attachment editor openai-eu moved from 1 to 2")
        await room.press("escape")
        await room.wait_for_place("Models / gpt-5 / lines draft: 1 change")


async def test_nothing_said_yet(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("!")
        await room.wait_for_place("Log 0 messages")
        assert room.empty == ["Nothing was said yet in this session.", "q goes back."]


async def test_hostile_messages_are_literal(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        for text in HOSTILE:
            room.screen.flash(text)
            check(room)
        await room.press("!")
        await room.wait_for_place("Log")
        for _ in HOSTILE:
            check(room)
            await room.press("up")
        assert "[red]x" in room.text


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL], ids=["120x40", "80x24", "60x15"])
async def test_how_it_looks(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await room.press("escape", "R", "r")
        await room.settle()
        await room.open_lines("gpt-5")
        await room.press("J", "K", "K")
        room.screen.flash("the database did not answer", error=True)
        await room.press("!")
        await room.wait_for_place("Log")
        assert room.cursor.endswith("ERROR the database did not answer")
        await snap(room.pilot)
