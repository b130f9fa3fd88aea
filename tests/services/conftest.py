"""A catalog in a real database, with a clock, variables and an administrator of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from modeltui import Catalog
from modeltui.services.feed import Changes
from tests.services.builders import add_model, add_providers, subscribed
from tests.services.hearing import told_all
from tests.services.stores import PostgresStore, PostgresStores, SqliteStore, SqliteStores, Store, Stores
from tests.support.postgres_relay import Relay


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite catalog with its tables and nothing in them; copying it is quicker than migrating each time."""
    path = tmp_path_factory.mktemp("template") / "catalog.db"
    async with SqliteStore(path).open(create=True):
        pass
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    """Stores of each kind that the catalog can be kept in."""
    if request.param == "sqlite":
        yield SqliteStores(tmp_path / "stores", request.getfixturevalue("migrated_file"))
        return
    databases = PostgresStores(request.getfixturevalue("postgres_server"))
    yield databases
    databases.close()


@pytest.fixture
def store(stores: Stores) -> Store:
    """An empty catalog."""
    return stores.made()


@pytest.fixture
async def catalog(store: Store) -> AsyncIterator[Catalog]:
    """The store, opened by alice."""
    async with store.open() as opened:
        yield opened


@pytest.fixture
async def relay(store: PostgresStore) -> AsyncIterator[Relay]:
    """Something between the server and its clients; the store's URL leads there from now on."""
    relay = Relay(store.server.folder)
    await relay.start()
    store.url = f"postgresql://postgres@/{store.name}?host={relay.folder}"
    yield relay
    await relay.close()


@pytest.fixture
async def other(store: Store, catalog: Catalog) -> AsyncIterator[Catalog]:
    """The same store, opened a second time by bob."""
    async with store.open(actor="bob") as opened:
        yield opened


@pytest.fixture
async def filled(store: Store) -> Store:
    """A store with something of everything, opened by nobody."""
    async with store.open() as catalog:
        await add_providers(catalog, "a", "b")
        await add_model(catalog, "m", "a", "b")
        await add_model(catalog, "gone", "a")
        await catalog.models.delete("gone")
    return store


@pytest.fixture
async def filled_catalog(catalog: Catalog) -> Catalog:
    """Providers a and b; m on both, which is the default, and n on b."""
    await add_providers(catalog, "a", "b")
    await add_model(catalog, "m", "a", "b")
    await add_model(catalog, "n", "b")
    return catalog


@pytest.fixture
async def changes(filled_catalog: Catalog) -> AsyncIterator[Changes]:
    """What alice's catalog reports."""
    reported = await subscribed(filled_catalog)
    yield reported
    await reported.aclose()


@pytest.fixture
async def warm(catalog: Catalog) -> Catalog:
    """m on a and b, the default; n on b alone; a deleted model; every answer kept."""
    await add_providers(catalog, "a", "b")
    await add_model(catalog, "m", "a", "b")
    await add_model(catalog, "n", "b")
    await add_model(catalog, "gone", "a")
    await catalog.models.delete("gone")
    await catalog._workspace.feed.ready()
    await told_all(catalog)
    return catalog
