"""What grows with the number of models, on both stores: `python bench/scale.py [--models N ...] [--stores ...]`.

The databases themselves fill the catalogs, so that a million models take a minute. Every model has four lines, to the
same four providers, which is the worst case for turning one off. docs/scaling.md reckons with these figures.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import statistics
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import text

from modeltui import (
    Catalog,
    EnvKey,
    Family,
    ModelCreate,
    ModelUpdate,
    ProviderCreate,
    ProviderUpdate,
    TurnModels,
    open_catalog,
)
from modeltui.database_url import sqlite_path
from modeltui.db import queries
from modeltui.db.reading import model_condition
from modeltui.db.sqlite_rows import SqliteRows
from modeltui.services.answers import LIMIT, LOOK_SECONDS
from stores import STORES

ENVIRON = {"KEY": "sk-scale", "MODELTUI_SECRET_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}
LIST = tuple(f"provider-{place}" for place in range(4))
PATTERN = "pattern"
ASKED = 300
AT_ONCE = 64
TIMES = 5
BULK = (1_000, 5_000, 20_000)
MOST_LISTED = 100_000
"""More than these are too many to hold as rows here."""

# Less at once than a statement may take time for.
SLICE = 100_000
_NUMBERS = {
    "sqlite": (
        "WITH RECURSIVE numbers(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)",
        "printf('%032x', n)",
        "'model-' || printf('%07d', n)",
    ),
    "postgresql": (
        "WITH numbers(n) AS (SELECT generate_series(CAST(:first AS integer), CAST(:last AS integer)))",
        "CAST(lpad(to_hex(n), 32, '0') AS uuid)",
        "'model-' || lpad(CAST(n AS text), 7, '0')",
    ),
}
_COPIES = (
    """
    INSERT INTO model_config
    {numbers} SELECT {id}, family, {name}, {name}, model, enabled, false, context_limit, compression_threshold, options,
        deleted_at, created_at, updated_at, updated_by, version
    FROM numbers CROSS JOIN model_config WHERE name = :pattern
    """,
    """
    INSERT INTO attachment
    {numbers} SELECT {id}, provider_config_id, priority, upstream_model, created_at, updated_at
    FROM numbers CROSS JOIN attachment
    WHERE model_config_id = (SELECT model_config.id FROM model_config WHERE name = :pattern)
    """,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--stores", nargs="+", choices=list(STORES), default=list(STORES))
    arguments = parser.parse_args()
    for store in arguments.stores:
        with STORES[store]() as place:
            for models in arguments.models:
                print(f"\n{store}, {models:,} models; load before it: {os.getloadavg()[0]:.1f}", flush=True)
                asyncio.run(_measure(place(), models))


async def _measure(url: str, models: int) -> None:
    async with open_catalog(url, create=True, environ=ENVIRON, actor="bench") as catalog:
        _say("filled", await _took(lambda: _fill(catalog, models)))
        await _plans(catalog)
        await _resolving(catalog, models)
        await _writing(catalog, models)
        if models <= MOST_LISTED:
            await _listing(catalog)
        await _rows_of_a_file(url, catalog)


async def _fill(catalog: Catalog, models: int) -> None:
    for name in LIST:
        await catalog.providers.create(ProviderCreate(family=Family.OPENAI, name=name, credential=EnvKey("KEY")))
    await catalog.models.create(
        ModelCreate(family=Family.OPENAI, name=PATTERN, model="m", context_limit=1_000, provider_config_ids=LIST)
    )
    numbers, identity, name = _NUMBERS[_dialect(catalog)]
    database = catalog._workspace.database
    for first in range(1, models + 1, SLICE):
        values = {"first": first, "last": min(models, first + SLICE - 1), "pattern": PATTERN}
        async with database.writing() as connection:
            for copy in _COPIES:
                await connection.execute(text(copy.format(numbers=numbers, id=identity, name=name)), values)
    async with database.writing() as connection:
        # As the server does by itself before long.
        await connection.execute(text("ANALYZE"))


async def _plans(catalog: Catalog) -> None:
    """How the databases find what a resolution reads; a scan of a table that grows would be told."""
    explain = "EXPLAIN" if _dialect(catalog) == "postgresql" else "EXPLAIN QUERY PLAN"
    engine = catalog._workspace.database._engine
    conditions = {
        "by name": model_condition(_name(7)),
        "by id": model_condition(str(UUID(int=7))),
        "default": queries.DEFAULT,
    }
    for what, where in conditions.items():
        assert where is not None
        sql = queries.model_to_resolve(where).compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True})
        async with catalog._workspace.database.reading() as connection:
            plan = [str(row[-1]) for row in await connection.exec_driver_sql(f"{explain} {sql}")]
        # Providers are few; for a handful of them no index is worth opening. That of the default model has one row.
        growing = [line.strip() for line in plan if "provider_config" not in line and "_default" not in line]
        scans = [line for line in growing if "SCAN " in line or "Seq Scan" in line]
        print(f"  plan {what}: {'; '.join(scans) or 'every table by an index'}")


async def _resolving(catalog: Catalog, models: int) -> None:
    step = max(1, models // ASKED)
    names = [_name(number) for number in range(1, models, step)]
    await catalog.resolve(names[0])
    times = [await _took(lambda name=name: catalog.resolve(name)) for name in names[1:]]
    _say("a cold resolve, median", statistics.median(times))
    kept = [_name(number) for number in range(1, min(models, LIMIT) + 1)]
    _say(f"{len(kept):,} names asked for, {AT_ONCE} at once", await _took(lambda: _ask(catalog, kept)))
    catalog._resolver.answers.invalidate_topology()
    _say("the same after a resync", await _took(lambda: _ask(catalog, kept)))
    some = [_name(number) for number in range(models - ASKED, models)]
    with _memory() as taken:
        await _ask(catalog, some)
    print(f"  memory of a kept answer: {taken[0] / len(some) / 1024:.1f} KiB")
    await _ask(catalog, some)
    answers = catalog._resolver.answers
    answers.monotonic = lambda: time.monotonic() + LOOK_SECONDS
    _say("looking again at the variables of one", await _took(lambda: _ask(catalog, some)) / len(some))
    answers.monotonic = time.monotonic


async def _ask(catalog: Catalog, names: list[str]) -> None:
    left = iter(names)

    async def some() -> None:
        for name in left:
            await catalog.resolve(name)

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


async def _writing(catalog: Catalog, models: int) -> None:
    order = list(LIST)

    async def reorder() -> None:
        order.append(order.pop(0))
        await catalog.models.update(_name(7), ModelUpdate(provider_config_ids=order))

    _say("saving a list, with the feed's look", await _median(reorder))
    for many in BULK:
        if many < models:
            ids = tuple(UUID(int=number) for number in range(1, many + 1))
            off, on = (TurnModels(ids, enabled) for enabled in (False, True))
            _say(f"turning {many:,} models off", await _took(lambda off=off: catalog.bulk.apply(off)))
            _say("and on", await _took(lambda on=on: catalog.bulk.apply(on)))
    if models <= MOST_LISTED:
        off = ProviderUpdate(enabled=False)
        _say("turning a provider of all models off", await _took(lambda: catalog.providers.update(LIST[3], off)))


async def _listing(catalog: Catalog) -> None:
    """What a screen or another program does after a resync."""
    _say("reading all again", await _took(lambda: catalog.rows(include_deleted=True)))
    with _memory() as taken:
        rows = await catalog.rows(include_deleted=True)
    print(f"  memory of the rows: {taken[0] / 2**20:,.0f} MiB, {taken[0] / len(rows.models) / 1024:.1f} KiB a model")


async def _rows_of_a_file(url: str, catalog: Catalog) -> None:
    """The look of the feed at a SQLite file, from outside."""
    path = sqlite_path(url)
    if path is None:
        return
    rows = SqliteRows(path)
    rows.open()
    _say("the feed's first look", await _took(lambda: asyncio.to_thread(rows.remember)))
    assert rows._connection is not None
    (pages,), (size,) = (rows._connection.execute(f"PRAGMA temp.page_{what}").fetchone() for what in ("count", "size"))
    print(f"  memory of what it remembers: {pages * size / 2**20:,.1f} MiB")
    looks = []
    for number in range(TIMES):
        await catalog.models.update(_name(7), ModelUpdate(context_limit=number + 1))
        looks.append(await _took(lambda: asyncio.to_thread(rows.compare)))
    _say("a look after one change", statistics.median(looks))
    began = time.perf_counter()
    for _ in range(10_000):
        rows.changed()
    print(f"  asking whether anything changed: {(time.perf_counter() - began) * 100:.1f} µs")
    rows.close()


def _name(number: int) -> str:
    return f"model-{number:07d}"


def _dialect(catalog: Catalog) -> str:
    return catalog._workspace.database._engine.dialect.name


async def _median(work: Callable[[], Awaitable[object]], times: int = TIMES) -> float:
    return statistics.median([await _took(work) for _ in range(times)])


async def _took(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


@contextmanager
def _memory() -> Iterator[list[int]]:
    """Puts into the list how many bytes Python holds more at the end."""
    taken: list[int] = []
    gc.collect()
    tracemalloc.start()
    try:
        yield taken
        gc.collect()
        taken.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()


def _say(what: str, seconds: float) -> None:
    taken = f"{seconds:,.0f} s" if seconds >= 10 else f"{seconds * 1000:,.{1 if seconds >= 0.01 else 2}f} ms"
    print(f"  {what}: {taken}", flush=True)


if __name__ == "__main__":
    main()
