"""Undo and redo: every kind of change there and back, what stands against it, and that others pay nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from modeltui import (
    AttachProvider,
    CannotUndo,
    Catalog,
    DeleteModels,
    DeleteProviders,
    DetachProvider,
    EnvKey,
    LastResort,
    ModelUpdate,
    ProviderUpdate,
    StaleVersion,
    StoredKey,
    SwapProvider,
    TurnModels,
    TurnProviders,
)
from modeltui.domain import history
from modeltui.services.catalog import open_settled
from modeltui.settings import load_settings
from tests.services.builders import (
    add_model,
    add_provider,
    add_providers,
    allow,
    counted_statements,
    default_of,
    order,
    query,
    refuse,
    stored_state,
    switch,
)
from tests.services.stores import Store

Write = Callable[[Catalog], Awaitable[Any]]


@pytest.fixture
async def mine(store: Store) -> AsyncIterator[Catalog]:
    """The store with three providers and four models, opened by alice in a program that can undo."""
    async with store.open() as catalog:
        await add_providers(catalog, "a", "b")
        await add_provider(catalog, "c", enabled=False)
        await add_model(catalog, "m", "a", "b")
        await add_model(catalog, "n", "a")
        await add_model(catalog, "off", "b", enabled=False)
        await add_model(catalog, "gone", "b", "a")
        await catalog.models.delete("gone")
    async with with_history(store) as catalog:
        yield catalog


def with_history(store: Store, actor: str = "alice") -> Any:
    settings = load_settings({"database": store.url}, store.environ)
    return open_settled(settings, environ=store.environ, clock=store.clock, actor=actor, history=True)


async def content(catalog: Catalog) -> dict[str, Any]:
    """Everything that counts: all columns but who wrote when and how often."""
    providers = "id, family, name, name_key, base_url, credential_kind, credential_reference, enabled, api_key_token"
    models = (
        "id, family, name, name_key, model, enabled, is_default, context_limit, compression_threshold, options,"
        " deleted_at IS NULL AS live"
    )
    lines = "model_config_id, provider_config_id, priority, upstream_model"
    return {
        "providers": await query(catalog, f"SELECT {providers} FROM provider_config ORDER BY id"),
        "models": await query(catalog, f"SELECT {models} FROM model_config ORDER BY id"),
        "lines": await query(catalog, f"SELECT {lines} FROM attachment ORDER BY 1, priority"),
    }


async def ids(catalog: Catalog) -> dict[str, UUID]:
    rows = await catalog.rows(include_deleted=True)
    return {row.name: row.id for row in (*rows.providers, *rows.models)}


def bulk(make: Callable[..., Any], *names: str, **values: Any) -> Write:
    """A change of several rows; values that are names become ids."""

    async def write(catalog: Catalog) -> None:
        known = await ids(catalog)
        given = {key: known[value] if isinstance(value, str) else value for key, value in values.items()}
        await catalog.bulk.apply(make(tuple(known[name] for name in names), **given))

    return write


WRITES: dict[str, Write] = {
    "turned a off": lambda c: switch(c, "a", on=False),
    "turned c on": lambda c: switch(c, "c", on=True),
    "renamed a to z": lambda c: c.providers.update("a", ProviderUpdate(name="z")),
    "changed the key of a": lambda c: c.providers.update("a", ProviderUpdate(credential=EnvKey("OTHER"))),
    "changed the key of b": lambda c: c.providers.update("b", ProviderUpdate(credential=None)),
    "edited a": lambda c: c.providers.update("a", ProviderUpdate(base_url="https://x.example", enabled=False)),
    "turned n off": lambda c: c.models.update("n", ModelUpdate(enabled=False)),
    "turned off on": lambda c: c.models.update("off", ModelUpdate(enabled=True)),
    "renamed m to x": lambda c: c.models.update("m", ModelUpdate(name="x")),
    "edited m": lambda c: c.models.update("m", ModelUpdate(context_limit=7, options={"top_k": 3})),
    "edited n": lambda c: c.models.update("n", ModelUpdate(model="other", provider_config_ids=["b", "a"])),
    "changed the lines of m": lambda c: c.models.update(
        "m", ModelUpdate(provider_config_ids=["c", "b"], upstream_models={"b": "own"})
    ),
    "changed the lines of n": lambda c: c.models.attach("n", "c", 0, "own"),
    "deleted n": lambda c: c.models.delete("n"),
    "deleted m": lambda c: c.models.delete("m"),
    "restored gone": lambda c: c.models.restore("gone", ["a"]),
    "made n the default": lambda c: c.models.set_default("n"),
    "took the default mark from m": lambda c: c.models.set_default(None),
    "turned 2 models off": bulk(TurnModels, "n", "off", enabled=False),
    "deleted 2 models": bulk(DeleteModels, "m", "n"),
    "changed the lines of 2 models": bulk(AttachProvider, "m", "n", provider="c", at_top=True),
    "turned 2 providers off": bulk(TurnProviders, "a", "b", enabled=False),
}
LISTS = {
    "move": lambda c: c.models.move("m", "b", 0),
    "detach": lambda c: c.models.detach("m", "a"),
    "own id": lambda c: c.models.set_upstream_model("m", "a", "own"),
    "swap": bulk(SwapProvider, "m", old="a", new="c"),
    "last resort": bulk(LastResort, "a"),
}
# Rows that were so already are left alone.
TITLES = {"turned 2 models off": "turned n off"} | dict.fromkeys(LISTS, "changed the lines of m")


@pytest.mark.parametrize("name", [*WRITES, *LISTS])
async def test_every_kind_of_write_goes_there_and_back(mine: Catalog, name: str) -> None:
    before = await content(mine)
    await (WRITES | LISTS)[name](mine)
    after = await content(mine)
    assert after != before
    assert mine.history.to_undo == TITLES.get(name, name)
    for _ in range(2):
        shown = await mine.history.impact_of_undo()
        assert await mine.history.undo(impact=shown.impact) == shown
        assert await content(mine) == before
        assert (mine.history.to_undo, mine.history.to_redo) == (None, TITLES.get(name, name))
        shown = await mine.history.impact_of_redo()
        assert await mine.history.redo(impact=shown.impact) == shown
        assert await content(mine) == after
        assert (mine.history.to_undo, mine.history.to_redo) == (TITLES.get(name, name), None)


async def test_many_changes_of_the_same_rows_all_the_way_back_and_forth(mine: Catalog) -> None:
    states = [await content(mine)]
    for name in (
        "turned a off",
        "changed the lines of m",
        "made n the default",
        "renamed m to x",
        "changed the key of a",
    ):
        await WRITES[name](mine)
        states.append(await content(mine))
    await mine.models.delete("n")
    states.append(await content(mine))
    for _ in range(2):
        for state in reversed(states[:-1]):
            await mine.history.undo()
            assert await content(mine) == state
        for state in states[1:]:
            await mine.history.redo()
            assert await content(mine) == state


async def test_the_impact_says_where_requests_land(mine: Catalog) -> None:
    await switch(mine, "a", on=False)
    done = await mine.history.undo()
    assert done.subject == "a"
    assert {model.name: (model.winner_before, model.winner_after) for model in done.impact.models} == {
        "m": ("b", "a"),
        "n": (None, "a"),
    }
    again = await mine.history.impact_of_redo()
    assert [model.name for model in again.impact.dark] == ["n"]
    await add_model(mine, "new", "b")
    added = await mine.history.impact_of_undo()
    assert [model.name for model in added.impact.deleted] == ["new"]
    await mine.models.delete("m")
    back = (await mine.history.impact_of_undo()).impact
    assert (back.default_before, back.default_after) == ("n", "m")
    assert [(model.name, model.turned_on, model.winner_after) for model in back.models] == [("m", True, "a")]


async def test_versions_rise_and_the_rows_say_who_undid(mine: Catalog) -> None:
    before = await mine.models.get("m")
    await mine.models.move("m", "b", 0)
    await mine.history.undo()
    row = await mine.models.get("m")
    assert (row.version, order(row), row.updated_by) == (before.version + 2, ["a", "b"], "alice")


async def test_without_anything_to_undo_or_redo_it_says_so(mine: Catalog) -> None:
    for call in (mine.history.undo, mine.history.impact_of_undo):
        with pytest.raises(CannotUndo, match=r"^nothing of yours to undo in this session$") as raised:
            await call()
        assert raised.value.change is None
    with pytest.raises(CannotUndo, match=r"^nothing of yours to redo in this session$"):
        await mine.history.redo()


async def test_a_new_change_takes_away_what_could_be_redone(mine: Catalog) -> None:
    await switch(mine, "a", on=False)
    await mine.history.undo()
    await switch(mine, "b", on=False)
    assert (mine.history.to_undo, mine.history.to_redo) == ("turned b off", None)


async def test_a_write_that_changes_nothing_is_not_remembered(mine: Catalog) -> None:
    await switch(mine, "a", on=True)
    await mine.models.move("m", "a", 0)
    with pytest.raises(StaleVersion):
        await mine.models.update("m", ModelUpdate(context_limit=9), version=99)
    assert mine.history.to_undo is None


# What stands against it


OTHERS: list[tuple[str, Write, str]] = [
    ("turned a off", lambda c: c.providers.update("a", ProviderUpdate(name="z")), "bob changed z"),
    ("turned a off", lambda c: c.providers.delete("a"), "somebody deleted a"),
    ("changed the lines of m", lambda c: c.models.move("m", "b", 0), "bob changed m"),
    ("turned n off", lambda c: c.models.delete("n"), "bob deleted n"),
    ("deleted 2 models", lambda c: c.models.restore("n"), "bob changed n"),
    ("changed the lines of 2 models", bulk(DetachProvider, "m", "n", provider="c"), "bob changed m and 1 more"),
]


@pytest.mark.parametrize(("write", "between", "who"), OTHERS)
async def test_a_change_by_somebody_else_in_between_is_never_undone(
    mine: Catalog, other: Catalog, write: str, between: Write, who: str
) -> None:
    await WRITES[write](mine)
    await between(other)
    state = await stored_state(mine)
    for call in (mine.history.impact_of_undo, mine.history.undo):
        with pytest.raises(CannotUndo) as raised:
            await call()
        assert raised.value.message == f"not undone: {write}; {who} meanwhile, so it stays as it is"
        assert raised.value.change == write
    assert await stored_state(mine) == state
    assert mine.history.to_undo == write
    assert mine.history.was_refused


async def test_what_was_refused_can_be_left_for_what_came_before_it(mine: Catalog, other: Catalog) -> None:
    await switch(mine, "b", on=False)
    await switch(mine, "a", on=False)
    await switch(other, "a", on=True)
    assert not mine.history.was_refused
    with pytest.raises(CannotUndo):
        await mine.history.undo()
    assert mine.history.was_refused
    mine.history.skip()
    assert not mine.history.was_refused
    assert (await mine.history.undo()).title == "turned b off"


async def test_somebody_elses_change_between_two_of_mine_keeps_the_earlier_one(mine: Catalog, other: Catalog) -> None:
    await switch(mine, "a", on=False)
    await other.providers.update("a", ProviderUpdate(name="z"))
    await mine.providers.update("z", ProviderUpdate(base_url="https://x.example"))
    assert (await mine.history.undo()).title == "edited z"
    with pytest.raises(CannotUndo, match="not undone: turned a off; alice changed z meanwhile"):
        await mine.history.undo()


async def test_redoing_is_refused_as_undoing_is(mine: Catalog, other: Catalog) -> None:
    await switch(mine, "a", on=False)
    await mine.history.undo()
    await other.providers.update("a", ProviderUpdate(base_url="https://x.example"))
    with pytest.raises(CannotUndo, match="not done again: turned a off; bob changed a meanwhile"):
        await mine.history.redo()
    assert mine.history.to_redo == "turned a off"


async def test_a_deleted_provider_does_not_come_back(mine: Catalog) -> None:
    await mine.providers.delete("b")
    with pytest.raises(CannotUndo, match=r"^not undone: deleted b; its key is gone too: add it again by hand$"):
        await mine.history.undo()
    await bulk(DeleteProviders, "a", "c")(mine)
    with pytest.raises(CannotUndo, match=r"^not undone: deleted 2 providers; their keys are gone too: add them again"):
        await mine.history.undo()


@pytest.mark.parametrize("replacement", [StoredKey("sk-new"), EnvKey("KEY"), None])
async def test_a_stored_key_that_was_replaced_or_cleared_does_not_come_back(mine: Catalog, replacement: Any) -> None:
    await mine.providers.update("a", ProviderUpdate(credential=StoredKey("sk-old")))
    await mine.providers.update("a", ProviderUpdate(credential=replacement))
    with pytest.raises(CannotUndo, match=r"^not undone: changed the key of a; the key that a had isn't kept: give it"):
        await mine.history.undo()


async def test_a_stored_key_that_took_the_place_of_another_credential_goes_and_it_says_so(mine: Catalog) -> None:
    await switch(mine, "a", on=False)
    before = await content(mine)
    await mine.providers.update("a", ProviderUpdate(credential=StoredKey("sk-new")))
    assert (await mine.history.impact_of_undo()).lost == "the stored key of a is deleted"
    await mine.history.undo()
    assert await content(mine) == before
    with pytest.raises(CannotUndo, match="not done again: changed the key of a; the key that a had isn't kept"):
        await mine.history.redo()
    assert (await mine.history.undo()).title == "turned a off"


async def test_no_key_is_kept_for_undoing(mine: Catalog) -> None:
    await mine.providers.update("a", ProviderUpdate(credential=StoredKey("sk-secret")))
    await mine.providers.update("a", ProviderUpdate(credential=StoredKey("sk-other")))
    ((token,),) = await query(mine, "SELECT api_key_token FROM provider_config WHERE name = 'a'")
    past = mine._workspace.past
    assert past is not None
    assert token not in repr([entry.steps for entry in past.done])
    assert "sk-" not in repr([entry.steps for entry in past.done])


async def test_an_added_model_is_deleted_again_and_can_be_restored(mine: Catalog) -> None:
    await mine.models.set_default(None)
    await add_model(mine, "new", "b", "a", upstream_models={"b": "own"})
    after = await content(mine)
    assert mine.history.to_undo == "added model new"
    for _ in range(2):
        await mine.history.undo()
        row = next(row for row in await mine.models.list(include_deleted=True) if row.name == "new")
        assert row.deleted_at is not None
        assert await default_of(mine) is None
        await mine.history.redo()
        assert await content(mine) == after
        assert await default_of(mine) == "new"


async def test_an_added_provider_is_deleted_again(mine: Catalog) -> None:
    before = await content(mine)
    await add_provider(mine, "new", credential=StoredKey("sk-new"))
    assert mine.history.to_undo == "added provider new"
    assert (await mine.history.impact_of_undo()).lost == "new is deleted, its stored key too"
    await mine.history.undo()
    assert await content(mine) == before
    with pytest.raises(CannotUndo, match="not done again: added provider new; its key is gone too"):
        await mine.history.redo()


async def test_an_added_provider_stays_while_models_use_it(mine: Catalog, other: Catalog) -> None:
    await add_provider(mine, "new")
    await other.models.attach("n", "new")
    with pytest.raises(CannotUndo, match="1 model uses it by now; take it out of their lists first"):
        await mine.history.undo()
    await other.models.delete("n")
    await mine.history.undo()
    assert [row.name for row in await mine.providers.list()] == ["a", "b", "c"]
    gone = next(row for row in await mine.models.list(include_deleted=True) if row.name == "n")
    assert order(gone) == ["a"]


async def test_a_name_that_was_taken_meanwhile_keeps_a_row_from_coming_back(mine: Catalog, other: Catalog) -> None:
    await mine.providers.update("a", ProviderUpdate(name="z"))
    await add_provider(other, "A")
    with pytest.raises(CannotUndo, match="another provider is named A by now; rename that one first"):
        await mine.history.undo()
    await mine.models.delete("n")
    await add_model(other, "N", "b")
    with pytest.raises(CannotUndo, match="another model is named N by now; rename that one first"):
        await mine.history.undo()
    await other.models.update("N", ModelUpdate(name="other"))
    await mine.history.undo()
    assert order(await mine.models.get("n")) == ["z"]


async def test_a_list_whose_provider_was_deleted_meanwhile_stays(mine: Catalog, other: Catalog) -> None:
    await mine.models.detach("m", "b")
    await other.providers.delete("b")
    with pytest.raises(CannotUndo, match="a provider that was in the list of m is deleted"):
        await mine.history.undo()
    assert order(await mine.models.get("m")) == ["a"]


async def test_there_is_never_a_second_default(mine: Catalog, other: Catalog) -> None:
    await mine.models.set_default(None)
    await other.models.set_default("n")
    with pytest.raises(CannotUndo, match="n is the default model by now, by bob"):
        await mine.history.undo()
    assert await default_of(mine) == "n"


async def test_a_deleted_model_comes_back_without_its_mark_where_another_has_it(mine: Catalog, other: Catalog) -> None:
    await mine.models.delete("n")
    await mine.models.delete("m")
    assert await default_of(mine) is None
    await other.models.restore("gone")
    assert await default_of(mine) == "gone"
    await mine.history.undo()
    assert await default_of(mine) == "gone"
    assert (await mine.models.get("m")).enabled
    await mine.history.undo()
    assert order(await mine.models.get("n")) == ["a"]


async def test_the_impact_that_was_shown_must_still_hold(mine: Catalog, other: Catalog) -> None:
    await switch(mine, "a", on=False)
    shown = await mine.history.impact_of_undo()
    await other.models.move("m", "b", 0)
    with pytest.raises(StaleVersion) as raised:
        await mine.history.undo(impact=shown.impact)
    now = await mine.history.impact_of_undo()
    assert raised.value.impact == now.impact != shown.impact
    await mine.history.undo(impact=now.impact)
    assert (await mine.providers.get("a")).enabled


# How much it costs


async def test_all_of_it_is_undone_or_nothing(mine: Catalog) -> None:
    await WRITES["changed the lines of 2 models"](mine)
    await refuse(mine, "UPDATE", "model_config", "NEW.name = 'n'")
    state = await stored_state(mine)
    with pytest.raises(Exception, match="no"):
        await mine.history.undo()
    assert await stored_state(mine) == state
    await allow(mine, "UPDATE", "model_config")
    await mine.history.undo()
    assert order(await mine.models.get("n")) == ["a"]


async def test_only_the_last_hundred_changes_are_kept(mine: Catalog) -> None:
    for number in range(history.ENTRIES_KEPT + 5):
        await mine.models.update("n", ModelUpdate(context_limit=1000 + number))
    for _ in range(history.ENTRIES_KEPT):
        await mine.history.undo()
    assert mine.history.to_undo is None
    assert (await mine.models.get("n")).context_limit == 1004


def test_rows_are_bounded_too_but_the_last_change_is_always_kept() -> None:
    past = history.Past(rows=3)
    steps = {UUID(int=number): history.Step("model", "m", 1, 2, {}) for number in range(5)}
    past.add(history.Entry("small", dict(list(steps.items())[:2])))
    past.add(history.Entry("large", steps))
    assert [entry.title for entry in past.done] == ["large"]


@pytest.mark.parametrize("name", [*WRITES, *LISTS])
async def test_a_catalog_without_history_pays_nothing(store: Store, mine: Catalog, name: str) -> None:
    write = (WRITES | LISTS)[name]
    with counted_statements(mine) as remembering:
        await write(mine)
    await mine.history.undo()
    async with store.open() as plain:
        with counted_statements(plain) as counts:
            await write(plain)
        assert plain.history.to_undo is None
        with pytest.raises(CannotUndo, match="nothing of yours to undo"):
            await plain.history.undo()
    more = remembering - counts
    # One before each UPDATE of rows, however many they are; lines need none.
    assert set(more) == {"SELECT"}
    assert 1 <= more["SELECT"] <= counts["UPDATE"]


async def test_undoing_sends_as_many_statements_for_many_rows_as_for_few(mine: Catalog) -> None:
    for name in ("1", "2", "3", "4"):
        await add_model(mine, name, "a", "b")
    sent = []
    for names in (("1", "2"), ("1", "2", "3", "4")):
        await bulk(AttachProvider, *names, provider="c", at_top=True)(mine)
        with counted_statements(mine) as counts:
            await mine.history.undo()
        sent.append(counts)
    assert sent[0] == sent[1]
