"""Whatever is done, by this process or another one, kept answers are those of the store."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modeltui import CatalogError, EnvKey, ModelUpdate, ProviderUpdate, StoredKey
from tests.services.builders import add_model, add_provider, add_providers, caught_up, counted_statements
from tests.services.hearing import told_all, uncached
from tests.services.stores import Store, Stores

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


async def play(store: Store, steps: list[tuple[bool, tuple[Any, ...]]]) -> None:
    async with store.open() as cached, store.open(actor="bob") as other, uncached(store) as truth:
        await cached._workspace.feed.ready()
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
    stores: Stores, steps: list[tuple[bool, tuple[Any, ...]]]
) -> None:
    asyncio.run(play(stores.made(), steps))
