"""Whatever is done to the lists, their places stay 0 to n-1 without a gap or a double, in the order asked for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modeltui import Catalog, CatalogError, ModelUpdate
from tests.services.builders import add_model, add_provider, add_providers, execute, stored_orders
from tests.services.stores import Store, Stores

PROVIDERS = "abcde"
MODELS = ("m", "n")

provider = st.sampled_from(PROVIDERS)
model = st.sampled_from(MODELS)
place = st.integers(0, 5)
step = st.one_of(
    st.tuples(st.just("attach"), model, provider, st.none() | place),
    st.tuples(st.just("detach"), model, provider),
    st.tuples(st.just("move"), model, provider, place),
    st.tuples(st.just("replace"), model, st.lists(provider, max_size=5)),
    st.tuples(st.just("delete model"), model),
    st.tuples(st.just("restore"), model),
    st.tuples(st.just("delete provider"), provider),
    st.tuples(st.just("add provider"), provider),
)


class Lists:
    """What the catalog should hold, worked out with plain lists."""

    def __init__(self) -> None:
        self.providers = set(PROVIDERS)
        self.lines: dict[str, list[str]] = {"m": list("abc"), "n": list("cb")}
        self.deleted: set[str] = set()

    def allows(self, action: str, *given: Any) -> bool:
        """Do a step if the rules allow it; say whether they do."""
        if action in ("delete provider", "add provider"):
            return self._change_providers(action, given[0])
        name, *rest = given
        lines = self.lines[name]
        if action == "restore":
            if name not in self.deleted or not lines:
                return False
            self.deleted.discard(name)
            return True
        if name in self.deleted:
            return False
        if action == "delete model":
            self.deleted.add(name)
            return True
        new = self._changed(action, lines, *rest)
        if not new or len(set(new)) < len(new) or not set(new) <= self.providers:
            return False
        self.lines[name] = new
        return True

    def _changed(self, action: str, lines: list[str], *given: Any) -> list[str]:
        """The list as it would be; an empty one stands for what is refused."""
        if action == "replace":
            return list(given[0])
        provider, *rest = given
        if action == "attach":
            at = len(lines) if rest[0] is None else rest[0]
            return [*lines[:at], provider, *lines[at:]] if at <= len(lines) else []
        if provider not in lines:
            return []
        others = [one for one in lines if one != provider]
        if action == "move":
            return [*others[: rest[0]], provider, *others[rest[0] :]] if rest[0] < len(lines) else []
        return others

    def _change_providers(self, action: str, name: str) -> bool:
        known = name in self.providers
        if action == "add provider":
            self.providers.add(name)
            return not known
        self.providers.discard(name)
        for model, lines in self.lines.items():
            if lines == [name]:
                self.deleted.add(model)
            self.lines[model] = [one for one in lines if one != name]
        return known


async def do(catalog: Catalog, ids: dict[str, Any], action: str, *given: Any) -> None:
    if action == "delete provider":
        await catalog.providers.delete(given[0])
    elif action == "add provider":
        await add_provider(catalog, given[0])
    elif action == "attach":
        await catalog.models.attach(ids[given[0]], given[1], given[2])
    elif action == "detach":
        await catalog.models.detach(ids[given[0]], given[1])
    elif action == "move":
        await catalog.models.move(ids[given[0]], given[1], given[2])
    elif action == "replace":
        await catalog.models.update(ids[given[0]], ModelUpdate(provider_config_ids=given[1]))
    elif action == "delete model":
        await catalog.models.delete(ids[given[0]])
    else:
        await catalog.models.restore(ids[given[0]])


async def play(store: Store, steps: list[tuple[Any, ...]]) -> None:
    expected = Lists()
    async with store.open() as catalog:
        for name in PROVIDERS:
            await add_provider(catalog, name)
        ids = {name: (await add_model(catalog, name, *lines)).id for name, lines in expected.lines.items()}
        for one in steps:
            if expected.allows(*one):
                await do(catalog, ids, *one)
            else:
                with pytest.raises(CatalogError):
                    await do(catalog, ids, *one)
            stored = await stored_orders(catalog)
            assert stored == {name: list(enumerate(lines)) for name, lines in expected.lines.items() if lines}, one
        rows = {row.name: row for row in await catalog.models.list(include_deleted=True)}
        assert {name for name, row in rows.items() if row.deleted_at is not None} == expected.deleted


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(step, min_size=1, max_size=12))
def test_any_sequence_of_changes_keeps_every_list_whole(stores: Stores, steps: list[tuple[Any, ...]]) -> None:
    asyncio.run(play(stores.made(), steps))


async def test_the_database_itself_refuses_doubles(catalog: Catalog) -> None:
    await add_providers(catalog, "a", "b")
    await add_model(catalog, "m", "a", "b")
    for statement in (
        "UPDATE attachment SET priority = 0",
        "INSERT INTO attachment SELECT model_config_id, provider_config_id, 7, NULL, created_at, updated_at"
        " FROM attachment",
        "DELETE FROM provider_config",
    ):
        with pytest.raises(CatalogError, match="nothing was written"):
            await execute(catalog, statement)
    assert await stored_orders(catalog) == {"m": [(0, "a"), (1, "b")]}
