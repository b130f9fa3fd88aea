"""Rule 9: writes are serialised and whole, between tasks and between processes; nothing is lost."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from modeltui import Catalog, ModelUpdate, NoProviders, ProviderUpdate, StaleVersion
from tests.services.builders import (
    add_model,
    add_provider,
    add_providers,
    order,
    query,
    refuse,
    stored_orders,
    stored_state,
)
from tests.services.children import Child, run_together
from tests.services.stores import Store


async def test_tasks_that_read_then_write_in_one_transaction_lose_nothing(catalog: Catalog, other: Catalog) -> None:
    await add_provider(catalog, "p")

    async def increment(one: Catalog) -> None:
        async with one._workspace.database.writing() as connection:
            version = (await connection.execute(text("SELECT version FROM provider_config"))).scalar_one()
            await asyncio.sleep(0)
            await connection.execute(text("UPDATE provider_config SET version = :v"), {"v": version + 1})

    await asyncio.gather(*(increment(one) for one in [catalog, other] * 15))
    assert (await catalog.providers.get("p")).version == 31


async def test_many_tasks_change_one_list_and_every_change_is_kept(catalog: Catalog, other: Catalog) -> None:
    names = [f"p{n:02}" for n in range(20)]
    await add_providers(catalog, "first", *names)
    await add_model(catalog, "m", "first")
    await asyncio.gather(*([catalog, other][n % 2].models.attach("m", name, 0) for n, name in enumerate(names)))
    row = await catalog.models.get("m")
    assert sorted(order(row)) == ["first", *names]
    assert row.version == 21
    await asyncio.gather(*([catalog, other][n % 2].models.detach("m", name) for n, name in enumerate(names)))
    row = await catalog.models.get("m")
    assert (order(row), row.version) == (["first"], 41)


async def test_readers_see_whole_states_only(catalog: Catalog, other: Catalog) -> None:
    await add_providers(catalog, *"abcd")
    await add_model(catalog, "m", *"abcd")
    allowed = {"abcd", "dcba"}

    async def write() -> None:
        for _ in range(10):
            for new in ("dcba", "abcd"):
                await catalog.models.update("m", ModelUpdate(provider_config_ids=list(new)))

    writing = asyncio.create_task(write())
    seen = set()
    while not writing.done():
        seen.add("".join(order(await other.models.get("m"))))
    await writing
    assert seen <= allowed


async def test_one_reading_is_one_moment_however_long_it_takes(catalog: Catalog, other: Catalog) -> None:
    await add_provider(catalog, "a")
    names = text("SELECT name FROM provider_config ORDER BY name")
    async with catalog._workspace.database.reading() as connection:
        assert list((await connection.execute(names)).scalars()) == ["a"]
        await add_provider(other, "b")
        assert list((await connection.execute(names)).scalars()) == ["a"]
    async with catalog._workspace.database.reading() as connection:
        assert list((await connection.execute(names)).scalars()) == ["a", "b"]


async def test_lines_that_go_while_their_provider_is_deleted_leave_no_gap(catalog: Catalog, other: Catalog) -> None:
    for number in range(8):
        names = [f"{name}{number}" for name in "abcd"]
        await add_providers(catalog, *names)
        await add_model(catalog, f"m{number}", *names)
        await asyncio.gather(
            catalog.models.detach(f"m{number}", names[1]),
            other.providers.delete(names[0]),
            catalog.models.move(f"m{number}", names[3], 0),
        )
        assert order(await catalog.models.get(f"m{number}")) == [names[3], names[2]]


async def test_the_last_two_lines_that_go_at_once(catalog: Catalog, other: Catalog) -> None:
    """Either the detaching came first, and the deletion takes the model; or it was refused as the last line."""
    for number in range(6):
        a, b = await add_providers(catalog, f"a{number}", f"b{number}")
        model = await add_model(catalog, "m", a.name, b.name)
        detached, _ = await asyncio.gather(
            catalog.models.detach(model.id, b.name), other.providers.delete(a.name), return_exceptions=True
        )
        row = next(row for row in await catalog.models.list(include_deleted=True) if row.id == model.id)
        if isinstance(detached, BaseException):
            assert isinstance(detached, NoProviders)
            assert (order(row), row.deleted_at) == ([b.name], None)
            await catalog.models.delete(model.id)
        else:
            assert order(row) == []
            assert row.deleted_at is not None


async def test_a_cancelled_write_leaves_nothing_behind(catalog: Catalog) -> None:
    await add_provider(catalog, "p")
    before = await stored_state(catalog)
    inside = asyncio.Event()

    async def write() -> None:
        async with catalog._workspace.database.writing() as connection:
            await connection.execute(text("DELETE FROM provider_config"))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await stored_state(catalog) == before
    await catalog.providers.update("p", ProviderUpdate(enabled=False))


async def test_an_error_in_the_middle_undoes_what_was_done_before(catalog: Catalog) -> None:
    await add_providers(catalog, "a", "b")
    await add_model(catalog, "m", "a", "b")
    await refuse(catalog, "DELETE", "provider_config")
    before = await stored_state(catalog)
    with pytest.raises(Exception, match="nothing was written"):
        await catalog.providers.delete("a")
    assert await stored_state(catalog) == before


COUNT_UP = """
async def main():
    async with store.open(actor=f"process {sys.argv[2]}") as catalog:
        wait_for_the_test()
        refused = 0
        for _ in range(10):
            while True:
                row = await catalog.models.get("m")
                try:
                    await catalog.models.update(
                        "m", ModelUpdate(context_limit=row.context_limit + 1), version=row.version
                    )
                    break
                except StaleVersion:
                    refused += 1
        print(refused)
asyncio.run(main())
"""


async def test_processes_that_count_up_with_versions_lose_nothing(store: Store, catalog: Catalog) -> None:
    await add_provider(catalog, "p")
    await add_model(catalog, "m", "p", context_limit=1)
    await asyncio.to_thread(run_together, COUNT_UP, store, 3)
    row = await catalog.models.get("m")
    assert (row.context_limit, row.version) == (31, 31)
    with pytest.raises(StaleVersion) as raised:
        await catalog.models.update("m", ModelUpdate(context_limit=5), version=30)
    assert raised.value.current.updated_by.startswith("process ")


REORDER = """
async def main():
    async with store.open(actor=f"process {sys.argv[2]}") as catalog:
        row = await catalog.models.get("m")
        mine = ["abc", "bca", "cab"][int(sys.argv[2]) + 1]
        wait_for_the_test()
        try:
            await catalog.models.update("m", ModelUpdate(provider_config_ids=list(mine)), version=row.version)
            print("won", mine)
        except StaleVersion as error:
            print(error.code, error.current_version)
asyncio.run(main())
"""


async def test_two_processes_that_reorder_the_same_list_one_wins(store: Store, catalog: Catalog) -> None:
    await add_providers(catalog, *"abc")
    await add_model(catalog, "m", *"abc")
    ended = await asyncio.to_thread(run_together, REORDER, store, 2)
    won, lost = sorted((line.split() for line in ended), reverse=True)
    row = await catalog.models.get("m")
    assert won == ["won", "".join(order(row))]
    assert lost == ["stale_version", "2"]
    assert row.version == 2


SHUFFLE = """
async def main():
    number = int(sys.argv[2])
    async with store.open() as catalog:
        wait_for_the_test()
        for turn in range(8):
            await catalog.models.attach("m", f"own-{number}", turn % 3)
            await catalog.models.move("m", f"own-{number}", 0)
            await catalog.models.detach("m", f"own-{number}")
            await add_model(catalog, f"new-{number}-{turn}", f"own-{number}", "a", is_default=True)
        await catalog.providers.delete(f"own-{number}")
asyncio.run(main())
"""


async def test_processes_that_change_the_same_lists_leave_them_whole(store: Store, catalog: Catalog) -> None:
    await add_providers(catalog, *"abc", *(f"own-{number}" for number in range(3)))
    await add_model(catalog, "m", *"abc")
    await asyncio.to_thread(run_together, SHUFFLE, store, 3)
    orders = await stored_orders(catalog)
    assert orders.pop("m") == list(enumerate("abc"))
    assert len(orders) == 24
    assert all(lines == [(0, "a")] for lines in orders.values())
    assert await query(catalog, "SELECT count(*) FROM model_config WHERE is_default") == [(1,)]


HOLD = """
async def main():
    async with store.open() as catalog:
        async with catalog._workspace.writing("test", "hold") as change:
            await change.update_models(MODELS.c.id == MODELS.c.id, context_limit=5)
            await change.connection.execute(text("DELETE FROM attachment"))
            wait_for_the_test()
from modeltui.db.tables import MODELS
asyncio.run(main())
"""


async def test_a_process_killed_inside_a_write_leaves_nothing_behind(store: Store, catalog: Catalog) -> None:
    await add_providers(catalog, "a", "b")
    await add_model(catalog, "m", "a", "b")
    before = await stored_state(catalog)
    child = Child(HOLD, store)
    await asyncio.to_thread(child.wait_until_ready)
    assert await stored_state(catalog) == before
    child.kill()
    assert await stored_state(catalog) == before
    assert (await catalog.models.move("m", "b", 0)).version == 2


KILL_AT_EVERY_STATEMENT = """
from sqlalchemy import delete, insert, select
from modeltui.db.tables import metadata

PLANS = {
    "delete provider": lambda catalog: catalog.providers.delete("x"),
    "replace list": lambda catalog: catalog.models.update("m", ModelUpdate(provider_config_ids=["d", "b", "x"])),
    "create": lambda catalog: add_model(catalog, "new", "a", "b", is_default=True),
    "delete model": lambda catalog: catalog.models.delete("m"),
}

async def die_at(plan, number):
    async with store.open() as catalog:
        seen = 0
        def count(*_):
            nonlocal seen
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
        event.listen(catalog._workspace.database._engine.sync_engine, "after_cursor_execute", count)
        await plan(catalog)

async def state():
    async with store.open() as catalog:
        return await stored_state(catalog)

async def every_row():
    async with store.open() as catalog, catalog._workspace.database.reading() as connection:
        return {table.name: [row._asdict() for row in await connection.execute(select(table))]
                for table in metadata.sorted_tables}

# Forked once per statement, since starting Python anew each time would take minutes.
before, rows = asyncio.run(state()), asyncio.run(every_row())
for name, plan in PLANS.items():
    for number in range(1, 100):
        child = os.fork()
        if child == 0:
            asyncio.run(die_at(plan, number))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        after = asyncio.run(state())
        if not os.WIFSIGNALED(status):
            assert after != before, name
            break
        assert after == before, (name, number)
    print(name, number - 1, flush=True)
    async def undo():
        async with store.open() as catalog:
            async with catalog._workspace.database.writing() as connection:
                for table in reversed(metadata.sorted_tables):
                    await connection.execute(delete(table))
                for table in metadata.sorted_tables:
                    await connection.execute(insert(table), rows[table.name])
    asyncio.run(undo())
"""


async def test_a_process_killed_after_any_statement_of_a_write_leaves_nothing_behind(
    store: Store, catalog: Catalog
) -> None:
    await add_providers(catalog, *"abcdx")
    await add_model(catalog, "m", "x", "a", "b")
    await add_model(catalog, "n", "x")
    out = await asyncio.to_thread(Child(KILL_AT_EVERY_STATEMENT, store).finish)
    killed = {name: int(count) for name, count in (line.rsplit(" ", 1) for line in out.splitlines())}
    assert set(killed) == {"delete provider", "replace list", "create", "delete model"}
    assert all(count >= 5 for count in killed.values())


async def test_the_store_is_opened_by_many_at_once(store: Store) -> None:
    async def look() -> int:
        async with store.open() as catalog:
            return len(await catalog.models.list())

    assert await asyncio.gather(*(look() for _ in range(8))) == [0] * 8
