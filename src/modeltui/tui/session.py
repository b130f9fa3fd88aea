"""What the screens share: the open catalog, the rows as last read, and a signal when they change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    from modeltui.settings import Settings

R = TypeVar("R", bound="ModelRow | ProviderRow")
NO_ROWS = Rows((), ())


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
    rows: Rows = NO_ROWS
    deleted: tuple[ModelRow, ...] = ()
    models_in_all: int | None = None
    """How many live models there are, as long as only the first of them were read."""
    read_only_reason: str | None = None
    log: MessageLog = field(default_factory=MessageLog)
    _settled: asyncio.Event = field(default_factory=asyncio.Event)
    _catalog: Catalog | None = None
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
        self.read_only_reason = catalog.read_only_reason
        self.error = None

    async def settled(self) -> None:
        """Waits until the catalog is open or couldn't be opened: a key may be pressed before that."""
        await self._settled.wait()

    def failed(self, error: CatalogError) -> None:
        """Says that the catalog can't be used; what is on screen stays."""
        self._catalog = None
        self.error = error
        self.log.add(self.clock(), self.settings.label or "Catalog", error.message, error=True)
        self._settled.set()
        self.phase = Phase.FAILED
        self._tell()

    def lost(self, error: CatalogError) -> None:
        """Says that the catalog didn't answer; it stays open, and the next reading may work again."""
        self.error = error
        self._tell()

    async def reload(self) -> None:
        """Reads all rows again. Raises StoreError, the rows on screen staying as they are."""
        rows = await self.catalog.rows(include_deleted=True)
        live = tuple(row for row in rows.models if row.deleted_at is None)
        gone = [row for row in rows.models if row.deleted_at is not None]
        self.deleted = tuple(sorted(gone, key=lambda row: row.deleted_at or row.updated_at, reverse=True))
        self.rows = Rows(rows.providers, live)
        self.models_in_all = None
        self.phase = Phase.READY
        self.error = None
        self._settled.set()
        self._tell()

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
