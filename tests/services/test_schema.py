"""The schema as it stands: equal to the tables, and refusing by itself what no row may be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from modeltui import Catalog
from modeltui.database_url import normalised_url
from modeltui.db import schema
from modeltui.db.engine import Database
from modeltui.db.migrate import alembic_config
from modeltui.db.opening import open_store
from modeltui.db.schema import SchemaState, schema_state
from modeltui.db.tables import metadata
from tests.services.builders import add_model, add_provider, execute, query, stored_state
from tests.services.stores import POSTGRES_ONLY, Stores


def test_the_constant_names_all_scripts_in_order() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == schema.REVISIONS
    assert scripts.get_heads() == [schema.HEAD]


async def test_the_migrated_schema_is_that_of_the_tables(catalog: Catalog) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "render_as_batch": True}
        )
        return compare_metadata(context, metadata)

    async with catalog._workspace.database.reading() as connection:
        assert await connection.run_sync(differences) == []


@pytest.fixture
async def made(stores: Stores) -> AsyncIterator[Database]:
    """A database made from the tables, without migrations."""
    database = await open_store(normalised_url(stores.unmade().url), create=True)
    async with database.writing() as connection:
        await connection.run_sync(metadata.create_all)
    yield database
    await database.close()


DEFINITIONS = {
    "sqlite": [
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'",
    ],
    "postgres": [
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        " AND conrelid <> coalesce(to_regclass('alembic_version'), 0)",
        "SELECT table_name || '.' || column_name, concat_ws(' ', data_type, character_maximum_length, is_nullable,"
        " collation_name) FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name <> 'alembic_version'",
    ],
}


async def test_the_migrated_checks_and_indexes_are_those_of_the_tables(
    stores: Stores, catalog: Catalog, made: Database
) -> None:
    """Comparing metadata overlooks checks, collations and the conditions of indexes."""
    for sql in DEFINITIONS[stores.kind]:
        async with made.reading() as connection:
            expected = {name: clauses(written) for name, written in await connection.execute(text(sql))}
        assert len(expected) > 2
        assert {name: clauses(written) for name, written in await query(catalog, sql)} == expected


@POSTGRES_ONLY
async def test_names_are_in_the_order_of_code_points_whatever_the_server_prefers(catalog: Catalog) -> None:
    collations = "SELECT attname, collname FROM pg_attribute JOIN pg_collation c ON c.oid = attcollation"
    found = await query(catalog, f"{collations} WHERE attname = 'name_key' AND attrelid::regclass::text LIKE '%config'")
    assert found == [("name_key", "C"), ("name_key", "C")]


def clauses(sql: str) -> set[str]:
    """The lines of a CREATE statement, whatever their order."""
    return {" ".join(line.strip().rstrip(",").replace('"', "").split()) for line in sql.splitlines()}


async def test_one_live_name_and_any_number_of_deleted_ones(catalog: Catalog) -> None:
    await add_provider(catalog, "p")
    for _ in range(3):
        await add_model(catalog, "m", "p")
        await catalog.models.delete("m")
    await add_model(catalog, "m", "p")
    before = await stored_state(catalog)
    with pytest.raises(Exception, match="a model of this name already exists"):
        await execute(catalog, "UPDATE model_config SET deleted_at = NULL")
    assert await stored_state(catalog) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE model_config SET is_default = true WHERE deleted_at IS NOT NULL",
        "UPDATE model_config SET is_default = true, enabled = false WHERE name = 'm'",
        "UPDATE model_config SET context_limit = 0",
        "UPDATE model_config SET context_limit = 1000000000001",
        "UPDATE model_config SET compression_threshold = 101",
        "UPDATE model_config SET compression_threshold = -1",
        "UPDATE model_config SET family = 'llama'",
        "UPDATE provider_config SET family = 'llama'",
        "UPDATE provider_config SET credential_kind = 'magic'",
        "UPDATE provider_config SET credential_kind = 'stored'",
        "UPDATE provider_config SET api_key_token = 'x'",
        "UPDATE provider_config SET credential_reference = NULL",
        "UPDATE provider_config SET credential_kind = NULL",
        "UPDATE provider_config SET name_key = 'same'",
        "DELETE FROM provider_config",
    ],
)
async def test_the_database_itself_refuses_what_no_row_may_be(catalog: Catalog, statement: str) -> None:
    await add_provider(catalog, "p")
    await add_provider(catalog, "q")
    await add_model(catalog, "m", "p")
    await add_model(catalog, "gone", "p")
    await catalog.models.delete("gone")
    before = await stored_state(catalog)
    with pytest.raises(Exception, match=r"nothing was written|already exists"):
        await execute(catalog, statement)
    assert await stored_state(catalog) == before


@pytest.mark.parametrize(
    ("tables", "revision", "state"),
    [
        ((), None, SchemaState.EMPTY),
        (("alembic_version",), None, SchemaState.EMPTY),
        (("cookies",), None, SchemaState.FOREIGN),
        (("alembic_version", "cookies"), None, SchemaState.FOREIGN),
        (("alembic_version", "provider_config"), "0001", SchemaState.OLDER),
        (("alembic_version", "provider_config"), "0002", SchemaState.OLDER),
        (("alembic_version", "provider_config"), "0003", SchemaState.CURRENT),
        (("alembic_version", "provider_config"), "0099", SchemaState.NEWER),
    ],
)
def test_the_state_of_a_schema(tables: tuple[str, ...], revision: str | None, state: SchemaState) -> None:
    assert schema_state(tables, revision) is state
