"""What the screens share: the open catalog, the rows as last read, and a signal when they change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from modeltui.clock import Clock, utc_now
from modeltui.domain.records import Rows
from modeltui.errors import CatalogError
from modeltui.tui.message_log import MessageLog

if TYPE_CHECKING:
    from modeltui.domain.rows import ModelRow, ProviderRow
    from modeltui.services.catalog import Catalog
    from modeltui.services.listing import Listing
    from modeltui.settings import Settings

R = TypeVar("R", bound="ModelRow | ProviderRow")
NO_ROWS = Rows((), ())
READ_AGAIN = "; r tries again"
"""Follows what a reading that failed says."""
CONNECTING = "connecting again"
CONNECTED_AGAIN = "connected again; this is what the catalog holds now"
JUST_NOW_SECONDS = 1.0
"""So long after it appears a change may not have been noticed by whoever is pressing a key."""


class Phase(StrEnum):
    """How far the session has got with its catalog."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass
class Session:
    """The state behind every screen. Only the app changes it; screens read it and listen."""

    settings: Settings
    environ: Mapping[str, str]
    actor: str
    clock: Clock = utc_now
    phase: Phase = Phase.LOADING
    error: CatalogError | None = None
    """Why the catalog didn't answer when it was last asked."""
    unread: CatalogError | None = None
    """What the last reading that failed said: a change that failed is not what `r` tries again."""
    unheard: CatalogError | None = None
    """Why the changes of others can't be seen at present."""
    lost_at: datetime | None = None
    """Since when either is so; None also where it never was otherwise."""
    rows: Rows = NO_ROWS
    deleted: tuple[ModelRow, ...] = ()
    models_in_all: int | None = None
    """How many live models there are, as long as only the first of them were read."""
    read_only_reason: str | None = None
    log: MessageLog = field(default_factory=MessageLog)
    elsewhere: bool = False
    """Whether what listeners are told of was done by others, or to a key file."""
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _begun: int = 0
    _whole: int = 0
    _just_changed: dict[UUID, float] = field(default_factory=dict)
    _settled: asyncio.Event = field(default_factory=asyncio.Event)
    _catalog: Catalog | None = None
    _listing: Listing | None = None
    _listeners: list[Callable[[], None]] = field(default_factory=list)
    _turned_off: list[frozenset[UUID]] = field(default_factory=list)
    _bound: tuple[Rows, dict[str, list[ModelRow]]] = (NO_ROWS, {})

    @property
    def catalog(self) -> Catalog:
        """The open catalog. Raises the error that keeps it closed."""
        if self._catalog is None:
            raise self.error or CatalogError("the catalog is not open yet; try again in a moment")
        return self._catalog

    @property
    def has_saved(self) -> bool:
        """Whether anything that was saved here can be undone."""
        return self._catalog is not None and self._catalog.history.to_undo is not None

    def listen(self, listener: Callable[[], None]) -> None:
        """Calls back whenever the rows or the phase have changed."""
        if listener not in self._listeners:
            self._listeners.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """Stops calling back."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def glimpse(self, rows: Rows, models_in_all: int | None = None) -> None:
        """Shows live rows that were read before the catalog is open, perhaps only the first of so many models."""
        if self.phase is Phase.LOADING:
            self.rows = rows
            self.models_in_all = None if models_in_all == len(rows.models) else models_in_all
            self._tell()

    @property
    def reading_on(self) -> bool:
        """Whether the rows are only the first of those that are about to be there."""
        return self.models_in_all is not None and self.phase is Phase.LOADING

    def opened(self, catalog: Catalog) -> None:
        """Takes over an open catalog."""
        self._catalog = catalog
        self._listing = catalog.listing()
        self.read_only_reason = catalog.read_only_reason
        self.error = self.unheard = self.lost_at = None

    async def settled(self) -> None:
        """Waits until the catalog is open or couldn't be opened: a key may be pressed before that."""
        await self._settled.wait()

    def failed(self, error: CatalogError) -> None:
        """Says that the catalog can't be used, unless that is said already; what is on screen stays."""
        known = self.phase is Phase.FAILED and self.error is not None and self.error.message == error.message
        self._catalog = self._listing = None
        self.error, self.phase = error, Phase.FAILED
        self._settled.set()
        if not known:
            self.log.add(self.clock(), self.settings.label or "Catalog", error.message, error=True)
            self._tell()

    def lost(self, error: CatalogError) -> None:
        """Says that the catalog didn't answer; it stays open, and the next reading may work again."""
        if self.error is None or self.error.message != error.message:
            self.error = error
            self._disconnected()

    def cut_off(self, error: CatalogError) -> None:
        """Says that the changes of others can't be seen; what is on screen stays."""
        self.unheard = error
        self.log.add(self.clock(), self.settings.label or "Catalog", error.message, error=True)
        self._disconnected()

    def heard_again(self) -> None:
        """Says that the rows are current, and that changes of others will be seen again."""
        self.unheard = None
        if self.error is None:
            self.lost_at = None
        self._tell()

    @property
    def connected(self) -> bool:
        """Whether the catalog answers, and tells of changes."""
        return self.error is None and self.unheard is None

    def _disconnected(self) -> None:
        if self.lost_at is None:
            self.lost_at = self.clock()
        self._tell()

    # Reading

    async def reload(self, *, elsewhere: bool = False) -> None:
        """Reads all rows again. Raises StoreError, the rows on screen staying as they are.

        Several who ask while a reading is under way are given the next one together. `elsewhere` says that nothing
        was written here, so that all that is new was done by others.
        """
        await self._read(self._begun, None, elsewhere=elsewhere)

    @property
    def begun(self) -> int:
        """How many readings have begun: what one hears of now is in those that come."""
        return self._begun

    async def follow(self, begun: int, models: Collection[UUID] | None) -> None:
        """Reads providers and these models again, or all, unless all have been since so many readings had begun.

        Raises StoreError, the rows on screen staying as they are.
        """
        await self._read(begun, models, elsewhere=True)

    async def _read(self, begun: int, models: Collection[UUID] | None, *, elsewhere: bool) -> None:
        async with self._reading:
            if self._whole > begun:
                return
            # Raises what keeps the catalog closed.
            _ = self.catalog
            assert self._listing is not None
            self._begun = number = self._begun + 1
            try:
                rows = await (self._listing.read() if models is None else self._listing.read_again(models))
            except CatalogError as error:
                self.unread = error
                raise
            if models is None:
                self._whole = number
            self.phase, self.error = Phase.READY, None
            if self.unheard is None:
                self.lost_at = None
            self._settled.set()
            self._show(rows, elsewhere=elsewhere)

    async def look_at_keys(self) -> None:
        """Shows what has become of variables and key files, if anything has; the database isn't asked."""
        async with self._reading:
            rows = await self._listing.keys_again() if self._listing is not None else None
            if rows is not None:
                self._show(rows, elsewhere=True)

    async def reading_ended(self) -> None:
        """Waits for the reading that is under way, if there is one."""
        async with self._reading:
            pass

    def _show(self, rows: Rows, *, elsewhere: bool) -> None:
        live = tuple(row for row in rows.models if row.deleted_at is None)
        gone = [row for row in rows.models if row.deleted_at is not None]
        self._note_changed(rows)
        self.deleted = tuple(sorted(gone, key=lambda row: row.deleted_at or row.updated_at, reverse=True))
        self.rows = Rows(rows.providers, live)
        self.models_in_all = None
        self.elsewhere = elsewhere
        try:
            self._tell()
        finally:
            self.elsewhere = False

    def _note_changed(self, rows: Rows) -> None:
        """Remembers which rows others have just changed."""
        stayed = {id(row) for row in rows.models}
        every: tuple[ModelRow | ProviderRow, ...] = (*self.rows.models, *self.deleted, *self.rows.providers)
        versions = {row.id: row.version for row in every if id(row) not in stayed}
        now: tuple[ModelRow | ProviderRow, ...] = (*rows.models, *rows.providers)
        changed = [row for row in now if versions.get(row.id, row.version) != row.version]
        moment = time.monotonic()
        fresh = {key: since for key, since in self._just_changed.items() if moment - since < JUST_NOW_SECONDS}
        self._just_changed = fresh | {row.id: moment for row in changed if row.updated_by != self.actor}

    def changed_just_now(self, rows: Iterable[ModelRow | ProviderRow]) -> tuple[ModelRow | ProviderRow, ...]:
        """Those rows that others changed so shortly before that a key may have been meant for what they were."""
        now, before = time.monotonic(), float("-inf")
        return tuple(row for row in rows if now - self._just_changed.get(row.id, before) < JUST_NOW_SECONDS)

    def model(self, identity: UUID) -> ModelRow | None:
        """A live or deleted model by its id."""
        return next((row for row in (*self.rows.models, *self.deleted) if row.id == identity), None)

    def provider(self, identity: UUID) -> ProviderRow | None:
        """A provider by its id."""
        return next((row for row in self.rows.providers if row.id == identity), None)

    def latest(self, rows: Sequence[R]) -> tuple[R, ...]:
        """The same rows as they were last read; one that is gone stays as it was."""
        wanted = {row.id for row in rows}
        every: tuple[ModelRow | ProviderRow, ...] = (*self.rows.models, *self.deleted, *self.rows.providers)
        found: dict[UUID, Any] = {row.id: row for row in every if row.id in wanted}
        return tuple(found.get(row.id, row) for row in rows)

    def turned_off(self, rows: Iterable[ModelRow | ProviderRow]) -> None:
        """Remembers what was turned off here, so that one key can bring it back.

        What is turned on is kept too: undoing that turns it off again.
        """
        self._turned_off.append(frozenset(row.id for row in rows))

    @property
    def has_turned_off(self) -> bool:
        """Whether anything was turned off here, be it on again or not."""
        return bool(self._turned_off)

    def last_turned_off(self) -> tuple[ModelRow | ProviderRow, ...]:
        """What was last turned off here and still is off, models or providers; empty where there is nothing."""
        for ids in reversed(self._turned_off):
            every: tuple[ModelRow | ProviderRow, ...] = (*self.rows.models, *self.rows.providers)
            if found := tuple(row for row in every if row.id in ids and not row.enabled):
                return found
        return ()

    def bound_models(self, provider: ProviderRow) -> list[ModelRow]:
        """The live models with a line to a provider; looked up, since the cursor asks at every step."""
        rows, bound = self._bound
        if rows is not self.rows:
            bound = {}
            for model in self.rows.models:
                for line in model.provider_configs:
                    bound.setdefault(line.name, []).append(model)
            self._bound = (self.rows, bound)
        return bound.get(provider.name, [])

    def bound_to_any(self, providers: Sequence[ProviderRow]) -> Sequence[ModelRow]:
        """The live models with a line to any of some providers, in the order of the catalog."""
        if len(providers) == 1:
            return self.bound_models(providers[0])
        # By identity: it is the same rows, and hashing their ids runs Python code.
        wanted = {id(model) for provider in providers for model in self.bound_models(provider)}
        return [model for model in self.rows.models if id(model) in wanted]

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
