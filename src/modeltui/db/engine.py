"""One open store and its transactions, alike for SQLite and PostgreSQL; what differs is in a module for each.

Readers see one moment and block nobody. Writers take the catalog's lock before their first statement, so that
what a rule was checked against still holds when the change is written.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from modeltui.db import schema
from modeltui.db.failures import Purpose, translated
from modeltui.db.feed import Watcher
from modeltui.db.lookup import Lookup, Row
from modeltui.db.schema import SchemaState
from modeltui.errors import DatabaseUnavailable, ReadOnly, SchemaOutdated

# How long a writer waits for another one, in seconds; administrators' writes take milliseconds.
BUSY_SECONDS = 10

_READING_OPTION = "modeltui_reading"


class Database(ABC):
    """One open store. Every method that touches it raises StoreError and nothing of the driver's."""

    reading_options: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, engine: AsyncEngine, where: str, read_only_reason: str | None) -> None:
        self._engine = engine
        self.where = where
        self.read_only_reason = read_only_reason
        self._closed = False

    @property
    def read_only(self) -> bool:
        """Whether every write is refused."""
        return self.read_only_reason is not None

    async def close(self) -> None:
        """Closes every connection; from then on everything raises DatabaseUnavailable."""
        self._closed = True
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the catalog and blocks nobody."""
        self._require_open()
        await self._look()
        with translated(self.where, Purpose.READ):
            async with self._engine.connect() as connection:
                await connection.execution_options(**{_READING_OPTION: True}, **self.reading_options)
                async with connection.begin():
                    yield connection

    async def look_up(self, lookup: Lookup, *values: object) -> list[Row]:
        """What one statement finds, at one moment, in one round trip. Raises StoreError."""
        self._require_open()
        await self._look()
        written = lookup.written(self._engine.dialect)
        with translated(self.where, Purpose.READ):
            return written.rows(await self._found(written.sql, written.bound(values)))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """The only transaction that writes at this moment: all of it is kept, or nothing. Raises ReadOnly."""
        self._require_open()
        if self.read_only_reason is not None:
            raise ReadOnly(self.read_only_reason)
        await self._look()
        with translated(self.where, Purpose.WRITE):
            async with self._engine.begin() as connection:
                yield connection

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

    def _require_open(self) -> None:
        """Raises DatabaseUnavailable once it is closed: the pool would connect again, and nobody close that."""
        if self._closed:
            raise DatabaseUnavailable("the catalog is closed; open it again")

    def _foreign(self) -> DatabaseUnavailable:
        return DatabaseUnavailable(f"{self.where} is another program's database; check the database setting")

    async def migrate(
        self, revision: str = "head", *, down: bool = False, first: Callable[[Connection], None] | None = None
    ) -> None:
        """Brings the schema to a revision, in one transaction, whoever else tries the same now.

        It begins with `first`, which may still refuse.
        """
        if self.read_only_reason is not None:
            raise ReadOnly(self.read_only_reason)
        state, _ = await self.revision()
        if state is SchemaState.FOREIGN:
            raise self._foreign()
        with translated(self.where, Purpose.MIGRATE):
            async with self._migrating() as connection:
                await connection.run_sync(self._run_migrations, revision, down, first)

    @asynccontextmanager
    async def _migrating(self) -> AsyncIterator[AsyncConnection]:
        """A connection for a migration, which may take its time."""
        async with self._engine.connect() as connection:
            yield connection

    @abstractmethod
    def watcher(self) -> Watcher:
        """What reports the commits of all processes; it does nothing until it is begun."""

    @abstractmethod
    async def _found(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """What one statement of a reader finds, by the driver alone. Raises what `translated` knows."""

    @abstractmethod
    async def _look(self) -> None:
        """Makes sure, before a transaction, that the store is the one that was opened."""

    @abstractmethod
    def _run_migrations(
        self, connection: Connection, revision: str, down: bool, first: Callable[[Connection], None] | None
    ) -> None:
        """Migrates in one transaction that it begins itself, and with it `first`."""


def is_reading(connection: Connection) -> bool:
    """Whether a transaction that begins is a reader's."""
    return bool(connection.get_execution_options().get(_READING_OPTION, False))
