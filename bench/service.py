"""The services without screens, against the driver and the ORM doing the same; and what asking before harm costs."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import aiosqlite
from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import FAMILIES, built, model_name, provider_name
from modeltui import Catalog, ModelUpdate, open_catalog
from modeltui.db import first_page, queries
from modeltui.db.reading import model_condition
from modeltui.db.tables import Attachment, ModelConfig, ProviderConfig
from modeltui.domain.bulk import TurnProviders, impact_of_bulk
from modeltui.domain.what_if import what_if
from terminal import DOWN, UP, Program, Step, median

MODELTUI = Path(sys.executable).with_name("modeltui")
LINES_EACH, ORDER = 4, 8
Work = Callable[[], Awaitable[object]]


class Spent(NamedTuple):
    """Seconds by the clock, and seconds of work of the process, which others at work disturb less."""

    seconds: float
    worked: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=10_000, help="models in the catalog, of four lines each (10,000)")
    parser.add_argument("--runs", type=int, default=10, help="listings of each kind; the rest is done more often (10)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        many, few = Path(name) / "many", Path(name) / "few"
        environ = built(many, arguments.models, lines=LINES_EACH)
        asyncio.run(_read(many / "catalog.db", environ, arguments))
        # Of one family there are as many providers as a list is to be long.
        asyncio.run(_save(built(few, 100, ORDER * len(FAMILIES), lines=ORDER), arguments.runs * 10))
        asyncio.run(_ask(environ, arguments.runs * 4))


async def _read(path: Path, environ: dict[str, str], arguments: argparse.Namespace) -> None:
    async with open_catalog(environ["MODELTUI_DATABASE_URL"], environ=environ) as catalog:
        raw = sqlite3.connect(path, isolation_level=None)

        async def grouped() -> object:
            return _grouped(raw)

        listing = await _by_turns(arguments.runs, ours=catalog.models.list, driver=grouped)
        raw.close()
        print(f"listing {arguments.models} models of {LINES_EACH} lines ÷ raw driver and grouping, time:  ", end="")
        _print(listing["ours"], listing["driver"])

        first = model_name(0)
        where = model_condition(first)
        assert where is not None
        statement = queries.model_to_resolve(where).compile(
            dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
        )
        # Another model each time, since an answer may be kept.
        asked, sought, fetched = (itertools.count(1) for _ in range(3))
        async with aiosqlite.connect(path) as driver:

            async def round_trip() -> object:
                return await driver.execute_fetchall(str(statement).replace(first, model_name(next(fetched))))

            one = await _by_turns(
                arguments.runs * 20,
                resolve=lambda: catalog.resolve(model_name(next(asked))),
                get=lambda: catalog.models.get(model_name(next(sought))),
                driver=round_trip,
            )
        print("one model resolved, for the first time ÷ a driver's round trip of the same SQL: ", end="")
        _print(one["resolve"], one["driver"])
        print("one model as a row, with every provider ÷ the same round trip:              ", end="")
        _print(one["get"], one["driver"])


async def _save(environ: dict[str, str], runs: int) -> None:
    async with open_catalog(environ["MODELTUI_DATABASE_URL"], environ=environ) as catalog:
        ours, theirs = await catalog.models.get(model_name(0)), await catalog.models.get(model_name(1))
        orders = [[line.provider_config_id for line in row.provider_configs] for row in (ours, theirs)]

        async def save() -> object:
            orders[0].append(orders[0].pop(0))
            return await catalog.models.update(ours.id, ModelUpdate(provider_config_ids=orders[0]))

        async def save_with_orm() -> object:
            orders[1].append(orders[1].pop(0))
            return await _saved_with_orm(catalog, theirs.id, orders[1])

        saved = await _by_turns(runs, ours=save, orm=save_with_orm)
    print(f"saving an order of {ORDER} ÷ the ORM doing it:                                      ", end="")
    _print(saved["ours"], saved["orm"])


async def _saved_with_orm(catalog: Catalog, model: UUID, order: list[UUID]) -> object:
    """What one would write with entities: load, check, renumber in two steps, commit, load what is to be shown."""
    engine = catalog._workspace.database._engine
    lines = select(Attachment).where(Attachment.model_config_id == model)  # type: ignore[arg-type]
    async with AsyncSession(engine, expire_on_commit=False) as session:
        row = await session.get_one(ModelConfig, model)
        providers = {found.id: found for found in (await session.scalars(select(ProviderConfig))).all()}
        assert all(providers[identity].family == row.family for identity in order)
        held = {line.provider_config_id: line for line in (await session.scalars(lines)).all()}
        for line in held.values():
            line.priority = -1 - line.priority
        await session.flush()
        for place, identity in enumerate(order):
            held[identity].priority = place
        row.version += 1
        await session.commit()
    async with AsyncSession(engine) as session:
        await session.get_one(ModelConfig, model)
        await session.scalars(select(ProviderConfig))
        return (await session.scalars(lines.order_by(Attachment.priority))).all()  # type: ignore[arg-type]


async def _ask(environ: dict[str, str], presses: int) -> None:
    async with open_catalog(environ["MODELTUI_DATABASE_URL"], environ=environ) as catalog:
        rows = await catalog.rows()
    down = (rows.providers[0].id,)
    with Program([MODELTUI], environ) as program:
        program.start(model_name(30))
        program.settle(2.0)
        program.press(b"2")
        program.wait_for(provider_name(15))
        program.settle(1.0)
        asked: list[Step] = []
        steps: list[Step] = []
        impacts: list[Spent] = []
        what_ifs: list[Spent] = []
        for number in range(presses):
            steps.append(program.press((DOWN, UP)[number % 2]))
            impacts.append(_spent(lambda: impact_of_bulk(TurnProviders(down, False), rows)))
            what_ifs.append(_spent(lambda: what_if(rows, down)))
            if number % 2:
                program.settle(1.0)
                asked.append(program.press(b"t", quiet=0.5))
                program.wait_for(f"Turn {rows.providers[0].name} off?")
                program.press(b"\x1b", quiet=0.3)
                program.settle()
    step = [Spent(one.seconds, one.worked) for one in steps]
    print(f"impact of turning a provider off, {len(rows.models)} models ÷ cursor step:       ", end="")
    _print(impacts, step)
    print("what-if of the same ÷ cursor step:                                    ", end="")
    _print(what_ifs, step)
    print("asking before it, from the key to the question ÷ cursor step:         ", end="")
    _print([Spent(one.seconds, one.worked) for one in asked], step)
    print(f"bytes of asking: {median([one.size for one in asked]):.0f}")


def _grouped(raw: sqlite3.Connection) -> list[tuple[Any, list[Any]]]:
    """The statements of a listing and a dictionary, nothing converted."""
    raw.execute("BEGIN")
    raw.execute(first_page.PROVIDERS).fetchall()
    models = raw.execute(first_page.MODELS).fetchall()
    lines: dict[str, list[Any]] = {}
    for line in raw.execute(first_page.LINES):
        lines.setdefault(line[0], []).append(line)
    raw.execute("COMMIT")
    return [(model, lines.get(model[0], [])) for model in models]


async def _by_turns(runs: int, **works: Work) -> dict[str, list[Spent]]:
    """Each piece of work in turn, so many times; one round first isn't counted."""
    found: dict[str, list[Spent]] = {name: [] for name in works}
    for number in range(runs + 1):
        for name, work in works.items():
            began, worked = time.perf_counter(), time.process_time()
            await work()
            if number:
                found[name].append(Spent(time.perf_counter() - began, time.process_time() - worked))
    return found


def _spent(call: Callable[[], object]) -> Spent:
    began, worked = time.perf_counter(), time.process_time()
    call()
    return Spent(time.perf_counter() - began, time.process_time() - worked)


def _print(ours: Sequence[Spent], theirs: Sequence[Spent]) -> None:
    mine, other = median([one.seconds for one in ours]), median([one.seconds for one in theirs])
    work = median([one.worked for one in ours]) / median([one.worked for one in theirs])
    print(f"{mine / other:.2f}, work {work:.2f}  ({mine * 1000:.1f} ms, {other * 1000:.1f} ms)")


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
