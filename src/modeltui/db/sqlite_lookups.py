"""Single statements on a SQLite file, each of which takes less than handing it to a thread would.

So they run on the event loop. A loop that is busy leaves threads so little of Python's lock that the steps of one
statement could take seconds there.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from modeltui.db import engine
from modeltui.db.sqlite_file import file_identity, file_uri, is_locked

AGAIN_SECONDS = 0.02
"""Between two attempts where the file is locked, which a reader of a catalog hardly ever finds."""


class SqliteLookups:
    """Reads one file, also when another one takes its place; it begins with the first question."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: tuple[int, int] | None = None
        self._connection: sqlite3.Connection | None = None

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """What one statement finds; a lock is waited out for BUSY_SECONDS. Raises sqlite3.Error."""
        now = asyncio.get_running_loop().time
        deadline = now() + engine.BUSY_SECONDS
        while True:
            try:
                return self._connected().execute(sql, values).fetchall()
            except sqlite3.Error as error:
                if not is_locked(error) or now() >= deadline:
                    raise
            await asyncio.sleep(AGAIN_SECONDS)

    def close(self) -> None:
        """Closes the connection, if there is one; the next question makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connected(self) -> sqlite3.Connection:
        """The connection to the file that is there now. Raises sqlite3.Error."""
        file = file_identity(self._path)
        if self._connection is None or file != self._file:
            self.close()
            self._file = file
            # Nobody waits on the event loop.
            self._connection = sqlite3.connect(
                file_uri(self._path, read_only=True), uri=True, isolation_level=None, timeout=0
            )
        return self._connection
