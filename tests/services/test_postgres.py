"""What only a server can do: be away, refuse a role, restart; and what is said of it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from modeltui import Catalog, CatalogError, DatabaseUnavailable, ProviderUpdate, ReadOnly, SchemaOutdated, open_catalog
from modeltui.db import engine, postgres_connection, postgres_store
from modeltui.services.catalog import upgrade
from modeltui.settings import load_settings
from tests.services.builders import (
    add_model,
    add_provider,
    add_providers,
    eventually,
    execute,
    query,
    stored_state,
    switch,
)
from tests.services.stores import PostgresStore, PostgresStores
from tests.support.postgres import PostgresServer

PASSWORD = "p@ss/w#rd?:%[x]"


@pytest.fixture
def stores(postgres_server: PostgresServer) -> Iterator[PostgresStores]:
    """Databases of a PostgreSQL server alone."""
    databases = PostgresStores(postgres_server)
    yield databases
    databases.close()


@pytest.fixture
def role(stores: PostgresStores, store: PostgresStore) -> Iterator[str]:
    """A role that may log in, and nothing else."""
    stores.server.sql(store.name, "CREATE ROLE bob LOGIN")
    yield "bob"
    stores.server.sql(store.name, "DROP OWNED BY bob", "DROP ROLE bob")


@pytest.fixture
async def as_role(role: str, filled: PostgresStore) -> PostgresStore:
    """The filled store as the role sees it, which may read and nothing else."""
    filled.server.sql(filled.name, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    seen = PostgresStore(filled.server, filled.name)
    seen.url = filled.server.url(filled.name, role)
    return seen


async def refused(url: str, expected: type[CatalogError] = DatabaseUnavailable, **options: Any) -> Any:
    with pytest.raises(expected) as raised:
        async with open_catalog(url, **options) as catalog:
            await catalog.models.list()
    assert "s3cret" not in f"{raised.value!r} {raised.value.message} {raised.value.attributes}"
    return raised.value


# Opening


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    for url in (f"postgresql://bob:s3cret@/catalog?host={tmp_path}", "postgresql://bob:s3cret@127.0.0.1:1/catalog"):
        error = await refused(url, create=True)
        assert "(postgresql://bob@" in error.message
        assert "can't be reached" in error.message


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://a..b/catalog", "names no server; check its host"),
        (f"postgresql://{'a' * 70}/catalog", "names no server; check its host"),
        ("postgresql://127.0.0.1/catalog?sslmode=bogus", "check its host, its port and what follows a ?"),
        ("postgresql://127.0.0.1/catalog?%zz", "check its host, its port and what follows a ?"),
        ("postgresql://no.such.invalid/catalog", "its host name is not known here; check the host"),
    ],
)
async def test_a_url_that_leads_nowhere(url: str, says: str) -> None:
    assert says in (await refused(url)).message


async def test_an_option_that_the_server_does_not_know(store: PostgresStore) -> None:
    assert "does not know an option of its URL" in (await refused(f"{store.url}&no_such_option=1")).message


async def test_a_database_that_is_not_on_the_server(stores: PostgresStores) -> None:
    error = await refused(stores.server.url("nowhere"), create=True)
    assert "is not on the server; make it there (createdb --encoding=UTF8)" in error.message
    assert error.missing


async def test_an_empty_database_becomes_a_catalog_only_when_asked_to(stores: PostgresStores) -> None:
    url = stores.unmade().url
    error = await refused(url, SchemaOutdated)
    assert (error.current, error.newer) == (None, False)
    await refused(url, SchemaOutdated, read_only=True, create=True)
    async with open_catalog(url, create=True) as catalog:
        assert await catalog.models.list() == []


async def test_another_programs_database(stores: PostgresStores) -> None:
    place = stores.unmade()
    stores.server.sql(place.name, "CREATE TABLE cookies (name text)")
    for options in ({}, {"create": True}, {"read_only": True}):
        assert "another program's database" in (await refused(place.url, **options)).message


async def test_a_database_that_can_not_hold_every_name(stores: PostgresStores) -> None:
    place = stores.unmade()
    stores.server.drop(place.name)
    stores.server.sql("postgres", f"CREATE DATABASE {place.name} TEMPLATE template0 ENCODING 'LATIN1'")
    error = await refused(place.url, create=True)
    assert "has the encoding LATIN1" in error.message
    assert "--encoding=UTF8" in error.message


async def test_a_missing_driver_names_what_to_install(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    assert "pip install 'modeltui[postgres]'" in (await refused(store.url)).message


@pytest.fixture
def guarded(stores: PostgresStores, store: PostgresStore) -> Iterator[str]:
    """A role with a password full of characters that mean something in URLs; the server checks it."""
    stores.server.sql("postgres", f"CREATE ROLE guarded SUPERUSER LOGIN PASSWORD '{PASSWORD}'")
    yield "guarded"
    stores.server.sql("postgres", "DROP ROLE guarded")


async def test_a_password_of_any_characters(guarded: str, store: PostgresStore) -> None:
    place = f"@/{store.name}?host={store.server.folder}"
    for scheme in ("postgresql", "postgresql+asyncpg"):
        async with open_catalog(f"{scheme}://{guarded}:{quote(PASSWORD, safe='')}{place}") as catalog:
            assert await catalog.models.list() == []
            assert catalog.location == f"postgresql://{guarded}{place}"
    error = await refused(f"postgresql://{guarded}:s3cret{place}")
    assert "refuses this user or password" in error.message
    assert "refuses this user or password" in (await refused(f"postgresql://nobody{place}")).message


async def test_a_password_outside_the_url(guarded: str, store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    async with open_catalog(f"postgresql://{guarded}@/{store.name}?host={store.server.folder}") as catalog:
        assert await catalog.models.list() == []


# Rights


async def test_a_role_that_may_only_read(as_role: PostgresStore, role: str) -> None:
    async with as_role.open() as catalog:
        assert catalog.read_only_reason == f"role {role} has no right to change the tables"
        assert [row.name for row in await catalog.models.list()] == ["m"]
        assert (await catalog.resolve("m")).provider_name == "a"
        before = await stored_state(catalog)
        with pytest.raises(ReadOnly, match=f"nothing can be changed here: role {role}"):
            await switch(catalog, "a", on=False)
        with pytest.raises(ReadOnly):
            await catalog._workspace.database.migrate()
        assert await stored_state(catalog) == before


@pytest.mark.parametrize("missing", ["INSERT", "UPDATE", "DELETE"])
async def test_every_right_is_needed_on_every_table(as_role: PostgresStore, role: str, missing: str) -> None:
    grant = f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    as_role.server.sql(as_role.name, grant)
    async with as_role.open() as catalog:
        assert catalog.read_only_reason is None
        await switch(catalog, "a", on=False)
    as_role.server.sql(as_role.name, f"REVOKE {missing} ON attachment FROM {role}")
    async with as_role.open() as catalog:
        assert catalog.read_only_reason == f"role {role} has no right to change the tables"


async def test_rights_that_are_taken_away_meanwhile(as_role: PostgresStore, role: str) -> None:
    change = f"SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public {{}} {role}"
    as_role.server.sql(as_role.name, "GRANT " + change.format("TO"))
    async with as_role.open() as catalog:
        as_role.server.sql(as_role.name, f"REVOKE UPDATE ON provider_config FROM {role}")
        with pytest.raises(ReadOnly, match="the database role has no right to change the tables"):
            await switch(catalog, "a", on=False)
        as_role.server.sql(as_role.name, "REVOKE " + change.format("FROM"))
        with pytest.raises(DatabaseUnavailable, match="may not be read by this role; grant it SELECT"):
            await catalog.models.list()
        as_role.server.sql(as_role.name, "GRANT " + change.format("TO"))
        assert not (await switch(catalog, "a", on=False)).enabled


async def test_a_role_that_may_make_no_tables(stores: PostgresStores, role: str) -> None:
    url = stores.server.url(stores.unmade().name, role)
    await refused(url, SchemaOutdated, create=True)
    with pytest.raises(ReadOnly, match="role bob may make no tables in schema public"):
        await upgrade(load_settings({"database": url}))


async def test_only_the_owner_of_the_tables_migrates(stores: PostgresStores, role: str) -> None:
    place = stores.unmade()
    async with open_catalog(place.url, create=True) as catalog:
        await catalog._workspace.database.migrate("0001", down=True)
    stores.server.sql(
        place.name,
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT CREATE ON SCHEMA public TO {role}",
    )
    with pytest.raises(DatabaseUnavailable, match="can be migrated only by the role that owns its tables"):
        await upgrade(load_settings({"database": stores.server.url(place.name, role)}))
    stores.server.sql(place.name, f"DROP OWNED BY {role}")


async def test_the_owner_and_the_reader_of_the_documentation(stores: PostgresStores) -> None:
    """Neither is a superuser, as those are in most of the tests."""
    sql, place = stores.server.sql, stores.unmade()
    sql("postgres", "CREATE ROLE keeper LOGIN", f"ALTER DATABASE {place.name} OWNER TO keeper")
    sql("postgres", "CREATE ROLE gateway LOGIN")
    keeper, gateway = (stores.server.url(place.name, role) for role in ("keeper", "gateway"))
    async with open_catalog(keeper, create=True, environ=place.environ) as catalog:
        assert catalog.read_only_reason is None
        sql(
            place.name,
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO gateway",
            "ALTER DEFAULT PRIVILEGES FOR ROLE keeper IN SCHEMA public GRANT SELECT ON TABLES TO gateway",
        )
        # An upgrade makes a table that wasn't there when the rights were granted.
        await catalog._workspace.database.migrate("0001", down=True)
        await catalog._workspace.database.migrate()
        await add_provider(catalog, "p")
        await add_model(catalog, "m", "p")
    async with open_catalog(gateway, environ=place.environ) as catalog:
        assert catalog.read_only_reason == "role gateway has no right to change the tables"
        assert (await catalog.resolve()).provider_name == "p"
    stores.server.drop(place.name)
    sql("postgres", "DROP ROLE keeper, gateway")


FACTS = {
    "role": "bob",
    "schema": "public",
    "standby": False,
    "reads_by_default": False,
    "may_change_tables": None,
    "may_make_tables": True,
}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, None),
        ({"may_change_tables": True, "may_make_tables": False}, None),
        ({"standby": True, "may_change_tables": True}, "the server is a standby, which takes no changes"),
        ({"schema": None, "may_make_tables": None}, "role bob may make no tables in schema (none)"),
    ],
)
def test_why_a_server_would_refuse_every_change(facts: dict[str, Any], reason: str | None) -> None:
    assert postgres_store._refusal(SimpleNamespace(**FACTS | facts)) == reason  # type: ignore[arg-type]


async def test_a_server_that_opens_everything_read_only(store: PostgresStore) -> None:
    store.server.sql("postgres", f"ALTER DATABASE {store.name} SET default_transaction_read_only = on")
    async with store.open() as catalog:
        assert catalog.read_only_reason == "the server opens every transaction of role postgres read-only"


async def test_a_server_that_takes_no_more_changes(store: PostgresStore, catalog: Catalog) -> None:
    await execute(catalog, "SET default_transaction_read_only = on")
    with pytest.raises(ReadOnly, match="the server takes no changes"):
        await add_provider(catalog, "p")


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
async def test_a_server_whose_transactions_keep_to_one_moment(store: PostgresStore, level: str) -> None:
    """A writer that has waited for another one must see what that one wrote, whatever the server's own habit is."""
    store.server.sql("postgres", f"ALTER DATABASE {store.name} SET default_transaction_isolation = '{level}'")
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = :database"
    async with store.open() as catalog:
        await add_provider(catalog, "a")
        database = catalog._workspace.database
        (row,) = await query(catalog, "SELECT oid FROM pg_database WHERE datname = current_database()")
        async with database.writing():
            writers = [asyncio.create_task(add_model(catalog, name, "a")) for name in ("m", "n")]

            async def both_wait() -> bool:
                return bool((await query(catalog, waiting, database=row.oid))[0].count == 2)

            await eventually(both_wait, "the writers waiting for the lock")
        made = await asyncio.gather(*writers)
        assert sorted(model.is_default for model in made) == [False, True]


# Away, and back


async def test_a_server_that_is_restarted(store: PostgresStore, catalog: Catalog) -> None:
    await add_providers(catalog, "a", "b")
    await add_model(catalog, "m", "a", "b")
    for end in (store.server.stop, store.server.kill):
        before = await stored_state(catalog)
        await asyncio.to_thread(end)
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match="can't be reached"):
                await catalog.resolve("m")
        with pytest.raises(DatabaseUnavailable):
            await catalog.models.move("m", "b", 0)
        await asyncio.to_thread(store.server.start)
        assert await stored_state(catalog) == before
        assert (await catalog.models.move("m", "b", 0)).provider_configs[0].name == "b"
        await catalog.models.move("m", "a", 0)


async def test_a_server_that_is_restarted_unnoticed(store: PostgresStore, catalog: Catalog) -> None:
    await add_provider(catalog, "p")
    await asyncio.gather(*(catalog.providers.list() for _ in range(5)))
    await asyncio.to_thread(store.server.stop)
    await asyncio.to_thread(store.server.start)
    found = await asyncio.gather(*(catalog.providers.list() for _ in range(5)))
    assert [[row.name for row in rows] for rows in found] == [["p"]] * 5
    assert not (await switch(catalog, "p", on=False)).enabled


async def test_a_server_that_dies_inside_a_write(store: PostgresStore, catalog: Catalog) -> None:
    await add_provider(catalog, "p")
    before = await stored_state(catalog)

    async def write() -> None:
        async with catalog._workspace.database.writing() as connection:
            await connection.execute(text("UPDATE provider_config SET enabled = false"))
            await asyncio.to_thread(store.server.kill)
            await connection.execute(text("DELETE FROM provider_config"))

    with pytest.raises(DatabaseUnavailable, match="lost the connection"):
        await write()
    await asyncio.to_thread(store.server.start)
    assert await stored_state(catalog) == before


async def test_connections_that_an_administrator_ends(store: PostgresStore, catalog: Catalog) -> None:
    await add_provider(catalog, "p")
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()"
    store.server.sql(store.name, end.format(store.name))
    assert len(await catalog.providers.list()) == 1


# Locked


async def test_a_writer_waits_for_another_one_and_then_gives_up(
    filled: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    async with filled.open() as catalog, filled.open(actor="bob") as other:
        async with catalog._workspace.database.writing():
            assert len(await other.models.list()) == 1
            with pytest.raises(DatabaseUnavailable, match="is locked by another program; try again"):
                await other.models.move("m", "b", 0)
        assert (await other.models.move("m", "b", 0)).version == 2


async def test_a_writer_that_stops_in_the_middle_keeps_nobody_waiting(
    filled: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connection, "STALLED_SECONDS", 1)
    async with filled.open() as stalled, filled.open(actor="bob") as other:

        async def write() -> None:
            async with stalled._workspace.database.writing() as connection:
                await connection.execute(text("DELETE FROM attachment"))
                assert (await other.models.move("m", "b", 0)).version == 2
                await connection.execute(text("SELECT 1"))

        with pytest.raises(DatabaseUnavailable, match="lost the connection"):
            await write()
        row = await other.providers.update("a", ProviderUpdate(enabled=False))
        assert row.bound_model_count == 1


async def test_a_reading_can_not_write(filled: PostgresStore) -> None:
    async with filled.open() as catalog:
        with pytest.raises(ReadOnly):
            await query(catalog, "DELETE FROM attachment RETURNING 1")


async def test_waiting_for_a_lock_does_not_stop_the_event_loop(filled: PostgresStore) -> None:
    async with filled.open() as catalog, filled.open(actor="bob") as other:
        async with catalog._workspace.database.writing():
            waiting = asyncio.create_task(other.models.move("m", "b", 0))
            for _ in range(3):
                assert len(await other.models.list()) == 1
            assert not waiting.done()
        assert (await waiting).version == 2
