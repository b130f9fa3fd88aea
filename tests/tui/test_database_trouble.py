"""A database that is missing, old, new, wrong, locked or gone: the screens say so, live on, and lose no draft."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from modeltui.services.catalog import open_database
from modeltui.tui import connection
from modeltui.tui.session import CONNECTED_AGAIN, Phase
from tests.services.builders import order
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.support.wait import words
from tests.tui.driver import NARROW, Room, open_room, settings_of, store_at


@pytest.fixture(autouse=True)
def others_unheard() -> None:
    """The feed looks all the time, and notices what becomes of the database."""


@pytest.fixture
def empty_folder(tmp_path: Path) -> SqliteStore:
    """A store whose database doesn't exist."""
    folder = tmp_path / "nothing"
    folder.mkdir()
    return store_at(folder)


async def failed(room: Room) -> None:
    """Wait until the screens know that they can't have the catalog."""
    await room.wait_until(lambda: room.app.session.phase is Phase.FAILED, "the failure")
    await room.pass_messages()


def said(room: Room) -> str:
    """What stands in the place of the rows, in one line."""
    return words(" ".join(room.empty))


async def older(store: SqliteStore) -> None:
    """Make a database of the first schema, with a provider and a model in it."""
    database = await open_database(settings_of(store), create=True)
    try:
        await database.migrate("0001")
    finally:
        await database.close()


@contextmanager
def locked(store: SqliteStore) -> Iterator[sqlite3.Connection]:
    """Hold the database as another program does in the middle of a write."""
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


# At the start


async def test_missing_says_the_next_step_and_r_retries(empty_folder: SqliteStore, filled_file: Path) -> None:
    async with open_room(empty_folder, ready=False, size=NARROW) as room:
        await failed(room)
        assert "no database at" in said(room)
        assert "modeltui db create" in said(room)
        assert said(room).endswith("It is tried again every few seconds; r tries at once, q quits.")
        assert "not connected" in room.top
        await room.press("2")
        await room.wait_for_place("Providers")
        assert "Could not read providers: no database at" in said(room)
        await room.press("r")
        await failed(room)
        for key, label in {"t": "on/off", "n": "new", "d": "delete", "e": "edit"}.items():
            await room.press(key)
            assert room.flash.startswith(f"ERROR {label} needs the catalog: no database at")
        await room.press("1")
        await room.wait_for_place("Models")
        shutil.copyfile(filled_file, empty_folder.path)
        await room.press("r")
        await room.wait_until(lambda: room.app.session.phase is Phase.READY, "the catalog read")
        await room.wait_for("qwen3-coder")
        await room.wait_until(lambda: "not connected" not in room.top, "that it is back")
        await room.go_to_row("gpt-4.1")
        await room.press("t")
        await room.wait_for_flash("gpt-4.1 is on; requests go to openai-us")


async def test_missing_appears_when_it_is_there(
    empty_folder: SqliteStore, filled_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "AGAIN_SECONDS", 0.05)
    async with open_room(empty_folder, ready=False, size=NARROW) as room:
        await failed(room)
        shutil.copyfile(filled_file, filled_file.with_suffix(".whole"))
        filled_file.with_suffix(".whole").rename(empty_folder.path)
        await room.wait_for_flash(CONNECTED_AGAIN)
        await room.wait_for("qwen3-coder")
        assert "not connected" not in room.top


async def test_missing_default_is_made(empty_folder: SqliteStore) -> None:
    async with open_room(empty_folder, database_is_default=True) as room:
        await room.wait_for("No models yet, and no providers to send requests to.")
    assert empty_folder.path.exists()


async def test_older_schema_asks_and_upgrades(empty_folder: SqliteStore, snap: Snap) -> None:
    await older(empty_folder)
    async with open_room(empty_folder, ready=False, size=NARROW) as room:
        await room.asked("Upgrade the database testhost/catalog?")
        await snap(room.pilot)
        await room.press("y")
        await room.wait_until(lambda: room.app.session.phase is Phase.READY, "the catalog read")
        await room.wait_for("No models yet, and no providers")


async def test_older_schema_stays_when_one_says_no(empty_folder: SqliteStore) -> None:
    await older(empty_folder)
    async with open_room(empty_folder, ready=False, size=NARROW) as room:
        await room.asked("Upgrade the database testhost/catalog?")
        await room.press("enter")
        await room.settle()
        assert "the database has schema 0001" in said(room)
        await room.press("r")
        await room.asked("Upgrade the database testhost/catalog?")
        await room.press("escape")
        await room.settle()
    with closing(sqlite3.connect(empty_folder.path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


async def test_older_schema_in_read_only_is_only_told(empty_folder: SqliteStore) -> None:
    await older(empty_folder)
    async with open_room(empty_folder, ready=False, size=NARROW, read_only=True) as room:
        await failed(room)
        assert "modeltui db upgrade" in said(room)
        assert room.question == []


async def test_newer_schema(store: SqliteStore) -> None:
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    async with open_room(store, ready=False, size=NARROW) as room:
        await failed(room)
        assert "the database was written by a newer modeltui (schema 9999); upgrade modeltui" in said(room)
        assert room.question == []


async def test_not_a_database(empty_folder: SqliteStore) -> None:
    empty_folder.path.write_text("this is a letter to my aunt\n" * 100)
    async with open_room(empty_folder, ready=False, size=NARROW) as room:
        await failed(room)
        assert "is not a SQLite database; check the database setting" in said(room)


async def test_another_programs_database(empty_folder: SqliteStore) -> None:
    with closing(sqlite3.connect(empty_folder.path)) as connection, connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    async with open_room(empty_folder, ready=False, size=NARROW) as room:
        await failed(room)
        assert "is another program's database; check the database setting" in said(room)


async def test_a_file_that_is_not_writable_is_read_only(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told by what the system says of the file, because root may write any."""
    access = os.access

    def refused(path: object, mode: int) -> bool:
        return mode == os.W_OK and str(path) == str(store.path)

    monkeypatch.setattr(os, "access", lambda path, mode: not refused(path, mode) and access(path, mode))
    async with open_room(store, size=NARROW) as room:
        assert room.top == "testhost/catalog alice READ ONLY"
        assert len(room.rows) == 7
        await room.press("d")
        assert room.flash.startswith("ERROR delete is refused, the catalog is read-only: ")
        assert room.flash.endswith("is not writable")


# While in use


async def test_gone_while_in_use_and_back(store: SqliteStore) -> None:
    """What is on the screen stays; r works again once the file is back."""
    async with open_room(store, size=NARROW) as room:
        kept = store.path.with_suffix(".kept")
        store.path.rename(kept)
        await room.press("r")
        await room.wait_until(lambda: room.flash.startswith("ERROR the database file"), "the error")
        assert room.flash.endswith("r tries again")
        assert "not connected" in room.top
        assert len(room.rows) == 7
        await room.press("t")
        await room.wait_until(lambda: room.flash.startswith("ERROR"), "the error")
        kept.rename(store.path)
        await room.press("r")
        await room.wait_for_flash("read again; this is what the catalog holds now")
        await room.wait_until(lambda: "not connected" not in room.top, "that it is back")


async def test_gone_on_save_keeps_the_draft(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5")
        await room.press("J")
        kept = store.path.with_suffix(".kept")
        store.path.rename(kept)
        await room.press("s")
        await room.wait_until(lambda: room.flash.startswith("ERROR the database file"), "the error")
        assert room.place == "Models / gpt-5 / lines draft: 1 change"
        assert room.cursor.startswith("2 1 openai-eu")
        assert room.question == []
        kept.rename(store.path)
        await room.press("s")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")
        await room.wait_until(lambda: "not connected" not in room.top, "that it is back")
        async with store.open() as other:
            assert order(await other.models.get("gpt-5"))[:2] == ["openai-us", "openai-eu"]


async def test_damaged_while_in_use(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        with closing(sqlite3.connect(store.path)) as connection, connection:
            connection.execute("DROP TABLE attachment")
        await room.press("r")
        await room.wait_until(lambda: "has lost its tables" in room.flash, "the error")
        assert len(room.rows) == 7
        await room.press("q")
        assert await room.wait_for_end() == 0


async def test_locked_for_a_moment_waits(store: SqliteStore) -> None:
    """Another program writes: the screens wait for it, say so when it takes long, and then do what was asked."""
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("gpt-4.1")
        with locked(store) as other:
            await room.send("t")
            await room.wait_for_flash("waiting for the database")
            assert room.cursor.startswith("gpt-4.1 - off")
            other.execute("ROLLBACK")
        await room.wait_for_flash("gpt-4.1 is on; requests go to openai-us")


async def test_what_waits_after_a_question_says_so_too(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modeltui.tui.screens.working.SLOW_SECONDS", 0.01)
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("gpt-5-nano")
        await room.ask("t", "Turn gpt-5-nano off?")
        with locked(store) as other:
            await room.send("y")
            await room.wait_for_flash("waiting for the database")
            other.execute("ROLLBACK")
        await room.wait_until(lambda: room.flash.startswith("gpt-5-nano is off"), "the change")


async def test_a_model_that_another_catalog_does_not_have(store: SqliteStore, tmp_path: Path) -> None:
    """The file is replaced: what is edited is no more, and neither its lines nor the draft pretend otherwise."""
    empty = store_at(tmp_path)
    async with empty.open(create=True):
        pass
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5")
        await room.press("J")
        shutil.copy(empty.path, empty.path.with_suffix(".copy"))
        empty.path.with_suffix(".copy").rename(store.path)
        await room.wait_until(lambda: room.place.endswith("deleted elsewhere draft: 1 change"), "that it is gone")
        assert room.pane[1] == "now deleted: requests are refused"
        await room.press("s")
        await room.wait_for_flash(
            "ERROR not saved: gpt-5 isn't in this catalog any more; the draft is still here, q leaves it"
        )
        assert room.place.endswith("draft: 1 change")


async def test_locked_for_long_says_so_and_changes_nothing(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modeltui.db.engine.BUSY_SECONDS", 0.05)
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5")
        await room.press("J")
        with locked(store):
            await room.press("s")
            await room.wait_until(lambda: "is locked by another program" in room.flash, "the error")
            assert room.place == "Models / gpt-5 / lines draft: 1 change"
        await room.press("s")
        await room.wait_for_flash("saved: requests for gpt-5 go to openai-us")


async def test_reading_goes_on_while_another_program_writes(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        with locked(store):
            await room.press("r")
            await room.wait_for_flash("read again; this is what the catalog holds now")


async def test_leaving_while_it_is_gone(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5")
        await room.press("J")
        store.path.unlink()
        await room.ask("ctrl+q", "Leave with a draft?")
        await room.press("s")
        await room.wait_until(lambda: room.flash.startswith("ERROR"), "the error")
        assert room.app.is_running
        assert room.place == "Models / gpt-5 / lines draft: 1 change"
        await room.ask("ctrl+q", "Leave with a draft?")
        await room.press("d")
        assert await room.wait_for_end() == 0
