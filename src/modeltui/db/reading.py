"""Reads parts of the catalog into records, each with a constant number of statements."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection

from modeltui.db import queries
from modeltui.db.tables import MODELS, PROVIDERS
from modeltui.domain.records import LineRecord, ModelRecord, ProviderRecord, Records
from modeltui.domain.text import name_key, parse_uuid

Record = TypeVar("Record", ModelRecord, LineRecord)
Reference = UUID | str
# One by one costs twice the time, all at once keeps two objects for each row.
_AT_ONCE = 500


async def read_records(connection: AsyncConnection, where: ColumnElement[bool]) -> Records:
    """Every provider, and the models (with their lines) that a condition picks: three statements."""
    providers = await connection.execute(queries.providers())
    models = await connection.execute(queries.models(where))
    lines = await connection.execute(queries.lines(where))
    return Records(
        [ProviderRecord._make(row) for row in providers],
        await _taken(models, ModelRecord._make),
        await _taken(lines, LineRecord._make),
    )


async def _taken(result: CursorResult[Any], make: Callable[[Any], Record]) -> list[Record]:
    """All rows of a result as records; in between, other tasks of the loop have their turn."""
    taken: list[Record] = []
    for part in result.partitions(_AT_ONCE):
        taken += map(make, part)
        await asyncio.sleep(0)
    return taken


async def find_provider(connection: AsyncConnection, reference: Reference) -> ProviderRecord | None:
    """The provider with this id or name."""
    condition = _named(PROVIDERS.c.id, PROVIDERS.c.name_key, reference)
    if condition is None:
        return None
    row = (await connection.execute(queries.provider_where(condition))).first()
    return ProviderRecord._make(row) if row is not None else None


async def find_model(connection: AsyncConnection, reference: Reference, *, deleted: bool = False) -> ModelRecord | None:
    """The model with this id, deleted or not, or with this name: the live one, or the one deleted last."""
    where = model_condition(reference, deleted=deleted)
    if where is None:
        return None
    statement = queries.models(where).order_by(None).order_by(MODELS.c.deleted_at.desc()).limit(1)
    row = (await connection.execute(statement)).first()
    return ModelRecord._make(row) if row is not None else None


def model_condition(reference: Reference, *, deleted: bool = False) -> ColumnElement[bool] | None:
    """The condition that picks a model by id or name, or None when nothing can match."""
    condition = _named(MODELS.c.id, MODELS.c.name_key, reference)
    if condition is None or isinstance(sought(reference), UUID):
        return condition
    return condition & (MODELS.c.deleted_at.is_not(None) if deleted else queries.LIVE)


def sought(reference: Reference) -> UUID | str | None:
    """What to look for: an id, else a name key, or None when nothing can match."""
    identity = reference if isinstance(reference, UUID) else parse_uuid(reference.strip())
    if identity is not None:
        return identity
    key = name_key(str(reference).strip())
    try:
        key.encode()
    except UnicodeEncodeError:
        return None
    return key if "\0" not in key else None


def _named(
    id_column: ColumnElement[UUID], key_column: ColumnElement[str], reference: Reference
) -> ColumnElement[bool] | None:
    value = sought(reference)
    if value is None:
        return None
    return id_column == value if isinstance(value, UUID) else key_column == value
