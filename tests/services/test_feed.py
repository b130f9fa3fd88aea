"""What changes is heard of by every open catalog, whoever changed it, once, and nothing goes unnoticed."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from modeltui import (
    Catalog,
    CatalogChange,
    CatalogError,
    ChangeAction,
    ChangeKind,
    ModelUpdate,
    NotFound,
    ProviderUpdate,
    TurnProviders,
)
from modeltui.db.feed import BATCH_LIMIT, Signal
from modeltui.db.sqlite_feed import BUSY_LOOKS
from modeltui.db.sqlite_rows import SqliteRows
from modeltui.domain.changes import RESYNC
from modeltui.services.feed import QUEUE_LIMIT, Changes
from tests.services.builders import (
    add_model,
    add_provider,
    add_providers,
    caught_up,
    eventually,
    execute,
    query,
    switch,
)
from tests.services.children import Child
from tests.services.stores import SqliteStore

Heard = list[tuple[str, str, str]]


@pytest.fixture
async def filled_catalog(catalog: Catalog) -> Catalog:
    """Providers a and b; m on both, which is the default, and n on b."""
    await add_providers(catalog, "a", "b")
    await add_model(catalog, "m", "a", "b")
    await add_model(catalog, "n", "b")
    return catalog


@pytest.fixture
async def changes(filled_catalog: Catalog) -> AsyncIterator[Changes]:
    """What alice's catalog reports."""
    reported = filled_catalog.changes()
    yield reported
    await reported.aclose()


async def heard(catalog: Catalog, changes: Changes) -> Heard:
    """Read all that is reported until now, with names for ids, sorted by kind and name."""
    await caught_up(catalog)
    found = []
    while changes._queue:
        found.append(await anext(changes))
    return await named(catalog, found)


async def named(catalog: Catalog, found: list[CatalogChange]) -> Heard:
    rows = await query(catalog, "SELECT id, name FROM provider_config UNION SELECT id, name FROM model_config")
    names = {UUID(str(row.id)): row.name for row in rows}
    return sorted(
        (change.kind, names.get(change.id, "gone") if change.id is not None else "", change.action or "")
        for change in found
    )


WRITES: dict[str, tuple[Any, Heard]] = {
    "provider created": (lambda c: add_provider(c, "x"), [("provider", "x", "created")]),
    "provider renamed": (
        lambda c: c.providers.update("a", ProviderUpdate(name="x")),
        [("provider", "x", "updated")],
    ),
    "provider off": (lambda c: switch(c, "a", on=False), [("provider", "a", "updated")]),
    "provider deleted": (
        lambda c: c.providers.delete("a"),
        [("model", "m", "updated"), ("provider", "gone", "deleted")],
    ),
    "provider deleted with a model and the default": (
        lambda c: c.providers.delete("b"),
        [("model", "m", "updated"), ("model", "n", "deleted"), ("provider", "gone", "deleted")],
    ),
    "model created": (lambda c: add_model(c, "x", "a"), [("model", "x", "created")]),
    "model renamed": (lambda c: c.models.update("m", ModelUpdate(name="x")), [("model", "x", "updated")]),
    "model moved": (lambda c: c.models.move("m", "b", 0), [("model", "m", "updated")]),
    "model attached": (lambda c: c.models.attach("n", "a"), [("model", "n", "updated")]),
    "model detached": (lambda c: c.models.detach("m", "a"), [("model", "m", "updated")]),
    "own upstream id": (lambda c: c.models.set_upstream_model("m", "a", "x"), [("model", "m", "updated")]),
    "default moved": (
        lambda c: c.models.set_default("n"),
        [("model", "m", "updated"), ("model", "n", "updated")],
    ),
    "default taken away": (lambda c: c.models.set_default(None), [("model", "m", "updated")]),
    "model deleted": (lambda c: c.models.delete("n"), [("model", "n", "deleted")]),
    "default deleted": (
        lambda c: c.models.delete("m"),
        [("model", "m", "deleted"), ("model", "n", "updated")],
    ),
    "several providers off": (
        lambda c: turned_off(c, "a", "b"),
        [("provider", "a", "updated"), ("provider", "b", "updated")],
    ),
    "nothing really": (lambda c: c.models.update("m", ModelUpdate(name="m")), []),
}


async def turned_off(catalog: Catalog, *names: str) -> None:
    ids = {row.name: row.id for row in await catalog.providers.list()}
    await catalog.bulk.apply(TurnProviders(tuple(ids[name] for name in names), enabled=False))


@pytest.mark.parametrize("whose", ["own", "another's"])
@pytest.mark.parametrize("write", WRITES)
async def test_every_write_is_reported_once(
    filled_catalog: Catalog, other: Catalog, changes: Changes, write: str, whose: str
) -> None:
    call, expected = WRITES[write]
    await call(filled_catalog if whose == "own" else other)
    assert await heard(filled_catalog, changes) == sorted(expected)
    assert await heard(filled_catalog, changes) == []


@pytest.mark.parametrize("whose", ["own", "another's"])
async def test_a_restored_model_is_reported_as_that(
    filled_catalog: Catalog, other: Catalog, changes: Changes, whose: str
) -> None:
    writer = filled_catalog if whose == "own" else other
    await writer.models.delete("n")
    assert await heard(filled_catalog, changes) == [("model", "n", "deleted")]
    await writer.models.restore("n")
    assert await heard(filled_catalog, changes) == [("model", "n", "restored")]


async def test_an_own_write_is_there_when_the_call_returns(filled_catalog: Catalog, changes: Changes) -> None:
    row = await filled_catalog.models.move("m", "b", 0)
    assert list(changes._queue) == [CatalogChange(ChangeKind.MODEL, row.id, ChangeAction.UPDATED)]


async def test_a_refused_write_is_not_reported(filled_catalog: Catalog, changes: Changes) -> None:
    with pytest.raises(NotFound):
        await filled_catalog.models.delete("nobody")
    with pytest.raises(CatalogError):
        await filled_catalog.models.detach("n", "b")
    assert await heard(filled_catalog, changes) == []


async def test_another_processs_write_is_heard_of_without_asking(store: SqliteStore, filled_catalog: Catalog) -> None:
    child = Child(WRITE_IN_A_CHILD, store)
    await asyncio.to_thread(child.wait_until_ready)
    changes = filled_catalog.changes()
    child.go()
    found = [await anext(changes) for _ in range(2)]
    await asyncio.to_thread(child.finish)
    assert await named(filled_catalog, found) == [("model", "m", "updated"), ("provider", "x", "created")]


WRITE_IN_A_CHILD = """
async def main():
    async with store.open(actor="bob") as catalog:
        await catalog.rows()
        await asyncio.to_thread(wait_for_the_test)
        await add_provider(catalog, "x")
        await catalog.models.attach("m", "x")
asyncio.run(main())
"""


async def test_a_process_that_was_suspended_catches_up(store: SqliteStore, filled_catalog: Catalog) -> None:
    child = Child(LISTEN_IN_A_CHILD, store)
    await asyncio.to_thread(child.wait_until_ready)
    child.signal(signal.SIGSTOP)
    await filled_catalog.models.move("m", "b", 0)
    await filled_catalog.models.delete("n")
    await add_provider(filled_catalog, "x")
    child.signal(signal.SIGCONT)
    out = await asyncio.to_thread(child.finish)
    assert sorted(out.split()) == ["created", "deleted", "updated"]


LISTEN_IN_A_CHILD = """
async def main():
    async with store.open(actor="bob") as catalog:
        changes = catalog.changes()
        await caught_up(catalog)
        print("ready", flush=True)
        for _ in range(3):
            print((await anext(changes)).action)
asyncio.run(main())
"""


async def test_what_happens_from_the_call_on_is_heard_of(filled_catalog: Catalog, other: Catalog) -> None:
    # The watching starts with the call, and the other's write may be done before the rows are known here.
    changes = filled_catalog.changes()
    await other.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) in ([("model", "m", "updated")], [("resync", "", "")])
    await other.models.move("m", "a", 0)
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]


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
    assert await heard(filled_catalog, changes) == [("resync", "", "")]


def write_directly(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    for statement in statements:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.close()


async def test_every_subscriber_hears_everything(filled_catalog: Catalog) -> None:
    subscribers = [filled_catalog.changes() for _ in range(3)]
    await filled_catalog.models.move("m", "b", 0)
    late = filled_catalog.changes()
    await filled_catalog.models.delete("n")
    assert [await heard(filled_catalog, one) for one in subscribers] == [
        [("model", "m", "updated"), ("model", "n", "deleted")]
    ] * 3
    assert await heard(filled_catalog, late) == [("model", "n", "deleted")]


async def test_a_reader_waits_for_what_comes(filled_catalog: Catalog, other: Catalog, changes: Changes) -> None:
    waiting = asyncio.ensure_future(anext(changes))
    await other.models.move("m", "b", 0)
    assert await named(filled_catalog, [await waiting]) == [("model", "m", "updated")]


async def test_a_reader_that_is_cancelled_misses_nothing(filled_catalog: Catalog, changes: Changes) -> None:
    waiting = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await filled_catalog.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]


async def test_a_subscriber_that_reads_too_slowly_is_told_to_read_all_again(filled_catalog: Catalog) -> None:
    slow = filled_catalog.changes()
    change = CatalogChange(ChangeKind.MODEL, UUID(int=1), ChangeAction.UPDATED)
    for _ in range(QUEUE_LIMIT):
        slow.put(change)
    assert len(slow._queue) == QUEUE_LIMIT
    slow.put(change)
    slow.put(change)
    assert list(slow._queue) == [RESYNC]
    assert await anext(slow) == RESYNC
    slow.put(change)
    assert await anext(slow) == change


async def test_a_subscriber_that_is_dropped_is_forgotten(filled_catalog: Catalog) -> None:
    changes = filled_catalog.changes()
    await caught_up(filled_catalog)
    del changes
    gc.collect()
    assert len(filled_catalog._workspace.feed._subscribers) == 0


async def test_a_change_of_very_many_is_one_resync(filled_catalog: Catalog, other: Catalog, changes: Changes) -> None:
    await copy_model(other, "m", BATCH_LIMIT - 2)
    assert len(await heard(filled_catalog, changes)) == BATCH_LIMIT - 2
    await execute(other, "UPDATE model_config SET version = version + 1")
    assert len(await heard(filled_catalog, changes)) == BATCH_LIMIT
    await copy_model(other, "n", 1)
    assert len(await heard(filled_catalog, changes)) == 1
    await execute(other, "UPDATE model_config SET version = version + 1")
    assert await heard(filled_catalog, changes) == [("resync", "", "")]
    await other.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]


async def copy_model(catalog: Catalog, name: str, count: int) -> None:
    """Add copies of a model without lines."""
    await execute(
        catalog,
        "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count)"
        " INSERT INTO model_config (id, family, name, name_key, model, enabled, is_default, context_limit,"
        " compression_threshold, options, created_at, updated_at, updated_by, version)"
        " SELECT lower(hex(randomblob(16))), family, name || '-' || n, name || '-' || n, model, 1, 0, 1, 70, '{}',"
        " created_at, updated_at, updated_by, 1 FROM model_config, number WHERE name = :name",
        name=name,
        count=count,
    )


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
    assert await heard(filled_catalog, changes) == [("resync", "", "")]
    await switch(other, "y", on=False)
    assert await heard(filled_catalog, changes) == [("provider", "y", "updated")]


async def test_a_vacuum_loses_no_change(filled_catalog: Catalog, other: Catalog, changes: Changes) -> None:
    await filled_catalog.providers.delete("a")
    await heard(filled_catalog, changes)
    run_sqlite(database_of(filled_catalog), "VACUUM")
    assert await heard(filled_catalog, changes) in ([], [("resync", "", "")])
    await switch(other, "b", on=False)
    assert await heard(filled_catalog, changes) == [("provider", "b", "updated")]


def database_of(catalog: Catalog) -> Path:
    return Path(catalog.location)


# What goes wrong


async def test_a_writer_killed_in_its_transaction_is_not_heard_of(
    store: SqliteStore, filled_catalog: Catalog, changes: Changes
) -> None:
    child = Child(DIE_IN_A_TRANSACTION, store, str(store.path))
    await asyncio.to_thread(child.wait_until_ready)
    await caught_up(filled_catalog)
    await asyncio.to_thread(child.kill)
    assert await heard(filled_catalog, changes) == []
    await filled_catalog.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]


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
    assert await heard(filled_catalog, changes) == [("resync", "", "")]
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


async def test_a_mistake_in_the_feed_is_survived(
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


# The end


async def test_closing_ends_the_iteration_and_leaves_nothing_behind(store: SqliteStore) -> None:
    tasks, threads = asyncio.all_tasks(), threading.active_count()
    async with store.open() as catalog:
        await add_provider(catalog, "a")
        changes = catalog.changes()
        reading = asyncio.ensure_future(collected(changes))
        await add_provider(catalog, "b")
        watcher: Any = catalog._workspace.feed._watcher
        connection = watcher._rows._connection
    assert [change.action for change in await reading] == ["created"]
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
    assert asyncio.all_tasks() == tasks
    assert [change async for change in catalog.changes()] == []
    # The threads of to_thread belong to the loop; none but those are left.
    assert threading.active_count() <= threads + 8
    assert not store.path.with_name(store.path.name + "-wal").exists()


async def collected(changes: Changes) -> list[CatalogChange]:
    return [change async for change in changes]


async def test_closing_at_once_is_clean(store: SqliteStore) -> None:
    for _ in range(3):
        async with store.open() as catalog:
            changes = catalog.changes()
        assert [change async for change in changes] == []


async def test_what_was_heard_before_the_end_can_still_be_read(store: SqliteStore) -> None:
    async with store.open() as catalog:
        changes = catalog.changes()
        await add_provider(catalog, "a")
    assert [change.action async for change in changes] == ["created"]


def test_a_process_that_watches_ends(store: SqliteStore) -> None:
    script = (
        "import asyncio, sys\nfrom modeltui import open_catalog\n"
        "async def main():\n"
        "    async with open_catalog(sys.argv[1]) as catalog:\n"
        "        changes = catalog.changes()\n"
        "        await catalog.rows()\n"
        "        raise KeyboardInterrupt\n"
        "asyncio.run(main())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, store.url],
        env=os.environ | store.environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode != 0
    assert ended.stderr.rstrip().endswith("KeyboardInterrupt")
    assert "ResourceWarning" not in ended.stderr


async def test_who_only_writes_or_lists_watches_nothing(filled_catalog: Catalog) -> None:
    await filled_catalog.models.move("m", "b", 0)
    await filled_catalog.rows()
    assert filled_catalog._workspace.feed._task is None
