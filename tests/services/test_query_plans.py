"""What must not take longer for more rows finds its rows by an index, on both stores."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, Select, or_
from sqlalchemy.dialects import postgresql, sqlite

from modeltui import Catalog
from modeltui.db import queries
from modeltui.db.reading import model_condition
from modeltui.db.tables import MODELS
from tests.services.builders import add_model, add_providers, execute, query
from tests.services.stores import Stores
from tests.services.test_statement_counts import fill

FEW = [UUID(int=number) for number in (3, 5, 8)]
Make = Callable[[], Select[*tuple[object, ...]]]


def condition(name: object) -> ColumnElement[bool]:
    found = model_condition(name if isinstance(name, UUID) else str(name))
    assert found is not None
    return found


STATEMENTS: dict[str, Make] = {
    "resolve by name": lambda: queries.model_to_resolve(condition("m")),
    "resolve by id": lambda: queries.model_to_resolve(condition(UUID(int=7))),
    "resolve the default": lambda: queries.model_to_resolve(queries.DEFAULT),
    "the name of the default": queries.default_name,
    "one model": lambda: queries.models(condition("m")),
    "the lines of one model": lambda: queries.lines(condition("m")),
    "a few models and the default": lambda: queries.models(or_(queries.among(MODELS.c.id, FEW), queries.DEFAULT)),
    "the lines of these": lambda: queries.lines(or_(queries.among(MODELS.c.id, FEW), queries.DEFAULT)),
}


@pytest.fixture
async def many(catalog: Catalog) -> Catalog:
    await add_providers(catalog, "a", "b")
    await add_model(catalog, "m", "a", "b")
    await fill(catalog, 3_000)
    await execute(catalog, "ANALYZE")
    return catalog


@pytest.mark.parametrize("name", STATEMENTS)
async def test_no_table_that_grows_is_read_whole(many: Catalog, stores: Stores, name: str) -> None:
    on_sqlite = stores.kind == "sqlite"
    dialect = (sqlite if on_sqlite else postgresql).dialect()
    compiled = STATEMENTS[name]().compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    plan = [str(row[-1]) for row in await query(many, f"EXPLAIN {'QUERY PLAN' if on_sqlite else ''} {compiled}")]
    whole = [step for step in plan if step.strip(" ->").startswith(("SCAN", "Seq Scan"))]
    # The index of the one default model holds one row.
    assert [step for step in whole if "uq_model_config_default" not in step] == [], plan
