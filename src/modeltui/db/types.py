"""Column types that SQLite and PostgreSQL keep alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Dialect, Enum, String, TypeDecorator, Uuid

from modeltui.db.identity import identity


class Identity(Uuid[UUID]):
    """An id; where the database has no such type, what it holds as text is read quickly."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """What makes an id of the driver's value, or None where the driver does so itself."""
        made: Callable[[Any], Any] | None = super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call]
        return None if made is None else identity


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; naive values are refused, and SQLite, which drops the zone, gives it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def closed_set(kind: type[StrEnum], name: str) -> Enum:
    """A text column that the database itself limits to the values of an enum."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def code_points(length: int) -> String:
    """A text column that sorts by code point on both databases."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


JsonObject = dict[str, Any]
