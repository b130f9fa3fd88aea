"""The catalog as the database holds it, and the rows that follow from it.

Both readers, the services' and the first page's, fill these records; the verdicts, states and counts are
then worked out here, once, for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from modeltui.domain.families import Family
from modeltui.domain.resolution import skip_reason, state_of, walked
from modeltui.domain.rows import (
    Credential,
    CredentialKind,
    KeyState,
    LineRow,
    ModelRow,
    ModelState,
    ProviderRow,
    Verdict,
)


class ProviderRecord(NamedTuple):
    """One provider config; `token_prefix` names the key that its ciphertext was sealed with."""

    id: UUID
    family: Family
    name: str
    base_url: str | None
    credential_kind: CredentialKind | None
    credential_reference: str | None
    token_prefix: str | None
    fingerprint: str | None
    enabled: bool
    created_at: datetime
    updated_at: datetime
    updated_by: str
    version: int


class ModelRecord(NamedTuple):
    """One model config."""

    id: UUID
    family: Family
    name: str
    model: str
    enabled: bool
    is_default: bool
    context_limit: int
    compression_threshold: int
    options: Mapping[str, Any]
    deleted_at: datetime | None
    created_at: datetime
    updated_at: datetime
    updated_by: str
    version: int


class LineRecord(NamedTuple):
    """One line; the readers give the lines of a model in the order of their priority."""

    model_config_id: UUID
    provider_config_id: UUID
    priority: int
    upstream_model: str | None


class Records(NamedTuple):
    """A consistent reading of a catalog, or of the part of it that a question is about."""

    providers: Sequence[ProviderRecord]
    models: Sequence[ModelRecord]
    lines: Sequence[LineRecord]


class Rows(NamedTuple):
    """The rows that the screens and callers are given."""

    providers: tuple[ProviderRow, ...]
    models: tuple[ModelRow, ...]


KeyProbe = Callable[[ProviderRecord], KeyState]


def rows_of(records: Records, probe: KeyProbe) -> Rows:
    """All rows of a whole reading. `probe` says what this process can do with a provider's credential."""
    credentials = {record.id: credential_of(record) for record in records.providers}
    keys = {record.id: probe(record) for record in records.providers}
    models = model_rows(records, credentials, keys)
    tally = Tally()
    tally.count(models)
    return Rows(provider_rows(records.providers, tally, credentials, keys), models)


def credential_of(record: ProviderRecord) -> Credential | None:
    """The credential as anyone may see it."""
    kind = record.credential_kind
    if kind is None:
        return None
    if kind is CredentialKind.STORED:
        return Credential(kind, fingerprint=record.fingerprint)
    if kind is CredentialKind.ENV:
        return Credential(kind, name=record.credential_reference)
    if kind is CredentialKind.FILE:
        return Credential(kind, path=record.credential_reference)
    return Credential(kind)


def model_rows(
    records: Records, credentials: Mapping[UUID, Credential | None], keys: Mapping[UUID, KeyState]
) -> tuple[ModelRow, ...]:
    """The model rows of a reading that holds every provider of its lines."""
    providers = {record.id: _Bound(record, credentials[record.id], keys[record.id]) for record in records.providers}
    lines: dict[UUID, list[LineRecord]] = {}
    own: list[LineRecord] = []
    model: UUID | None = None
    for line in records.lines:
        # Lines of a model come together. An id hashes itself in Python, and there may be tens of thousands.
        if line.model_config_id is not model:
            model = line.model_config_id
            own = lines.setdefault(model, [])
        own.append(line)
    return tuple(_model_row(record, lines.get(record.id, ()), providers) for record in records.models)


class _Bound:
    """A provider as its lines show it. Lines that say the same are the same row: there are few, and models are many."""

    def __init__(self, record: ProviderRecord, credential: Credential | None, key: KeyState) -> None:
        self.reason = skip_reason(record.enabled, key)
        self._record = record
        self._credential = credential
        self._key = key
        self._rows: dict[tuple[int, str | None, Verdict], LineRow] = {}

    def row(self, line: LineRecord, verdict: Verdict) -> LineRow:
        """The row of one line."""
        said = (line.priority, line.upstream_model, verdict)
        row = self._rows.get(said)
        if row is None:
            record = self._record
            row = self._rows[said] = LineRow(
                record.id,
                record.name,
                record.family,
                line.priority,
                line.upstream_model,
                record.enabled,
                self._credential,
                self._key,
                verdict,
                self.reason,
            )
        return row


def _model_row(model: ModelRecord, lines: Sequence[LineRecord], providers: Mapping[UUID, _Bound]) -> ModelRow:
    bound = [providers[line.provider_config_id] for line in lines]
    judged = walked([provider.reason for provider in bound])
    line_rows = tuple(
        [provider.row(line, verdict) for line, provider, (verdict, _) in zip(lines, bound, judged, strict=True)]
    )
    winner, state = state_of(model.enabled, line_rows)
    return ModelRow(*model, winner, state, line_rows)


class Tally:
    """What all models of a catalog say of each provider; models can be added to it and taken out again."""

    def __init__(self) -> None:
        self.bound: dict[UUID, int] = {}
        self.winning: dict[UUID, int] = {}
        self.alone: dict[UUID, int] = {}

    @classmethod
    def of(cls, rows: Iterable[ProviderRow]) -> Tally:
        """What provider rows say already."""
        tally = cls()
        for row in rows:
            tally.bound[row.id] = row.bound_model_count
            tally.winning[row.id] = row.winning_model_count
            tally.alone[row.id] = row.alone_model_count
        return tally

    def count(self, models: Iterable[ModelRow], by: int = 1) -> None:
        """Adds models, or takes them out (by -1); deleted ones don't count."""
        bound, winning, alone = self.bound, self.winning, self.alone
        for model in models:
            if model.deleted_at is not None:
                continue
            for line in model.provider_configs:
                bound[line.provider_config_id] = bound.get(line.provider_config_id, 0) + by
            first = model.winning_line
            if model.state is ModelState.OFF or first is None:
                continue
            winning[first.provider_config_id] = winning.get(first.provider_config_id, 0) + by
            if model.alone:
                alone[first.provider_config_id] = alone.get(first.provider_config_id, 0) + by


def provider_rows(
    records: Iterable[ProviderRecord],
    tally: Tally,
    credentials: Mapping[UUID, Credential | None],
    keys: Mapping[UUID, KeyState],
) -> tuple[ProviderRow, ...]:
    """The provider rows, with what the models say of them."""
    return tuple(
        ProviderRow(
            record.id,
            record.family,
            record.name,
            record.base_url,
            credentials[record.id],
            record.enabled,
            record.created_at,
            record.updated_at,
            record.updated_by,
            record.version,
            keys[record.id],
            tally.bound.get(record.id, 0),
            tally.winning.get(record.id, 0),
            tally.alone.get(record.id, 0),
        )
        for record in records
    )
