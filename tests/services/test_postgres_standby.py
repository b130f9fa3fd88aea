"""A standby: it takes no changes and reports none, and still nobody who looks there is left behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from modeltui import Catalog, ReadOnly
from tests.services.builders import eventually, execute, query, switch
from tests.services.stores import POSTGRES_ONLY, PostgresStore
from tests.support.postgres import PostgresServer

pytestmark = POSTGRES_ONLY


@pytest.fixture(scope="module")
def standby(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """A standby of the server that the stores are on."""
    server = PostgresServer(primary=postgres_server)
    yield server
    server.close()


@pytest.fixture
async def there(standby: PostgresServer, store: PostgresStore, filled_catalog: Catalog) -> PostgresStore:
    """The filled store as it is on the standby, once that has it."""

    async def arrived() -> bool:
        if not standby.has(store.name):
            return False
        async with PostgresStore(standby, store.name).open() as catalog:
            return len(await catalog.models.list()) == len(await filled_catalog.models.list())

    await eventually(arrived, "the catalog on the standby")
    return PostgresStore(standby, store.name)


async def test_what_the_primary_takes_is_seen_on_the_standby(there: PostgresStore, filled_catalog: Catalog) -> None:
    async with there.open() as catalog:
        assert catalog.read_only_reason == "the server is a standby, which takes no changes"
        changes = catalog.changes()
        assert (await catalog.resolve("m")).provider_name == "a"
        assert (await anext(changes)).kind == "resync"
        assert catalog.connection_trouble is None
        await switch(filled_catalog, "a", on=False)
        assert (await anext(changes)).kind == "resync"
        assert (await catalog.resolve("m")).provider_name == "b"
        with pytest.raises(ReadOnly):
            await switch(catalog, "a", on=True)


async def test_what_bears_on_no_row_makes_nobody_read_again(there: PostgresStore, filled_catalog: Catalog) -> None:
    async with there.open() as catalog:
        changes = catalog.changes()
        await anext(changes)
        await execute(filled_catalog, "CREATE TABLE other (number int)")

        async def replayed() -> bool:
            return bool((await query(catalog, "SELECT to_regclass('other') IS NOT NULL AS there"))[0].there)

        await eventually(replayed, "the other table")
        await catalog._workspace.feed._watcher.catch_up()
        assert list(changes._queue) == []


async def test_answers_are_kept_there_too(there: PostgresStore, filled_catalog: Catalog) -> None:
    async with there.open() as catalog:
        first = await catalog.resolve("m")
        assert await catalog.resolve("m") is first
        await filled_catalog.models.move("m", "b", 0)

        async def moved() -> bool:
            return (await catalog.resolve("m")).provider_name == "b"

        await eventually(moved, "the new order on the standby")
