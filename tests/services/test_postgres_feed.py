"""What a PostgreSQL server tells of changes: to which roles and schemas, of how many rows, through which poolers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from modeltui import Catalog, NotFound
from modeltui.db import postgres_feed, queries
from modeltui.db.feed import BATCH_LIMIT
from modeltui.domain.changes import RESYNC
from modeltui.services import feed
from modeltui.services.feed import Changes
from tests.services.builders import (
    add_model,
    add_provider,
    caught_up,
    copy_model,
    eventually,
    execute,
    query,
    subscribed,
    switch,
)
from tests.services.children import Child
from tests.services.hearing import RESYNCED, heard, told_all, uncached
from tests.services.stores import POSTGRES_ONLY, PostgresStore
from tests.support.postgres_relay import Pooling, Relay

pytestmark = POSTGRES_ONLY

REPORT_LIMIT = 200
MOVED = [("model", "m", "updated")]


def seen_as(store: PostgresStore, url: str) -> PostgresStore:
    """The same database under another URL."""
    seen = PostgresStore(store.server, store.name)
    seen.url = url
    return seen


# Who hears


async def test_a_role_that_may_only_read_hears_of_every_change(store: PostgresStore, filled_catalog: Catalog) -> None:
    sql = store.server.sql
    sql(store.name, "CREATE ROLE reader LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    try:
        async with seen_as(store, store.server.url(store.name, "reader")).open() as reading:
            assert reading.read_only_reason is not None
            changes = await subscribed(reading)
            assert (await reading.resolve("m")).provider_name == "a"
            await filled_catalog.models.move("m", "b", 0)
            assert await heard(reading, changes) == MOVED
            assert (await reading.resolve("m")).provider_name == "b"
    finally:
        sql(store.name, "DROP OWNED BY reader", "DROP ROLE reader")


@pytest.mark.parametrize("option", ["search_path={}", "options=-csearch_path%3D{}"])
async def test_catalogs_in_two_schemas_of_one_database_do_not_hear_each_other(
    store: PostgresStore, option: str
) -> None:
    store.server.sql(store.name, "CREATE SCHEMA one", "CREATE SCHEMA two")
    one, two = (seen_as(store, f"{store.url}&{option.format(schema)}") for schema in ("one", "two"))
    async with one.open(create=True) as first, two.open(create=True) as second:
        heard_by_first, heard_by_second = await subscribed(first), await subscribed(second)
        await add_provider(first, "x")
        assert await heard(second, heard_by_second) == []
        assert await heard(first, heard_by_first) == [("provider", "x", "created")]
        await add_provider(second, "y")
        assert await heard(first, heard_by_first) == []
        assert await heard(second, heard_by_second) == [("provider", "y", "created")]


async def test_tables_that_are_not_in_the_first_schema_of_the_search_path(
    store: PostgresStore, filled_catalog: Catalog
) -> None:
    """As where a role has a schema of its own name, which comes before `public`."""
    store.server.sql(store.name, "CREATE SCHEMA postgres")
    async with store.open(actor="bob") as elsewhere:
        changes = await subscribed(elsewhere)
        await filled_catalog.models.move("m", "b", 0)
        assert await heard(elsewhere, changes) == MOVED


async def test_tables_that_are_made_anew_are_heard_again(
    store: PostgresStore, warm: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a dump that is restored: nothing reports of that itself."""
    store.server.sql(store.name, "CREATE SCHEMA restored")
    async with seen_as(store, f"{store.url}&search_path=restored").open(create=True) as restored:
        await add_provider(restored, "x")
        await add_model(restored, "m", "x")
    changes = await subscribed(warm)
    monkeypatch.setattr(postgres_feed, "QUIET_SECONDS", 0.01)
    # For the timeout that is running.
    await caught_up(warm)
    troubles: list[Any] = []
    warm.on_connection(troubles.append)
    store.server.sql(store.name, "ALTER SCHEMA public RENAME TO kept", "ALTER SCHEMA restored RENAME TO public")
    assert await anext(changes) == RESYNC
    assert "has lost its tables, or they were made anew" in troubles[0].message
    assert (await warm.resolve("m")).provider_name == "x"
    await switch(warm, "x", on=False)
    assert await heard(warm, changes) == [("provider", "x", "updated")]


# How much


async def test_as_many_rows_as_a_report_holds_are_named(
    filled_catalog: Catalog, other: Catalog, changes: Changes
) -> None:
    await copy_model(other, "m", REPORT_LIMIT)
    assert len(await heard(filled_catalog, changes)) == REPORT_LIMIT
    touch = "UPDATE model_config SET version = version + 1 WHERE name LIKE 'm-%'"
    await execute(other, touch)
    assert len(await heard(filled_catalog, changes)) == REPORT_LIMIT
    await copy_model(other, "n", 1)
    assert await heard(filled_catalog, changes) == [("model", "n-1", "created")]
    await execute(other, f"{touch} OR name = 'n-1'")
    assert await heard(filled_catalog, changes) == RESYNCED
    await execute(other, "DELETE FROM model_config WHERE name LIKE 'm-%' OR name = 'n-1'")
    assert await heard(filled_catalog, changes) == RESYNCED
    await copy_model(other, "m", REPORT_LIMIT + 1)
    assert await heard(filled_catalog, changes) == RESYNCED
    await other.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) == MOVED


async def test_the_reports_of_one_transaction_are_put_together(
    filled_catalog: Catalog, other: Catalog, changes: Changes
) -> None:
    async def touch(*numbers: int) -> None:
        async with other._workspace.database.writing() as connection:
            for number in numbers:
                await connection.exec_driver_sql(
                    "UPDATE model_config SET version = version + 1 WHERE name LIKE 'm-%'"
                    f" AND substr(name, 3)::int % 3 = {number}"
                )

    await copy_model(other, "m", 3 * REPORT_LIMIT)
    assert await heard(filled_catalog, changes) == RESYNCED
    await touch(0, 1)
    assert len(await heard(filled_catalog, changes)) == 2 * REPORT_LIMIT
    await touch(0, 1, 0, 1)
    assert len(await heard(filled_catalog, changes)) == 2 * REPORT_LIMIT
    # More than is worth naming at once; the network decides whether it comes at once.
    await touch(0, 1, 2)
    found = await heard(filled_catalog, changes)
    assert BATCH_LIMIT < 3 * REPORT_LIMIT
    assert found == RESYNCED or len(found) == 3 * REPORT_LIMIT


async def test_no_change_is_too_large_to_be_reported(store: PostgresStore, warm: Catalog) -> None:
    changes = await subscribed(warm)
    child = Child(CHANGE_VERY_MANY_IN_A_CHILD, store)
    await asyncio.to_thread(child.wait_until_ready)
    assert await heard(warm, changes) == RESYNCED
    names = [f"m-{number}" for number in range(1, 5_001, 50)]
    assert {(await warm.resolve(name)).upstream_model for name in names} == {"m"}
    child.go()
    await asyncio.to_thread(child.finish)
    assert await heard(warm, changes) == RESYNCED
    assert {(await warm.resolve(name)).upstream_model for name in names} == {"moved"}


CHANGE_VERY_MANY_IN_A_CHILD = """
async def main():
    async with store.open(actor="bob") as catalog:
        await copy_model(catalog, "m", 5_000)
        await attach_copies(catalog, "m", "a")
        await asyncio.to_thread(wait_for_the_test)
        await execute(catalog, "UPDATE model_config SET model = 'moved', version = version + 1")
asyncio.run(main())
"""


async def test_emptied_tables_are_a_resync(store: PostgresStore, warm: Catalog) -> None:
    changes = await subscribed(warm)
    store.server.sql(store.name, "TRUNCATE provider_config, model_config, attachment")
    assert await heard(warm, changes) == RESYNCED
    with pytest.raises(NotFound):
        await warm.resolve("m")


async def test_a_change_that_leaves_every_version_is_none(
    filled_catalog: Catalog, other: Catalog, changes: Changes
) -> None:
    await execute(other, "UPDATE model_config SET model = model")
    await execute(other, "DELETE FROM provider_config WHERE name = 'nobody'")
    assert await heard(filled_catalog, changes) == []


# Through what


@pytest.mark.parametrize("pooling", [Pooling.NONE, Pooling.SESSION])
async def test_what_passes_everything_on_is_no_hindrance(
    relay: Relay, store: PostgresStore, pooling: Pooling, filled_catalog: Catalog, other: Catalog
) -> None:
    relay.pooling = pooling
    changes = await subscribed(filled_catalog)
    await other.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) == MOVED


async def test_a_pooler_that_swallows_reports_is_told_of(
    relay: Relay, store: PostgresStore, filled_catalog: Catalog, other: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_feed, "PATIENCE_SECONDS", 0.2)
    relay.pooling = Pooling.TRANSACTION
    assert (await filled_catalog.resolve("m")).provider_name == "a"
    trouble = filled_catalog.connection_trouble
    assert trouble is not None
    assert "reports no changes here; connect to the server itself, not to a pooler" in trouble.message
    # Without reports nothing is kept, so that every answer is right.
    await other.models.move("m", "b", 0)
    assert (await filled_catalog.resolve("m")).provider_name == "b"


async def test_the_greeting_that_does_not_come_back(filled_catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_feed, "PATIENCE_SECONDS", 0.2)
    watcher: Any = filled_catalog._workspace.feed._watcher
    monkeypatch.setattr(watcher, "_hear_number", lambda *_: None)
    await filled_catalog.resolve("m")
    assert filled_catalog.connection_trouble is not None
    assert "not to a pooler" in filled_catalog.connection_trouble.message


async def test_a_connection_that_is_lost_meanwhile_is_not_taken_for_a_pooler(
    filled_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher: Any = filled_catalog._workspace.feed._watcher

    async def lost(connection: Any, _number: int) -> None:
        connection.terminate()

    monkeypatch.setattr(watcher, "_tell", lost)
    await filled_catalog.resolve("m")
    assert filled_catalog.connection_trouble is not None
    assert "can't be reached" in filled_catalog.connection_trouble.message


async def test_a_server_that_is_slow_to_accept_keeps_no_caller_waiting(
    relay: Relay, store: PostgresStore, filled_catalog: Catalog, other: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "FIRST_WORD_SECONDS", 0.01)
    await filled_catalog._workspace.database.look_up(queries.DEFAULT_TO_RESOLVE)
    relay.accepting.clear()
    # The pool and the look-ups have a connection, the feed doesn't get any.
    changes = filled_catalog.changes()
    assert (await filled_catalog.resolve("m")).provider_name == "a"
    await filled_catalog.models.move("m", "b", 0)
    assert (await filled_catalog.resolve("m")).provider_name == "b"
    await other.models.move("m", "a", 0)
    assert (await filled_catalog.resolve("m")).provider_name == "a"
    assert not changes._queue
    relay.accepting.set()
    assert await anext(changes) == RESYNC
    assert filled_catalog.connection_trouble is None
    assert (await filled_catalog.resolve("m")).provider_name == "a"


# Rules, while answers are kept


async def test_races_of_two_writers_leave_both_with_right_answers(
    store: PostgresStore, warm: Catalog, other: Catalog
) -> None:
    await subscribed(warm)
    await subscribed(other)
    async with uncached(store) as truth:
        for number in range(5):
            lines, default = [f"{name}{number}" for name in "pqrs"], f"x{number}"
            for name in lines:
                await add_provider(warm, name)
            await add_model(warm, f"y{number}", *lines)
            await other.models.set_default(None)
            names = [None, default, f"y{number}", f"z{number}"]
            await told_all(warm, names)
            await told_all(other, names)
            await asyncio.gather(
                warm.models.detach(f"y{number}", lines[1]),
                other.providers.delete(lines[0]),
                add_model(warm, default, "b"),
                add_model(other, f"z{number}", "a"),
            )
            for catalog in (warm, other):
                await caught_up(catalog)
                assert await told_all(catalog, names) == await told_all(truth, names)
            orders = [line.name for line in await warm.explain(f"y{number}")]
            assert orders == [lines[2], lines[3]]


# The end


async def test_closing_leaves_no_connection_on_the_server(store: PostgresStore, catalog: Catalog) -> None:
    ours = (
        "SELECT application_name FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name LIKE 'modeltui%'"
    )
    tasks = asyncio.all_tasks()
    async with store.open(actor="bob") as other:
        await add_provider(other, "a")
        await subscribed(other)
        assert {row.application_name for row in await query(catalog, ours)} == {"modeltui", "modeltui changes"}
    assert asyncio.all_tasks() == tasks

    async def gone() -> bool:
        return len(await query(catalog, ours)) == 1

    await eventually(gone, "the end of all connections but the one that asks")
