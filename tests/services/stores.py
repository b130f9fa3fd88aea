"""What the tests of the services stand on: a store that can be opened often, by several people."""

from __future__ import annotations

import shutil
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest

from modeltui import Catalog, open_catalog
from modeltui.db.tables import metadata
from tests.support.postgres import PostgresServer

SECRET_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER_SECRET_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class TickingClock:
    """A clock that goes on by a second each time that it is read, so that every write has a moment of its own."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Store:
    """A place to keep a catalog in. `KEY` is a variable that holds an API key; the secret key is in a variable too."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.environ = {"KEY": "sk-from-variable", "MODELTUI_SECRET_KEY": SECRET_KEY}
        self.clock = TickingClock()

    def open(
        self, *, actor: str = "alice", create: bool = False, read_only: bool = False
    ) -> AbstractAsyncContextManager[Catalog]:
        """Open the catalog, with the store's own variables."""
        return open_catalog(
            self.url, create=create, read_only=read_only, environ=self.environ, clock=self.clock, actor=actor
        )

    def content(self) -> bytes:
        """Everything that is kept of the catalog, to see whether it changed and what is in it."""
        raise NotImplementedError


class SqliteStore(Store):
    """A SQLite file."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"sqlite:///{path}")
        self.path = path

    def content(self) -> bytes:
        """Read the file, and what SQLite has not moved into it yet."""
        log = self.path.with_name(f"{self.path.name}-wal")
        return self.path.read_bytes() + (log.read_bytes() if log.exists() else b"")


class PostgresStore(Store):
    """A PostgreSQL database."""

    def __init__(self, server: PostgresServer, name: str) -> None:
        super().__init__(server.url(name))
        self.server = server
        self.name = name

    def content(self) -> bytes:
        """Dump every table."""
        return b"\n".join(self.server.dump(self.name, table) for table in sorted(metadata.tables))


class Stores(Protocol):
    """Stores of one kind, each for one test alone."""

    kind: str

    def made(self) -> Store:
        """Give a catalog with its tables and nothing in them."""
        ...

    def unmade(self) -> Store:
        """Give a place where no catalog is yet, but one can be made."""
        ...


class SqliteStores:
    """Files in one folder, copied from a migrated one: that is quicker than migrating each time."""

    kind = "sqlite"

    def __init__(self, folder: Path, migrated: Path) -> None:
        self._folder = folder
        self._migrated = migrated
        self._numbers = count(1)

    def made(self) -> SqliteStore:
        """Give a copy of the migrated file."""
        store = self.unmade()
        shutil.copyfile(self._migrated, store.path)
        return store

    def unmade(self) -> SqliteStore:
        """Give a path."""
        folder = self._folder / f"store{next(self._numbers)}"
        folder.mkdir(parents=True)
        return SqliteStore(folder / "catalog.db")


class PostgresStores:
    """Databases of one server."""

    kind = "postgres"

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self._names: list[str] = []

    def made(self) -> PostgresStore:
        """Give a copy of the migrated database."""
        return self._store(self.server.database())

    def unmade(self) -> PostgresStore:
        """Give an empty database, as the server's administrator would."""
        return self._store(self.server.database(template="template0"))

    def close(self) -> None:
        """Take them all away."""
        for name in self._names:
            self.server.drop(name)

    def _store(self, name: str) -> PostgresStore:
        self._names.append(name)
        return PostgresStore(self.server, name)


SQLITE_ONLY = pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
"""For what has to do with files."""

POSTGRES_ONLY = pytest.mark.parametrize("stores", ["postgres"], indirect=True)
"""For what has to do with servers and roles."""
