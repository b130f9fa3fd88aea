"""Rule 11: what a change would do is said before it, and a change whose impact no longer holds is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from modeltui import (
    AlreadyExists,
    Catalog,
    DefaultModelDisabled,
    EnvKey,
    FileKey,
    Impact,
    ModelUpdate,
    NoProviders,
    NotFound,
    ProviderUpdate,
    StaleVersion,
    StoredKey,
)
from tests.services.builders import add_model, add_provider, add_providers, order, stored_state, switch
from tests.services.stores import Store

OFF, ON = ProviderUpdate(enabled=False), ProviderUpdate(enabled=True)


def seen(impact: Impact) -> dict[str, tuple[str | None, str | None, str]]:
    words = {(False, False): "", (True, False): "dark", (False, True): "deleted"}
    return {row.name: (row.winner_before, row.winner_after, words[row.goes_dark, row.deleted]) for row in impact.models}


@pytest.fixture
async def ab(catalog: Catalog) -> Catalog:
    """A catalog with providers a and b, and models that lie on them in different ways."""
    await add_providers(catalog, *"ab")
    for name, providers in {"ab": "ab", "ba": "ba", "a": "a", "b": "b", "off": "ab"}.items():
        await add_model(catalog, name, *providers, enabled=name != "off")
    await add_model(catalog, "deleted", "a")
    await catalog.models.delete("deleted")
    return catalog


async def test_turning_a_provider_off_and_on(ab: Catalog) -> None:
    shown = await ab.providers.impact_of_disabling("A")
    assert seen(shown) == {
        "a": ("a", None, "dark"),
        "ab": ("a", "b", ""),
        "ba": ("b", "b", ""),
        "off": ("a", "b", ""),
    }
    assert (shown.default_before, shown.default_after) == ("ab", "ab")
    assert shown.destinations == {"b": 1}
    await ab.providers.update("a", OFF, impact=shown)
    after = {row.name: row.winner for row in await ab.models.list()}
    assert {row.name: row.winner_after for row in shown.models} == {name: after[name] for name in seen(shown)}
    back = await ab.providers.impact_of_enabling("a")
    assert seen(back) == {"a": (None, "a", ""), "ab": ("b", "a", ""), "ba": ("b", "b", ""), "off": ("b", "a", "")}
    await ab.providers.update("a", ON, impact=back)


async def test_clearing_a_key_does_what_turning_off_does(ab: Catalog) -> None:
    shown = await ab.providers.impact_of_clearing_key("a")
    assert shown == await ab.providers.impact_of_disabling("a")
    await ab.providers.update("a", ProviderUpdate(credential=None), impact=shown)
    assert (await ab.models.get("a")).state == "dark"


@pytest.mark.parametrize(
    ("changes", "harmless"),
    [
        ({"base_url": "https://x.example"}, True),
        ({"credential": StoredKey("sk")}, True),
        ({"credential": EnvKey("KEY")}, True),
        ({"credential": EnvKey("NOT_SET_HERE")}, False),
        ({"credential": StoredKey("sk"), "enabled": False}, False),
        ({"credential": None, "enabled": True}, False),
    ],
)
async def test_any_mix_of_a_providers_fields(ab: Catalog, changes: dict[str, Any], harmless: bool) -> None:
    shown = await ab.providers.impact_of_updating("a", ProviderUpdate(**changes))
    assert shown.harmless == harmless
    await ab.providers.update("a", ProviderUpdate(**changes), impact=shown)
    winners = {row.name: row.winner for row in await ab.models.list()}
    assert {row.name: row.winner_after for row in shown.models} == {name: winners[name] for name in seen(shown)}


@pytest.mark.parametrize("credential", [StoredKey("sk"), FileKey("/nowhere/key"), None], ids=["stored", "file", "none"])
async def test_a_providers_key_is_judged_as_resolution_would(catalog: Catalog, credential: Any) -> None:
    await add_provider(catalog, "a", credential=credential, enabled=False)
    await add_model(catalog, "m", "a")
    shown = await catalog.providers.impact_of_enabling("a")
    assert seen(shown) == {"m": (None, "a" if isinstance(credential, StoredKey) else None, "")}
    await catalog.providers.update("a", ON, impact=shown)


async def test_a_new_name_moves_no_traffic(ab: Catalog) -> None:
    renamed = ProviderUpdate(name="new")
    shown = await ab.providers.impact_of_updating("a", renamed)
    assert shown.harmless
    assert (await ab.providers.update("a", renamed, impact=shown)).name == "new"


async def test_looking_makes_no_secret_key_and_writes_nothing(ab: Catalog, store: Store, tmp_path: Any) -> None:
    del store.environ["MODELTUI_SECRET_KEY"]
    before = await stored_state(ab)
    await ab.providers.impact_of_updating("a", ProviderUpdate(credential=StoredKey("sk")))
    await ab.providers.impact_of_deleting("a")
    assert await stored_state(ab) == before
    assert not list(tmp_path.rglob("secret.key"))


async def test_turning_a_model_off_and_deleting_it(ab: Catalog) -> None:
    shown = await ab.models.impact_of_disabling("ba")
    assert seen(shown) == {"ba": ("b", None, "")}
    row = await ab.models.update("ba", ModelUpdate(enabled=False), impact=shown)
    assert row.state == "off"
    assert seen(await ab.models.impact_of_deleting("ba")) == {"ba": ("b", None, "deleted")}
    shown = await ab.models.impact_of_deleting("ab")
    assert (shown.default_before, shown.default_after) == ("ab", "a")
    assert await ab.models.delete("ab", impact=shown) == shown


async def test_turning_a_model_on(ab: Catalog) -> None:
    shown = await ab.models.impact_of_updating("off", ModelUpdate(enabled=True))
    assert seen(shown) == {"off": (None, "a", "")}
    assert not shown.harmless
    assert (shown.default_before, shown.default_after) == ("ab", "ab")
    row = await ab.models.update("off", ModelUpdate(enabled=True), impact=shown)
    assert row.winner == "a"


async def test_turning_a_model_on_says_that_it_becomes_the_default(ab: Catalog) -> None:
    """Where there is none; one that is on already doesn't."""
    shown = await ab.models.impact_of_updating("off", ModelUpdate(enabled=True))
    await ab.models.set_default(None)
    with pytest.raises(StaleVersion) as raised:
        await ab.models.update("off", ModelUpdate(enabled=True), impact=shown)
    shown = await ab.models.impact_of_updating("off", ModelUpdate(enabled=True))
    assert raised.value.impact == shown
    assert (shown.default_before, shown.default_after) == (None, "off")
    already = await ab.models.impact_of_updating("ba", ModelUpdate(enabled=True))
    assert already.default_after is None
    assert (await ab.models.update("off", ModelUpdate(enabled=True), impact=shown)).is_default


@pytest.mark.parametrize("name", ["ba", "off"])
async def test_any_mix_of_a_models_fields(ab: Catalog, name: str) -> None:
    """What was shown is what is checked, of a model that is off already too."""
    await add_provider(ab, "c")
    changes = ModelUpdate(enabled=False, provider_config_ids=["c"], upstream_models={"c": "own"}, name="new")
    shown = await ab.models.impact_of_updating(name, changes)
    row = await ab.models.update(name, changes, impact=shown)
    assert (row.name, row.state, order(row)) == ("new", "off", ["c"])


async def test_the_impact_of_a_models_update_is_refused_as_the_update_is(ab: Catalog) -> None:
    with pytest.raises(DefaultModelDisabled):
        await ab.models.impact_of_updating("ab", ModelUpdate(enabled=False))
    with pytest.raises(AlreadyExists):
        await ab.models.impact_of_updating("ab", ModelUpdate(name="BA"))


@pytest.mark.parametrize(
    ("new", "winner"), [("ba", "b"), ("a", "a"), ("b", "b"), ("xab", "a"), ("cab", "c"), ("x", None), ("ab", "a")]
)
async def test_a_new_order_or_set_of_lines(ab: Catalog, new: str, winner: str | None) -> None:
    await add_provider(ab, "c")
    await add_provider(ab, "x", enabled=False)
    shown = await ab.models.impact_of_lines("ab", list(new.upper()))
    assert seen(shown) == {"ab": ("a", winner, "dark" if winner is None else "")}
    row = await ab.models.update("ab", ModelUpdate(provider_config_ids=list(new)), impact=shown)
    assert (order(row), row.winner) == (list(new), winner)


async def test_one_line_at_a_time(ab: Catalog) -> None:
    await add_provider(ab, "c", credential=None)
    row = await ab.models.get("ab")
    ids = {one.name: one.id for one in await ab.providers.list()}
    shown = await ab.models.impact_of_lines("ab", [ids["c"], ids["a"], ids["b"]])
    assert order(await ab.models.attach("ab", "c", 0, version=row.version, impact=shown)) == ["c", "a", "b"]
    shown = await ab.models.impact_of_lines("ab", ["c", "b", "a"])
    assert order(await ab.models.move("ab", "a", 2, impact=shown)) == ["c", "b", "a"]
    shown = await ab.models.impact_of_lines("ab", ["c", "a"])
    assert order(await ab.models.detach("ab", "b", impact=shown)) == ["c", "a"]


async def test_impacts_of_what_is_not_there(ab: Catalog) -> None:
    with pytest.raises(NotFound):
        await ab.providers.impact_of_deleting("nothing")
    with pytest.raises(NotFound):
        await ab.models.impact_of_lines("nothing", ["a"])
    with pytest.raises(NoProviders):
        await ab.models.impact_of_lines("ab", [])


Call = Callable[[Catalog, Impact], Awaitable[Any]]

CHANGED_MEANWHILE: dict[str, tuple[Callable[[Catalog], Awaitable[Impact]], Call]] = {
    "turn a provider off": (
        lambda c: c.providers.impact_of_disabling("a"),
        lambda c, impact: c.providers.update("a", OFF, impact=impact),
    ),
    "clear a key": (
        lambda c: c.providers.impact_of_clearing_key("a"),
        lambda c, impact: c.providers.update("a", ProviderUpdate(credential=None), impact=impact),
    ),
    "delete a provider": (
        lambda c: c.providers.impact_of_deleting("a"),
        lambda c, impact: c.providers.delete("a", impact=impact),
    ),
    "delete a model": (
        lambda c: c.models.impact_of_deleting("ba"),
        lambda c, impact: c.models.delete("ba", impact=impact),
    ),
    "turn a model off": (
        lambda c: c.models.impact_of_disabling("ba"),
        lambda c, impact: c.models.update("ba", ModelUpdate(enabled=False), impact=impact),
    ),
    "replace a list": (
        lambda c: c.models.impact_of_lines("ab", ["b"]),
        lambda c, impact: c.models.update("ab", ModelUpdate(provider_config_ids=["b"]), impact=impact),
    ),
    "detach": (
        lambda c: c.models.impact_of_lines("ab", ["b"]),
        lambda c, impact: c.models.detach("ab", "a", impact=impact),
    ),
    "move": (
        lambda c: c.models.impact_of_lines("ab", ["b", "a"]),
        lambda c, impact: c.models.move("ab", "b", 0, impact=impact),
    ),
    "attach": (
        lambda c: c.models.impact_of_lines("b", ["a", "b"]),
        lambda c, impact: c.models.attach("b", "a", 0, impact=impact),
    ),
}


@pytest.mark.parametrize(("look", "write"), CHANGED_MEANWHILE.values(), ids=CHANGED_MEANWHILE)
async def test_an_impact_that_no_longer_holds_stops_the_write_and_the_new_one_is_shown(
    ab: Catalog,
    other: Catalog,
    look: Callable[[Catalog], Awaitable[Impact]],
    write: Call,
) -> None:
    shown = await look(ab)
    await switch(other, "b", on=False)
    before = await stored_state(ab)
    with pytest.raises(StaleVersion) as raised:
        await write(ab, shown)
    assert await stored_state(ab) == before
    error = raised.value
    assert error.impact == await look(ab) != shown
    assert error.current.name in ("a", "ab", "ba", "b")
    assert "what it would do has changed" in error.message
    assert error.impact is not None
    await write(ab, error.impact)


async def test_a_key_that_went_away_meanwhile_changes_the_impact(catalog: Catalog, store: Store) -> None:
    store.environ["B_KEY"] = "sk"
    await add_provider(catalog, "a")
    await add_provider(catalog, "b", credential=EnvKey("B_KEY"))
    await add_model(catalog, "m", "a", "b")
    shown = await catalog.providers.impact_of_deleting("a")
    assert not shown.dark
    del store.environ["B_KEY"]
    with pytest.raises(StaleVersion) as raised:
        await catalog.providers.delete("a", impact=shown)
    assert raised.value.impact is not None
    assert [row.name for row in raised.value.impact.dark] == ["m"]


async def test_a_new_default_meanwhile_changes_the_impact(ab: Catalog) -> None:
    shown = await ab.models.impact_of_deleting("a")
    await ab.models.set_default("a")
    with pytest.raises(StaleVersion) as raised:
        await ab.models.delete("a", impact=shown)
    assert raised.value.impact is not None
    assert (raised.value.impact.default_before, raised.value.impact.default_after) == ("a", "ab")
