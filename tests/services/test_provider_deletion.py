"""Rule 5: a provider's lines go with it, the gaps close, and models that lose their last line are deleted."""

from __future__ import annotations

import pytest

from modeltui import Catalog, StaleVersion
from tests.services.builders import add_model, add_providers, default_of, order, query, stored_orders, stored_state

LISTS = {
    "first": "xab",
    "middle": "axb",
    "last": "abx",
    "only": "x",
    "only-too": "x",
    "untouched": "ab",
    "long": "dcxba",
    "off": "xb",
}


@pytest.fixture
async def full(catalog: Catalog) -> Catalog:
    """A catalog whose provider x stands at every place of some list; two of its models are deleted already."""
    await add_providers(catalog, *"abcdx")
    for name, providers in LISTS.items():
        own = {provider: f"own-{provider}" for provider in providers}
        await add_model(catalog, name, *providers, upstream_models=own, enabled=name != "off")
    await add_model(catalog, "deleted", *"axb")
    await add_model(catalog, "deleted-only", "x")
    await catalog.models.delete("deleted")
    await catalog.models.delete("deleted-only")
    await catalog.models.set_default("untouched")
    return catalog


async def test_every_list_closes_its_gap(full: Catalog) -> None:
    await full.providers.delete("X")
    assert [row.name for row in await full.providers.list()] == ["a", "b", "c", "d"]
    expected = {name: providers.replace("x", "") for name, providers in (LISTS | {"deleted": "axb"}).items()}
    assert await stored_orders(full) == {name: list(enumerate(rest)) for name, rest in expected.items() if rest}
    live = {row.name: "".join(order(row)) for row in await full.models.list()}
    assert live == {name: expected[name] for name in LISTS if expected[name]}


async def test_lines_that_stay_keep_their_own_upstream_ids(full: Catalog) -> None:
    await full.providers.delete("x")
    for row in await full.models.list():
        assert [line.upstream_model for line in row.provider_configs] == [
            f"own-{line.name}" for line in row.provider_configs
        ]


async def test_models_that_lose_their_last_line_are_deleted_and_the_others_say_who_changed_them(
    full: Catalog, other: Catalog
) -> None:
    before = {row.id: row for row in await full.models.list(include_deleted=True)}
    await other.providers.delete("x", version=1)
    for row in await full.models.list(include_deleted=True):
        old = before[row.id]
        if row.name == "untouched":
            assert row == old
            continue
        assert (row.version, row.updated_by) == (old.version + 1, "bob")
        assert (row.deleted_at is not None) == (row.name in ("only", "only-too", "deleted", "deleted-only"))
        assert old.deleted_at in (None, row.deleted_at)


@pytest.mark.parametrize("default", ["first", "middle", "last", "only", "only-too", "long"])
async def test_the_default_stays_or_moves_on(full: Catalog, default: str) -> None:
    await full.models.set_default(default)
    dies = default.startswith("only")
    impact = await full.providers.delete("x")
    assert (impact.default_before, impact.default_after) == (default, "first" if dies else default)
    assert await default_of(full) == impact.default_after


async def test_what_happened_is_what_was_shown(full: Catalog) -> None:
    shown = await full.providers.impact_of_deleting("x")
    assert {row.name for row in shown.deleted} == {"only", "only-too"}
    assert {row.name: row.winner_after for row in shown.models if not row.deleted} == {
        "first": "a",
        "middle": "a",
        "last": "a",
        "long": "d",
        "off": "b",
    }
    assert await full.providers.delete("x", impact=shown) == shown
    winners = {row.name: row.winner for row in await full.models.list()}
    assert {name: winners.get(name) for name in winners if name != "untouched"} == {
        row.name: row.winner_after for row in shown.models if not row.deleted
    }


async def test_a_stale_version_deletes_nothing(full: Catalog) -> None:
    before = await stored_state(full)
    with pytest.raises(StaleVersion) as raised:
        await full.providers.delete("x", version=2)
    assert (raised.value.kind, raised.value.current_version, raised.value.current.name) == ("provider", 1, "x")
    assert await stored_state(full) == before


async def test_a_provider_without_lines_just_goes(full: Catalog) -> None:
    await full.models.detach("long", "c")
    before = await query(full, "SELECT id, version FROM model_config ORDER BY id")
    impact = await full.providers.delete("c")
    assert (impact.models, impact.harmless) == ((), True)
    assert await query(full, "SELECT id, version FROM model_config ORDER BY id") == before


async def test_one_provider_after_the_other_until_nothing_is_left(full: Catalog) -> None:
    for name in "abcdx":
        await full.providers.delete(name)
        for row in await full.models.list(include_deleted=True):
            order(row)
    assert await full.models.list() == []
    assert await stored_orders(full) == {}
    assert await default_of(full) is None
