"""Answers that are kept between calls: bounded, for a short time, asked for once, and never older than a change.

Every invalidation has a number: of one model, or of the topology, which is that a provider changed or which name
means which model. A fetch remembers the number at which it began, and its answer is fresh only if nothing that it
depends on was invalidated since. One that is no longer fresh stays as the last known answer until the least
recently used go. While no feed reports the changes of other processes nothing counts as fresh, since nobody would
say when it ceases to be.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar
from uuid import UUID

from modeltui.errors import CatalogError, DatabaseUnavailable

LIMIT = 4096
"""Names kept. A gateway asks for some hundreds."""
UNKNOWN_LIMIT = 256
"""Names kept of those that mean no model, so that callers who make names up push out nobody else's."""
EVICTED_SHARE = 16
"""When there are too many, a sixteenth goes at once: finding the oldest means looking at all."""
LIFE_SECONDS = 10.0
LOOK_SECONDS = 2.0

K = TypeVar("K", bound=Hashable)
A = TypeVar("A")


class Entry(Generic[A]):
    """One answer, to be looked at again at `until` and fetched anew at `expires`; `used` is when it was last given."""

    __slots__ = ("answer", "began", "expires", "model", "until", "used")

    def __init__(self, answer: A, model: UUID | None, began: int, now: float) -> None:
        self.model = model
        self.began = began
        self.expires = now + LIFE_SECONDS
        self.used = now
        self.look(answer, now)

    def look(self, answer: A, now: float) -> None:
        """Takes the answer as variables and files are now."""
        self.answer = answer
        self.until = min(now + LOOK_SECONDS, self.expires)


class Flight(Generic[A]):
    """A fetch under way, and the moment at which it began."""

    __slots__ = ("began", "task")

    def __init__(self, task: asyncio.Task[A], began: int) -> None:
        self.task = task
        self.began = began


class Answers(Generic[K, A]):
    """The kept answers by the name that was asked for.

    `fetch` asks the store, `look` looks again at what lies outside of it (variables, files), `model_of` says
    which model an answer speaks of, None for a name that means none.
    """

    def __init__(
        self,
        fetch: Callable[[K], Awaitable[A]],
        look: Callable[[A], Awaitable[A]],
        model_of: Callable[[A], UUID | None],
        *,
        limit: int = LIMIT,
        unknown_limit: int = UNKNOWN_LIMIT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch, self._look, self._model_of = fetch, look, model_of
        self._limit, self._unknown_limit = limit, unknown_limit
        self.monotonic = monotonic
        self.entries: dict[K, Entry[A]] = {}
        self.fresh: dict[K, Entry[A]] = {}
        self.feed_is_live = False
        self._moment = 0
        self._topology_changed = 0
        self._model_changed: dict[UUID, int] = {}
        self._names: dict[UUID, set[K]] = {}
        # A dictionary, because it keeps the order and finds at once.
        self._unknown: dict[K, None] = {}
        self._flights: dict[K, Flight[A]] = {}
        self._running: set[asyncio.Task[A]] = set()
        self._closed = False

    # Asking

    def hit(self, name: K) -> A | None:
        """The kept answer, if it is fresh."""
        entry = self.fresh.get(name)
        if entry is None:
            return None
        now = self.monotonic()
        if now >= entry.until:
            return None
        entry.used = now
        return entry.answer

    async def get(self, name: K) -> A:
        """The answer, kept or fetched; of callers at the same time one asks the store for all. Raises as `fetch`."""
        kept = self.hit(name)
        if kept is not None:
            return kept
        while not self._closed:
            flight = self._flights.get(name)
            # Who comes after an invalidation must not get what was asked before it.
            if flight is None or flight.began != self._moment or flight.task.done():
                flight = self._start(name)
            try:
                return await asyncio.shield(flight.task)
            except CatalogError as error:
                # Each caller raises an error of its own: a shared one would collect everybody's traceback.
                raise _again(error) from None
            except asyncio.CancelledError:
                # When it is the fetch that was cancelled, not this caller, the caller asks anew.
                caller = asyncio.current_task()
                if not flight.task.cancelled() or (caller is not None and caller.cancelling()):
                    raise
        raise DatabaseUnavailable("the catalog is closed; open it again")

    def last_known(self, name: K) -> A | None:
        """The last answer to this name, however old, for when the store can't be asked."""
        entry = self.entries.get(name)
        return None if entry is None else entry.answer

    def _start(self, name: K) -> Flight[A]:
        task = asyncio.ensure_future(self._answer(name, self._moment))
        flight = self._flights[name] = Flight(task, self._moment)
        self._running.add(task)
        task.add_done_callback(lambda done: self._landed(name, flight, done))
        return flight

    async def _answer(self, name: K, began: int) -> A:
        entry, now = self.fresh.get(name), self.monotonic()
        if entry is not None and now < entry.expires:
            entry.used = now
            answer = await self._look(entry.answer)
            entry.look(answer, now)
            return answer
        answer = await self._fetch(name)
        self._keep(name, answer, began, now)
        return answer

    def _landed(self, name: K, flight: Flight[A], done: asyncio.Task[A]) -> None:
        if self._flights.get(name) is flight:
            del self._flights[name]
        self._running.discard(done)
        if not self._running:
            self._model_changed.clear()
        if not done.cancelled():
            # Looked at, so that nobody complains of an error that no waiter was left to see.
            done.exception()

    def _keep(self, name: K, answer: A, began: int, now: float) -> None:
        model = self._model_of(answer)
        changed = max(self._topology_changed, self._model_changed.get(model, 0) if model is not None else 0)
        fresh = self.feed_is_live and changed <= began
        known = self.entries.get(name)
        if not fresh and known is not None and known.began > began:
            return
        self._forget(name)
        entry = self.entries[name] = Entry(answer, model, began, now)
        if fresh:
            self.fresh[name] = entry
        if model is not None:
            self._names.setdefault(model, set()).add(name)
        else:
            self._unknown[name] = None
            if len(self._unknown) > self._unknown_limit:
                self._forget(next(iter(self._unknown)))
        if len(self.entries) > self._limit:
            oldest = sorted(self.entries, key=lambda name: self.entries[name].used)
            for one in oldest[: max(1, self._limit // EVICTED_SHARE)]:
                self._forget(one)

    def _forget(self, name: K) -> None:
        entry = self.entries.pop(name, None)
        self.fresh.pop(name, None)
        self._unknown.pop(name, None)
        if entry is not None and entry.model is not None:
            names = self._names[entry.model]
            names.discard(name)
            if not names:
                del self._names[entry.model]

    # Invalidation

    def invalidate_model(self, model: UUID) -> None:
        """A model or its lines changed, but not its name, its deletion or the default mark."""
        self._moment += 1
        if self._running:
            self._model_changed[model] = self._moment
        for name in self._names.get(model, ()):
            self.fresh.pop(name, None)

    def invalidate_topology(self) -> None:
        """A provider changed, or which name means which model."""
        self._moment += 1
        self._topology_changed = self._moment
        self.fresh.clear()

    def feed_up(self) -> None:
        """From now on the changes of other processes are reported."""
        self.invalidate_topology()
        self.feed_is_live = True

    def feed_down(self) -> None:
        """Changes of other processes may go unseen."""
        self.feed_is_live = False
        self.invalidate_topology()

    async def close(self) -> None:
        """Ends the fetches that are under way; who waits for one is told that the catalog is closed."""
        self._closed = True
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _again(error: CatalogError) -> CatalogError:
    """The same error as a new object."""
    new = type(error).__new__(type(error), *error.args)
    new.__dict__.update(error.__dict__)
    return new
