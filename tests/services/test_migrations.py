"""The schema's history: made anew, from any age, up and down, by several at once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import column, insert, inspect, text
from sqlalchemy import table as sql_table

from modeltui import DatabaseUnavailable, ValidationError
from modeltui.database_url import normalised_url
from modeltui.db import schema
from modeltui.db.engine import Database
from modeltui.db.opening import open_store
from modeltui.db.schema import SchemaState
from modeltui.db.tables import MODELS, PROVIDERS
from tests.services.builders import add_provider, order
from tests.services.children import run_together
from tests.services.stores import SQLITE_ONLY, SqliteStore, Store, Stores

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def place(stores: Stores) -> Store:
    """A place for a database that has no tables yet."""
    return stores.unmade()


@pytest.fixture
async def old(place: Store) -> AsyncIterator[Database]:
    """A database as the first version of the program left it: without priority lists."""
    database = await opened(place, create=True)
    await database.migrate("0001")
    yield database
    await database.close()


async def opened(place: Store, *, create: bool = False) -> Database:
    return await open_store(normalised_url(place.url), create=create)


async def put_provider(database: Database, number: int, family: str = "openai", **values: object) -> None:
    """Write a provider row of the first schema; its id is made of the number."""
    row = {
        "id": UUID(int=number),
        "family": family,
        "name": f"p{number}",
        "name_key": f"p{number}",
        "enabled": True,
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "updated_by": "alice",
        "version": 1,
    } | values
    await put(database, "provider_config", row)


async def put_model(database: Database, name: str, family: str = "openai", **values: object) -> None:
    """Write a model row of the first schema."""
    row = {
        "id": UUID(bytes=name.encode().ljust(16, b"\0")),
        "family": family,
        "name": name,
        "name_key": name,
        "model": name,
        "enabled": True,
        "is_default": False,
        "context_limit": 1,
        "compression_threshold": 70,
        "options": {},
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "updated_by": "alice",
        "version": 1,
    } | values
    await put(database, "model_config", row)


async def put(database: Database, table: str, row: dict[str, object]) -> None:
    known = {one.name: one.type for one in (*PROVIDERS.c, *MODELS.c)}
    columns = [column(name, known[name]) for name in row]
    async with database.writing() as connection:
        await connection.execute(insert(sql_table(table, *columns)).values(row))


async def read(database: Database, sql: str) -> list[Any]:
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(text(sql))]


async def table_names(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def lines(database: Database) -> dict[str, list[tuple[str, int]]]:
    """Read which provider each model was given, at which place."""
    found: dict[str, list[tuple[str, int]]] = {}
    for model, provider, priority in await read(
        database,
        "SELECT m.name, p.name, a.priority FROM attachment a JOIN model_config m ON m.id = a.model_config_id"
        " JOIN provider_config p ON p.id = a.provider_config_id",
    ):
        found.setdefault(model, []).append((provider, priority))
    return found


def day(number: int) -> datetime:
    return MOMENT.replace(day=number)


BACKFILLS: dict[str, tuple[list[dict[str, Any]], str | None]] = {
    "no provider": ([], None),
    "one": ([{"number": 1}], "p1"),
    "one, but disabled": ([{"number": 1, "enabled": False}], None),
    "one, but of another family": ([{"number": 1, "family": "anthropic"}], None),
    "the oldest of several": (
        [{"number": n, "created_at": day(d)} for n, d in ((1, 3), (2, 2), (3, 4))],
        "p2",
    ),
    "the smaller id of those that are equally old": ([{"number": n} for n in (9, 3, 200, 7)], "p3"),
    "the oldest is disabled": (
        [{"number": 1, "created_at": day(1), "enabled": False}, {"number": 2, "created_at": day(2)}],
        "p2",
    ),
    "by the fraction of a second": (
        [
            {"number": 1, "created_at": MOMENT.replace(microsecond=2)},
            {"number": 2, "created_at": MOMENT.replace(microsecond=1)},
        ],
        "p2",
    ),
}


@pytest.mark.parametrize(("providers", "expected"), BACKFILLS.values(), ids=BACKFILLS)
async def test_every_live_model_gets_the_provider_that_it_used_before(
    old: Database, providers: list[dict[str, Any]], expected: str | None
) -> None:
    for provider in providers:
        await put_provider(old, **provider)
    await put_model(old, "live")
    await put_model(old, "off", enabled=False)
    await put_model(old, "gone", deleted_at=MOMENT)
    before = await read(old, "SELECT * FROM model_config ORDER BY id"), await read(old, "SELECT * FROM provider_config")
    await old.migrate()
    given = [(expected, 0)] if expected else []
    assert await lines(old) == ({"live": given, "off": given} if given else {})
    assert (
        await read(old, "SELECT * FROM model_config ORDER BY id"),
        await read(old, "SELECT * FROM provider_config"),
    ) == before


async def test_each_model_gets_a_provider_of_its_own_family(old: Database) -> None:
    for number, family in enumerate(["openai", "anthropic", "google"]):
        await put_provider(old, number, family)
    for family in ("openai", "anthropic", "google", "vercel"):
        await put_model(old, f"m-{family}", family)
    await old.migrate()
    assert await lines(old) == {"m-openai": [("p0", 0)], "m-anthropic": [("p1", 0)], "m-google": [("p2", 0)]}


async def test_what_was_filled_in_can_be_used(old: Database, place: Store) -> None:
    await put_provider(old, 1, credential_kind="env", credential_reference="KEY")
    await put_provider(old, 2)
    await put_model(old, "m", is_default=True)
    await old.migrate()
    async with place.open() as catalog:
        assert (await catalog.resolve()).provider_name == "p1"
        assert order(await catalog.models.attach("m", "p2", 0)) == ["p2", "p1"]
        row = await catalog.models.get("m")
        assert row.created_at.isoformat() == "2026-01-01T00:00:00+00:00"


async def test_down_and_up_again_loses_no_provider_and_no_model(old: Database) -> None:
    for number in (1, 2):
        await put_provider(old, number)
    await put_model(old, "m")
    await put_model(old, "gone", deleted_at=MOMENT)
    await old.migrate()
    providers = await read(old, "SELECT * FROM provider_config ORDER BY id")
    models = await read(old, "SELECT * FROM model_config ORDER BY id")
    for _ in range(2):
        await old.migrate("0001", down=True)
        assert await old.revision() == (SchemaState.OLDER, "0001")
        assert await table_names(old) == {"alembic_version", "model_config", "provider_config"}
        await old.migrate()
        assert await old.revision() == (SchemaState.CURRENT, schema.HEAD)
        assert await read(old, "SELECT * FROM provider_config ORDER BY id") == providers
        assert await read(old, "SELECT * FROM model_config ORDER BY id") == models
        assert await lines(old) == {"m": [("p1", 0)]}


async def test_down_to_nothing_and_up_again(old: Database) -> None:
    await old.migrate("base", down=True)
    assert await old.revision() == (SchemaState.EMPTY, None)
    await old.migrate("0001")
    await old.migrate("0002")
    await old.migrate("0003")
    await old.migrate("head")
    await old.require_current()


@pytest.mark.parametrize(
    ("revision", "down"), [("0099", False), ("base", False), ("head", True), ("", False), ("%s", True)]
)
async def test_an_unknown_revision_is_refused(old: Database, revision: str, down: bool) -> None:
    with pytest.raises(ValidationError) as raised:
        await old.migrate(revision, down=down)
    assert raised.value.field == "revision"
    assert "0001, 0002, 0003" in raised.value.message
    assert await old.revision() == (SchemaState.OLDER, "0001")


async def test_up_to_an_older_revision_is_no_change_and_down_to_a_newer_one_is_refused(old: Database) -> None:
    with pytest.raises(ValidationError, match="can't migrate to 0002"):
        await old.migrate("0002", down=True)
    await old.migrate()
    await old.migrate("0001")
    assert await old.revision() == (SchemaState.CURRENT, schema.HEAD)


async def test_a_migration_that_fails_changes_nothing(old: Database) -> None:
    await put_provider(old, 1)
    await put_model(old, "m")
    async with old.writing() as connection:
        await connection.execute(text("CREATE VIEW attachment AS SELECT 1"))
    with pytest.raises(DatabaseUnavailable):
        await old.migrate()
    assert await old.revision() == (SchemaState.OLDER, "0001")
    async with old.writing() as connection:
        await connection.execute(text("DROP VIEW attachment"))
    await old.migrate()
    assert await lines(old) == {"m": [("p1", 0)]}


@SQLITE_ONLY
async def test_broken_references_stop_a_migration(old: Database, place: SqliteStore) -> None:
    await put_provider(old, 1)
    await put_model(old, "m")
    await old.migrate()
    connection = sqlite3.connect(place.path)
    connection.execute("DELETE FROM provider_config")
    connection.execute("UPDATE alembic_version SET version_num = '0002'")
    connection.commit()
    connection.close()
    with pytest.raises(DatabaseUnavailable, match="would break references"):
        await old.migrate()


@SQLITE_ONLY
async def test_foreign_keys_hold_again_after_a_migration(old: Database) -> None:
    await old.migrate()
    for _ in range(3):
        async with old.writing() as connection:
            assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar_one() == 1


CREATE = """
async def main():
    wait_for_the_test()
    async with store.open(create=True) as catalog:
        await add_provider(catalog, f"p{sys.argv[2]}")
asyncio.run(main())
"""


async def test_several_processes_make_one_database_at_once(place: Store) -> None:
    await asyncio.to_thread(run_together, CREATE, place, 4)
    async with place.open() as catalog:
        assert [row.name for row in await catalog.providers.list()] == ["p0", "p1", "p2", "p3"]


async def test_several_tasks_make_one_database_at_once(place: Store) -> None:
    async def add(name: str) -> None:
        async with place.open(create=True) as catalog:
            await add_provider(catalog, name)

    await asyncio.gather(*(add(name) for name in "abcdef"))
    async with place.open() as catalog:
        assert len(await catalog.providers.list()) == 6


async def test_several_upgrade_an_old_database_at_once(old: Database, place: Store) -> None:
    await put_provider(old, 1)
    await put_model(old, "m")
    others = [await opened(place) for _ in range(4)]
    await asyncio.gather(*(database.migrate() for database in others))
    for database in others:
        await database.require_current()
        await database.close()
    assert await lines(old) == {"m": [("p1", 0)]}
