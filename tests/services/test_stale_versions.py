"""Rule 8: a write on a row that was changed meanwhile is refused, and shows the row as it now stands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from modeltui import Catalog, ModelDeleted, ModelUpdate, NotFound, ProviderNotFound, ProviderUpdate, StaleVersion
from tests.services.builders import add_model, add_providers, order, stored_state

Write = Callable[[Catalog, int | None], Awaitable[Any]]

MODEL_WRITES: dict[str, Write] = {
    "update": lambda c, v: c.models.update("m", ModelUpdate(context_limit=7), version=v),
    "update the list": lambda c, v: c.models.update("m", ModelUpdate(provider_config_ids=["b"]), version=v),
    "attach": lambda c, v: c.models.attach("m", "x", version=v),
    "detach": lambda c, v: c.models.detach("m", "a", version=v),
    "move": lambda c, v: c.models.move("m", "a", 1, version=v),
    "own id": lambda c, v: c.models.set_upstream_model("m", "a", "own", version=v),
    "default": lambda c, v: c.models.set_default("m", version=v),
    "delete": lambda c, v: c.models.delete("m", version=v),
}
PROVIDER_WRITES: dict[str, Write] = {
    "update": lambda c, v: c.providers.update("a", ProviderUpdate(base_url="https://x.example"), version=v),
    "turn off": lambda c, v: c.providers.update("a", ProviderUpdate(enabled=False), version=v),
    "delete": lambda c, v: c.providers.delete("a", version=v),
}
MODEL_CHANGES: dict[str, Callable[[Catalog], Awaitable[Any]]] = {
    "a field": lambda c: c.models.update("m", ModelUpdate(compression_threshold=5)),
    "the list": lambda c: c.models.move("m", "b", 0),
    "an own id": lambda c: c.models.set_upstream_model("m", "b", "own-b"),
    "a provider's deletion": lambda c: c.providers.delete("c"),
    "the mark": lambda c: c.models.set_default("first"),
}


@pytest.fixture
async def ready(catalog: Catalog) -> Catalog:
    """A catalog with the models `first` and `m`, the default, which has version 1."""
    await add_providers(catalog, *"abcx")
    await add_model(catalog, "first", "a")
    await add_model(catalog, "m", *"abc", is_default=True)
    return catalog


@pytest.mark.parametrize("write", MODEL_WRITES.values(), ids=MODEL_WRITES)
@pytest.mark.parametrize("change", MODEL_CHANGES.values(), ids=MODEL_CHANGES)
async def test_a_stale_write_on_a_model_is_refused(
    ready: Catalog, other: Catalog, write: Write, change: Callable[[Catalog], Awaitable[Any]]
) -> None:
    await change(other)
    before = await stored_state(ready)
    with pytest.raises(StaleVersion) as raised:
        await write(ready, 1)
    assert await stored_state(ready) == before
    error = raised.value
    assert (error.kind, error.current_version, error.impact) == ("model", 2, None)
    assert error.current == await ready.models.get("m")
    assert "bob changed it meanwhile" in error.message
    await write(ready, error.current_version)


@pytest.mark.parametrize("write", PROVIDER_WRITES.values(), ids=PROVIDER_WRITES)
async def test_a_stale_write_on_a_provider_is_refused(ready: Catalog, other: Catalog, write: Write) -> None:
    await other.providers.update("a", ProviderUpdate(base_url="https://theirs.example"))
    before = await stored_state(ready)
    with pytest.raises(StaleVersion) as raised:
        await write(ready, 1)
    assert await stored_state(ready) == before
    assert (raised.value.kind, raised.value.current_version) == ("provider", 2)
    assert raised.value.current == await ready.providers.get("a")
    await write(ready, 2)


@pytest.mark.parametrize("write", [*MODEL_WRITES.values(), *PROVIDER_WRITES.values()])
async def test_without_a_version_there_is_no_check(ready: Catalog, other: Catalog, write: Write) -> None:
    await other.models.update("m", ModelUpdate(compression_threshold=5))
    await other.providers.update("a", ProviderUpdate(base_url="https://theirs.example"))
    await write(ready, None)


async def test_a_providers_lines_do_not_change_the_provider(ready: Catalog) -> None:
    await ready.models.attach("m", "x")
    await ready.models.detach("m", "a")
    assert [row.version for row in await ready.providers.list()] == [1, 1, 1, 1]


async def test_a_providers_own_changes_do_not_change_its_models(ready: Catalog) -> None:
    await ready.providers.update("a", ProviderUpdate(enabled=False, name="new"))
    assert [row.version for row in await ready.models.list()] == [2, 1]


async def test_what_was_deleted_meanwhile_is_told_as_such(ready: Catalog, other: Catalog) -> None:
    row = await ready.models.get("m")
    await other.providers.delete("c")
    with pytest.raises(ProviderNotFound) as raised:
        await ready.models.update(row.id, ModelUpdate(provider_config_ids=["c", "a"]))
    assert raised.value.provider == "c"
    await other.models.delete("m")
    with pytest.raises(ModelDeleted):
        await ready.models.update(row.id, ModelUpdate(context_limit=7), version=1)
    with pytest.raises(NotFound):
        await ready.providers.update("c", ProviderUpdate(enabled=False), version=1)


async def test_of_writers_that_loaded_the_same_version_one_wins(ready: Catalog, other: Catalog) -> None:
    orders = ["bca", "cab", "cba", "acb", "bac", "xab"]
    answers = await asyncio.gather(
        *(
            one.models.update("m", ModelUpdate(provider_config_ids=list(new)), version=1)
            for one, new in zip([ready, other] * 3, orders, strict=True)
        ),
        return_exceptions=True,
    )
    saved = [answer for answer in answers if not isinstance(answer, BaseException)]
    assert len(saved) == 1
    assert all(isinstance(answer, StaleVersion) for answer in answers if isinstance(answer, BaseException))
    row = await ready.models.get("m")
    assert (row.version, order(row)) == (2, order(saved[0]))
