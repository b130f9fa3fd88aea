"""What a command prints: JSON for programs, aligned and made displayable for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any, TextIO
from uuid import UUID

from rich.cells import cell_len

from modeltui.cli.invocation import current
from modeltui.clock import utc_text
from modeltui.errors import CatalogError
from modeltui.tui.presentation.text import clean


class NobodyReads(Exception):
    """Whoever was to read the output has gone. No OSError, or the command-line library would take it for its own."""


def say(line: str, stream: TextIO | None = None) -> None:
    """Prints one line that is displayable already. Raises NobodyReads."""
    try:
        print(line, file=stream)
    except BrokenPipeError:
        raise NobodyReads from None


def emit(value: object, lines: Iterable[str]) -> None:
    """Prints a command's result: the value as JSON where that was asked for, else the lines."""
    for line in [json.dumps(jsonable(value), indent=2)] if current().json else lines:
        say(line)


def note(lines: Iterable[str]) -> None:
    """Says something to the person on stderr; nothing where a program reads it as JSON."""
    if not current().json:
        for line in lines:
            say(line, sys.stderr)


def report(error: CatalogError) -> None:
    """Prints a failure on stderr."""
    if current().json:
        body = {"code": error.code, "message": error.message} | error.attributes
        say(json.dumps({"error": jsonable(body)}, indent=2), sys.stderr)
    else:
        say(f"modeltui: {clean(error.message)}", sys.stderr)


def jsonable(value: object) -> Any:
    """Any row, error attribute or setting as plain JSON; never a secret, whatever it stands in."""
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


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], right: str = "") -> Iterator[str]:
    """Aligned lines under headings; `right` names the columns that are numbers, separated by blanks."""
    cells = [list(headings), *([clean(cell) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    numbers = right.split()
    for row in cells:
        yield "  ".join(
            _padded(cell, width, heading in numbers) for cell, width, heading in zip(row, widths, headings, strict=True)
        ).rstrip()


def block(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Names and their values, one pair a line, the values aligned."""
    shown = [(name, clean(value)) for name, value in pairs]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        yield f"{name:<{width}}  {value}".rstrip()


def _padded(cell: str, width: int, right: bool) -> str:
    blanks = " " * (width - cell_len(cell))
    return blanks + cell if right else cell + blanks
