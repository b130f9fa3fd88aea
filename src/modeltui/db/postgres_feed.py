"""Watches a PostgreSQL database: one connection of its own, to which the server reports every commit.

A connection of the pool would go on hearing after it was given back. The server is also asked now and then
whether it is still there: one that went away without a word would be waited for in vain.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from itertools import count
from typing import Any
from uuid import uuid4

import asyncpg

from modeltui.database_url import postgres_place
from modeltui.db.failures import LOW_LEVEL, translate
from modeltui.db.feed import Down, Event, Signal, kind_of
from modeltui.db.postgres_connection import connect
from modeltui.db.postgres_reports import read_reports
from modeltui.db.postgres_standby import LOOK_SECONDS, Standby
from modeltui.db.schema import VERSION_QUERY, require_head
from modeltui.errors import CatalogError, DatabaseUnavailable

PAUSE_SECONDS = 0.05
"""Before the first attempt to connect again; each further one waits twice as long."""
LONGEST_PAUSE_SECONDS = 1.0
QUIET_SECONDS = 2.0
"""After so much silence the server is asked whether it is still there."""
PATIENCE_SECONDS = 3.0
"""How long its answer may take."""

_FAILURES = (*LOW_LEVEL, CatalogError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
# The tables' schema need not be the first of the search path. Tables that were made anew, by a restored dump or
# with their schema, have other numbers.
_TABLES = """
    SELECT array_agg(oid ORDER BY oid) AS tables, 'modeltui_' || min(relnamespace::bigint) AS channel
    FROM pg_catalog.pg_class WHERE oid IN (to_regclass('provider_config'), to_regclass('model_config'))
"""
_FACTS = f"SELECT pg_is_in_recovery() AS standby, pg_backend_pid() AS process, found.* FROM ({_TABLES}) AS found"  # noqa: S608 - no input
_TELL = "SELECT pg_notify($1, $2)"
_GREETING = 0


class PostgresWatcher:
    """Reports the commits to one PostgreSQL database, also after its server was away."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._where = postgres_place(url)
        self._connection: Any = None
        self._standby: Standby | None = None
        self._tables: list[int] | None = None
        # Notifications come in one order over all channels. A channel that nobody else listens to brings back the
        # numbers of those who wait until all before is dealt with.
        self._own_channel = f"modeltui_{uuid4().hex}"
        self._heard: list[str | int] = []
        self._arrived = asyncio.Event()
        self._speaking = asyncio.Lock()
        self._numbers = count(_GREETING + 1)
        self._waiting: dict[int, asyncio.Future[None]] = {}

    def begin(self) -> bool:
        """Nothing: connecting takes longer than a caller can wait without giving way to others."""
        return False

    async def watch(self) -> AsyncGenerator[Event, None]:
        """Yields what happens in the database until it is closed."""
        # Whoever read before may have ended by mistake.
        self._terminate()
        down: tuple[str, str] | None = None
        pause = PAUSE_SECONDS
        try:
            while True:
                try:
                    await self._listen()
                    down, pause = None, PAUSE_SECONDS
                    yield Signal.RESYNC
                    while True:
                        event, numbers = await self._next()
                        if event is not None:
                            yield event
                        for number in numbers:
                            self._release(number)
                except _FAILURES as error:
                    # Said before anything is awaited: from here on nothing that is kept may count as fresh.
                    trouble = _ours(error, self._where)
                    if kind_of(trouble) != down:
                        yield Down(trouble)
                    down = kind_of(trouble)
                    self._terminate()
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        finally:
            # Nothing is awaited here: until the reader has noticed the end, what is kept still counts as fresh.
            self._release_all()

    async def catch_up(self) -> None:
        """Returns when whoever reads `watch` has dealt with all that was committed before this call."""
        connection = self._connection
        if connection is None:
            # The resync that comes with the next connection tells of them.
            return
        number = next(self._numbers)
        dealt_with = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            try:
                await self._tell(connection, number)
            except _FAILURES:
                # Now `watch` says that changes go unseen, which releases whoever waits, unless it has said so before.
                connection.terminate()
                self._arrived.set()
            await dealt_with
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """Closes the connection; `watch` makes another one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*_FAILURES):
                await connection.close(timeout=PATIENCE_SECONDS)

    async def _listen(self) -> None:
        """Connects and listens. Raises _FAILURES."""
        connection = await connect(self._url, answer_seconds=PATIENCE_SECONDS, name="modeltui changes")
        try:
            facts = await connection.fetchrow(_FACTS)
            if facts["channel"] is None:
                raise self._tables_changed()
            require_head(await connection.fetchval(VERSION_QUERY))
            standby = Standby(connection) if facts["standby"] else None
            if standby is not None:
                await standby.changed()
            else:
                await self._subscribe(connection, facts["channel"], facts["process"])
        except BaseException:
            connection.terminate()
            raise
        # The resync that follows tells of all of it.
        self._heard.clear()
        self._connection, self._standby, self._tables = connection, standby, facts["tables"]

    async def _subscribe(self, connection: Any, channel: str, process: int) -> None:
        """Has the server report to a connection, and makes sure that it does. Raises _FAILURES."""
        await connection.add_listener(self._own_channel, self._hear_number)
        await connection.add_listener(channel, self._hear_report)
        connection.add_termination_listener(self._lose)
        await self._greet(connection, direct=process == connection.get_server_pid())

    async def _greet(self, connection: Any, *, direct: bool) -> None:
        """Makes sure that what is told arrives. Raises _FAILURES."""
        if direct:
            await self._tell(connection, _GREETING)
        else:
            # A pooler stands between, which may pass on what the own session says and nothing else.
            stranger = await connect(self._url, answer_seconds=PATIENCE_SECONDS, name="modeltui greeting")
            try:
                await self._tell(stranger, _GREETING)
            finally:
                stranger.terminate()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while _GREETING not in self._heard:
                    if connection.is_closed():
                        raise ConnectionError
                    await self._hear()
        except TimeoutError:
            raise DatabaseUnavailable(
                f"the database reports no changes here; connect to the server itself, not to a pooler ({self._where})"
            ) from None

    async def _next(self) -> tuple[Event | None, list[int]]:
        """What was reported, and who waited for it. Raises _FAILURES."""
        if self._standby is not None:
            return await self._look(self._standby)
        while not self._heard:
            if self._connection.is_closed():
                raise ConnectionError
            try:
                async with asyncio.timeout(QUIET_SECONDS):
                    await self._hear()
            except TimeoutError:
                await self._ask()
        heard, self._heard = self._heard, []
        reports = [one for one in heard if isinstance(one, str)]
        event = read_reports(reports) if reports else None
        if event is Signal.RESYNC:
            # So is a migration reported, after which no trigger may be left to report anything.
            await self._ask()
        return event, [one for one in heard if isinstance(one, int)]

    async def _look(self, standby: Standby) -> tuple[Event | None, list[int]]:
        """Whether anything was replayed, and who waited for it. Raises _FAILURES."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                while not self._heard:
                    await self._hear()
        numbers, self._heard = [one for one in self._heard if isinstance(one, int)], []
        if not await standby.changed():
            return None, numbers
        await self._ask()
        return Signal.RESYNC, numbers

    async def _ask(self) -> None:
        """Makes sure that the server is there, with the tables whose changes are heard. Raises _FAILURES."""
        connection = self._connection
        async with self._speaking:
            found = await connection.fetchrow(_TABLES)
            if found["tables"] != self._tables:
                raise self._tables_changed()
            require_head(await connection.fetchval(VERSION_QUERY))

    def _tables_changed(self) -> DatabaseUnavailable:
        return DatabaseUnavailable(
            f"the database has lost its tables, or they were made anew; trying again ({self._where})"
        )

    async def _hear(self) -> None:
        self._arrived.clear()
        await self._arrived.wait()

    async def _tell(self, connection: Any, number: int) -> None:
        if self._standby is not None:
            self._hear_number(connection, 0, self._own_channel, str(number))
            return
        async with self._speaking:
            await connection.execute(_TELL, self._own_channel, str(number))

    def _hear_report(self, _connection: Any, _process: int, _channel: str, report: str) -> None:
        self._heard.append(report)
        self._arrived.set()

    def _hear_number(self, _connection: Any, _process: int, _channel: str, number: str) -> None:
        self._heard.append(int(number))
        self._arrived.set()

    def _lose(self, _connection: Any) -> None:
        self._arrived.set()

    def _terminate(self) -> None:
        """Lets a lost connection go, and whoever waited for what it would have said."""
        connection, self._connection, self._standby = self._connection, None, None
        if connection is not None:
            connection.terminate()
        self._heard.clear()
        self._release_all()

    def _release(self, number: int) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def _release_all(self) -> None:
        for number in list(self._waiting):
            self._release(number)


def _ours(error: Exception, where: str) -> CatalogError:
    if isinstance(error, CatalogError):
        return error
    # The driver's own complaints are all about a connection that ended meanwhile.
    return translate(ConnectionError() if isinstance(error, asyncpg.InterfaceError) else error, where)
