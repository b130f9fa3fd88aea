"""Rule 7: a deleted model comes back, in every case that it can and can't."""

from __future__ import annotations

import pytest

from modeltui import (
    AlreadyExists,
    Catalog,
    DuplicateProvider,
    FamilyMismatch,
    ModelUpdate,
    NoProviders,
    NotFound,
    ProviderNotFound,
    StaleVersion,
)
from tests.services.builders import (
    add_model,
    add_provider,
    add_providers,
    default_of,
    order,
    stored_orders,
    stored_state,
)


@pytest.fixture
async def gone(catalog: Catalog) -> Catalog:
    """A catalog with providers a, b, c, a model `stays`, and the deleted model `m` with lines a and b."""
    await add_providers(catalog, *"abc")
    await add_model(catalog, "stays", "c")
    await add_model(catalog, "m", "a", "b", upstream_models={"b": "own-b"})
    await catalog.models.delete("m")
    return catalog


async def test_it_comes_back_with_its_lines(gone: Catalog) -> None:
    row = await gone.models.restore("M", version=2)
    assert order(row) == ["a", "b"]
    assert [line.upstream_model for line in row.provider_configs] == [None, "own-b"]
    assert (row.deleted_at, row.version, row.is_default) == (None, 3, False)
    assert await gone.models.get("m") == row


async def test_by_name_the_one_deleted_last_comes_back(gone: Catalog) -> None:
    await add_model(gone, "m", "c")
    await gone.models.delete("m")
    assert order(await gone.models.restore("m")) == ["c"]


async def test_by_id_any_of_them_comes_back(gone: Catalog) -> None:
    (old,) = [row for row in await gone.models.list(include_deleted=True) if row.name == "m"]
    await add_model(gone, "m", "c")
    await gone.models.delete("m")
    assert order(await gone.models.restore(old.id)) == ["a", "b"]
    with pytest.raises(AlreadyExists):
        await gone.models.restore("m")


async def test_it_does_not_come_back_while_its_name_is_taken(gone: Catalog) -> None:
    await add_model(gone, "M", "c")
    before = await stored_state(gone)
    for name in ("m", next(row.id for row in await gone.models.list(include_deleted=True) if row.deleted_at)):
        with pytest.raises(AlreadyExists) as raised:
            await gone.models.restore(name)
        assert (raised.value.kind, raised.value.name) == ("model", "m")
    assert await stored_state(gone) == before
    await gone.models.update("M", ModelUpdate(name="other"))
    assert (await gone.models.restore("m")).name == "m"


async def test_a_live_model_is_not_restored(gone: Catalog) -> None:
    with pytest.raises(NotFound, match="no deleted model named stays"):
        await gone.models.restore("stays")
    with pytest.raises(AlreadyExists):
        await gone.models.restore((await gone.models.get("stays")).id)
    with pytest.raises(NotFound):
        await gone.models.restore("nothing")


async def test_lines_to_providers_that_are_gone_are_dropped(gone: Catalog) -> None:
    await gone.providers.delete("a")
    row = await gone.models.restore("m")
    assert order(row) == ["b"]
    assert row.provider_configs[0].upstream_model == "own-b"


async def test_with_no_line_left_it_needs_a_list(gone: Catalog) -> None:
    await gone.providers.delete("a")
    await gone.providers.delete("b")
    with pytest.raises(NoProviders) as raised:
        await gone.models.restore("m")
    assert raised.value.model == "m"
    assert order(await gone.models.restore("m", ["c"])) == ["c"]


@pytest.mark.parametrize("providers", [["c"], ["b", "a"], ["c", "b"], ["a", "b", "c"]])
async def test_a_list_replaces_the_old_one(gone: Catalog, providers: list[str]) -> None:
    row = await gone.models.restore("m", providers)
    assert order(row) == providers
    assert {line.name: line.upstream_model for line in row.provider_configs}.get("b", "own-b") == "own-b"
    assert (await stored_orders(gone))["m"] == list(enumerate(providers))
    assert row.version == 3


async def test_a_list_is_checked_as_everywhere(gone: Catalog) -> None:
    await add_provider(gone, "claude", family="anthropic")
    before = await stored_state(gone)
    for providers, expected in (
        ([], NoProviders),
        (["a", "A"], DuplicateProvider),
        (["nothing"], ProviderNotFound),
        (["claude"], FamilyMismatch),
    ):
        with pytest.raises(expected):
            await gone.models.restore("m", providers)
    assert await stored_state(gone) == before


async def test_a_stale_version_is_refused(gone: Catalog) -> None:
    with pytest.raises(StaleVersion) as raised:
        await gone.models.restore("m", version=1)
    assert (raised.value.current_version, raised.value.current.name) == (2, "m")
    assert (await gone.models.get(raised.value.current.id)).deleted_at is not None


async def test_it_comes_back_without_its_old_mark(catalog: Catalog) -> None:
    await add_provider(catalog, "a")
    await add_model(catalog, "was-default", "a")
    await add_model(catalog, "next", "a")
    await catalog.models.delete("was-default")
    assert not (await catalog.models.restore("was-default")).is_default
    assert await default_of(catalog) == "next"


async def test_restored_while_there_is_no_default_it_becomes_it_if_it_is_on(catalog: Catalog) -> None:
    await add_provider(catalog, "a")
    await add_model(catalog, "off", "a", enabled=False)
    await add_model(catalog, "on", "a")
    await catalog.models.delete("on")
    await catalog.models.delete("off")
    assert not (await catalog.models.restore("off")).is_default
    assert (await catalog.models.restore("on")).is_default


async def test_a_model_deleted_with_its_provider_comes_back_with_a_list(catalog: Catalog) -> None:
    await add_providers(catalog, "a", "b")
    row = await add_model(catalog, "m", "a")
    await catalog.providers.delete("a")
    with pytest.raises(NoProviders):
        await catalog.models.restore("m")
    restored = await catalog.models.restore("m", ["b"])
    assert (restored.id, order(restored), restored.version) == (row.id, ["b"], 3)
