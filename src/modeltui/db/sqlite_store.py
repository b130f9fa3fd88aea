"""The store in a SQLite file: its engine, whose writers are serialised by BEGIN IMMEDIATE."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from modeltui.db import engine, schema
from modeltui.db.engine import Database, is_reading
from modeltui.db.json_column import json_value
from modeltui.db.sqlite_feed import SqliteWatcher
from modeltui.db.sqlite_file import check_file, file_identity, file_uri, make_file
from modeltui.db.sqlite_lookups import SqliteLookups
from modeltui.errors import DatabaseUnavailable


class SqliteDatabase(Database):
    """A catalog in one file of this machine."""

    def __init__(self, path: Path, read_only_reason: str | None) -> None:
        super().__init__(_engine(path, read_only=read_only_reason is not None), str(path), read_only_reason)
        self._path = path
        self._file = file_identity(path)
        self._lookups = SqliteLookups(path)
        event.listen(self._engine.sync_engine, "checkout", self._lend)
        event.listen(self._engine.sync_engine, "checkin", self._take_back)

    @classmethod
    async def open(
        cls, path: Path, *, create: bool = False, make_folder: bool = False, read_only: str | None = None
    ) -> SqliteDatabase:
        """Opens a file whose schema may be of any age. Raises DatabaseUnavailable.

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
        return cls(path, read_only or (None if writable else f"{path} is not writable"))

    async def close(self) -> None:
        """Closes every connection."""
        self._lookups.close()
        await super().close()

    def watcher(self) -> SqliteWatcher:
        """What watches the file's change counter."""
        return SqliteWatcher(self._path)

    async def _look(self) -> None:
        """Raises DatabaseUnavailable when the file is gone; one put in its place is used from now on.

        SQLite itself would go on with the deleted file, and say of every write that it was done.
        """
        now = file_identity(self._path)
        if now is None:
            raise DatabaseUnavailable(f"the database file {self.where} is gone; put it back, or quit", missing=True)
        if now != self._file:
            await self._engine.dispose()
            self._file = now

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """The only transaction that writes at this moment, to the file that is there when it ends. Raises ReadOnly."""
        await self._look()
        file = self._file
        async with super().writing() as connection:
            yield connection
            # A writer may have waited for another one for seconds.
            if file_identity(self._path) != file:
                raise DatabaseUnavailable(
                    f"the database file {self.where} was moved or replaced meanwhile; nothing was written, try again"
                )

    def _lend(self, _connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        record.info["file"] = self._file

    def _take_back(self, _connection: Any, record: ConnectionPoolEntry) -> None:
        # What was lent while the file was replaced comes back to a pool that nobody closes any more.
        if record.info.get("file") != self._file:
            record.invalidate()

    async def _found(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return await self._lookups.rows(sql, values)

    def _run_migrations(
        self, connection: Connection, revision: str, down: bool, first: Callable[[Connection], None] | None
    ) -> None:
        from modeltui.db.migrate import run_migrations

        with _cursor(connection) as cursor:
            _write_ahead(cursor)
        # Rebuilding a parent table would delete its children; the pragma only works outside a transaction.
        _enforce_foreign_keys(connection, enforced=False)
        try:
            run_migrations(connection, revision, down=down, first=first, last=_check_references)
        finally:
            _enforce_foreign_keys(connection, enforced=True)


def _engine(path: Path, *, read_only: bool) -> AsyncEngine:
    url = URL.create("sqlite+aiosqlite", database=file_uri(path, read_only=read_only), query={"uri": "true"})
    made = create_async_engine(
        url, hide_parameters=True, json_deserializer=json_value, connect_args={"timeout": engine.BUSY_SECONDS}
    )

    @event.listens_for(made.sync_engine, "connect")
    def configure(connection: Any, _: ConnectionPoolEntry) -> None:
        # The driver's own transactions begin too late and lose updates; ours begin below.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        if not read_only and _is_catalog(cursor):
            _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(made.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only or is_reading(connection) else "BEGIN IMMEDIATE")

    return made


def _is_catalog(cursor: Any) -> bool:
    """Whether the file may be changed by a mere look: any other program's must stay as it is, an empty one too."""
    cursor.execute(schema.TABLES_QUERY)
    return schema.is_ours({name for (name,) in cursor.fetchall()})


def _write_ahead(cursor: Any) -> None:
    """Lets readers and the writer of a database go on beside each other; it stays so in the file."""
    # Whoever uses the file at this moment may be doing the same; if not, the next connection will.
    with suppress(sqlite3.OperationalError):
        cursor.execute("PRAGMA journal_mode = WAL")


def _enforce_foreign_keys(connection: Connection, *, enforced: bool) -> None:
    with _cursor(connection) as cursor:
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if enforced else 'OFF'}")


@contextmanager
def _cursor(connection: Connection) -> Iterator[Any]:
    """The driver's own cursor, for what can't be done within a transaction."""
    driver: Any = connection.connection.dbapi_connection
    with closing(driver.cursor()) as cursor:
        yield cursor


def _check_references(connection: Connection) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise DatabaseUnavailable("the migration would break references between rows; nothing was changed")
