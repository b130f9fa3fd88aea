"""What keeps the rows on the screens current: the changes of others, and keys that appear or vanish."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from modeltui.domain.changes import ChangeKind
from modeltui.errors import CatalogError
from modeltui.tui.session import CONNECTED_AGAIN, READ_AGAIN, Session

if TYPE_CHECKING:
    from modeltui.services.catalog import Catalog

SETTLE_SECONDS = 0.03
"""Changes that come together are read together; what was written here has been read again by then."""
LOOK_SECONDS = 2.0
"""Between two looks at variables and key files: a badge is wrong for no longer, and a working out of rows."""
MOST_MODELS = 200
"""Of more models that changed at once, all are read."""
CLOSE_SECONDS = 2.0


class Follower:
    """Follows one open catalog for a session until it is closed. Nothing is drawn or read while nothing changes."""

    def __init__(
        self,
        session: Session,
        catalog: Catalog,
        announce: Callable[[str, str], object],
        crash: Callable[[Exception], object],
    ) -> None:
        self._session, self._catalog = session, catalog
        self._announce, self._crash = announce, crash
        self._models: set[UUID] = set()
        self._all = False
        self._begun = session.begun
        self._wanted = asyncio.Event()
        self._reading = False
        self._changes = catalog.changes()
        self._tasks = [
            asyncio.create_task(self._guarded(job), name=f"modeltui following: {what}")
            for what, job in {"changes": self._listen(), "rows": self._keep_up(), "keys": self._look()}.items()
        ]
        catalog.on_connection(self._connection_changed)
        if catalog.connection_trouble is not None:
            self._connection_changed(catalog.connection_trouble)

    @property
    def idle(self) -> bool:
        """Whether all that was heard of is on the screens, or couldn't be read."""
        return not self._wanted.is_set() and not self._reading

    async def close(self) -> None:
        """Ends it, though not in the middle of a reading."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._session.reading_ended()
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)

    async def _guarded(self, job: Coroutine[Any, Any, None]) -> None:
        try:
            await job
        except Exception as error:
            self._crash(error)

    # What has changed

    async def _listen(self) -> None:
        async for change in self._changes:
            if change.kind is ChangeKind.MODEL and change.id is not None:
                self._models.add(change.id)
            elif change.kind is ChangeKind.RESYNC:
                self._all = True
            self._want()

    def _connection_changed(self, trouble: CatalogError | None) -> None:
        if trouble is None:
            self.look_again()
            return

        async def cut_off() -> None:
            self._session.cut_off(trouble)

        # Not here, where the feed would only log a fault of the screens.
        under_way = [task for task in self._tasks if not task.done()]
        self._tasks = [*under_way, asyncio.create_task(self._guarded(cut_off()))]

    def look_again(self) -> None:
        """Reads all rows soon; if that fails, the catalog is lost."""
        self._all = True
        self._want()

    def _want(self) -> None:
        self._begun = self._session.begun
        self._wanted.set()

    # What is done about it

    async def _keep_up(self) -> None:
        while True:
            await self._wanted.wait()
            self._reading = True
            await asyncio.sleep(SETTLE_SECONDS)
            self._wanted.clear()
            await self._read()
            self._reading = False

    async def _read(self) -> None:
        everything = self._all or len(self._models) > MOST_MODELS
        models, self._models, self._all = self._models, set(), False
        trouble = self._session.error or self._session.unheard
        try:
            await self._session.follow(self._begun, None if everything else models)
        except CatalogError as error:
            # What was missed isn't known any more; it is tried again with the next look.
            self._all = True
            self._session.lost(error)
            return
        if self._catalog.connection_trouble is None and self._session.unheard is not None:
            self._session.heard_again()
        if trouble is not None and self._session.connected:
            self._announce(CONNECTED_AGAIN, f"{trouble.message}{READ_AGAIN}")

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._catalog.connection_trouble is None and not self._session.connected:
                self.look_again()
            else:
                await self._session.look_at_keys()
