"""Model configs: creating, changing, listing, deleting; rules 1 to 4."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from modeltui import (
    AlreadyExists,
    Catalog,
    CatalogError,
    DuplicateProvider,
    FamilyMismatch,
    ModelCreate,
    ModelDeleted,
    ModelUpdate,
    NoProviders,
    NotFound,
    ProviderNotFound,
    StaleVersion,
    ValidationError,
)
from tests.services.builders import (
    add_model,
    add_provider,
    add_providers,
    execute,
    order,
    query,
    stored_orders,
    stored_state,
    switch,
    verdicts,
)


async def test_a_new_model_has_what_was_given_and_what_it_gets_by_itself(catalog: Catalog) -> None:
    eu, us = await add_providers(catalog, "eu", "us")
    row = await catalog.models.create(
        ModelCreate(
            model="gpt-5-2026",
            name="gpt-5",
            provider_config_ids=[us.id, "EU"],
            upstream_models={eu.id: "eu-deployment"},
            context_limit=10**12,
            options={"temperature": 0.2, "prices": {"input": 0.1}},
        )
    )
    assert (row.family, row.name, row.model, row.context_limit) == ("openai", "gpt-5", "gpt-5-2026", 10**12)
    assert (row.enabled, row.compression_threshold, row.deleted_at, row.version) == (True, 70, None, 1)
    assert row.options == {"temperature": 0.2, "prices": {"input": "0.1"}}
    assert (row.updated_by, row.winner, row.state, row.spare_count) == ("alice", "us", "on", 1)
    assert row.created_at == row.updated_at
    assert order(row) == ["us", "eu"]
    assert [line.upstream_model for line in row.provider_configs] == [None, "eu-deployment"]
    assert [line.family for line in row.provider_configs] == ["openai", "openai"]
    assert await catalog.models.get("GPT-5") == await catalog.models.get(row.id) == row
    assert await catalog.models.list() == [row]


async def refused(catalog: Catalog, expected: type[CatalogError], call: Any) -> Any:
    """Await a call that must be refused, and check that nothing was written."""
    before = await stored_state(catalog)
    with pytest.raises(expected) as raised:
        await call
    assert await stored_state(catalog) == before
    return raised.value


async def test_no_list_that_the_rules_do_not_allow_gets_in(catalog: Catalog) -> None:
    eu = await add_provider(catalog, "eu")
    await add_providers(catalog, "us", "apac")
    await add_provider(catalog, "claude", family="anthropic")
    await add_model(catalog, "gpt-5", "us")
    missing = uuid4()

    async def every(providers: list[Any], expected: type[CatalogError]) -> list[Any]:
        """Hand the list to every call that takes one."""
        await add_model(catalog, "gone", "us")
        await catalog.models.delete("gone")
        errors = [
            await refused(catalog, expected, add_model(catalog, "new", *providers)),
            await refused(
                catalog, expected, catalog.models.update("gpt-5", ModelUpdate(provider_config_ids=providers))
            ),
            await refused(catalog, expected, catalog.models.restore("gone", providers)),
            await refused(catalog, expected, catalog.models.impact_of_lines("gpt-5", providers)),
        ]
        await execute(catalog, "DELETE FROM model_config WHERE name = 'gone'")
        return errors

    for error in await every(["eu", "us", "EU"], DuplicateProvider):
        assert error.provider == "eu"
    for error in await every([eu.id, str(eu.id)], DuplicateProvider):
        assert error.provider == "eu"
    for error in await every(["eu", "nothing"], ProviderNotFound):
        assert error.provider == "nothing"
    for error in await every([missing], ProviderNotFound):
        assert error.provider == str(missing)
    for error in await every(["eu", "claude"], FamilyMismatch):
        assert (error.provider, error.provider_family, error.model_family) == ("claude", "anthropic", "openai")


async def test_restoring_what_somebody_else_has_restored_is_stale(catalog: Catalog) -> None:
    await add_provider(catalog, "eu")
    await add_model(catalog, "gpt-5", "eu")
    await catalog.models.delete("gpt-5")
    (deleted,) = await catalog.models.list(include_deleted=True)
    await catalog.models.restore("gpt-5")
    error = await refused(catalog, StaleVersion, catalog.models.restore(deleted.id, version=deleted.version))
    assert error.current.deleted_at is None


async def test_an_empty_list_is_refused_everywhere(catalog: Catalog) -> None:
    await add_provider(catalog, "eu")
    await add_model(catalog, "gpt-5", "eu")
    await add_model(catalog, "gone", "eu")
    await catalog.models.delete("gone")
    with pytest.raises(NoProviders):
        await add_model(catalog, "new")
    with pytest.raises(NoProviders):
        await catalog.models.update("gpt-5", ModelUpdate(provider_config_ids=[]))
    for call in (
        catalog.models.detach("gpt-5", "eu"),
        catalog.models.impact_of_lines("gpt-5", []),
        catalog.models.restore("gone", []),
    ):
        assert (await refused(catalog, NoProviders, call)).model in ("gpt-5", "gone")


async def test_the_family_is_that_of_the_providers_and_a_given_one_must_agree(catalog: Catalog) -> None:
    await add_provider(catalog, "claude", family="anthropic")
    assert (await add_model(catalog, "a", "claude")).family == "anthropic"
    assert (await add_model(catalog, "b", "claude", family="anthropic")).family == "anthropic"
    error = await refused(catalog, FamilyMismatch, add_model(catalog, "c", "claude", family="openai"))
    assert (error.provider_family, error.model_family) == ("anthropic", "openai")


async def test_disabled_and_keyless_providers_may_be_attached_and_are_skipped(catalog: Catalog) -> None:
    await add_provider(catalog, "off", enabled=False)
    await add_provider(catalog, "keyless", credential=None)
    await add_provider(catalog, "good")
    row = await add_model(catalog, "gpt-5", "off", "keyless", "good")
    assert verdicts(row) == ["provider_disabled", "no_api_key", "wins"]
    assert (row.winner, row.state) == ("good", "fallback")
    assert [(line.enabled, line.has_api_key) for line in row.provider_configs] == [
        (False, True),
        (True, False),
        (True, True),
    ]
    row = await catalog.models.move("gpt-5", "off", 2)
    assert verdicts(row) == ["no_api_key", "wins", "provider_disabled"]


@pytest.mark.parametrize("first", ["GPT-5", "É"])
async def test_a_live_name_is_taken_whatever_its_case(catalog: Catalog, first: str) -> None:
    await add_provider(catalog, "eu")
    await add_model(catalog, first, "eu")
    error = await refused(catalog, AlreadyExists, add_model(catalog, first.lower(), "eu"))
    assert (error.kind, error.name) == ("model", first.lower())
    await add_model(catalog, "other", "eu")
    await refused(catalog, AlreadyExists, catalog.models.update("other", ModelUpdate(name=first.lower())))
    row = await catalog.models.update(first, ModelUpdate(name=first.lower()))
    assert row.name == first.lower()
    await catalog.models.delete(first)
    assert (await add_model(catalog, first, "eu")).name == first


async def test_a_provider_and_a_model_may_share_a_name(catalog: Catalog) -> None:
    await add_provider(catalog, "same")
    assert (await add_model(catalog, "same", "same")).winner == "same"


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"name": "gpt-6"}, "name", "gpt-6"),
        ({"model": "gpt-5-2026"}, "model", "gpt-5-2026"),
        ({"context_limit": 1}, "context_limit", 1),
        ({"compression_threshold": 0}, "compression_threshold", 0),
        ({"options": {"top_k": 3}}, "options", {"top_k": 3}),
        ({"options": None}, "options", {}),
    ],
)
async def test_an_update_changes_what_is_given_and_leaves_the_list(
    catalog: Catalog, other: Catalog, changes: dict[str, Any], field: str, value: object
) -> None:
    await add_providers(catalog, "a", "b")
    before = await add_model(catalog, "gpt-5", "b", "a", options={"top_p": 1.0})
    after = await other.models.update("gpt-5", ModelUpdate(**changes), version=1)
    assert getattr(after, field) == value
    assert (after.version, after.updated_by, after.created_at) == (2, "bob", before.created_at)
    assert after.updated_at > before.updated_at
    assert after.provider_configs == before.provider_configs
    assert after.is_default


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": "gpt-5"},
        {"enabled": True},
        {"options": {"top_p": 1}},
        {"provider_config_ids": None},
        {"provider_config_ids": ["b", "A"]},
        {"upstream_models": {"a": None, "b": "own"}},
        {"context_limit": 400_000, "compression_threshold": 70, "model": "gpt-5"},
    ],
)
async def test_an_update_that_changes_nothing_writes_nothing(
    catalog: Catalog, other: Catalog, changes: dict[str, Any]
) -> None:
    await add_providers(catalog, "a", "b")
    await add_model(catalog, "gpt-5", "b", "a", options={"top_p": 1.0}, upstream_models={"b": "own"})
    before = await stored_state(catalog)
    row = await other.models.update("gpt-5", ModelUpdate(**changes), version=1)
    assert (row.version, row.updated_by) == (1, "alice")
    assert await stored_state(catalog) == before


@pytest.mark.parametrize("new", ["ab", "ba", "abc", "cab", "c", "cba", "bcd", "dcba", "a"])
async def test_a_list_replaces_the_old_one_whole_and_lines_that_stay_keep_their_own_id(
    catalog: Catalog, new: str
) -> None:
    await add_providers(catalog, *"abcd")
    await add_model(catalog, "gpt-5", "a", "b", "c", upstream_models={name: f"own-{name}" for name in "abc"})
    made = dict(await query(catalog, "SELECT upstream_model, created_at FROM attachment"))
    row = await catalog.models.update("gpt-5", ModelUpdate(provider_config_ids=list(new)))
    assert order(row) == list(new)
    assert row.version == (1 if new == "abc" else 2)
    assert [line.upstream_model for line in row.provider_configs] == [
        None if name == "d" else f"own-{name}" for name in new
    ]
    assert await stored_orders(catalog) == {"gpt-5": list(enumerate(new))}
    for own, created in await query(catalog, "SELECT upstream_model, created_at FROM attachment"):
        assert own is None or made[own] == created


async def test_a_line_is_marked_as_changed_only_when_it_moved(catalog: Catalog) -> None:
    await add_providers(catalog, *"abcd")
    await add_model(catalog, "gpt-5", *"abcd")
    row = await catalog.models.move("gpt-5", "b", 2)
    lines = await query(catalog, "SELECT priority, created_at = updated_at FROM attachment ORDER BY priority")
    assert [(place, bool(untouched)) for place, untouched in lines] == [(0, True), (1, False), (2, False), (3, True)]
    assert order(row) == ["a", "c", "b", "d"]


async def test_own_ids_are_set_with_the_list_in_one_go(catalog: Catalog) -> None:
    await add_providers(catalog, *"abc")
    await add_model(catalog, "gpt-5", "a", "b", upstream_models={"a": "own-a"})
    row = await catalog.models.update(
        "gpt-5",
        ModelUpdate(provider_config_ids=["c", "a", "b"], upstream_models={"c": "own-c", "a": None, "B": "own-b"}),
    )
    assert [(line.name, line.upstream_model) for line in row.provider_configs] == [
        ("c", "own-c"),
        ("a", None),
        ("b", "own-b"),
    ]
    assert row.version == 2
    row = await catalog.models.update("gpt-5", ModelUpdate(upstream_models={"c": "other"}))
    assert [line.upstream_model for line in row.provider_configs] == ["other", None, "own-b"]


@pytest.mark.parametrize("outside", ["c", "nothing"])
async def test_an_own_id_for_a_provider_outside_the_list_is_refused(catalog: Catalog, outside: str) -> None:
    await add_providers(catalog, *"abc")
    await add_model(catalog, "gpt-5", "a", "b")
    for call in (
        add_model(catalog, "new", "a", upstream_models={outside: "x"}),
        catalog.models.update("gpt-5", ModelUpdate(upstream_models={outside: "x"})),
        catalog.models.update("gpt-5", ModelUpdate(provider_config_ids=["b"], upstream_models={outside: "x"})),
    ):
        error = await refused(catalog, ValidationError, call)
        assert error.field == "upstream_models"


async def test_a_deleted_model_is_gone_by_name_and_deleted_by_id(catalog: Catalog) -> None:
    await add_provider(catalog, "eu")
    row = await add_model(catalog, "gpt-5", "eu")
    impact = await catalog.models.delete("gpt-5")
    assert [(one.name, one.deleted, one.goes_dark) for one in impact.models] == [("gpt-5", True, False)]
    assert await catalog.models.list() == []
    gone = await catalog.models.get(row.id)
    assert [gone] == await catalog.models.list(include_deleted=True)
    assert gone.deleted_at is not None
    assert (gone.version, gone.is_default, order(gone)) == (2, False, ["eu"])
    with pytest.raises(NotFound):
        await catalog.models.get("gpt-5")
    for make in (
        lambda name: catalog.models.update(name, ModelUpdate(context_limit=1)),
        lambda name: catalog.models.delete(name),
        lambda name: catalog.models.set_default(name),
        lambda name: catalog.models.attach(name, "eu"),
        lambda name: catalog.models.detach(name, "eu"),
        lambda name: catalog.models.move(name, "eu", 0),
        lambda name: catalog.models.set_upstream_model(name, "eu", "x"),
        lambda name: catalog.models.impact_of_disabling(name),
        lambda name: catalog.models.impact_of_deleting(name),
        lambda name: catalog.models.impact_of_lines(name, ["eu"]),
    ):
        assert (await refused(catalog, ModelDeleted, make(row.id))).model == "gpt-5"
        error = await refused(catalog, NotFound, make("gpt-5"))
        assert (error.kind, error.name) == ("model", "gpt-5")


@pytest.mark.parametrize("name", ["nothing", "", "a\0b", "\ud800", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"])
async def test_what_is_not_there_is_not_found(catalog: Catalog, name: str) -> None:
    for call in (
        catalog.models.get(name),
        catalog.models.update(name, ModelUpdate()),
        catalog.models.delete(name),
        catalog.models.restore(name),
        catalog.models.move(name, "a", 0),
    ):
        with pytest.raises(NotFound) as raised:
            await call
        assert (raised.value.kind, raised.value.name) == ("model", name)


async def test_available_are_the_models_that_would_be_answered(catalog: Catalog) -> None:
    await add_providers(catalog, "good", "off")
    await switch(catalog, "off", on=False)
    await add_model(catalog, "on", "good")
    await add_model(catalog, "fallback", "off", "good")
    await add_model(catalog, "dark", "off")
    await add_model(catalog, "disabled", "good", enabled=False)
    await add_model(catalog, "no-lines", "good")
    await execute(
        catalog, "DELETE FROM attachment WHERE model_config_id = (SELECT id FROM model_config WHERE name = 'no-lines')"
    )
    assert [row.name for row in await catalog.models.available()] == ["fallback", "on"]
    states = {row.name: row.state for row in await catalog.models.list()}
    assert states == {"on": "on", "fallback": "fallback", "dark": "dark", "disabled": "off", "no-lines": "dark"}


async def test_lists_are_ordered_by_family_and_name_whatever_its_case(catalog: Catalog) -> None:
    await add_provider(catalog, "eu")
    await add_provider(catalog, "claude", family="anthropic")
    for name in ("b", "C", "a"):
        await add_model(catalog, name, "eu")
    await add_model(catalog, "z", "claude")
    assert [row.name for row in await catalog.models.list()] == ["z", "a", "b", "C"]
    rows = await catalog.rows(include_deleted=True)
    assert list(rows.models) == await catalog.models.list()


async def test_rows_are_frozen_and_comparable(catalog: Catalog) -> None:
    await add_provider(catalog, "eu")
    row = await add_model(catalog, "gpt-5", "eu")
    assert hash(row) == hash(await catalog.models.get("gpt-5"))
    with pytest.raises(AttributeError):
        row.name = "other"  # type: ignore[misc]


async def test_a_stale_row_is_never_written(catalog: Catalog) -> None:
    """The version stands in the statement too, for programs that don't take the catalog's lock."""
    await add_provider(catalog, "eu")
    await add_model(catalog, "gpt-5", "eu")
    async with catalog._workspace.writing("test", "stale") as change:
        record = await change.model("gpt-5")
        with pytest.raises(StaleVersion) as raised:
            await change.save_model(record._replace(version=7), enabled=False)
    assert raised.value.current_version == 1
    assert (await catalog.models.get("gpt-5")).enabled
