"""Single statements on a SQLite file: one thread with one connection, which is where SQLite is quickest."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from modeltui.db import engine
from modeltui.db.sqlite_file import file_identity, file_uri


class SqliteLookups:
    """Reads one file, also when another one takes its place; it begins with the first question."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="modeltui look-ups")
        self._file: tuple[int, int] | None = None
        self._connection: sqlite3.Connection | None = None

    async def rows(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """What one statement finds. Raises sqlite3.Error."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._found, sql, values)

    async def close(self) -> None:
        """Closes the connection and ends the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._closed)
        self._thread.shutdown(wait=False)

    def _found(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        file = file_identity(self._path)
        if self._connection is None or file != self._file:
            self._closed()
            self._file = file
            self._connection = sqlite3.connect(
                file_uri(self._path, read_only=True), uri=True, isolation_level=None, timeout=engine.BUSY_SECONDS
            )
        return self._connection.execute(sql, values).fetchall()

    def _closed(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
