"""Rows as JSON, the same wherever they are printed or copied: ids and times as text, never a secret."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from uuid import UUID

from modeltui.clock import utc_text
from modeltui.errors import CatalogError


def json_text(value: object) -> str:
    """A value as people read JSON: indented, and in ASCII, so that nothing in it steers a terminal."""
    return json.dumps(jsonable(value), indent=2)


def jsonable(value: object) -> Any:
    """Any row, error attribute or setting as plain JSON; never a secret, whatever it stands in. Raises TypeError."""
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, UUID | Decimal | PurePath):
        return str(value)
    if hasattr(value, "get_secret_value"):
        return None
    if isinstance(value, Mapping):
        return {str(name): jsonable(item) for name, item in value.items()}
    if is_dataclass(value):
        return dict(_fields(value))
    if isinstance(value, CatalogError):
        return jsonable({"code": value.code, "message": value.message} | value.attributes)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return jsonable(value._asdict())
    if isinstance(value, Iterable):
        return [jsonable(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _fields(row: Any) -> Iterator[tuple[str, Any]]:
    """A row's fields by name; the state of its key is told as `has_api_key`."""
    for item in fields(row):
        if item.name == "key":
            yield "has_api_key", row.has_api_key
        else:
            yield item.name, jsonable(getattr(row, item.name))
