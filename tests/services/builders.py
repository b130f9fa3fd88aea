"""Providers and models in one line, and what tests look at afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from modeltui import Catalog, EnvKey, Family, ModelCreate, ModelRow, ProviderCreate, ProviderRow, ProviderUpdate
from modeltui.services.answers import LOOK_SECONDS
from modeltui.services.feed import Changes

LAST_RESORT_SECONDS = 60.0
KEYED = EnvKey("KEY")
"""A credential that every store of the tests can read."""


async def add_provider(catalog: Catalog, name: str, **values: Any) -> ProviderRow:
    """Add a provider, of OpenAI and with a key unless told otherwise."""
    values = {"family": Family.OPENAI, "credential": KEYED} | values
    return await catalog.providers.create(ProviderCreate(name=name, **values))


async def add_providers(catalog: Catalog, *names: str, **values: Any) -> list[ProviderRow]:
    """Add several providers that differ in their names only."""
    return [await add_provider(catalog, name, **values) for name in names]


async def add_model(catalog: Catalog, name: str, *providers: str, **values: Any) -> ModelRow:
    """Add a model with lines to the named providers, in this order."""
    values = {"model": name, "context_limit": 400_000} | values
    return await catalog.models.create(ModelCreate(name=name, provider_config_ids=providers, **values))


async def switch(catalog: Catalog, name: str, *, on: bool) -> ProviderRow:
    """Turn a provider on or off."""
    return await catalog.providers.update(name, ProviderUpdate(enabled=on))


def order(row: ModelRow) -> list[str]:
    """Name a model's providers in order, after checking that the places are 0 to n-1."""
    assert [line.priority for line in row.provider_configs] == list(range(len(row.provider_configs)))
    return [line.name for line in row.provider_configs]


def verdicts(row: ModelRow) -> list[str]:
    """Say what resolution says of each line: `wins`, `standby`, or the reason for which it is skipped."""
    return [line.reason or line.verdict for line in row.provider_configs]


async def query(catalog: Catalog, sql: str, **values: object) -> list[Any]:
    """Read the tables themselves."""
    async with catalog._workspace.database.reading() as connection:
        return list(await connection.execute(text(sql), values))


async def execute(catalog: Catalog, sql: str, **values: object) -> None:
    """Write the tables behind the services' back."""
    async with catalog._workspace.database.writing() as connection:
        await connection.execute(text(sql), values)


async def refuse(catalog: Catalog, event: str, table: str, when: str = "1 = 1") -> None:
    """Make the database refuse an INSERT, UPDATE or DELETE of such rows, as it does what breaks a constraint."""
    trigger = f"CREATE TRIGGER no_{event} BEFORE {event} ON {table} FOR EACH ROW WHEN ({when})"
    if catalog._workspace.database._engine.dialect.name == "sqlite":
        await execute(catalog, f"{trigger} BEGIN SELECT RAISE(ABORT, 'no'); END")
        return
    await execute(
        catalog,
        "CREATE OR REPLACE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RAISE EXCEPTION USING ERRCODE = ''integrity_constraint_violation''; END'",
    )
    await execute(catalog, f"{trigger} EXECUTE FUNCTION no()")


async def allow(catalog: Catalog, event: str, table: str) -> None:
    """Take back what `refuse` did."""
    on_table = "" if catalog._workspace.database._engine.dialect.name == "sqlite" else f" ON {table}"
    await execute(catalog, f"DROP TRIGGER no_{event}{on_table}")


async def stored_orders(catalog: Catalog) -> dict[str, list[tuple[int, str]]]:
    """Read every list from its table, deleted models' too: priority and provider, by model."""
    found: dict[str, list[tuple[int, str]]] = {}
    for model, priority, provider in await query(
        catalog,
        "SELECT m.name, a.priority, p.name FROM attachment a JOIN model_config m ON m.id = a.model_config_id"
        " JOIN provider_config p ON p.id = a.provider_config_id ORDER BY m.name, a.priority",
    ):
        found.setdefault(model, []).append((priority, provider))
    return found


async def stored_state(catalog: Catalog) -> dict[str, list[Any]]:
    """Read all three tables, to see that nothing has changed."""
    tables = ("provider_config", "model_config", "attachment")
    return {table: await query(catalog, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}


async def default_of(catalog: Catalog) -> str | None:
    """Name the default model; there is at most one."""
    marked = [row.name for row in await catalog.models.list(include_deleted=True) if row.is_default]
    assert len(marked) <= 1
    return marked[0] if marked else None


@contextmanager
def counted_statements(catalog: Catalog) -> Iterator[Counter[str]]:
    """Count what is sent to the database, by its first word."""
    counts: Counter[str] = Counter()
    database = catalog._workspace.database
    engine, found = database._engine.sync_engine, database._found

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        counts[statement.split()[0]] += 1

    async def counted(sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        counts[sql.split()[0]] += 1
        return await found(sql, values)

    event.listen(engine, "before_cursor_execute", count)
    database._found = counted  # type: ignore[method-assign]
    try:
        yield counts
    finally:
        event.remove(engine, "before_cursor_execute", count)
        del database._found


async def eventually(attempt: Callable[[], Awaitable[bool]], description: str) -> None:
    """Try until it is so. The bound only ends a test that would hang: nothing passes or fails by how long it took."""
    __tracebackhide__ = True
    try:
        async with asyncio.timeout(LAST_RESORT_SECONDS):
            while not await attempt():  # noqa: ASYNC110 - what it waits for may be in another process
                await asyncio.sleep(0.005)
    except TimeoutError:
        pytest.fail(f"never came: {description}")


async def caught_up(catalog: Catalog) -> None:
    """Let the catalog see everything that other processes have committed."""
    catalog._workspace.feed.start()
    await catalog._workspace.feed.after_write()


async def subscribed(catalog: Catalog) -> Changes:
    """Listen from a moment on from which every change is named."""
    changes = catalog.changes()
    await catalog._workspace.feed.ready()
    await caught_up(catalog)
    changes._queue.clear()
    return changes


async def copy_model(catalog: Catalog, name: str, count: int) -> None:
    """Add copies of a model without lines, named `name-1` and so on, with one statement."""
    on_sqlite = catalog._workspace.database._engine.dialect.name == "sqlite"
    await execute(
        catalog,
        "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count)"
        " INSERT INTO model_config (id, family, name, name_key, model, enabled, is_default, context_limit,"
        " compression_threshold, options, created_at, updated_at, updated_by, version)"
        f" SELECT {'lower(hex(randomblob(16)))' if on_sqlite else 'gen_random_uuid()'}, family, name || '-' || n,"
        " name || '-' || n, model, TRUE, FALSE, 1, 70, options, created_at, updated_at, updated_by, 1"
        " FROM model_config, number WHERE name = :name",
        name=name,
        count=count,
    )


async def attach_copies(catalog: Catalog, name: str, provider: str) -> None:
    """Give every copy of a model a line to a provider, with one statement."""
    await execute(
        catalog,
        "INSERT INTO attachment SELECT m.id, p.id, 0, NULL, m.created_at, m.updated_at"
        " FROM model_config m, provider_config p WHERE m.name LIKE :copies AND p.name = :provider",
        copies=f"{name}-%",
        provider=provider,
    )


def let_variables_be_looked_at(catalog: Catalog) -> None:
    """Let so much time pass for the catalog's answers that it looks at variables and files again."""
    answers = catalog._resolver.answers
    now = answers.monotonic()
    answers.monotonic = lambda: now + LOOK_SECONDS
