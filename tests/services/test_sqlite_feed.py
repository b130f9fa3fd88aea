"""What has to do with files: one that is replaced, locked, vacuumed or gone, and SQLite's row numbers."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from modeltui import Catalog, DatabaseUnavailable, ModelUpdate
from modeltui.db import sqlite_feed
from modeltui.db.feed import BATCH_LIMIT, Signal
from modeltui.db.sqlite_feed import BUSY_LOOKS
from modeltui.db.sqlite_rows import SqliteRows
from modeltui.domain.changes import RESYNC
from modeltui.services.feed import Changes
from tests.services.builders import add_provider, caught_up, copy_model, eventually, execute, switch
from tests.services.children import Child
from tests.services.hearing import RESYNCED, heard, killed_unheard
from tests.services.stores import SQLITE_ONLY, SqliteStore

pytestmark = SQLITE_ONLY


@pytest.fixture(params=[sqlite_feed.AT_ONCE, -1], ids=["few", "many"], autouse=True)
def where_rows_are_looked_at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """On the event loop, or in a thread as where they are many; says whether it is a thread."""
    monkeypatch.setattr(sqlite_feed, "AT_ONCE", request.param)
    return bool(request.param < 0)


async def test_an_own_write_right_after_the_start_is_no_gap(
    filled_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, order = threading.Event(), []
    first_look = SqliteRows.remember

    def look_late(rows: SqliteRows) -> Signal:
        # A chance for the write to come first, which it must not take.
        begun.wait(0.2)
        order.append("looked")
        return first_look(rows)

    def begin(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement == "BEGIN IMMEDIATE":
            order.append("wrote")
            begun.set()

    monkeypatch.setattr(SqliteRows, "remember", look_late)
    engine = filled_catalog._workspace.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", begin)
    changes = filled_catalog.changes()
    await filled_catalog.models.move("m", "b", 0)
    event.remove(engine, "before_cursor_execute", begin)
    assert order == ["looked", "wrote"]
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]


async def test_a_commit_between_the_start_and_the_first_look_is_a_gap(
    store: SqliteStore, filled_catalog: Catalog
) -> None:
    changes = filled_catalog.changes()
    # Nothing is awaited in between, so that the task can't have looked yet.
    write_directly(store.path, "UPDATE model_config SET version = version + 1, model = 'x'")
    assert await heard(filled_catalog, changes) == RESYNCED


async def test_only_many_rows_are_looked_at_in_a_thread(
    filled_catalog: Catalog,
    other: Catalog,
    changes: Changes,
    where_rows_are_looked_at: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A busy event loop leaves threads little of Python's lock."""
    handed_over, to_thread = [], asyncio.to_thread

    async def noted(work: Any, *values: Any) -> Any:
        handed_over.append(work.__name__)
        return await to_thread(work, *values)

    monkeypatch.setattr(sqlite_feed.asyncio, "to_thread", noted)
    await other.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]
    assert ("compare" in handed_over) == where_rows_are_looked_at


def write_directly(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    for statement in statements:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.close()


async def test_a_change_of_very_many_is_one_resync(filled_catalog: Catalog, other: Catalog, changes: Changes) -> None:
    await copy_model(other, "m", BATCH_LIMIT - 2)
    assert len(await heard(filled_catalog, changes)) == BATCH_LIMIT - 2
    await execute(other, "UPDATE model_config SET version = version + 1")
    assert len(await heard(filled_catalog, changes)) == BATCH_LIMIT
    await copy_model(other, "n", 1)
    assert len(await heard(filled_catalog, changes)) == 1
    await execute(other, "UPDATE model_config SET version = version + 1")
    assert await heard(filled_catalog, changes) == RESYNCED
    await other.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]


async def test_a_row_in_the_place_of_a_deleted_one_is_no_update(
    filled_catalog: Catalog, other: Catalog, changes: Changes
) -> None:
    await add_provider(other, "x")
    assert await heard(filled_catalog, changes) == [("provider", "x", "created")]
    # Between two looks, so that SQLite gives the new row the number of the old one.
    write_directly(
        database_of(filled_catalog),
        "DELETE FROM provider_config WHERE name = 'x'",
        "INSERT INTO provider_config (id, family, name, name_key, enabled, created_at, updated_at, updated_by, version)"
        " SELECT lower(hex(randomblob(16))), family, 'y', 'y', 1, created_at, updated_at, 'bob', 1"
        " FROM provider_config WHERE name = 'a'",
    )
    assert await heard(filled_catalog, changes) == RESYNCED
    await switch(other, "y", on=False)
    assert await heard(filled_catalog, changes) == [("provider", "y", "updated")]


async def test_a_vacuum_loses_no_change(filled_catalog: Catalog, other: Catalog, changes: Changes) -> None:
    await filled_catalog.providers.delete("a")
    await heard(filled_catalog, changes)
    run_sqlite(database_of(filled_catalog), "VACUUM")
    assert await heard(filled_catalog, changes) in ([], RESYNCED)
    await switch(other, "b", on=False)
    assert await heard(filled_catalog, changes) == [("provider", "b", "updated")]


def database_of(catalog: Catalog) -> Path:
    return Path(catalog.location)


async def test_a_writer_killed_after_writing_to_the_log_is_not_heard_of(
    store: SqliteStore, filled_catalog: Catalog, changes: Changes
) -> None:
    await killed_unheard(Child(DIE_IN_A_TRANSACTION, store, str(store.path)), filled_catalog, changes)


DIE_IN_A_TRANSACTION = """
import sqlite3
connection = sqlite3.connect(sys.argv[2], isolation_level=None)
# A cache of one page, so that what isn't committed goes to the log before the end.
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE model_config SET version = version + 1, model = 'x'")
connection.execute("UPDATE provider_config SET version = version + 1, enabled = 0")
wait_for_the_test()
"""


async def test_a_file_put_in_place_of_another_is_read_anew(
    store: SqliteStore, filled_catalog: Catalog, changes: Changes, tmp_path: Path
) -> None:
    await filled_catalog.resolve("m")
    replacement = await another_file(store, tmp_path)
    put_in_place(replacement, store.path)
    assert await heard(filled_catalog, changes) == RESYNCED
    assert (await filled_catalog.resolve("m")).provider_name == "b"
    await filled_catalog.models.move("m", "a", 0)
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]


async def another_file(store: SqliteStore, folder: Path) -> Path:
    """The same catalog in another file, where m goes to b."""
    replacement = SqliteStore(folder / "replacement.db")
    connection = sqlite3.connect(store.path)
    connection.execute("VACUUM INTO ?", (str(replacement.path),))
    connection.close()
    async with replacement.open() as catalog:
        await catalog.models.move("m", "b", 0)
    return replacement.path


def put_in_place(replacement: Path, path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    replacement.rename(path)


async def test_a_backup_restored_into_the_same_file_is_noticed(
    store: SqliteStore, filled_catalog: Catalog, changes: Changes, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    run_sqlite(store.path, f"VACUUM INTO '{backup}'")
    await filled_catalog.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]
    # The same version as before, but another change.
    async with SqliteStore(backup).open() as catalog:
        catalog._workspace.clock()
        await catalog.models.update("m", ModelUpdate(model="x"))
    source, target = sqlite3.connect(backup), sqlite3.connect(store.path)
    source.backup(target)
    source.close()
    target.close()
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]


def run_sqlite(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.close()


async def test_a_database_that_is_gone_and_back_is_told(
    store: SqliteStore, filled_catalog: Catalog, changes: Changes
) -> None:
    told: list[str | None] = []
    filled_catalog.on_connection(lambda trouble: told.append(trouble and trouble.message))
    await caught_up(filled_catalog)
    kept = store.path.with_name("kept.db")
    store.path.rename(kept)
    assert await heard_nothing(filled_catalog, changes)
    trouble = filled_catalog.connection_trouble
    assert trouble is not None
    assert trouble.code == "database_unavailable"
    kept.rename(store.path)
    assert await anext(changes) == RESYNC
    assert filled_catalog.connection_trouble is None
    assert told == [trouble.message, None]
    await filled_catalog.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]


async def test_a_database_that_is_back_with_another_schema_is_not_said_to_be_gone(
    store: SqliteStore, filled_catalog: Catalog, changes: Changes
) -> None:
    told: list[str | None] = []
    filled_catalog.on_connection(lambda trouble: told.append(trouble and trouble.code))
    await caught_up(filled_catalog)
    run_sqlite(store.path, "PRAGMA wal_checkpoint(TRUNCATE)")
    kept, newer = store.path.with_name("kept.db"), store.path.with_name("newer.db")
    for copy in (kept, newer):
        shutil.copyfile(store.path, copy)
    with closing(sqlite3.connect(newer, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    store.path.rename(store.path.with_name("gone.db"))
    await caught_up(filled_catalog)
    put_in_place(newer, store.path)
    await caught_up(filled_catalog)
    assert told == ["database_unavailable", "schema_outdated"]
    assert filled_catalog.connection_trouble is not None
    assert filled_catalog.connection_trouble.code == "schema_outdated"
    put_in_place(kept, store.path)
    assert await anext(changes) == RESYNC
    assert told == ["database_unavailable", "schema_outdated", None]


async def heard_nothing(catalog: Catalog, changes: Changes) -> bool:
    await caught_up(catalog)
    return not changes._queue


async def test_a_feed_that_starts_without_its_database_waits_for_it(
    store: SqliteStore, filled_catalog: Catalog
) -> None:
    kept = store.path.with_name("kept.db")
    store.path.rename(kept)
    changes = filled_catalog.changes()
    assert await heard_nothing(filled_catalog, changes)
    assert filled_catalog.connection_trouble is not None
    kept.rename(store.path)
    assert await anext(changes) == RESYNC


@pytest.mark.parametrize("content", [b"", b"no database at all, " * 100])
async def test_a_broken_file_in_its_place_is_waited_out(
    store: SqliteStore, filled_catalog: Catalog, changes: Changes, content: bytes
) -> None:
    await caught_up(filled_catalog)
    kept = store.path.with_name("kept.db")
    shutil.copyfile(store.path, kept)
    run_sqlite(store.path, "PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(store.path, kept)
    broken = store.path.with_name("broken.db")
    broken.write_bytes(content)
    put_in_place(broken, store.path)
    assert await heard_nothing(filled_catalog, changes)
    assert filled_catalog.connection_trouble is not None
    put_in_place(kept, store.path)
    assert await anext(changes) == RESYNC
    assert filled_catalog.connection_trouble is None


async def test_a_file_that_is_locked_for_a_moment_is_waited_for(
    store: SqliteStore, filled_catalog: Catalog, changes: Changes
) -> None:
    await caught_up(filled_catalog)
    watcher: Any = filled_catalog._workspace.feed._watcher
    await filled_catalog.models.move("m", "b", 0)
    rows, looks = watcher._rows, []

    def locked() -> bool:
        looks.append(1)
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error

    rows.changed = locked
    write = asyncio.ensure_future(filled_catalog.models.move("m", "a", 0))

    async def looked_again() -> bool:
        return len(looks) >= 2

    await eventually(looked_again, "a second look")
    assert filled_catalog.connection_trouble is None
    assert not write.done()
    del rows.changed
    await write
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")] * 2
    rows.changed = locked
    watcher._busy = BUSY_LOOKS
    assert await anext(changes) == RESYNC
    assert filled_catalog.connection_trouble is None
    # The looks that found it locked before the loss are no reason to give up sooner now.
    looks.clear()
    watcher._rows.changed = locked
    await eventually(looked_again, "a second look after the loss")
    assert filled_catalog.connection_trouble is None


async def test_a_mistake_in_the_watcher_is_survived(
    filled_catalog: Catalog, changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    await caught_up(filled_catalog)
    monkeypatch.setattr("modeltui.services.feed.RESTART_SECONDS", 0)
    watcher: Any = filled_catalog._workspace.feed._watcher

    def mistaken() -> bool:
        raise ZeroDivisionError

    watcher._rows.changed = mistaken
    assert await anext(changes) == RESYNC
    assert filled_catalog.connection_trouble is None


# Kept answers


async def test_a_replaced_file_is_asked_anew(store: SqliteStore, warm: Catalog, tmp_path: Path) -> None:
    put_in_place(await another_file(store, tmp_path), store.path)
    await caught_up(warm)
    assert (await warm.resolve("m")).provider_name == "b"


async def test_with_the_database_gone_the_last_answer_is_given_to_who_asks_for_that(
    store: SqliteStore, warm: Catalog
) -> None:
    last = await warm.resolve("m")
    kept = store.path.with_name("kept.db")
    store.path.rename(kept)
    await caught_up(warm)
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable):
            await warm.resolve("m")
        stale = await warm.resolve("m", allow_stale=True)
        assert stale == replace(last, stale=True)
    for name in ("nobody", "never asked for"):
        with pytest.raises(DatabaseUnavailable):
            await warm.resolve(name, allow_stale=True)
    kept.rename(store.path)

    async def is_back() -> bool:
        return not (await warm.resolve("m", allow_stale=True)).stale

    await eventually(is_back, "a fresh answer")
    assert (await warm.resolve("m")).as_of > last.as_of


async def test_what_others_changed_while_the_feed_was_down_is_seen(
    store: SqliteStore, warm: Catalog, tmp_path: Path
) -> None:
    replacement = await another_file(store, tmp_path)
    store.path.rename(store.path.with_name("kept.db"))
    await caught_up(warm)
    assert warm.connection_trouble is not None
    put_in_place(replacement, store.path)
    await caught_up(warm)
    assert (await warm.resolve("m")).provider_name == "b"


# The end


async def test_closing_closes_the_file(store: SqliteStore) -> None:
    async with store.open() as catalog:
        catalog.changes()
        await add_provider(catalog, "a")
        watcher: Any = catalog._workspace.feed._watcher
        connection = watcher._rows._connection
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
    assert not store.path.with_name(store.path.name + "-wal").exists()
