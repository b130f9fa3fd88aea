"""What one transaction changes, taken down while it does: each touched row's columns as they were before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from modeltui.db.queries import among
from modeltui.db.tables import PROVIDERS
from modeltui.domain.history import KEY_COLUMNS, Entry, Lines, Step, title_of
from modeltui.domain.rows import CredentialKind

# What is derived from a stored key is not kept for undoing.
_SEALED = frozenset({"api_key_token", "api_key_fingerprint"})


class Trail:
    """The notes on one transaction; nothing of them outlives it when it is rolled back."""

    def __init__(self) -> None:
        self._steps: dict[UUID, Step] = {}
        self._lists: dict[UUID, Lines] = {}
        self._deleted: list[str] = []
        self._keys_lost: list[str] = []

    def added(self, kind: Literal["model", "provider"], identity: UUID, name: str) -> None:
        """A row is inserted, with version 1."""
        self._steps[identity] = Step(kind, name, 0, 1, None)

    def listed(self, lists: Mapping[UUID, tuple[Sequence[tuple[UUID, str | None]], Any]]) -> None:
        """Models' lists are written, from old to new; their versions are raised by an update."""
        for model, (old, new) in lists.items():
            if list(old) != list(new):
                self._lists.setdefault(model, tuple((line[0], line[1]) for line in old))

    async def updating(
        self, connection: AsyncConnection, table: Table, where: ColumnElement[bool], values: Mapping[str, Any]
    ) -> None:
        """Rows are about to be updated: one statement, whatever their number."""
        columns = [name for name in values if name not in _SEALED]
        wanted = (table.c.id, table.c.name, table.c.version, *(table.c[name] for name in columns))
        for identity, name, version, *held in await connection.execute(select(*wanted).where(where)):
            was = dict(zip(columns, held, strict=True))
            if "api_key_token" in values and was["credential_kind"] is CredentialKind.STORED:
                self._keys_lost.append(name)
            step = self._steps.setdefault(
                identity,
                Step("provider" if table is PROVIDERS else "model", values.get("name", name), version, version, {}),
            )
            step.left = version + 1
            if step.before is not None:
                # A credential is put back whole, be it only another key of the same kind.
                changed = {name: was[name] for name in columns if name in KEY_COLUMNS or was[name] != values[name]}
                step.before = changed | step.before

    async def deleting_providers(self, connection: AsyncConnection, providers: Collection[UUID]) -> None:
        """Providers are about to be deleted, which can't be taken back."""
        names = await connection.execute(select(PROVIDERS.c.name).where(among(PROVIDERS.c.id, providers)))
        self._deleted += names.scalars()

    def entry(self, title: str | None = None) -> Entry | None:
        """What to remember of the transaction, under a title or its own; None where it changed nothing."""
        for model, lines in self._lists.items():
            step = self._steps.get(model)
            if step is not None and step.before is not None:
                step.lines = lines
        if not self._steps and not self._deleted:
            return None
        title = title or title_of(self._steps.values(), self._deleted)
        obstacle = None
        if self._deleted:
            its, it = ("its key is", "it") if len(self._deleted) == 1 else ("their keys are", "them")
            obstacle = f"{its} gone too: add {it} again by hand"
        elif self._keys_lost:
            obstacle = f"the key that {self._keys_lost[0]} had isn't kept: give it again by hand"
        # A deletion is never taken back, and may have touched every model.
        return Entry(title, {} if self._deleted else self._steps, obstacle)
