"""Reads the live catalog with SQLite's own driver, so that the screens can be painted before the ORM is imported.

The statements are the services' own, written out by SQLAlchemy; a test keeps both equal, and their rows too.
Of a large catalog only as many models as a screen may show are read at first: ten thousand would double the start.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modeltui.db.identity import identity
from modeltui.db.json_column import json_value
from modeltui.db.schema import HEAD, VERSION_QUERY
from modeltui.db.sqlite_file import file_uri
from modeltui.domain.families import Family
from modeltui.domain.records import LineRecord, ModelRecord, ProviderRecord, Records
from modeltui.domain.rows import CredentialKind

PROVIDERS = (
    "SELECT provider_config.id, provider_config.family, provider_config.name, provider_config.base_url, "
    "provider_config.credential_kind, provider_config.credential_reference, "
    "substr(provider_config.api_key_token, 1, 19) AS token_prefix, provider_config.api_key_fingerprint, "
    "provider_config.enabled, provider_config.created_at, provider_config.updated_at, provider_config.updated_by, "
    "provider_config.version FROM provider_config "
    "ORDER BY provider_config.family, provider_config.name_key, provider_config.id"
)
MODELS = (
    "SELECT model_config.id, model_config.family, model_config.name, model_config.model, model_config.enabled, "
    "model_config.is_default, model_config.context_limit, model_config.compression_threshold, model_config.options, "
    "model_config.deleted_at, model_config.created_at, model_config.updated_at, model_config.updated_by, "
    "model_config.version FROM model_config WHERE model_config.deleted_at IS NULL "
    "ORDER BY model_config.family, model_config.name_key, model_config.id"
)
LINES = (
    "SELECT attachment.model_config_id, attachment.provider_config_id, attachment.priority, "
    "attachment.upstream_model FROM attachment JOIN model_config ON model_config.id = attachment.model_config_id "
    "WHERE model_config.deleted_at IS NULL ORDER BY attachment.model_config_id, attachment.priority"
)
COUNT = "SELECT count(*) FROM model_config WHERE model_config.deleted_at IS NULL"
AT_FIRST = 200
"""Models read for the first paint; the largest terminals have fewer lines."""


def read_first_records(path: Path) -> tuple[Records, int] | None:
    """Every provider, the first live models, and how many live models there are; None as `read_live_records`."""
    with _opened(path) as connection:
        if connection is None:
            return None
        models = [_model(row) for row in connection.execute(f"{MODELS} LIMIT {AT_FIRST}")]
        (count,) = connection.execute(COUNT).fetchone()
        ids = [model.id.hex for model in models]
        marks = ", ".join("?" * len(ids))
        of_these = LINES.replace("model_config.deleted_at IS NULL", f"model_config.id IN ({marks})")
        lines = [_line(row) for row in connection.execute(of_these, ids)]
        return Records([_provider(row) for row in connection.execute(PROVIDERS)], models, lines), count


def read_live_records(path: Path) -> Records | None:
    """The live catalog, or None unless its schema is this program's. Raises sqlite3.Error."""
    with _opened(path) as connection:
        if connection is None:
            return None
        return Records(
            [_provider(row) for row in connection.execute(PROVIDERS)],
            [_model(row) for row in connection.execute(MODELS)],
            [_line(row) for row in connection.execute(LINES)],
        )


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection | None]:
    """One consistent reading, or None where the schema isn't this program's."""
    with closing(sqlite3.connect(file_uri(path, read_only=True), uri=True, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        yield connection if connection.execute(VERSION_QUERY).fetchone() == (HEAD,) else None


def _provider(row: tuple[Any, ...]) -> ProviderRecord:
    key, family, name, base_url, kind, *rest = row
    reference, prefix, fingerprint, enabled, created, updated, actor, version = rest
    return ProviderRecord(
        identity(key),
        Family(family),
        name,
        base_url,
        CredentialKind(kind) if kind is not None else None,
        reference,
        prefix,
        fingerprint,
        bool(enabled),
        _moment(created),
        _moment(updated),
        actor,
        version,
    )


def _model(row: tuple[Any, ...]) -> ModelRecord:
    key, family, name, model, enabled, is_default, context, threshold, options, _, *stamps = row
    created, updated, actor, version = stamps
    return ModelRecord(
        identity(key),
        Family(family),
        name,
        model,
        bool(enabled),
        bool(is_default),
        context,
        threshold,
        json_value(options),
        None,
        _moment(created),
        _moment(updated),
        actor,
        version,
    )


def _line(row: tuple[Any, ...]) -> LineRecord:
    return LineRecord(identity(row[0]), identity(row[1]), row[2], row[3])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
