"""What the services share: the store, the keys of this process, the clock, and who is at work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from modeltui.clock import Clock
from modeltui.db import queries, reading
from modeltui.db.engine import Database
from modeltui.db.reading import Reference
from modeltui.db.schema import VERSION_QUERY, require_head
from modeltui.db.tables import MODELS, PROVIDERS
from modeltui.domain.history import Entry, Past
from modeltui.domain.impact import Impact
from modeltui.domain.records import ModelRecord, ProviderRecord, Records, Rows, rows_of
from modeltui.domain.rows import CredentialKind, KeyState, ModelRow, ProviderRow
from modeltui.errors import CatalogError, ModelDeleted, NotFound, StaleVersion
from modeltui.log import logger
from modeltui.services.feed import Feed
from modeltui.services.secrets import Keyring, credential_state
from modeltui.services.trail import Trail


@dataclass(frozen=True, slots=True)
class Workspace:
    """One open catalog's parts; `actor` is written into `updated_by`, `past` is where changes can be undone."""

    database: Database
    keyring: Keyring
    clock: Clock
    actor: str
    feed: Feed
    past: Past | None = None

    def probe(self, record: ProviderRecord) -> KeyState:
        """What this process can do with a provider's credential, now. May read files: not for the event loop."""
        return credential_state(record.credential_kind, record.credential_reference, record.token_prefix, self.keyring)

    async def rows(self, records: Records) -> Rows:
        """The rows of a reading, worked out off the event loop."""
        return await asyncio.to_thread(rows_of, records, self.probe)

    async def key_state(self, record: ProviderRecord) -> KeyState:
        """The state of one provider's key."""
        if record.credential_kind in (CredentialKind.FILE, CredentialKind.STORED):
            return await asyncio.to_thread(self.probe, record)
        return self.probe(record)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[View]:
        """One consistent reading."""
        async with self.database.reading() as connection:
            yield View(self, connection)

    @asynccontextmanager
    async def writing(self, what: str, subject: object, *, taking_back: Entry | None = None) -> AsyncIterator[Change]:
        """One transaction: kept whole when the block ends, undone when it raises. Raises ReadOnly, SchemaOutdated.

        Answers that it makes wrong are forgotten, and subscribers told, before the block's caller goes on. `what` and
        `subject` go into the log, with who did it and how it ended. `taking_back` is the earlier change that this one
        undoes or redoes.
        """
        await self.feed.before_write()
        try:
            async with self._logged(what, subject, taking_back) as change:
                yield change
        finally:
            # Also when it failed or was cancelled: a commit may be done all the same.
            await self.feed.after_write()

    @asynccontextmanager
    async def _logged(self, what: str, subject: object, taking_back: Entry | None) -> AsyncIterator[Change]:
        """The transaction itself, and what is noted down of it."""
        trail = Trail() if self.past is not None else None
        try:
            async with self.database.writing() as connection:
                # Since it was opened somebody may have migrated it, and the rules here are those of one schema.
                require_head((await connection.execute(text(VERSION_QUERY))).scalar_one_or_none())
                yield Change(self, connection, self.clock(), trail)
        except CatalogError as error:
            logger.warning("%s %r by %r refused: %s", what, str(subject), self.actor, error.code)
            raise
        logger.info("%s %r by %r", what, str(subject), self.actor)
        if self.past is not None and trail is not None:
            _remember(self.past, trail, taking_back)


class View:
    """Look-ups inside one transaction."""

    def __init__(self, workspace: Workspace, connection: AsyncConnection) -> None:
        self.workspace = workspace
        self.connection = connection

    async def rows(self, where: ColumnElement[bool]) -> Rows:
        """Every provider, and the models that a condition picks. Provider counts cover these models only."""
        return await self.workspace.rows(await reading.read_records(self.connection, where))

    async def provider(self, reference: Reference) -> ProviderRecord:
        """The provider with this id or name. Raises NotFound."""
        record = await reading.find_provider(self.connection, reference)
        if record is None:
            raise NotFound("provider", str(reference))
        return record

    async def model(self, reference: Reference) -> ModelRecord:
        """The live model with this id or name. Raises NotFound, ModelDeleted."""
        record = await reading.find_model(self.connection, reference)
        if record is None:
            raise NotFound("model", str(reference))
        if record.deleted_at is not None:
            raise ModelDeleted(record.name)
        return record

    async def provider_row(self, identity: UUID) -> ProviderRow:
        """One provider's row with its counts."""
        rows = await self.rows(queries.bound_to(identity))
        return next(row for row in rows.providers if row.id == identity)

    async def model_row(self, identity: UUID) -> ModelRow:
        """One model's row, deleted or not."""
        rows = await self.rows(MODELS.c.id == identity)
        return rows.models[0]

    async def default_name(self) -> str | None:
        """The default model's name, if there is one."""
        name: str | None = (await self.connection.execute(queries.default_name())).scalar_one_or_none()
        return name


class Change(View):
    """The look-ups and writes of one transaction, all at one moment and by one person."""

    def __init__(self, workspace: Workspace, connection: AsyncConnection, now: datetime, trail: Trail | None) -> None:
        super().__init__(workspace, connection)
        self.now = now
        self._trail = trail

    async def expect_provider(self, record: ProviderRecord, version: int | None) -> None:
        """Raises StaleVersion unless the provider still has the version that the caller loaded."""
        if version is not None and version != record.version:
            raise StaleVersion("provider", await self.provider_row(record.id))

    async def expect_model(self, record: ModelRecord, version: int | None) -> None:
        """Raises StaleVersion unless the model still has the version that the caller loaded."""
        if version is not None and version != record.version:
            raise StaleVersion("model", await self.model_row(record.id))

    async def save_provider(self, record: ProviderRecord, **values: Any) -> None:
        """Writes a provider as it was read in this transaction. Raises StaleVersion if it no longer is so."""
        unchanged = and_(PROVIDERS.c.id == record.id, PROVIDERS.c.version == record.version)
        if not await self._update(PROVIDERS, unchanged, values):
            raise StaleVersion("provider", await self.provider_row(record.id))

    async def save_model(self, record: ModelRecord, **values: Any) -> None:
        """Writes a model as it was read in this transaction. Raises StaleVersion if it no longer is so."""
        unchanged = and_(MODELS.c.id == record.id, MODELS.c.version == record.version)
        if not await self._update(MODELS, unchanged, values):
            raise StaleVersion("model", await self.model_row(record.id))

    async def update_models(self, where: ColumnElement[bool], **values: Any) -> None:
        """Writes every model that a condition picks."""
        await self._update(MODELS, where, values)

    async def update_providers(self, where: ColumnElement[bool], **values: Any) -> None:
        """Writes every provider that a condition picks."""
        await self._update(PROVIDERS, where, values)

    async def _update(self, table: Table, where: ColumnElement[bool], values: Mapping[str, Any]) -> int:
        """Writes rows, their versions rising by one; gives how many there were."""
        if self._trail is not None:
            await self._trail.updating(self.connection, table, where, values)
        stamp = {"version": table.c.version + 1, "updated_at": self.now, "updated_by": self.workspace.actor}
        return int((await self.connection.execute(update(table).where(where).values(**values, **stamp))).rowcount)

    async def insert_provider(self, identity: UUID, **values: Any) -> None:
        """Adds a provider."""
        await self._insert(PROVIDERS, identity, values)
        if self._trail is not None:
            self._trail.added("provider", identity, values["name"])

    async def insert_model(self, identity: UUID, **values: Any) -> None:
        """Adds a model; its lines are written apart."""
        await self._insert(MODELS, identity, values)
        if self._trail is not None:
            self._trail.added("model", identity, values["name"])

    async def _insert(self, table: Table, identity: UUID, values: Mapping[str, Any]) -> None:
        stamp = {"created_at": self.now, "updated_at": self.now, "updated_by": self.workspace.actor, "version": 1}
        await self.connection.execute(insert(table).values(id=identity, **values, **stamp))

    def note_lists(self, lists: Mapping[UUID, tuple[Sequence[tuple[UUID, str | None]], Any]]) -> None:
        """Takes down, for undoing, that models' lists are written, each from its old to its new lines."""
        if self._trail is not None:
            self._trail.listed(lists)

    async def note_deleted_providers(self, providers: Collection[UUID]) -> None:
        """Takes down, for undoing, that providers are about to be deleted."""
        if self._trail is not None:
            await self._trail.deleting_providers(self.connection, providers)

    async def elect_default(self) -> None:
        """Gives the mark to the first model that may have it, if there is one."""
        successor = (await self.connection.execute(queries.default_successor())).first()
        if successor is not None:
            await self.update_models(MODELS.c.id == successor.id, is_default=True)


def _remember(past: Past, trail: Trail, taken_back: Entry | None) -> None:
    """Keeps what a transaction did, now that it can't be lost any more."""
    entry = trail.entry(taken_back.title if taken_back is not None else None)
    if entry is None:
        return
    if taken_back is None:
        past.add(entry)
    else:
        past.turn(taken_back, entry)


def expect_impact(shown: Impact | None, now: Impact, kind: str, current: ProviderRow | ModelRow) -> None:
    """Raises StaleVersion when what was shown to the person no longer holds."""
    if shown is not None and shown != now:
        raise StaleVersion(kind, current, now)
