"""Reads the live catalog with SQLite's own driver, so that the screens can be painted before the ORM is imported.

The statements are the services' own, written out by SQLAlchemy; a test keeps both equal, and their rows too.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

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


def read_live_records(path: Path) -> Records | None:
    """The live catalog, or None unless its schema is this program's. Raises sqlite3.Error."""
    with closing(sqlite3.connect(file_uri(path, read_only=True), uri=True, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        if connection.execute(VERSION_QUERY).fetchone() != (HEAD,):
            return None
        identity = cache(UUID)
        return Records(
            [_provider(row) for row in connection.execute(PROVIDERS)],
            [_model(row) for row in connection.execute(MODELS)],
            [LineRecord(identity(row[0]), identity(row[1]), row[2], row[3]) for row in connection.execute(LINES)],
        )


def _provider(row: tuple[Any, ...]) -> ProviderRecord:
    identity, family, name, base_url, kind, *rest = row
    reference, prefix, fingerprint, enabled, created, updated, actor, version = rest
    return ProviderRecord(
        UUID(identity),
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
    identity, family, name, model, enabled, is_default, context, threshold, options, _, *stamps = row
    created, updated, actor, version = stamps
    return ModelRecord(
        UUID(identity),
        Family(family),
        name,
        model,
        bool(enabled),
        bool(is_default),
        context,
        threshold,
        _object(options),
        None,
        _moment(created),
        _moment(updated),
        actor,
        version,
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _object(text: str) -> Mapping[str, Any]:
    if text == "{}":
        return {}
    value: Mapping[str, Any] = json.loads(text)
    return value
