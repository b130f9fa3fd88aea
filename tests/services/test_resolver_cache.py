"""Kept answers are never older than a change: of this process at once, of others once the feed has told of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from modeltui import (
    Catalog,
    CatalogError,
    DatabaseUnavailable,
    DeleteModels,
    EnvKey,
    LastResort,
    ModelUpdate,
    NoDefaultModel,
    NotFound,
    NoUsableProvider,
    ProviderUpdate,
    Resolution,
    StoredKey,
    SwapProvider,
    TurnProviders,
)
from modeltui.services.answers import LIFE_SECONDS
from tests.services.builders import (
    add_model,
    attach_copies,
    caught_up,
    copy_model,
    counted_statements,
    eventually,
    execute,
    let_variables_be_looked_at,
    switch,
)
from tests.services.children import Child
from tests.services.hearing import RESYNCED, Gate, heard, told, told_all, uncached
from tests.services.stores import Store
from tests.services.test_history import with_history

# What is kept


async def test_a_second_question_asks_the_store_nothing(warm: Catalog) -> None:
    with counted_statements(warm) as counts:
        await told_all(warm)
    assert counts == Counter()


async def test_the_first_answer_is_kept_already(store: Store, warm: Catalog) -> None:
    async with store.open() as fresh:
        first = await fresh.resolve("m")
        with counted_statements(fresh) as counts:
            assert await fresh.resolve("m") is first
        assert counts == Counter()


async def test_an_answer_is_of_a_moment_before_it_was_read(store: Store, warm: Catalog) -> None:
    """What was committed until then is in it; of what was committed while it was read nobody knows."""
    async with store.open() as fresh:
        found, moments = fresh._workspace.database._found, []

        async def read(sql: str, values: Any) -> Any:
            rows = await found(sql, values)
            moments.append(store.clock())
            return rows

        fresh._workspace.database._found = read  # type: ignore[method-assign]
        assert (await fresh.resolve("m")).as_of < moments[0]


async def test_a_thousand_first_calls_at_once_are_one_query(store: Store, warm: Catalog) -> None:
    async with store.open() as fresh:
        with counted_statements(fresh) as counts:
            answers = await asyncio.gather(*(fresh.resolve("m") for _ in range(1000)))
        assert counts == {"SELECT": 1}
        assert len({id(answer) for answer in answers}) == 1


async def test_a_catalog_for_one_question_watches_nothing(store: Store, warm: Catalog) -> None:
    async with uncached(store) as once:
        assert (await once.resolve("m")).provider_name == "a"
        assert once._workspace.feed._task is None
        with counted_statements(once) as counts:
            await once.resolve("m")
        assert counts["SELECT"] == 1


async def test_an_answer_is_asked_for_anew_after_its_time(warm: Catalog) -> None:
    answers = warm._resolver.answers
    now = answers.monotonic()
    answers.monotonic = lambda: now + LIFE_SECONDS
    with counted_statements(warm) as counts:
        await warm.resolve("m")
    assert counts["SELECT"] == 1


async def test_a_variable_is_looked_at_again_without_asking_the_store(store: Store, warm: Catalog) -> None:
    store.environ["KEY"] = "sk-rotated"
    let_variables_be_looked_at(warm)
    with counted_statements(warm) as counts:
        answer = await warm.resolve("m")
    assert answer.api_key is not None
    assert answer.api_key.get_secret_value() == "sk-rotated"
    assert counts == Counter()
    del store.environ["KEY"]
    let_variables_be_looked_at(warm)
    with pytest.raises(NoUsableProvider):
        await warm.resolve("m")


async def test_a_name_too_long_for_any_model_is_neither_asked_for_nor_kept(warm: Catalog) -> None:
    with counted_statements(warm) as counts, pytest.raises(NotFound):
        await warm.resolve("m" * 100_000)
    assert counts == Counter()
    assert all(len(name) < 1000 for name in warm._resolver.answers.entries if isinstance(name, str))


# Every kind of write

WRITES: dict[str, Callable[[Catalog], Awaitable[Any]]] = {
    "provider off": lambda c: switch(c, "a", on=False),
    "provider renamed": lambda c: c.providers.update("a", ProviderUpdate(name="z")),
    "provider moved": lambda c: c.providers.update("a", ProviderUpdate(base_url="https://eu.example/v1")),
    "provider key replaced": lambda c: c.providers.update("a", ProviderUpdate(credential=StoredKey("sk-new"))),
    "provider key elsewhere": lambda c: c.providers.update("a", ProviderUpdate(credential=EnvKey("UNSET"))),
    "provider key cleared": lambda c: c.providers.update("b", ProviderUpdate(credential=None)),
    "provider deleted": lambda c: c.providers.delete("a"),
    "provider deleted with a model": lambda c: c.providers.delete("b"),
    "model created": lambda c: add_model(c, "x", "b"),
    "model renamed": lambda c: c.models.update("m", ModelUpdate(name="x")),
    "model of another id": lambda c: c.models.update("m", ModelUpdate(model="m-2026")),
    "model off": lambda c: c.models.update("n", ModelUpdate(enabled=False)),
    "list replaced": lambda c: c.models.update("m", ModelUpdate(provider_config_ids=["b"])),
    "line moved": lambda c: c.models.move("m", "b", 0),
    "line attached": lambda c: c.models.attach("n", "a", 0),
    "line detached": lambda c: c.models.detach("m", "a"),
    "own upstream id": lambda c: c.models.set_upstream_model("m", "a", "deployment"),
    "default moved": lambda c: c.models.set_default("n"),
    "default taken away": lambda c: c.models.set_default(None),
    "default deleted": lambda c: c.models.delete("m"),
    "model deleted": lambda c: c.models.delete("n"),
    "model restored": lambda c: c.models.restore("gone"),
    "several providers off": lambda c: in_bulk(c, lambda ids: TurnProviders((ids["a"],), enabled=False)),
    "a provider swapped": lambda c: in_bulk(c, lambda ids: SwapProvider((ids["n"],), ids["b"], ids["a"])),
    "a provider as last resort": lambda c: in_bulk(c, lambda ids: LastResort((ids["a"],))),
    "several models deleted": lambda c: in_bulk(c, lambda ids: DeleteModels((ids["m"], ids["n"]))),
}


async def in_bulk(catalog: Catalog, change: Callable[[dict[str, UUID]], Any]) -> None:
    rows = await catalog.rows()
    await catalog.bulk.apply(change({row.name: row.id for row in (*rows.providers, *rows.models)}))


@pytest.mark.parametrize("write", WRITES)
async def test_an_own_write_is_seen_at_once(warm: Catalog, store: Store, write: str) -> None:
    before = await told_all(warm)
    await WRITES[write](warm)
    after = await told_all(warm)
    assert after != before
    async with uncached(store) as truth:
        assert after == await told_all(truth)


@pytest.mark.parametrize("write", WRITES)
async def test_anothers_write_is_seen_once_the_feed_has_told(
    warm: Catalog, other: Catalog, store: Store, write: str
) -> None:
    before = await told_all(warm)
    await WRITES[write](other)
    await caught_up(warm)
    after = await told_all(warm)
    assert after != before
    async with uncached(store) as truth:
        assert after == await told_all(truth)


@pytest.mark.parametrize("error", [asyncio.CancelledError(), DatabaseUnavailable("lost the connection")])
async def test_a_write_that_is_committed_although_it_fails_is_seen_at_once(
    warm: Catalog, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """As when the caller is cancelled, or the connection lost, while the commit is under way."""
    database = warm._workspace.database
    writing = database.writing

    @asynccontextmanager
    async def failing_late() -> AsyncIterator[Any]:
        async with writing() as connection:
            yield connection
        raise error

    monkeypatch.setattr(database, "writing", failing_late)
    with pytest.raises(type(error)):
        await warm.models.move("m", "b", 0)
    assert (await warm.resolve("m")).provider_name == "b"


GIVEN_A_DEFAULT: dict[str, Callable[[Catalog], Awaitable[Any]]] = {
    "the mark given": lambda c: c.models.set_default("n"),
    "model created": lambda c: add_model(c, "x", "b"),
    "model restored": lambda c: c.models.restore("gone"),
    "model turned on": lambda c: c.models.update("off", ModelUpdate(enabled=True)),
}


@pytest.mark.parametrize("whose", ["own", "another's"])
@pytest.mark.parametrize("write", GIVEN_A_DEFAULT)
async def test_that_there_was_no_default_is_forgotten_when_there_is_one(
    warm: Catalog, other: Catalog, store: Store, write: str, whose: str
) -> None:
    await add_model(warm, "off", "a", enabled=False)
    await warm.models.set_default(None)
    with pytest.raises(NoDefaultModel):
        await warm.resolve()
    await GIVEN_A_DEFAULT[write](warm if whose == "own" else other)
    await caught_up(warm)
    found = await warm.resolve()
    async with uncached(store) as truth:
        assert found.model_name == (await truth.resolve()).model_name


async def test_undoing_and_redoing_are_writes_like_any_other(warm: Catalog, store: Store) -> None:
    async with with_history(store) as catalog, uncached(store) as truth:
        await told_all(catalog)
        await catalog.models.move("m", "b", 0)
        await catalog.providers.delete("a")
        # A deleted provider stays deleted.
        catalog.history.skip()
        await catalog.models.update("m", ModelUpdate(name="x"))
        changes = catalog.changes()
        for call in (catalog.history.undo, catalog.history.redo, catalog.history.undo):
            before = await told_all(catalog)
            await call()
            after = await told_all(catalog)
            assert before != after == await told_all(truth)
        assert [(change.kind, change.action) for change in changes._queue] == [("model", "updated")] * 3
        await caught_up(warm)
        assert await told_all(warm) == await told_all(truth)


@pytest.mark.parametrize("name", ["m", None])
async def test_another_processs_write_is_seen_without_asking(store: Store, warm: Catalog, name: Any) -> None:
    child = Child(MOVE_IN_A_CHILD, store)
    await asyncio.to_thread(child.wait_until_ready)
    assert (await warm.resolve(name)).provider_name == "a"
    child.go()

    async def moved() -> bool:
        return (await warm.resolve(name)).provider_name == "b"

    await eventually(moved, "the moved line in another process")
    await asyncio.to_thread(child.finish)


MOVE_IN_A_CHILD = """
wait_for_the_test()
async def main():
    async with store.open(actor="bob") as catalog:
        await catalog.models.move("m", "b", 0)
asyncio.run(main())
"""


async def test_a_change_of_one_model_leaves_the_others_answers(warm: Catalog) -> None:
    await warm.models.move("m", "b", 0)
    with counted_statements(warm) as counts:
        await warm.resolve("n")
    assert counts == Counter()


async def test_a_write_that_is_refused_leaves_all_answers(warm: Catalog) -> None:
    with pytest.raises(CatalogError):
        await warm.models.detach("n", "b")
    with counted_statements(warm) as counts:
        await told_all(warm)
    assert counts == Counter()


async def test_a_change_of_five_thousand_models(store: Store, warm: Catalog, other: Catalog) -> None:
    await copy_model(other, "m", 5_000)
    await attach_copies(other, "m", "a")
    names = [f"m-{number}" for number in range(1, 5_001, 50)]
    await caught_up(warm)
    assert {(await warm.resolve(name)).upstream_model for name in names} == {"m"}
    changes = warm.changes()
    await execute(other, "UPDATE model_config SET model = 'moved', version = version + 1")
    assert await heard(warm, changes) == RESYNCED
    assert {(await warm.resolve(name)).upstream_model for name in names} == {"moved"}


# Fetches under way


@pytest.mark.parametrize("whose", ["own", "another's"])
@pytest.mark.parametrize(
    ("write", "name"),
    [("line moved", "m"), ("provider off", "m"), ("default moved", None), ("model created", "x")],
)
async def test_an_answer_that_was_read_before_a_change_is_not_kept_after_it(
    store: Store, warm: Catalog, other: Catalog, write: str, name: Any, whose: str
) -> None:
    async with store.open() as fresh:
        await fresh.resolve("n")
        gate = Gate(fresh)
        old = asyncio.ensure_future(told(fresh, name))

        await gate.reached()
        await WRITES[write](fresh if whose == "own" else other)
        await caught_up(fresh)
        gate.open()
        await old
        async with uncached(store) as truth:
            assert await told(fresh, name) == await told(truth, name)


@pytest.mark.parametrize(
    "write",
    [
        # One for each of what is counted: a model's changes, and the topology's.
        'models.move("m", "b", 0)',
        'providers.update("a", ProviderUpdate(enabled=False))',
    ],
    ids=["model", "topology"],
)
async def test_an_answer_that_was_read_before_another_process_changed_it_is_not_kept(
    store: Store, warm: Catalog, write: str
) -> None:
    child = Child(WRITE_IN_A_CHILD, store, write)
    await asyncio.to_thread(child.wait_until_ready)
    async with store.open() as fresh:
        await fresh.resolve("n")
        gate = Gate(fresh)
        old = asyncio.ensure_future(fresh.resolve("m"))
        await gate.reached()
        child.go()
        await asyncio.to_thread(child.finish)
        await caught_up(fresh)
        gate.open()
        assert (await old).provider_name == "a"
        assert (await fresh.resolve("m")).provider_name == "b"


WRITE_IN_A_CHILD = """
async def main():
    async with store.open(actor="bob") as catalog:
        await asyncio.to_thread(wait_for_the_test)
        await eval("catalog." + sys.argv[2])
asyncio.run(main())
"""


async def test_a_store_that_is_only_slow_is_waited_for(
    warm: Catalog, other: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who takes the last known answer is not given it while the store can be reached: it may be wrong by now."""
    monkeypatch.setattr("modeltui.services.resolver.SOON_SECONDS", 0.001)
    await other.models.move("m", "b", 0)
    await caught_up(warm)
    gate, rounds, get = Gate(warm), 0, warm._resolver.answers.get

    async def counted(name: Any) -> Any:
        nonlocal rounds
        rounds += 1
        return await get(name)

    monkeypatch.setattr(warm._resolver.answers, "get", counted)
    asking = asyncio.ensure_future(warm.resolve("m", allow_stale=True))
    await gate.reached()

    async def waits_on() -> bool:
        return rounds > 3 or asking.done()

    await eventually(waits_on, "some rounds of waiting")
    gate.open()
    found = await asking
    assert (found.provider_name, found.stale) == ("b", False)
    # All rounds wait for one fetch.
    assert gate.read == 1


def test_an_answer_shows_no_key(warm: Catalog) -> None:
    entries = warm._resolver.answers.entries
    assert any(isinstance(entry.answer.best, Resolution) for entry in entries.values())
    assert "sk-from-variable" not in repr([entry.answer for entry in entries.values()])
