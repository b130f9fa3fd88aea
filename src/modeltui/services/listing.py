"""The rows of a whole catalog for someone who goes on showing them: read once, then kept up with what has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from uuid import UUID

from modeltui.db import queries, reading
from modeltui.db.tables import MODELS
from modeltui.domain.records import ProviderRecord, Records, Rows, rows_of
from modeltui.domain.rereading import Judged, rows_again
from modeltui.services.workspace import Workspace


class Listing:
    """All providers and models, deleted ones too. Only one of its methods may be under way at a time.

    Rows are worked out off the event loop.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._rows: Rows | None = None
        self._judged: dict[UUID, Judged] = {}

    async def read(self) -> Rows:
        """Everything, with three statements. Raises StoreError."""
        async with self._workspace.reading() as view:
            records = await reading.read_records(view.connection, queries.EVERY)
        rows, judged = await asyncio.to_thread(self._whole, records)
        self._rows, self._judged = rows, judged
        return rows

    async def read_again(self, models: Collection[UUID]) -> Rows:
        """The same after changes of providers and of these models, of which alone the database is asked.

        Three statements, and three more where something else turns out to have changed. Raises StoreError.
        """
        if self._rows is None:
            return await self.read()
        async with self._workspace.reading() as view:
            records = await reading.read_records(view.connection, queries.among(MODELS.c.id, models))
        rows, judged = await asyncio.to_thread(self._parts, self._rows, records, frozenset(models))
        if rows is None:
            return await self.read()
        self._rows, self._judged = rows, judged
        return rows

    async def keys_again(self) -> Rows | None:
        """The rows by what this process can do with the keys now, or None where that is what it was.

        Looks at variables and key files only; the database isn't asked.
        """
        return await asyncio.to_thread(self._rejudged)

    def _judge(self, records: Iterable[ProviderRecord]) -> dict[UUID, Judged]:
        return {record.id: Judged(record, self._workspace.probe(record)) for record in records}

    def _whole(self, records: Records) -> tuple[Rows, dict[UUID, Judged]]:
        judged = self._judge(records.providers)
        return rows_of(records, lambda record: judged[record.id].key), judged

    def _parts(self, before: Rows, records: Records, models: frozenset[UUID]) -> tuple[Rows | None, dict[UUID, Judged]]:
        judged = self._judge(records.providers)
        return rows_again(before, self._judged, judged, records, models), judged

    def _rejudged(self) -> Rows | None:
        judged = self._judge(judged.record for judged in self._judged.values())
        if self._rows is None or judged == self._judged:
            return None
        rows = rows_again(self._rows, self._judged, judged, Records((), (), ()), ())
        if rows is not None:
            self._rows, self._judged = rows, judged
        return rows
