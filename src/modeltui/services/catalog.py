"""The catalog: one open store with its providers, its models and resolution."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from modeltui import paths
from modeltui.clock import Clock, utc_now
from modeltui.database_url import normalised_url
from modeltui.db import queries
from modeltui.db.engine import Database
from modeltui.db.opening import open_store
from modeltui.db.reading import Reference
from modeltui.db.schema import SchemaState
from modeltui.domain.doctor import Diagnosis, examine
from modeltui.domain.families import Family
from modeltui.domain.history import Past
from modeltui.domain.records import Rows
from modeltui.domain.rows import LineVerdict, Resolution
from modeltui.domain.what_if import WhatIf
from modeltui.errors import CatalogError
from modeltui.log import log_to
from modeltui.services.actor import current_actor, storable_actor
from modeltui.services.bulk import Bulk
from modeltui.services.feed import Changes, ConnectionListener, Feed
from modeltui.services.history import History
from modeltui.services.listing import Listing
from modeltui.services.models import Models
from modeltui.services.outage import outage
from modeltui.services.providers import Providers
from modeltui.services.resolver import Resolver
from modeltui.services.secrets import Keyring
from modeltui.services.workspace import Workspace
from modeltui.settings import Settings, load_settings


class Catalog:
    """An open catalog. All its methods are safe to call from many tasks of one event loop."""

    def __init__(self, workspace: Workspace, *, keep_answers: bool = True) -> None:
        self._workspace = workspace
        self._resolver = Resolver(workspace, keep=keep_answers)
        self._hit = self._resolver.answers.hit
        self.providers = Providers(workspace)
        self.models = Models(workspace)
        self.bulk = Bulk(workspace)
        self.history = History(workspace)

    @property
    def location(self) -> str:
        """Which store this is, for people; never with a password."""
        return self._workspace.database.where

    @property
    def read_only_reason(self) -> str | None:
        """Why nothing can be changed here, or None."""
        return self._workspace.database.read_only_reason

    async def resolve(self, name: Reference | None = None, *, allow_stale: bool = False) -> Resolution:
        """Where a request for the model, or for the default one, goes now.

        With `allow_stale`, while the database is out of reach, the last known answer comes back marked `stale`.
        Raises NotFound, NoDefaultModel, ModelDisabled, ModelDeleted, NoAttachments, NoUsableProvider, StoreError.
        """
        kept = self._hit(name)
        if kept is not None and (best := kept.best) is not None:
            return best
        return (await self._resolver.candidates(name, allow_stale=allow_stale))[0]

    async def candidates(self, name: Reference | None = None) -> list[Resolution]:
        """All usable lines in order, for callers that retry on their own. Raises what `resolve` raises."""
        return await self._resolver.candidates(name)

    async def explain(self, name: Reference | None = None) -> list[LineVerdict]:
        """The verdict of every line, of a disabled or deleted model too. Raises NotFound, NoDefaultModel."""
        return await self._resolver.explain(name)

    async def doctor(self) -> list[Diagnosis]:
        """What is wrong with the catalog or soon could be, grouped by cause, the worst first."""
        return list(examine(await self.rows()))

    async def what_if(
        self,
        providers: Iterable[Reference] = (),
        *,
        same_key: Iterable[Reference] = (),
        same_host: Iterable[Reference] = (),
        families: Iterable[Family] = (),
    ) -> WhatIf:
        """What would become of every live model if these providers were down; nothing is written.

        `same_key` and `same_host` name providers that are taken as down with all that share their key or host,
        `families` takes whole families. Raises NotFound, ValidationError where there is no key or host to share, and
        for what is no family.
        """
        return await outage(self._workspace, providers, same_key, same_host, families)

    def changes(self) -> Changes:
        """Every change of a row from this call on, by whichever process; ends when the catalog is closed.

        A change of kind `resync` says that others may have gone unseen: read anew what you keep.
        """
        return self._workspace.feed.subscribe()

    @property
    def connection_trouble(self) -> CatalogError | None:
        """Why the changes of other processes can't be seen at present, once they are watched; None if they can."""
        return self._workspace.feed.trouble

    def on_connection(self, listener: ConnectionListener) -> None:
        """Calls back with the error when the changes of others can't be seen, and why changes; None when they can.

        What a listener raises is logged and goes no further.
        """
        self._workspace.feed.listen(listener)

    async def close(self) -> None:
        """Ends what works in the background; `open_catalog` does it."""
        await self._workspace.feed.close()
        await self._resolver.answers.close()

    async def rows(self, *, include_deleted: bool = False) -> Rows:
        """All providers and models, as they stood at one moment."""
        async with self._workspace.reading() as view:
            return await view.rows(queries.EVERY if include_deleted else queries.LIVE)

    def listing(self) -> Listing:
        """All rows for someone who goes on showing them, such as the screens: later only what changed is read."""
        return Listing(self._workspace)


@asynccontextmanager
async def open_catalog(
    url: str | None = None,
    *,
    create: bool = False,
    read_only: bool = False,
    secret_key_file: str | Path | None = None,
    environ: Mapping[str, str] | None = None,
    clock: Clock = utc_now,
    actor: str | None = None,
) -> AsyncIterator[Catalog]:
    """Opens a catalog for the length of a block; without a URL, the one that the settings name.

    `create` makes a missing database; the default one is always made on first use. `environ` is where keys
    are read from (the process's own variables), `actor` what is written into `updated_by`. With a URL, too,
    nothing is changed where the settings say `read_only`. Raises DatabaseUnavailable, SchemaOutdated,
    ValidationError for a URL that names no database.
    """
    variables = os.environ if environ is None else environ
    # A catalog that a variable chooses is set aside by a URL, as it is by --database.
    settings = load_settings({} if url is None else {"database": normalised_url(url)}, variables)
    if url is not None:
        settings = replace(settings, database_is_default=False)
    if read_only and not settings.read_only:
        settings = replace(settings, read_only=True, origins={})
    if secret_key_file is not None:
        settings = replace(settings, secret_key_file=Path(secret_key_file))
    async with open_settled(settings, create=create, environ=variables, clock=clock, actor=actor) as catalog:
        yield catalog


@asynccontextmanager
async def open_settled(
    settings: Settings,
    *,
    create: bool = False,
    environ: Mapping[str, str] | None = None,
    clock: Clock = utc_now,
    actor: str | None = None,
    history: bool = False,
    keep_answers: bool = True,
) -> AsyncIterator[Catalog]:
    """Opens the catalog that settings name, for the screens and the command line. Raises as `open_catalog` does.

    With `history`, what is changed through it can be undone until it is closed. Without `keep_answers` every
    resolution asks the store: for who asks once, watching for changes isn't worth it.
    """
    variables = os.environ if environ is None else environ
    if settings.log_file is not None:
        await asyncio.to_thread(log_to, settings.log_file)
    database = await open_database(settings, create=create)
    try:
        if create or settings.database_is_default:
            await migrate_if_empty(database)
        await database.require_current()
        keyring = Keyring(
            variables,
            key_file=settings.secret_key_file,
            default_file=paths.default_key_file(),
            read_only=database.read_only,
        )
        feed, past = Feed(database.watcher()), Past() if history else None
        who = storable_actor(actor) if actor else current_actor(variables)
        workspace = Workspace(database, keyring, clock, who, feed, past)
        catalog = Catalog(workspace, keep_answers=keep_answers)
        try:
            yield catalog
        finally:
            await _to_its_end(catalog.close())
    finally:
        await _to_its_end(database.close())


async def _to_its_end(closing: Coroutine[Any, Any, None]) -> None:
    """Closes even if it is cancelled meanwhile, which takes effect then: half closed would leave connections open."""
    task, cancelled = asyncio.ensure_future(closing), None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    failed = None if task.cancelled() else task.exception()
    if cancelled is not None:
        raise cancelled
    if failed is not None:
        raise failed


async def open_database(settings: Settings, *, create: bool = False) -> Database:
    """Opens the store that settings name, whatever its schema. Raises DatabaseUnavailable."""
    own = settings.database_is_default
    return await open_store(
        settings.database, create=create or own, make_folder=own, read_only=settings.read_only_reason
    )


async def upgrade(settings: Settings) -> None:
    """Brings an older schema up to date. Raises StoreError."""
    database = await open_database(settings)
    try:
        await database.migrate()
    finally:
        await database.close()


async def migrate_if_empty(database: Database) -> None:
    """Gives a new database its tables; one that holds something is left as it is."""
    state, _ = await database.revision()
    if state is SchemaState.EMPTY and not database.read_only:
        await database.migrate()
