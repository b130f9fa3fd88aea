"""However many rows there are, a call sends the same number of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from modeltui import Catalog, ModelUpdate, ProviderUpdate, TurnModels
from modeltui.db.tables import LINES, MODELS, PROVIDERS
from tests.services.builders import add_model, add_providers, caught_up, counted_statements
from tests.services.stores import START, Stores

Call = Callable[[Catalog], Awaitable[Any]]

CALLS: dict[str, Call] = {
    "rows": lambda c: c.rows(),
    "providers.list": lambda c: c.providers.list(),
    "providers.get": lambda c: c.providers.get("a"),
    "models.list": lambda c: c.models.list(),
    "models.list with deleted": lambda c: c.models.list(include_deleted=True),
    "models.available": lambda c: c.models.available(),
    "models.get": lambda c: c.models.get("m"),
    "resolve": lambda c: c.resolve("m"),
    "resolve the default": lambda c: c.resolve(),
    "explain": lambda c: c.explain("m"),
    "candidates": lambda c: c.candidates("m"),
    "impact of disabling a provider": lambda c: c.providers.impact_of_disabling("a"),
    "impact of clearing a key": lambda c: c.providers.impact_of_clearing_key("a"),
    "impact of deleting a provider": lambda c: c.providers.impact_of_deleting("a"),
    "impact of lines": lambda c: c.models.impact_of_lines("m", ["b", "a"]),
    "impact of deleting a model": lambda c: c.models.impact_of_deleting("m"),
    "providers.update": lambda c: c.providers.update("a", ProviderUpdate(enabled=False)),
    "providers.delete": lambda c: c.providers.delete("a"),
    "models.update": lambda c: c.models.update("m", ModelUpdate(context_limit=1)),
    "models.move": lambda c: c.models.move("m", "b", 0),
    "models.delete": lambda c: c.models.delete("m"),
    "bulk: a model off": lambda c: turned_off_in_bulk(c, "n"),
}
KEPT: dict[str, Call] = {
    "resolve": lambda c: c.resolve("m"),
    "resolve the default": lambda c: c.resolve(),
    "explain": lambda c: c.explain("m"),
    "candidates": lambda c: c.candidates("m"),
}
SELECTS = {"rows": 3, "providers.list": 3, "models.list": 3, "resolve": 1, "explain": 1, "candidates": 1}


async def turned_off_in_bulk(catalog: Catalog, name: str) -> None:
    row = await catalog.models.get(name)
    await catalog.bulk.apply(TurnModels((row.id,), enabled=False))


async def fill(catalog: Catalog, count: int) -> None:
    """Write many more providers and models beside those of the test, each model with four lines."""
    common = {"created_at": START, "updated_at": START, "updated_by": "alice", "version": 1, "family": "openai"}
    names = [(UUID(int=number), f"x{number:04}") for number in range(1, count + 1)]
    rows = [common | {"id": id_, "name": name, "name_key": name, "enabled": True} for id_, name in names]
    models = [
        row | {"model": "x", "is_default": False, "context_limit": 1, "compression_threshold": 70, "options": {}}
        for row in rows
    ]
    bound = (await catalog.providers.get("a")).id
    lines = [
        {
            "model_config_id": id_,
            "provider_config_id": bound if place == 0 else names[(number + place) % count][0],
            "priority": place,
            "created_at": START,
            "updated_at": START,
        }
        for number, (id_, _) in enumerate(names)
        for place in range(4)
    ]
    async with catalog._workspace.database.writing() as connection:
        await connection.execute(insert(PROVIDERS), rows)
        await connection.execute(insert(MODELS), models)
        await connection.execute(insert(LINES), lines)


async def counted(catalog: Catalog, call: Call) -> Counter[str]:
    with counted_statements(catalog) as counts:
        await call(catalog)
    return counts


@pytest.mark.parametrize("name", CALLS)
async def test_the_number_of_statements_does_not_grow_with_the_rows(
    catalog: Catalog, stores: Stores, name: str
) -> None:
    async with stores.made().open() as many:
        for one in (catalog, many):
            await add_providers(one, "a", "b")
            await add_model(one, "m", "a", "b")
            await add_model(one, "n", "b")
        await fill(many, 200)
        with_few = await counted(catalog, CALLS[name])
        with_many = await counted(many, CALLS[name])
    assert with_few == with_many
    if name in SELECTS:
        # PostgreSQL's driver sends BEGIN by itself.
        assert with_few - Counter(BEGIN=1) == Counter(SELECT=SELECTS[name])


@pytest.mark.parametrize("name", KEPT)
async def test_a_kept_answer_sends_none_and_one_change_makes_it_one_statement(
    catalog: Catalog, other: Catalog, name: str
) -> None:
    await add_providers(catalog, "a", "b")
    await add_model(catalog, "m", "a", "b")
    await fill(catalog, 200)
    await KEPT[name](catalog)
    assert await counted(catalog, KEPT[name]) == Counter()
    await other.models.move("m", "b", 0)
    await caught_up(catalog)
    anew = await counted(catalog, KEPT[name])
    assert anew - Counter(BEGIN=1) == Counter(SELECT=1)
    assert await counted(catalog, KEPT[name]) == Counter()
