"""What the tests of the command line start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import PostgresShell, Shell, SqliteShell, small_catalog
from tests.support.postgres import PostgresServer

SMALL = "small_catalog"


@pytest.fixture(params=["sqlite", "postgres"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shell]:
    """Give a place of each kind for a catalog that isn't there yet."""
    if request.param == "sqlite":
        yield SqliteShell(tmp_path / "catalog.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    # What `shell` asks for is copied, which is quicker than making it each time.
    small = "shell" in request.fixturenames
    name = server.database(template=_small(server) if small else "template0")
    yield PostgresShell(server, name)
    server.drop(name)


@pytest.fixture
def shell(bare: Shell) -> Shell:
    """Give a small catalog."""
    if isinstance(bare, SqliteShell):
        bare.inside(small_catalog, create=True)
    return bare


def _small(server: PostgresServer) -> str:
    """The name of a small catalog on the server, made when it is first wanted."""
    if not server.has(SMALL):
        server.sql("postgres", f"CREATE DATABASE {SMALL} TEMPLATE template0")
        PostgresShell(server, SMALL).inside(small_catalog, create=True)
    return SMALL
