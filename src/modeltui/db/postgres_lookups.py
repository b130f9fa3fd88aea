"""Single statements on a PostgreSQL server: a few connections of their own, each statement prepared once on each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg

from modeltui.db.failures import translate
from modeltui.db.postgres_connection import connect

AT_ONCE = 4
"""Connections, at most. An answer takes a fraction of a millisecond, so that many callers can share few."""


_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class PostgresLookups:
    """Reads one database; a connection that was lost while nothing was asked is replaced without a word."""

    def __init__(self, url: str, where: str, answer_seconds: float) -> None:
        self._url, self._where, self._answer_seconds = url, where, answer_seconds
        self._free = asyncio.Semaphore(AT_ONCE)
        self._idle: list[Any] = []

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """What one statement finds. Raises StoreError, OSError."""
        # The bound is for the turn as well: where the server says nothing, those before each take their time.
        async with asyncio.timeout(self._answer_seconds), self._free:
            try:
                return await self._found(sql, values)
            except _FAILURES as error:
                raise translate(error, self._where) from None

    async def _found(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        while True:
            known = bool(self._idle)
            connection = self._idle.pop() if known else await self._connected()
            try:
                found: Sequence[Sequence[Any]] = await connection.fetch(sql, *values)
            except (*_FAILURES, OSError) as error:
                connection.terminate()
                if not known or isinstance(error, TimeoutError):
                    raise
                # What ended one connection while it was idle has hardly spared the others.
                await self.close()
            except BaseException:
                connection.terminate()
                raise
            else:
                self._idle.append(connection)
                return found

    async def close(self) -> None:
        """Closes the connections."""
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.terminate()

    async def _connected(self) -> Any:
        return await connect(self._url, answer_seconds=self._answer_seconds, name="modeltui look-ups")
