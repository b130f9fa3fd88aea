"""Questions that one statement answers: as SQLAlchemy would answer them, in one round trip, and after every loss."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from modeltui import Catalog, DatabaseUnavailable, StoredKey
from modeltui.db import engine, postgres_lookups, queries
from modeltui.db.reading import model_condition
from modeltui.db.sqlite_lookups import SqliteLookups
from modeltui.db.tables import MODELS
from tests.services.builders import LAST_RESORT_SECONDS, add_model, add_provider, add_providers, eventually, query
from tests.services.stores import POSTGRES_ONLY, SQLITE_ONLY, PostgresStore, Store

OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name"
LOOKUPS = "modeltui look-ups"


@pytest.fixture
async def filled_catalog(catalog: Catalog) -> Catalog:
    """Lines with every kind of key; one of them with an id of its own."""
    await add_providers(catalog, "a", "b")
    await add_provider(catalog, "stored", credential=StoredKey("sk-1"), base_url="https://x.example/v1", enabled=False)
    await add_model(catalog, "Größe", "a", "stored", "b")
    await catalog.models.set_upstream_model("Größe", "b", "own")
    await add_model(catalog, "gone", "a")
    await catalog.models.delete("gone")
    return catalog


async def test_rows_are_those_of_the_statement(filled_catalog: Catalog) -> None:
    database = filled_catalog._workspace.database
    gone = next(row for row in await filled_catalog.models.list(include_deleted=True) if row.name == "gone")
    by_name = model_condition("GRÖSSE")
    assert by_name is not None
    for lookup, values, condition in (
        (queries.MODEL_TO_RESOLVE, ["grösse"], by_name),
        (queries.MODEL_TO_RESOLVE_BY_ID, [gone.id], MODELS.c.id == gone.id),
        (queries.DEFAULT_TO_RESOLVE, [], MODELS.c.is_default),
        (queries.MODEL_TO_RESOLVE, ["gone"], model_condition("gone")),
    ):
        async with database.reading() as connection:
            expected = [tuple(row) for row in await connection.execute(queries.model_to_resolve(condition))]
        found = await database.look_up(lookup, *values)
        assert found == expected
        assert [[type(value) for value in row] for row in found] == [[type(value) for value in row] for row in expected]


async def test_a_database_without_its_tables(filled_catalog: Catalog, store: Store) -> None:
    database = filled_catalog._workspace.database
    async with database.writing() as connection:
        await connection.exec_driver_sql("DROP TABLE attachment")
    with pytest.raises(DatabaseUnavailable, match="has lost its tables"):
        await filled_catalog.resolve("m")


@POSTGRES_ONLY
async def test_connections_that_were_lost_meanwhile_are_replaced(filled_catalog: Catalog, store: PostgresStore) -> None:
    database = filled_catalog._workspace.database
    await asyncio.gather(*(database.look_up(queries.DEFAULT_TO_RESOLVE) for _ in range(50)))
    (row,) = await query(filled_catalog, OTHERS, name=LOOKUPS)
    assert 1 <= row.count <= postgres_lookups.AT_ONCE
    store.server.sql(
        store.name, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{LOOKUPS}'"
    )
    assert (await database.look_up(queries.DEFAULT_TO_RESOLVE))[0][1] == "Größe"
    store.server.stop()
    with pytest.raises(DatabaseUnavailable):
        await database.look_up(queries.DEFAULT_TO_RESOLVE)
    store.server.start()
    assert (await database.look_up(queries.DEFAULT_TO_RESOLVE))[0][1] == "Größe"


@POSTGRES_ONLY
async def test_a_caller_that_is_cancelled_leaves_no_connection_in_use(filled_catalog: Catalog) -> None:
    database = filled_catalog._workspace.database
    for _ in range(2 * postgres_lookups.AT_ONCE):
        task = asyncio.ensure_future(database._found("SELECT pg_sleep(60)", []))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(await database.look_up(queries.DEFAULT_TO_RESOLVE)) == 3


@POSTGRES_ONLY
async def test_closing_leaves_no_connection(filled_catalog: Catalog, store: PostgresStore) -> None:
    async with store.open() as other:
        await other.resolve()

    async def gone() -> bool:
        return not (await query(filled_catalog, OTHERS, name=LOOKUPS))[0].count

    await eventually(gone, "the server noticing that the connections are closed")


async def test_a_server_that_says_nothing_keeps_nobody_waiting_for_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(postgres_lookups, "connect", never)
    lookups = postgres_lookups.PostgresLookups("postgresql://nowhere/x", "nowhere", 0.01)
    async with asyncio.timeout(LAST_RESORT_SECONDS):
        asked = [lookups.rows("SELECT 1", []) for _ in range(2 * postgres_lookups.AT_ONCE)]
        ended = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(error) for error in ended] == [TimeoutError] * len(asked)
    assert not lookups._free.locked()


async def test_a_file_that_is_locked_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, tries, sleep = tmp_path / "x.db", 0, asyncio.sleep

    async def counted(seconds: float) -> None:
        nonlocal tries
        tries += 1
        await sleep(seconds)

    monkeypatch.setattr("modeltui.db.sqlite_lookups.asyncio.sleep", counted)
    lookups = SqliteLookups(path)
    # Without a log beside the file, a writer keeps readers out.
    with closing(sqlite3.connect(path, isolation_level=None)) as writer, closing(lookups):
        writer.execute("CREATE TABLE x AS SELECT 1 AS one")
        writer.execute("BEGIN EXCLUSIVE")
        asking = asyncio.ensure_future(lookups.rows("SELECT one FROM x", []))
        while tries < 3:
            await sleep(0)
        assert not asking.done()
        writer.execute("COMMIT")
        assert await asking == [(1,)]
        writer.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await lookups.rows("SELECT one FROM x", [])


@SQLITE_ONLY
async def test_on_sqlite_no_thread_is_needed(filled_catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy event loop leaves threads little of Python's lock."""
    loop = asyncio.get_running_loop()

    def handed_over(*_: object) -> None:
        pytest.fail("handed to a thread")

    monkeypatch.setattr(loop, "run_in_executor", handed_over)
    assert (await filled_catalog._workspace.database.look_up(queries.DEFAULT_TO_RESOLVE))[0][1] == "Größe"
