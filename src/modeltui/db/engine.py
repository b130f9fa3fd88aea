"""The engine and its transactions: readers are deferred, writers are serialised from their first statement."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from modeltui.db import schema
from modeltui.db.failures import translated
from modeltui.db.feed import Watcher
from modeltui.db.json_column import json_value
from modeltui.db.schema import SchemaState
from modeltui.db.sqlite_feed import SqliteWatcher
from modeltui.db.sqlite_file import check_file, file_identity, file_uri, make_file
from modeltui.errors import DatabaseUnavailable, ReadOnly, SchemaOutdated

# How long a writer waits for another one, in seconds; administrators' writes take milliseconds.
BUSY_SECONDS = 10
READING = {"modeltui_reading": True}


class Database:
    """One open store. Every method that touches it raises StoreError and nothing of the driver's."""

    def __init__(self, engine: AsyncEngine, path: Path, read_only_reason: str | None) -> None:
        self._engine = engine
        self._path = path
        self._file = file_identity(path)
        self.where = str(path)
        self.read_only_reason = read_only_reason

    @property
    def read_only(self) -> bool:
        """Whether every write is refused."""
        return self.read_only_reason is not None

    @classmethod
    async def open(
        cls, path: Path, *, create: bool = False, make_folder: bool = False, read_only: str | None = None
    ) -> Database:
        """Opens a SQLite file whose schema may be of any age. Raises DatabaseUnavailable.

        The path is absolute. `read_only` says why nothing may be changed. A missing file is made only when
        asked to, and never in read-only.
        """
        try:
            writable = await asyncio.to_thread(check_file, path)
        except DatabaseUnavailable as error:
            if not error.missing or not create or read_only is not None:
                raise
            await asyncio.to_thread(make_file, path, make_folder=make_folder)
            writable = await asyncio.to_thread(check_file, path)
        reason = read_only or (None if writable else f"{path} is not writable")
        return cls(_sqlite_engine(path, read_only=reason is not None), path, reason)

    async def close(self) -> None:
        """Closes every connection."""
        await self._engine.dispose()

    def watcher(self) -> Watcher:
        """What reports the commits of all processes; it does nothing until it is begun."""
        return SqliteWatcher(self._path)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the catalog and blocks nobody."""
        await self._look_at_file()
        with translated(self.where):
            async with self._engine.connect() as connection:
                await connection.execution_options(**READING)
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """The only transaction that writes at this moment: all of it is kept, or nothing. Raises ReadOnly."""
        if self.read_only_reason is not None:
            raise ReadOnly(self.read_only_reason)
        await self._look_at_file()
        with translated(self.where):
            async with self._engine.begin() as connection:
                yield connection

    async def _look_at_file(self) -> None:
        """Raises DatabaseUnavailable when the file is gone; one put in its place is used from now on.

        SQLite itself would go on with the deleted file, and say of every write that it was done.
        """
        now = file_identity(self._path)
        if now is None:
            raise DatabaseUnavailable(f"the database file {self.where} is gone; put it back, or quit", missing=True)
        if now != self._file:
            await self._engine.dispose()
            self._file = now

    async def revision(self) -> tuple[SchemaState, str | None]:
        """How the schema stands to this program's, and its revision."""
        async with self.reading() as connection:
            tables = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
            current = None
            if schema.VERSION_TABLE in tables:
                current = (await connection.execute(text(schema.VERSION_QUERY))).scalar_one_or_none()
            return schema.schema_state(tables, current), current

    async def require_current(self) -> None:
        """Raises SchemaOutdated, or DatabaseUnavailable for another program's database."""
        state, revision = await self.revision()
        if state is SchemaState.FOREIGN:
            raise self._foreign()
        if state is not SchemaState.CURRENT:
            raise SchemaOutdated(revision, schema.HEAD, newer=state is SchemaState.NEWER)

    def _foreign(self) -> DatabaseUnavailable:
        return DatabaseUnavailable(f"{self.where} is another program's database; check the database setting")

    async def migrate(self, revision: str = "head", *, down: bool = False) -> None:
        """Brings the schema to a revision, in one transaction, whoever else tries the same now."""
        from modeltui.db.migrate import run_migrations

        if self.read_only_reason is not None:
            raise ReadOnly(self.read_only_reason)
        state, _ = await self.revision()
        if state is SchemaState.FOREIGN:
            raise self._foreign()
        with translated(self.where):
            async with self._engine.connect() as connection:
                if state is SchemaState.EMPTY:
                    await connection.run_sync(_prepare)
                await connection.run_sync(run_migrations, revision, down=down)


def _sqlite_engine(path: Path, *, read_only: bool) -> AsyncEngine:
    url = URL.create("sqlite+aiosqlite", database=file_uri(path, read_only=read_only), query={"uri": "true"})
    engine = create_async_engine(
        url, hide_parameters=True, json_deserializer=json_value, connect_args={"timeout": BUSY_SECONDS}
    )

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _: ConnectionPoolEntry) -> None:
        # The driver's own transactions begin too late and lose updates; ours begin below.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        if not read_only and _is_catalog(cursor):
            _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        reading = read_only or connection.get_execution_options().get("modeltui_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _is_catalog(cursor: Any) -> bool:
    """Whether the file may be changed by a mere look: any other program's must stay as it is, an empty one too."""
    cursor.execute(schema.TABLES_QUERY)
    return schema.is_ours({name for (name,) in cursor.fetchall()})


def _prepare(connection: Connection) -> None:
    """Makes a new file ready for its tables, by the driver's own cursor: it can't be done within a transaction."""
    driver = connection.connection.dbapi_connection
    if driver is not None:
        cursor = driver.cursor()
        _write_ahead(cursor)
        cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Lets readers and the writer of a database go on beside each other; it stays so in the file."""
    # Whoever uses the file at this moment may be doing the same; if not, the next connection will.
    with suppress(sqlite3.OperationalError):
        cursor.execute("PRAGMA journal_mode = WAL")
