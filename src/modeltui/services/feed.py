"""One background task per open catalog that hears of every commit, keeps the answers fresh and tells subscribers.

It starts with the first subscriber or with the first resolution, and ends with the catalog.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Protocol
from uuid import UUID
from weakref import WeakSet

from modeltui.db.feed import Down, Event, Signal, Watcher, kind_of
from modeltui.domain.changes import RESYNC, CatalogChange, ChangeKind
from modeltui.errors import CatalogError
from modeltui.log import logger

QUEUE_LIMIT = 1000
"""Changes that may wait for one subscriber; one that falls further behind had better read all again."""
RESTART_SECONDS = 1.0
FIRST_WORD_SECONDS = 1.0
"""How long the first callers wait for the store to be watched; after that they go on, and nothing is kept yet."""

ConnectionListener = Callable[[CatalogError | None], None]


class Kept(Protocol):
    """What is kept fresh."""

    def feed_up(self) -> None:
        """From now on every change is reported."""

    def feed_down(self) -> None:
        """Changes may go unseen."""

    def invalidate_model(self, model: UUID) -> None:
        """A model or its lines changed."""

    def invalidate_topology(self) -> None:
        """A provider changed, or which name means which model."""


class Changes(AsyncIterator[CatalogChange]):
    """The changes since it was made, for one reader; it ends when the catalog is closed."""

    def __init__(self, limit: int = QUEUE_LIMIT) -> None:
        self._limit = limit
        self._queue: deque[CatalogChange] = deque()
        self._arrived = asyncio.Event()
        self._ended = False

    def __aiter__(self) -> Changes:
        return self

    async def __anext__(self) -> CatalogChange:
        while not self._queue:
            if self._ended:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return self._queue.popleft()

    async def aclose(self) -> None:
        """Ends the iteration; what was not read yet is dropped."""
        self._queue.clear()
        self.end()

    def put(self, change: CatalogChange) -> None:
        """Hands a change over. Where too many wait, or all is to be read again, a resync stands for them."""
        if self._ended or (self._queue and self._queue[-1] == RESYNC):
            return
        if change == RESYNC or len(self._queue) >= self._limit:
            self._queue.clear()
            change = RESYNC
        self._queue.append(change)
        self._arrived.set()

    def end(self) -> None:
        """Lets the reader end after what it has been given."""
        self._ended = True
        self._arrived.set()


class Feed:
    """The changes of one store, for the answers of this process and for any number of subscribers."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._kept: list[Kept] = []
        self._task: asyncio.Task[None] | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._live = False
        self._settled = asyncio.Event()
        self._closed = False
        # An iterator that nobody reads any more needs no goodbye.
        self._subscribers: WeakSet[Changes] = WeakSet()
        self._listeners: list[ConnectionListener] = []
        self.trouble: CatalogError | None = None

    def keep_fresh(self, kept: Kept) -> None:
        """Tells what is kept of every change from now on; before the start only."""
        self._kept.append(kept)

    def start(self) -> None:
        """Begins to watch, unless it has begun."""
        if self._task is None and not self._closed:
            if self._watcher.begin():
                self._up()
            self._task = asyncio.create_task(self._run(), name="modeltui change feed")
            self._patience = asyncio.get_running_loop().call_later(FIRST_WORD_SECONDS, self._settled.set)

    def subscribe(self) -> Changes:
        """Every change from this call on; where that can't be told yet, a resync comes first."""
        self.start()
        changes = Changes()
        self._subscribers.add(changes)
        if self._closed:
            changes.end()
        return changes

    def listen(self, listener: ConnectionListener) -> None:
        """Calls back with the error when changes can't be seen any more or for another reason, else with None.

        What a listener raises is logged and goes no further.
        """
        self._listeners.append(listener)

    async def ready(self) -> None:
        """Starts, and waits for a moment until changes are reported; once they are, a reading may be kept."""
        self.start()
        if not self._live:
            await self._settled.wait()

    async def before_write(self) -> None:
        """Waits for a feed that has just begun: until it knows the rows it can't tell what the write changes."""
        if self._task is not None:
            await self._settled.wait()

    async def after_write(self) -> None:
        """Lets answers and subscribers know of this process's own write before the writer goes on."""
        told = False
        try:
            told = self._task is not None and not self._closed and await self._caught_up(self._task)
        finally:
            if not (told and self._live):
                # Nobody has told of the write; without this, who asks now could join a fetch that began before it.
                self._invalidate((), topology=True)

    async def _caught_up(self, task: asyncio.Task[None]) -> bool:
        """Whether all that was committed until now has been dealt with, or the watcher knows that it can't be."""
        catching_up = asyncio.ensure_future(self._watcher.catch_up())
        try:
            await asyncio.wait((catching_up, task), return_when=asyncio.FIRST_COMPLETED)
            if not catching_up.done():
                return False
            if (error := catching_up.exception()) is not None:
                logger.error("the change feed could not catch up", exc_info=error)
            return error is None
        finally:
            catching_up.cancel()

    async def close(self) -> None:
        """Ends the task and every subscription."""
        self._closed = True
        if self._patience is not None:
            self._patience.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
            await self._watcher.close()
        self._down()
        self._settled.set()
        for changes in list(self._subscribers):
            changes.end()

    async def _run(self) -> None:
        while True:
            try:
                async with aclosing(self._watcher.watch()) as events:
                    async for event in events:
                        self._take(event)
            except Exception as error:
                # Whatever it was, nobody would notice that changes have ceased to come.
                logger.exception("the change feed failed; it starts again")
                self._take(Down(CatalogError(f"changes can't be seen ({type(error).__name__}); trying again")))
                await asyncio.sleep(RESTART_SECONDS)

    def _take(self, event: Event) -> None:
        if isinstance(event, Down):
            self._down()
            self._report(event.error)
        elif isinstance(event, Signal):
            if event is Signal.RESYNC or not self._live:
                self._up()
            if event is Signal.RESYNC:
                self._tell(RESYNC)
            self._report(None)
        else:
            self._invalidate(event.changes, topology=event.topology)
            for change in event.changes:
                self._tell(change)
        self._settled.set()

    def _invalidate(self, changes: tuple[CatalogChange, ...], *, topology: bool) -> None:
        for kept in self._kept:
            if topology:
                kept.invalidate_topology()
                continue
            for change in changes:
                if change.kind is ChangeKind.MODEL and change.id is not None:
                    kept.invalidate_model(change.id)

    def _tell(self, change: CatalogChange) -> None:
        for changes in list(self._subscribers):
            changes.put(change)

    def _up(self) -> None:
        self._live = True
        for kept in self._kept:
            kept.feed_up()

    def _down(self) -> None:
        self._live = False
        for kept in self._kept:
            kept.feed_down()

    def _report(self, trouble: CatalogError | None) -> None:
        # Whoever looks for the cause must not be sent after one that is gone.
        if kind_of(trouble) == kind_of(self.trouble):
            return
        self.trouble = trouble
        logger.warning("change feed: %s", "back" if trouble is None else trouble.message)
        for listener in tuple(self._listeners):
            try:
                listener(trouble)
            except Exception:
                # Its mistake isn't the feed's, whose end would be that of what all others are told.
                logger.exception("a listener to the connection failed")
