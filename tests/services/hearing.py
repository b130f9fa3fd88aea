"""What a catalog hears of changes, and what it answers after them, in a form that tests can compare."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from modeltui import Catalog, CatalogChange, CatalogError, LineVerdict
from modeltui.services.catalog import open_settled
from modeltui.services.feed import Changes
from modeltui.settings import load_settings
from tests.services.builders import caught_up, eventually, query
from tests.services.children import Child
from tests.services.stores import Store

Heard = list[tuple[str, str, str]]
Told = tuple[Any, Any, Any]

RESYNCED: Heard = [("resync", "", "")]
NAMES = ("m", "M", "n", "gone", "x", "nobody", None)


async def heard(catalog: Catalog, changes: Changes) -> Heard:
    """Read all that is reported until now, with names for ids, sorted by kind and name."""
    await caught_up(catalog)
    found = []
    while changes._queue:
        found.append(await anext(changes))
    return await named(catalog, found)


async def named(catalog: Catalog, found: list[CatalogChange]) -> Heard:
    """Put the rows' names in the place of their ids, in order of kind and name."""
    rows = await query(catalog, "SELECT id, name FROM provider_config UNION SELECT id, name FROM model_config")
    names = {UUID(str(row.id)): row.name for row in rows}
    return sorted(
        (change.kind, names.get(change.id, "gone") if change.id is not None else "", change.action or "")
        for change in found
    )


async def killed_unheard(child: Child, catalog: Catalog, changes: Changes) -> None:
    """Kill a writer that waits inside its transaction: nothing is reported of it, and all that comes after is."""
    await asyncio.to_thread(child.wait_until_ready)
    await caught_up(catalog)
    await asyncio.to_thread(child.kill)
    assert await heard(catalog, changes) == []
    await catalog.models.move("m", "b", 0)
    assert await heard(catalog, changes) == [("model", "m", "updated")]


async def collected(changes: Changes) -> list[CatalogChange]:
    """Read until the end."""
    return [change async for change in changes]


async def told(catalog: Catalog, name: Any) -> Told:
    """Ask in all three ways; the time of an answer is left out: that is all that may differ."""

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
    """Ask for each of several names."""
    return [await told(catalog, name) for name in names]


@asynccontextmanager
async def uncached(store: Store) -> AsyncIterator[Catalog]:
    """Open the same store so that it is asked anew for every answer."""
    environ = store.environ | {"MODELTUI_DATABASE_URL": store.url}
    async with open_settled(load_settings(environ=environ), environ=environ, keep_answers=False) as catalog:
        yield catalog


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

    async def reached(self) -> None:
        """Wait until a fetch has read the store."""

        async def has_read() -> bool:
            return self.read > 0

        await eventually(has_read, "the fetch standing at the gate")

    def open_for_new(self) -> None:
        """Let those pass that come from now on."""
        self._answers._fetch = self._fetch

    def open(self) -> None:
        """Let all pass."""
        self.open_for_new()
        self._opened.set()
