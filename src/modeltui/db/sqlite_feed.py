"""Watches a SQLite file: a look at its change counter ten times a second, and at its rows when that has moved.

The counter is read on the event loop: it takes microseconds and no disk, less than handing it to a thread
would. So are the rows compared, unless they are many: a loop that is busy leaves threads so little of Python's lock
that a comparison of a millisecond could take seconds there, and answers would be old until then.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from modeltui.db.failures import LOW_LEVEL, translate
from modeltui.db.feed import Down, Event, Signal, kind_of
from modeltui.db.sqlite_file import is_locked
from modeltui.db.sqlite_rows import SqliteRows
from modeltui.errors import CatalogError, StoreError

T = TypeVar("T")

POLL_SECONDS = 0.1
"""Half of it is what a change takes to be seen on average; the promise to people is half a second."""
AT_ONCE = 10_000
"""Rows that are looked at on the event loop, which takes some 5 ms; more of them a thread looks at."""
BACKOFF_SECONDS = 1.0
BUSY_LOOKS = 20
"""Looks in a row that may find the file locked, for 2 s, before that counts as having lost it."""


class _Locked(Exception):
    """The file is locked for a moment."""


class SqliteWatcher:
    """Reports the commits to one SQLite file, also when another file takes its place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: SqliteRows | None = None
        self._busy = 0
        self._wanted = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []

    def begin(self) -> bool:
        """Connects at once, which takes a fraction of a millisecond: from here on nothing goes unreported."""
        rows = SqliteRows(self._path)
        try:
            rows.open()
        except (*LOW_LEVEL, StoreError):
            rows.close()
            return False
        self._rows = rows
        return True

    async def watch(self) -> AsyncGenerator[Event, None]:
        """Yields what happens to the file until it is closed."""
        down: tuple[str, str] | None = None
        pause = POLL_SECONDS
        waiting: list[asyncio.Future[None]] = []
        try:
            while True:
                waiting, self._waiting = self._waiting, []
                self._wanted.clear()
                try:
                    event = await self._look()
                    down, pause, self._busy = None, POLL_SECONDS, 0
                except _Locked:
                    # Nothing was seen yet, so that nobody may go on who waits for it.
                    event, self._waiting, waiting = None, waiting + self._waiting, []
                except (*LOW_LEVEL, StoreError) as error:
                    await self.close()
                    trouble = _ours(error, self._path)
                    event = None if kind_of(trouble) == down else Down(trouble)
                    down, pause = kind_of(trouble), min(2 * pause, BACKOFF_SECONDS)
                if event is not None:
                    yield event
                _release(waiting)
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._wanted.wait()
        finally:
            await self.close()
            _release(waiting + self._waiting)

    async def catch_up(self) -> None:
        """Looks now, and returns when what was seen has been dealt with."""
        seen = asyncio.get_running_loop().create_future()
        self._waiting.append(seen)
        self._wanted.set()
        await seen

    async def close(self) -> None:
        """Closes the connection; the next look makes another one."""
        rows, self._rows = self._rows, None
        if rows is not None:
            rows.interrupt()
            if not rows.close(wait=False):
                await asyncio.to_thread(rows.close)

    async def _look(self) -> Event | None:
        """What happened since the last look. Raises _Locked, StoreError, sqlite3.Error."""
        if self._rows is not None and self._rows.replaced():
            await self.close()
        rows = self._rows
        try:
            if rows is None:
                rows = self._rows = SqliteRows(self._path)
                rows.open()
                await _worked_out(rows, rows.remember)
                return Signal.RESYNC
            if not rows.remembered:
                return await _worked_out(rows, rows.remember)
            return await _worked_out(rows, rows.compare) if rows.changed() else None
        except sqlite3.Error as error:
            if self._may_wait(error):
                raise _Locked from None
            raise

    def _may_wait(self, error: sqlite3.Error) -> bool:
        """Whether the file is only locked for a moment; whoever holds it, nobody else can commit meanwhile."""
        if not is_locked(error):
            return False
        self._busy += 1
        return self._rows is not None and self._rows.remembered and self._busy < BUSY_LOOKS


async def _worked_out(rows: SqliteRows, work: Callable[[], T]) -> T:
    """What becomes of work on the rows."""
    return work() if rows.few(AT_ONCE) else await asyncio.to_thread(work)


def _ours(error: Exception, path: Path) -> CatalogError:
    return error if isinstance(error, CatalogError) else translate(error, str(path))


def _release(waiting: list[asyncio.Future[None]]) -> None:
    for one in waiting:
        if not one.done():
            one.set_result(None)
