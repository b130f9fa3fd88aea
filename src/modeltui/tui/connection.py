"""The way to an open catalog, and what is done on it before and after: the rows meanwhile, and less collecting."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType

from modeltui.database_url import display_url, sqlite_path
from modeltui.domain.records import Rows
from modeltui.errors import CatalogError, SchemaOutdated
from modeltui.tui.following import Follower
from modeltui.tui.session import CONNECTED_AGAIN, READ_AGAIN, Session

# New objects before the collector looks at them; Python's 700 are a few rows.
COLLECT_AFTER = 5_000
AGAIN_SECONDS = 5.0
"""Between two attempts to open what may be back by itself."""


class Connection:
    """Opens the catalog for a session, and keeps it open until it is closed."""

    def __init__(
        self,
        session: Session,
        all_rows: Callable[[], Rows | None] | None,
        outdated: Callable[[SchemaOutdated], object],
        announce: Callable[[str, str], object],
        crash: Callable[[Exception], object],
    ) -> None:
        """`all_rows` reads them without the services; `outdated` is called for a schema that can be upgraded.

        `announce` says what nobody asked for, perhaps over an error that is no more; `crash` ends the program where
        it is broken.
        """
        self._session = session
        self._announce, self._crash = announce, crash
        self._all_rows = all_rows
        self._outdated = outdated
        self.follower: Follower | None = None
        self._closing, self._woken = asyncio.Event(), asyncio.Event()
        # A task of ours, because Textual cancels its workers in the middle of closing the catalog.
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Opens the catalog, or tries again at once."""
        self._woken.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_open())

    async def close(self) -> None:
        """Closes the catalog in order."""
        self._closing.set()
        self._woken.set()
        if self._task is not None:
            await self._task

    def look_again(self) -> None:
        """Reads all rows, without waiting for them: whether the catalog answers is found by asking it."""
        if self.follower is not None:
            self.follower.look_again()

    async def upgrade(self) -> None:
        """Brings the schema up to date, then opens the catalog. Raises StoreError."""
        services = await asyncio.to_thread(_import_services)
        await services.upgrade(self._session.settings)
        self.open()

    async def _keep_open(self) -> None:
        await self._read_on()
        services = await asyncio.to_thread(_import_services)
        while await self._use(services):
            self._woken.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_SECONDS):
                    await self._woken.wait()
            if self._closing.is_set():
                return

    async def _use(self, services: ModuleType) -> bool:
        """Opens the catalog and keeps it until it is closed; says whether what is in the way may pass by itself."""
        session, trouble = self._session, self._session.error
        try:
            opened = services.open_settled(
                session.settings, environ=session.environ, clock=session.clock, actor=session.actor, history=True
            )
            async with opened as catalog:
                session.opened(catalog)
                # From before the first reading on, so that no change falls between the two.
                self.follower = follower = Follower(session, catalog, self._announce, self._crash)
                try:
                    await session.reload()
                    if trouble is not None:
                        self._announce(CONNECTED_AGAIN, f"{trouble.message}{READ_AGAIN}")
                    _collect_less()
                    await self._closing.wait()
                finally:
                    await follower.close()
        except SchemaOutdated as error:
            session.failed(error)
            if not error.newer and not session.settings.read_only:
                self._outdated(error)
        except CatalogError as error:
            session.failed(error)
            return error.passing
        finally:
            gc.enable()
        return False

    async def _read_on(self) -> None:
        """Shows all rows where only the first were read, without waiting for the services to be imported."""
        if self._session.reading_on and self._all_rows is not None:
            rows = await asyncio.to_thread(self._all_rows)
            if rows is not None:
                self._session.glimpse(rows)


def database_name(url: str) -> str:
    """The database's short name, such as `db1/catalog`: the host and the file's or database's name."""
    path = sqlite_path(url)
    if path is not None:
        return f"{socket.gethostname()}/{path.stem}"
    server = display_url(url).partition("?")[0].rpartition("//")[2].rpartition("@")[2]
    host, _, name = server.partition("/")
    return f"{host or socket.gethostname()}/{name}"


def _collect_less() -> None:
    """Lets the collector look only at what is made from now on, and less often.

    The modules and the first rows stay, and so do nearly all of the ten thousand rows of each later reading:
    looking through them again and again is more than half of what a reading costs, and stops the keys meanwhile.
    Not where the collector is on already: then the process is another program's.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER)
        gc.enable()


def _import_services() -> ModuleType:
    from modeltui.services import catalog

    return catalog
