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
from modeltui.domain.resolution import state_of, verdicts
from modeltui.domain.rows import Credential, CredentialKind, KeyState, LineRow, ModelRow, ModelState, ProviderRow


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
    return Rows(_provider_rows(records.providers, models, credentials, keys), models)


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
    providers = {record.id: record for record in records.providers}
    lines: dict[UUID, list[LineRecord]] = {}
    for line in records.lines:
        lines.setdefault(line.model_config_id, []).append(line)
    return tuple(_model_row(model, lines.get(model.id, ()), providers, credentials, keys) for model in records.models)


def _model_row(
    model: ModelRecord,
    lines: Sequence[LineRecord],
    providers: Mapping[UUID, ProviderRecord],
    credentials: Mapping[UUID, Credential | None],
    keys: Mapping[UUID, KeyState],
) -> ModelRow:
    bound = [providers[line.provider_config_id] for line in lines]
    judged = verdicts((provider.enabled, keys[provider.id]) for provider in bound)
    line_rows = tuple(
        LineRow(
            provider.id,
            provider.name,
            provider.family,
            line.priority,
            line.upstream_model,
            provider.enabled,
            credentials[provider.id],
            keys[provider.id],
            verdict,
            reason,
        )
        for line, provider, (verdict, reason) in zip(lines, bound, judged, strict=True)
    )
    winner, state = state_of(model.enabled, line_rows)
    return ModelRow(*model, winner, state, line_rows)


def _provider_rows(
    records: Iterable[ProviderRecord],
    models: Iterable[ModelRow],
    credentials: Mapping[UUID, Credential | None],
    keys: Mapping[UUID, KeyState],
) -> tuple[ProviderRow, ...]:
    bound: dict[UUID, int] = {}
    winning: dict[UUID, int] = {}
    alone: dict[UUID, int] = {}
    for model in models:
        if model.deleted_at is not None:
            continue
        for line in model.provider_configs:
            bound[line.provider_config_id] = bound.get(line.provider_config_id, 0) + 1
        first = model.winning_line
        if model.state is ModelState.OFF or first is None:
            continue
        winning[first.provider_config_id] = winning.get(first.provider_config_id, 0) + 1
        if not model.spare_count:
            alone[first.provider_config_id] = alone.get(first.provider_config_id, 0) + 1
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
            bound.get(record.id, 0),
            winning.get(record.id, 0),
            alone.get(record.id, 0),
        )
        for record in records
    )
