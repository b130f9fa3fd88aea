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
    plain = jsonable(value)
    try:
        return json.dumps(plain, indent=2)
    except RecursionError:
        return "".join(_pieces(plain, indented=True, ensure_ascii=True))


def json_line(value: object) -> str:
    """Plain JSON on one line, in the characters that it was typed in."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "".join(_pieces(value, indented=False, ensure_ascii=False))


def jsonable(value: object) -> Any:
    """Any row, error attribute or setting as plain JSON; never a secret, whatever it stands in. Raises TypeError."""
    whole: dict[str, Any] = {"": value}
    # No recursion, because options may be nested deeper than Python may call.
    pending: list[tuple[Any, Any]] = [(whole, "")]
    while pending:
        holder, place = pending.pop()
        plain = holder[place] = _plain(holder[place])
        if isinstance(plain, dict):
            pending += [(plain, name) for name in plain]
        elif isinstance(plain, list):
            pending += [(plain, index) for index in range(len(plain))]
    return whole[""]


def _plain(value: object) -> Any:
    """A value as plain JSON, but for what stands in it. Raises TypeError."""
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
        return {str(name): item for name, item in value.items()}
    if is_dataclass(value):
        return dict(_fields(value))
    if isinstance(value, CatalogError):
        return {"code": value.code, "message": value.message} | value.attributes
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return value._asdict()
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _fields(row: Any) -> Iterator[tuple[str, Any]]:
    """A row's fields by name; the state of its key is told as `has_api_key`."""
    for item in fields(row):
        if item.name == "key":
            yield "has_api_key", row.has_api_key
        else:
            yield item.name, getattr(row, item.name)


def _pieces(plain: Any, *, indented: bool, ensure_ascii: bool) -> Iterator[str]:
    """The text of plain JSON of any depth, as `json.dumps` would write it, which calls itself for each level."""
    # What is still to be written, last first: texts as they are, or a value and the depth that it stands at.
    pending: list[str | tuple[Any, int]] = [(plain, 0)]
    while pending:
        piece = pending.pop()
        if isinstance(piece, str):
            yield piece
            continue
        value, depth = piece
        if not value or not isinstance(value, dict | list):
            yield json.dumps(value, ensure_ascii=ensure_ascii)
            continue
        start, end = ("{", "}") if isinstance(value, dict) else ("[", "]")
        if indented:
            line, last_line = f"\n{'  ' * (depth + 1)}", f"\n{'  ' * depth}"
            start, comma, end = f"{start}{line}", f",{line}", f"{last_line}{end}"
        else:
            comma = ", "
        parts: list[str | tuple[Any, int]] = []
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            parts.append(comma if parts else start)
            if isinstance(value, dict):
                parts.append(f"{json.dumps(name, ensure_ascii=ensure_ascii)}: ")
            parts.append((item, depth + 1))
        pending += [end, *reversed(parts)]
