"""Kept answers are never older than a change: of this process at once, of others once the feed has told of it."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modeltui import (
    Catalog,
    CatalogError,
    DatabaseUnavailable,
    DeleteModels,
    EnvKey,
    LastResort,
    LineVerdict,
    ModelUpdate,
    NotFound,
    NoUsableProvider,
    ProviderUpdate,
    Resolution,
    StoredKey,
    SwapProvider,
    TurnProviders,
)
from modeltui.services.answers import LIFE_SECONDS
from modeltui.settings import load_settings
from tests.services.builders import (
    add_model,
    add_provider,
    add_providers,
    caught_up,
    counted_statements,
    eventually,
    execute,
    let_variables_be_looked_at,
    switch,
)
from tests.services.children import Child
from tests.services.stores import SqliteStore, Store
from tests.services.test_feed import another_file, copy_model, put_in_place
from tests.services.test_history import with_history

NAMES = ("m", "M", "n", "gone", "x", "nobody", None)
Told = tuple[Any, Any, Any]


@pytest.fixture
async def warm(catalog: Catalog) -> Catalog:
    """m on a and b, the default; n on b alone; a deleted model; every answer kept."""
    await add_providers(catalog, "a", "b")
    await add_model(catalog, "m", "a", "b")
    await add_model(catalog, "n", "b")
    await add_model(catalog, "gone", "a")
    await catalog.models.delete("gone")
    await told_all(catalog)
    return catalog


async def told(catalog: Catalog, name: Any) -> Told:
    """What the three ways of asking say, without the time of it: that is all that may differ."""

    async def outcome(call: Callable[[Any], Awaitable[Any]]) -> Any:
        try:
            found = await call(name)
        except CatalogError as error:
            return type(error), error.message
        return _timeless(found)

    return (await outcome(catalog.resolve), await outcome(catalog.candidates), await outcome(catalog.explain))


def _timeless(found: Any) -> Any:
    if isinstance(found, list):
        return [_timeless(one) for one in found]
    return found if isinstance(found, LineVerdict) else replace(found, as_of=None)


async def told_all(catalog: Catalog, names: Any = NAMES) -> list[Told]:
    return [await told(catalog, name) for name in names]


@asynccontextmanager
async def uncached(store: Store) -> AsyncIterator[Catalog]:
    """The same store, asked anew for every answer."""
    from modeltui.services.catalog import open_settled

    environ = store.environ | {"MODELTUI_DATABASE_URL": store.url}
    async with open_settled(load_settings(environ=environ), environ=environ, keep_answers=False) as catalog:
        yield catalog


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


async def test_undoing_and_redoing_are_writes_like_any_other(warm: Catalog, store: SqliteStore) -> None:
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
async def test_another_processs_write_is_seen_without_asking(store: SqliteStore, warm: Catalog, name: Any) -> None:
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


async def test_a_change_of_five_thousand_models(store: SqliteStore, warm: Catalog, other: Catalog) -> None:
    await copy_model(other, "m", 5_000)
    await execute(
        other,
        "INSERT INTO attachment SELECT m.id, p.id, 0, NULL, m.created_at, m.updated_at"
        " FROM model_config m, provider_config p WHERE m.name LIKE 'm-%' AND p.name = 'a'",
    )
    names = [f"m-{number}" for number in range(1, 5_001, 50)]
    await caught_up(warm)
    assert {(await warm.resolve(name)).upstream_model for name in names} == {"m"}
    changes = warm.changes()
    await execute(other, "UPDATE model_config SET model = 'moved', version = version + 1")
    await caught_up(warm)
    assert {(await warm.resolve(name)).upstream_model for name in names} == {"moved"}
    assert [change.kind for change in changes._queue] == ["resync"]


# Fetches under way


class Gate:
    """Holds a catalog's fetches back after they have read the store, until it is opened."""

    def __init__(self, catalog: Catalog) -> None:
        self._answers: Any = catalog._resolver.answers
        self._fetch = self._answers._fetch
        self._opened = asyncio.Event()
        self.read = 0
        self._answers._fetch = self._held

    async def _held(self, name: Any) -> Any:
        answer = await self._fetch(name)
        self.read += 1
        await self._opened.wait()
        return answer

    def open(self) -> None:
        self._opened.set()
        self._answers._fetch = self._fetch


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

        async def has_read() -> bool:
            return gate.read > 0

        await eventually(has_read, "the fetch standing at the gate")
        await WRITES[write](fresh if whose == "own" else other)
        await caught_up(fresh)
        gate.open()
        await old
        async with uncached(store) as truth:
            assert await told(fresh, name) == await told(truth, name)


async def test_a_replaced_file_is_asked_anew(store: SqliteStore, warm: Catalog, tmp_path: Path) -> None:
    put_in_place(await another_file(store, tmp_path), store.path)
    await caught_up(warm)
    assert (await warm.resolve("m")).provider_name == "b"


# When the store is gone


async def test_with_the_database_gone_the_last_answer_is_given_to_who_asks_for_that(
    store: SqliteStore, warm: Catalog
) -> None:
    last = await warm.resolve("m")
    kept = store.path.with_name("kept.db")
    store.path.rename(kept)
    await caught_up(warm)
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable):
            await warm.resolve("m")
        stale = await warm.resolve("m", allow_stale=True)
        assert stale == replace(last, stale=True)
    for name in ("nobody", "never asked for"):
        with pytest.raises(DatabaseUnavailable):
            await warm.resolve(name, allow_stale=True)
    kept.rename(store.path)

    async def is_back() -> bool:
        return not (await warm.resolve("m", allow_stale=True)).stale

    await eventually(is_back, "a fresh answer")
    assert (await warm.resolve("m")).as_of > last.as_of


async def test_what_others_changed_while_the_feed_was_down_is_seen(
    store: SqliteStore, warm: Catalog, tmp_path: Path
) -> None:
    replacement = await another_file(store, tmp_path)
    store.path.rename(store.path.with_name("kept.db"))
    await caught_up(warm)
    assert warm.connection_trouble is not None
    put_in_place(replacement, store.path)
    await caught_up(warm)
    assert (await warm.resolve("m")).provider_name == "b"


# Anything at all

models = st.sampled_from(["m", "n", "o"])
providers = st.sampled_from(["a", "b", "c"])
step = st.tuples(
    st.booleans(),
    st.one_of(
        st.tuples(st.just("create"), models, providers),
        st.tuples(st.just("delete"), models),
        st.tuples(st.just("restore"), models),
        st.tuples(st.just("rename"), models, models),
        st.tuples(st.just("turn"), models, st.booleans()),
        st.tuples(st.just("attach"), models, providers),
        st.tuples(st.just("detach"), models, providers),
        st.tuples(st.just("move"), models, providers),
        st.tuples(st.just("own id"), models, providers),
        st.tuples(st.just("default"), models | st.none()),
        st.tuples(st.just("add provider"), providers),
        st.tuples(st.just("delete provider"), providers),
        st.tuples(st.just("turn provider"), providers, st.booleans()),
        st.tuples(st.just("rename provider"), providers, providers),
        st.tuples(st.just("key"), providers, st.sampled_from([EnvKey("KEY"), EnvKey("UNSET"), StoredKey("s"), None])),
    ),
)

ACTIONS: dict[str, Callable[..., Awaitable[Any]]] = {
    "create": lambda c, model, provider: add_model(c, model, provider),
    "delete": lambda c, model: c.models.delete(model),
    "restore": lambda c, model: c.models.restore(model),
    "rename": lambda c, model, name: c.models.update(model, ModelUpdate(name=name)),
    "turn": lambda c, model, on: c.models.update(model, ModelUpdate(enabled=on)),
    "attach": lambda c, model, provider: c.models.attach(model, provider, 0),
    "detach": lambda c, model, provider: c.models.detach(model, provider),
    "move": lambda c, model, provider: c.models.move(model, provider, 0),
    "own id": lambda c, model, provider: c.models.set_upstream_model(model, provider, "own"),
    "default": lambda c, model: c.models.set_default(model),
    "add provider": lambda c, name: add_provider(c, name),
    "delete provider": lambda c, name: c.providers.delete(name),
    "turn provider": lambda c, name, on: c.providers.update(name, ProviderUpdate(enabled=on)),
    "rename provider": lambda c, name, new: c.providers.update(name, ProviderUpdate(name=new)),
    "key": lambda c, name, credential: c.providers.update(name, ProviderUpdate(credential=credential)),
}


async def play(store: SqliteStore, steps: list[tuple[bool, tuple[Any, ...]]]) -> None:
    async with store.open() as cached, store.open(actor="bob") as other, uncached(store) as truth:
        await add_providers(cached, "a", "b")
        ids = [(await add_model(cached, name, "a", "b")).id for name in ("m", "n")]
        names = ["m", "n", "o", None, *ids]
        for own, (action, *given_) in steps:
            with suppress(CatalogError):
                await ACTIONS[action](cached if own else other, *given_)
            if not own:
                await caught_up(cached)
            found = await told_all(cached, names)
            assert found == await told_all(truth, names), (own, action, given_)
            with counted_statements(cached) as counts:
                assert await told_all(cached, names) == found
            assert counts == Counter()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(step, min_size=1, max_size=12))
def test_whatever_is_done_kept_answers_are_those_of_the_store(
    migrated_file: Path, tmp_path: Path, steps: list[tuple[bool, tuple[Any, ...]]]
) -> None:
    path = tmp_path / "played.db"
    for old in tmp_path.glob("played.db*"):
        old.unlink()
    shutil.copyfile(migrated_file, path)
    asyncio.run(play(SqliteStore(path), steps))


def test_an_answer_shows_no_key(warm: Catalog) -> None:
    entries = warm._resolver.answers.entries
    assert any(isinstance(entry.answer.best, Resolution) for entry in entries.values())
    assert "sk-from-variable" not in repr([entry.answer for entry in entries.values()])
