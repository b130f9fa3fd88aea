"""The store in a PostgreSQL database: its engine, whose writers are serialised by one advisory lock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from sqlalchemy import Connection, NullPool, Row, bindparam, event, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.types import String

from modeltui.database_url import POSTGRES_SCHEME, postgres_place
from modeltui.db.engine import Database, is_reading
from modeltui.db.feed import Watcher
from modeltui.db.json_column import json_value
from modeltui.db.postgres_connection import connect
from modeltui.db.tables import metadata
from modeltui.errors import DatabaseUnavailable

# Any number will do, if every program that writes catalogs takes the same.
WRITERS_LOCK = 0x6D6F64656C747569
# How long to wait for one statement's answer, in seconds.
ANSWER_SECONDS = 30

_FACTS = text(
    """
    SELECT current_setting('server_encoding') AS encoding,
           current_user AS role,
           current_schema() AS schema,
           pg_is_in_recovery() AS standby,
           current_setting('default_transaction_read_only') = 'on' AS reads_by_default,
           (SELECT bool_and(has_table_privilege(name::regclass, 'INSERT')
                            AND has_table_privilege(name::regclass, 'UPDATE')
                            AND has_table_privilege(name::regclass, 'DELETE'))
              FROM unnest(:tables) AS name WHERE to_regclass(name) IS NOT NULL) AS may_change_tables,
           has_schema_privilege(current_schema(), 'CREATE') AS may_make_tables
    """
).bindparams(bindparam("tables", type_=ARRAY(String)))

# The channel is that of the triggers.
_REPORT = text(
    "SELECT pg_notify('modeltui_' || relnamespace, 'resync') FROM pg_catalog.pg_class "
    "WHERE oid = to_regclass('provider_config')"
)


class PostgresDatabase(Database):
    """A catalog that several hosts share."""

    # A later statement of the same reading must not see what was committed after the first.
    reading_options: ClassVar = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def __init__(self, url: str) -> None:
        super().__init__(_engine(url, answer_seconds=ANSWER_SECONDS), postgres_place(url), None)
        # The first that needs the driver, which may not be installed.
        from modeltui.db.postgres_lookups import PostgresLookups

        self._url = url
        self._lookups = PostgresLookups(url, self.where, ANSWER_SECONDS)

    @classmethod
    async def open(cls, url: str, *, read_only: str | None = None) -> PostgresDatabase:
        """Opens a database whose schema may be of any age. Raises DatabaseUnavailable.

        `read_only` says why nothing may be changed; else the server is asked whether its role may.
        """
        try:
            database = cls(url)
        except ModuleNotFoundError:
            raise DatabaseUnavailable(
                "PostgreSQL needs a driver that is not installed; run: pip install 'modeltui[postgres]'"
            ) from None
        try:
            async with database.reading() as connection:
                facts = (await connection.execute(_FACTS, {"tables": sorted(metadata.tables)})).one()
            if facts.encoding != "UTF8":
                raise DatabaseUnavailable(
                    f"the database has the encoding {facts.encoding}, which can't hold every name; make another one "
                    f"with: createdb --template=template0 --encoding=UTF8 NAME ({database.where})"
                )
        except BaseException:
            await database.close()
            raise
        database.read_only_reason = read_only or _refusal(facts)
        return database

    async def close(self) -> None:
        """Closes every connection."""
        await self._lookups.close()
        await super().close()

    def watcher(self) -> Watcher:
        """What listens to the server's reports."""
        from modeltui.db.postgres_feed import PostgresWatcher

        return PostgresWatcher(self._url)

    async def _look(self) -> None:
        """Nothing: a connection that was lost is noticed when it is taken from the pool."""

    async def _found(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return await self._lookups.rows(sql, values)

    @asynccontextmanager
    async def _migrating(self) -> AsyncIterator[AsyncConnection]:
        patient = _engine(self._url, answer_seconds=None, poolclass=NullPool)
        async with patient.connect() as connection:
            yield connection

    def _run_migrations(
        self, connection: Connection, revision: str, down: bool, first: Callable[[Connection], None] | None
    ) -> None:
        from modeltui.db.migrate import run_migrations

        run_migrations(connection, revision, down=down, first=first, last=_report)


def _engine(url: str, *, answer_seconds: float | None, **options: Any) -> AsyncEngine:
    made = create_async_engine(
        f"{POSTGRES_SCHEME}://",
        hide_parameters=True,
        json_deserializer=json_value,
        pool_pre_ping=True,
        async_creator=lambda: connect(url, answer_seconds=answer_seconds),
        **options,
    )

    @event.listens_for(made.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        if not is_reading(connection):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")

    return made


def _report(connection: Connection) -> None:
    """Has those who have the catalog open look at its schema at once; the triggers may just have gone."""
    connection.execute(_REPORT)


def _refusal(facts: Row[Any]) -> str | None:
    """Why the server would refuse every change, or None."""
    if facts.standby:
        return "the server is a standby, which takes no changes"
    if facts.reads_by_default:
        return f"the server opens every transaction of role {facts.role} read-only"
    if facts.may_change_tables is None and not facts.may_make_tables:
        return f"role {facts.role} may make no tables in schema {facts.schema or '(none)'}"
    if facts.may_change_tables is False:
        return f"role {facts.role} has no right to change the tables"
    return None
