"""What a command prints: JSON for programs, aligned and made displayable for people."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from rich.cells import cell_len

from modeltui.cli.invocation import current
from modeltui.errors import CatalogError
from modeltui.json_form import json_text
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
    for line in [json_text(value)] if current().json else lines:
        say(line)


def note(lines: Iterable[str]) -> None:
    """Says something to the person on stderr; nothing where a program reads it as JSON."""
    if not current().json:
        for line in lines:
            say(line, sys.stderr)


def report(error: CatalogError) -> None:
    """Prints a failure on stderr."""
    if current().json:
        say(json_text({"error": error}), sys.stderr)
    else:
        say(f"modeltui: {clean(error.message)}", sys.stderr)


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
