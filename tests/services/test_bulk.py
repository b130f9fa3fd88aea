"""Several rows at once: one impact, one transaction, and one refusal refuses all."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modeltui import (
    AttachProvider,
    BulkRefused,
    Catalog,
    CatalogError,
    DeleteModels,
    DeleteProviders,
    DetachProvider,
    EnvKey,
    Family,
    Impact,
    LastResort,
    ModelRow,
    ProviderNotFound,
    StaleVersion,
    SwapProvider,
    TurnModels,
    TurnProviders,
)
from modeltui.domain.bulk import BulkChange, impact_of_bulk
from tests.services.builders import (
    add_model,
    add_provider,
    add_providers,
    counted_statements,
    default_of,
    order,
    stored_orders,
    stored_state,
    switch,
)
from tests.services.stores import Store, Stores
from tests.services.test_statement_counts import fill

LISTS = {"ab": "ab", "ba": "ba", "abc": "abc", "cab": "cab", "a": "a", "c": "c", "off": "ab"}
Make = Callable[["Ids"], BulkChange]


class Ids:
    """The ids of a catalog's rows, by name."""

    def __init__(self, models: dict[str, UUID], providers: dict[str, UUID]) -> None:
        self._models, self._providers = models, providers

    def models(self, names: str) -> tuple[UUID, ...]:
        return tuple(self._models[name] for name in names.split())

    def providers(self, names: str) -> tuple[UUID, ...]:
        return tuple(self._providers[name] for name in names.split())

    def provider(self, name: str) -> UUID:
        return self._providers[name]


async def ids_of(catalog: Catalog) -> Ids:
    rows = await catalog.rows(include_deleted=True)
    return Ids({row.name: row.id for row in rows.models}, {row.name: row.id for row in rows.providers})


async def models_of(catalog: Catalog) -> dict[str, ModelRow]:
    return {row.name: row for row in await catalog.models.list()}


async def orders_of(catalog: Catalog, names: str) -> list[str]:
    rows = await models_of(catalog)
    return ["".join(order(rows[name])) for name in names.split()]


@pytest.fixture
async def abc(catalog: Catalog) -> Catalog:
    """A catalog with providers a, b, c and d, another family's, and models that lie on them in different ways."""
    await add_providers(catalog, *"abcd")
    await add_provider(catalog, "google", family=Family.GOOGLE)
    for name, providers in LISTS.items():
        own = {provider: f"own-{provider}" for provider in providers}
        await add_model(catalog, name, *providers, upstream_models=own, enabled=name != "off")
    await add_model(catalog, "gemini", "google", family=Family.GOOGLE)
    await add_model(catalog, "deleted", *"abc")
    await catalog.models.delete("deleted")
    return catalog


CHANGES: dict[str, Make] = {
    "turn models off": lambda i: TurnModels(i.models("ba off a"), False),
    "turn models on": lambda i: TurnModels(i.models("ba off a"), True),
    "delete models": lambda i: DeleteModels(i.models("ab a off")),
    "attach at the end": lambda i: AttachProvider(i.models("ab c off"), i.provider("d")),
    "attach at the top": lambda i: AttachProvider(i.models("ab c off"), i.provider("d"), at_top=True),
    "detach": lambda i: DetachProvider(i.models("ab cab off"), i.provider("a")),
    "swap": lambda i: SwapProvider(i.models("ab abc cab a off"), i.provider("a"), i.provider("c")),
    "turn providers off": lambda i: TurnProviders(i.providers("a b"), False),
    "turn providers on": lambda i: TurnProviders(i.providers("a b"), True),
    "delete providers": lambda i: DeleteProviders(i.providers("a b")),
    "delete every provider": lambda i: DeleteProviders(i.providers("a b c d google")),
    "last resort": lambda i: LastResort(i.providers("a b")),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_what_happens_is_what_was_shown_and_what_the_rows_alone_say(abc: Catalog, name: str) -> None:
    change = CHANGES[name](await ids_of(abc))
    shown = await abc.bulk.impact_of(change)
    assert shown == impact_of_bulk(change, await abc.rows())
    assert await abc.bulk.apply(change, impact=shown) == shown
    rows = await models_of(abc)
    for model in shown.models:
        assert (model.name not in rows) == model.deleted
        if not model.deleted:
            row = rows[model.name]
            assert (row.winner if row.enabled or not model.enabled else None) == model.winner_after
            assert (row.state == "dark") >= model.goes_dark
    assert await default_of(abc) == shown.default_after
    for places in (await stored_orders(abc)).values():
        assert [place for place, _ in places] == list(range(len(places)))


@pytest.mark.parametrize("name", CHANGES)
async def test_only_rows_that_become_others_get_a_new_version(abc: Catalog, other: Catalog, name: str) -> None:
    change = CHANGES[name](await ids_of(abc))
    before = await abc.rows(include_deleted=True)
    await other.bulk.apply(change)
    after = await abc.rows(include_deleted=True)
    old: dict[UUID, object] = {row.id: row for row in (*before.models, *before.providers)}
    for row in (*after.models, *after.providers):
        was = old[row.id]
        own = ("name", "enabled", "is_default", "deleted_at")
        lines = tuple((one.provider_config_id, one.upstream_model) for one in getattr(row, "provider_configs", ()))
        lines_were = tuple((one.provider_config_id, one.upstream_model) for one in getattr(was, "provider_configs", ()))
        differs = lines != lines_were or any(getattr(row, field, 0) != getattr(was, field, 0) for field in own)
        assert (row.version > was.version) == differs, row.name  # type: ignore[attr-defined]
        assert (row.updated_by == "bob") == differs
    again = await stored_state(abc)
    if not isinstance(change, DeleteModels | DeleteProviders | AttachProvider | DetachProvider | SwapProvider):
        await other.bulk.apply(change)
        assert await stored_state(abc) == again


async def test_what_becomes_of_the_lists(abc: Catalog) -> None:
    ids = await ids_of(abc)
    await abc.bulk.apply(AttachProvider(ids.models("ab c"), ids.provider("d"), at_top=True))
    assert await orders_of(abc, "ab ba c") == ["dab", "ba", "dc"]
    await abc.bulk.apply(SwapProvider(ids.models("ab abc cab a"), ids.provider("a"), ids.provider("c")))
    assert await orders_of(abc, "ab abc cab a off") == ["dcb", "cb", "cb", "c", "ab"]
    rows = await models_of(abc)
    assert [line.upstream_model for line in rows["ab"].provider_configs] == [None, None, "own-b"]
    assert [line.upstream_model for line in rows["abc"].provider_configs] == ["own-c", "own-b"]
    await abc.bulk.apply(LastResort(ids.providers("c d")))
    assert await orders_of(abc, "ab abc cab c") == ["bdc", "bc", "bc", "dc"]
    await abc.bulk.apply(DetachProvider(ids.models("ab c"), ids.provider("d")))
    assert await orders_of(abc, "ab c") == ["bc", "c"]
    assert (await stored_orders(abc))["deleted"] == [(0, "a"), (1, "b"), (2, "c")]


async def test_deleting_providers_closes_every_gap_and_deletes_what_is_left_empty(abc: Catalog) -> None:
    ids = await ids_of(abc)
    impact = await abc.bulk.apply(DeleteProviders(ids.providers("a b")))
    assert {row.name for row in impact.deleted} == {"ab", "ba", "a", "off"}
    assert (impact.default_before, impact.default_after) == ("ab", "gemini")
    assert await stored_orders(abc) == {
        "abc": [(0, "c")],
        "cab": [(0, "c")],
        "c": [(0, "c")],
        "deleted": [(0, "c")],
        "gemini": [(0, "google")],
    }
    assert await default_of(abc) == "gemini"


async def test_without_a_default_the_first_that_is_turned_on_becomes_it_and_is_written_once(abc: Catalog) -> None:
    await abc.models.set_default(None)
    await abc.bulk.apply(TurnModels((await ids_of(abc)).models("ba c"), False))
    before = await models_of(abc)
    impact = await abc.bulk.apply(TurnModels((await ids_of(abc)).models("off c ba"), True))
    assert (impact.default_before, impact.default_after) == (None, "ba")
    assert await default_of(abc) == "ba"
    assert {name: (await models_of(abc))[name].version - before[name].version for name in ("ba", "c", "off", "a")} == {
        "ba": 1,
        "c": 1,
        "off": 1,
        "a": 0,
    }


REFUSED: dict[str, tuple[Make, dict[str, str]]] = {
    "the default": (lambda i: TurnModels(i.models("c ab"), False), {"ab": "default_model_disabled"}),
    "the last line": (
        lambda i: DetachProvider(i.models("ab a c gemini"), i.provider("a")),
        {"a": "no_providers", "c": "not_found", "gemini": "not_found"},
    ),
    "another family": (
        lambda i: AttachProvider(i.models("c gemini ab"), i.provider("a")),
        {"ab": "duplicate_provider", "gemini": "family_mismatch"},
    ),
    "not attached": (lambda i: SwapProvider(i.models("ab c"), i.provider("a"), i.provider("d")), {"c": "not_found"}),
    "deleted": (lambda i: DeleteModels(i.models("ab deleted")), {"deleted": "model_deleted"}),
    "nobody": (
        lambda i: DeleteModels((*i.models("ab"), UUID(int=5))),
        {"00000000-0000-0000-0000-000000000005": "not_found"},
    ),
    "no such provider": (
        lambda i: DeleteProviders((*i.providers("a"), UUID(int=5))),
        {"00000000-0000-0000-0000-000000000005": "not_found"},
    ),
}


@pytest.mark.parametrize(("make", "expected"), REFUSED.values(), ids=REFUSED)
async def test_one_refusal_refuses_the_set_and_names_each_cause(
    abc: Catalog, make: Make, expected: dict[str, str]
) -> None:
    change = make(await ids_of(abc))
    before = await stored_state(abc)
    for attempt in (abc.bulk.impact_of, abc.bulk.apply):
        with pytest.raises(BulkRefused) as raised:
            await attempt(change)
        assert {name: error.code for name, error in raised.value.causes} == expected
        assert all(name in raised.value.message for name in expected)
        assert raised.value.message.startswith("nothing was changed")
    assert await stored_state(abc) == before


async def test_a_provider_that_is_gone_is_said_as_such(abc: Catalog) -> None:
    ids = await ids_of(abc)
    await abc.providers.delete("d")
    with pytest.raises(ProviderNotFound):
        await abc.bulk.apply(AttachProvider(ids.models("ab"), ids.provider("d")))


async def test_stale_versions_are_named_and_nothing_is_written(abc: Catalog, other: Catalog) -> None:
    ids, rows = await ids_of(abc), await abc.rows()
    versions = {row.id: row.version for row in (*rows.models, *rows.providers)}
    await other.models.detach("abc", "a")
    await switch(other, "b", on=False)
    before = await stored_state(abc)
    for change, name in (
        (DeleteModels(ids.models("ba abc c")), "abc"),
        (AttachProvider(ids.models("ba abc"), ids.provider("d")), "abc"),
        (TurnProviders(ids.providers("a b"), False), "b"),
        (DeleteProviders(ids.providers("a b")), "b"),
    ):
        with pytest.raises(BulkRefused) as raised:
            await abc.bulk.apply(change, versions=versions)
        ((refused, error),) = raised.value.causes
        assert refused == name
        assert isinstance(error, StaleVersion)
        assert error.current_version == 2
        assert "bob changed it meanwhile" in raised.value.message
    assert await stored_state(abc) == before
    await abc.bulk.apply(AttachProvider(ids.models("ba c"), ids.provider("d")), versions=versions)


async def test_a_model_that_was_deleted_meanwhile_is_not_said_to_be_changed(abc: Catalog, other: Catalog) -> None:
    """To look at it again and repeat, as is said of what was changed, would be no help."""
    ids, rows = await ids_of(abc), await abc.rows()
    await other.models.delete("abc")
    with pytest.raises(BulkRefused) as raised:
        await abc.bulk.apply(DeleteModels(ids.models("ba abc")), versions={row.id: row.version for row in rows.models})
    assert [(name, error.code) for name, error in raised.value.causes] == [("abc", "model_deleted")]


@pytest.mark.parametrize(
    "name", ["delete models", "detach", "turn providers off", "delete providers", "last resort", "attach at the end"]
)
async def test_an_impact_that_no_longer_holds_stops_the_write(abc: Catalog, other: Catalog, name: str) -> None:
    change = CHANGES[name](await ids_of(abc))
    shown = await abc.bulk.impact_of(change)
    await add_provider(other, "0", credential=EnvKey("KEY"))
    await other.models.attach("ab", "0", 0)
    await switch(other, "c", on=False)
    before = await stored_state(abc)
    with pytest.raises(StaleVersion) as raised:
        await abc.bulk.apply(change, impact=shown)
    assert await stored_state(abc) == before
    now = raised.value.impact
    assert now is not None
    assert now == await abc.bulk.impact_of(change) != shown
    assert "more were not saved: what it would do has changed" in raised.value.message
    assert await abc.bulk.apply(change, impact=now) == now


async def test_nothing_at_all_is_no_write(abc: Catalog) -> None:
    before = await stored_state(abc)
    for change in (
        TurnModels((), False),
        DeleteModels(()),
        TurnProviders((), True),
        DeleteProviders(()),
        LastResort(()),
    ):
        assert (await abc.bulk.apply(change, impact=Impact((), None, None))).models == ()
    assert await stored_state(abc) == before


async def test_a_read_only_catalog_says_what_would_happen_and_writes_nothing(abc: Catalog, store: Store) -> None:
    change = CHANGES["turn models off"](await ids_of(abc))
    async with store.open(read_only=True) as reader:
        assert (await reader.bulk.impact_of(change)).moving == ()
        with pytest.raises(CatalogError) as raised:
            await reader.bulk.apply(change)
    assert raised.value.code == "read_only"


# However many rows there are


BULK_OF_ALL: dict[str, Callable[[Ids, tuple[UUID, ...]], BulkChange]] = {
    "turn models": lambda i, m: TurnModels(m, False),
    "delete models": lambda i, m: DeleteModels(m),
    "attach": lambda i, m: AttachProvider(m, i.provider("new"), at_top=True),
    "swap": lambda i, m: SwapProvider(m, i.provider("a"), i.provider("new")),
    "detach": lambda i, m: DetachProvider(m, i.provider("a")),
    "last resort": lambda i, m: LastResort(i.providers("a new")),
    "turn providers": lambda i, m: TurnProviders(i.providers("a b"), False),
    "delete providers": lambda i, m: DeleteProviders(i.providers("a b")),
}


@pytest.mark.parametrize("name", BULK_OF_ALL)
async def test_the_number_of_statements_does_not_grow_with_the_set(catalog: Catalog, stores: Stores, name: str) -> None:
    counts: list[Counter[str]] = []
    async with stores.made().open() as many:
        for one in (catalog, many):
            await add_providers(one, "a", "b", "new")
            await add_model(one, "default", "b", "new")
            await add_model(one, "m", "a", "b")
        await fill(many, 200)
        for one in (catalog, many):
            models = tuple(row.id for row in await one.models.list() if "a" in order(row))
            change = BULK_OF_ALL[name](await ids_of(one), models)
            with counted_statements(one) as counted:
                await one.bulk.apply(change)
            counts.append(counted)
    assert counts[0] == counts[1]
    # On PostgreSQL one is for the lock, and one, which must come after it, for the schema.
    assert counts[0]["SELECT"] <= 5
    assert sum(counts[0].values()) <= 12


async def test_more_rows_than_a_statement_takes_parameters(abc: Catalog) -> None:
    strangers = tuple(UUID(int=number) for number in range(70_000))
    with pytest.raises(BulkRefused) as raised:
        await abc.bulk.impact_of(DeleteModels(strangers))
    assert len(raised.value.causes) == 70_000
    assert len(raised.value.message) < 300


# Whatever is done

some_models = st.lists(st.sampled_from("mno"), unique=True).map(" ".join)
some_providers = st.lists(st.sampled_from("abcd"), unique=True, max_size=2).map(" ".join)
one_provider = st.sampled_from("abcd")
step = st.one_of(
    st.tuples(st.just("attach"), some_models, one_provider, st.booleans()),
    st.tuples(st.just("detach"), some_models, one_provider),
    st.tuples(st.just("swap"), some_models, one_provider, one_provider),
    st.tuples(st.just("last resort"), some_providers),
    st.tuples(st.just("turn"), some_providers, st.booleans()),
    st.tuples(st.just("turn models"), some_models, st.booleans()),
    st.tuples(st.just("delete"), some_providers),
)


def made(ids: Ids, action: str, names: str, *rest: object) -> BulkChange:
    if action == "attach":
        return AttachProvider(ids.models(names), ids.provider(str(rest[0])), bool(rest[1]))
    if action == "detach":
        return DetachProvider(ids.models(names), ids.provider(str(rest[0])))
    if action == "swap":
        return SwapProvider(ids.models(names), ids.provider(str(rest[0])), ids.provider(str(rest[1])))
    if action == "last resort":
        return LastResort(ids.providers(names))
    if action == "turn":
        return TurnProviders(ids.providers(names), bool(rest[0]))
    if action == "turn models":
        return TurnModels(ids.models(names), bool(rest[0]))
    return DeleteProviders(ids.providers(names))


async def play(store: Store, steps: list[tuple[str, ...]]) -> None:
    async with store.open() as catalog:
        await add_providers(catalog, *"abcd")
        for name, lines in {"m": "ab", "n": "bcd", "o": "c"}.items():
            await add_model(catalog, name, *lines)
        ids = await ids_of(catalog)
        for one in steps:
            before, rows = await stored_state(catalog), await catalog.rows()
            try:
                shown = impact_of_bulk(made(ids, *one), rows)
            except CatalogError as error:
                with pytest.raises(type(error)):
                    await catalog.bulk.apply(made(ids, *one))
                assert await stored_state(catalog) == before
                continue
            assert await catalog.bulk.apply(made(ids, *one), impact=shown) == shown, one
            for name, places in (await stored_orders(catalog)).items():
                assert [place for place, _ in places] == list(range(len(places))), (name, one)
            after = await models_of(catalog)
            assert all(row.provider_configs for row in after.values()), one
            lost = {row.name for row in rows.models} - set(after)
            assert lost == {row.name for row in shown.deleted}
            assert not lost or one[0] == "delete"
            assert await default_of(catalog) == shown.default_after


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(step, min_size=1, max_size=8))
def test_any_sequence_keeps_every_list_whole_and_no_model_without_a_line(
    stores: Stores, steps: list[tuple[str, ...]]
) -> None:
    asyncio.run(play(stores.made(), steps))
