"""What the tests of the services stand on: a store that can be opened often, by several people."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from modeltui import Catalog, open_catalog

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


class Store(Protocol):
    """A place to keep a catalog in."""

    url: str
    environ: dict[str, str]

    def open(
        self, *, actor: str = "alice", create: bool = False, read_only: bool = False
    ) -> AbstractAsyncContextManager[Catalog]:
        """Open the catalog, with the store's own variables."""
        ...


class SqliteStore:
    """A SQLite file. `KEY` is a variable that holds an API key; the secret key comes from a variable too."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"
        self.environ = {"KEY": "sk-from-variable", "MODELTUI_SECRET_KEY": SECRET_KEY}
        self.clock = TickingClock()

    def open(
        self, *, actor: str = "alice", create: bool = False, read_only: bool = False
    ) -> AbstractAsyncContextManager[Catalog]:
        """Open the catalog, with the store's own variables."""
        return open_catalog(
            self.url, create=create, read_only=read_only, environ=self.environ, clock=self.clock, actor=actor
        )
