"""A set of rows as text: which ones a question is about, and why some of them refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.errors import BulkRefused, CatalogError, ModelDeleted, NotFound
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.impact_text import listed

Rows: TypeAlias = Sequence[ModelRow] | Sequence[ProviderRow] | Sequence[ModelRow | ProviderRow]


def named(rows: Rows) -> str:
    """The set in a sentence: the one row's name, or how many there are."""
    return rows[0].name if len(rows) == 1 else counted(len(rows), _noun(rows))


def set_lines(rows: Rows) -> list[Spans]:
    """The names of the set, where the title gives only their number."""
    if len(rows) == 1:
        return []
    return [spans(Cell(f" {_noun(rows) + 's':<11}", Tone.MUTED), listed([row.name for row in rows]))]


def refusal(error: BulkRefused, rows: Rows) -> str:
    """The one cause that stands against a change."""
    name, cause = error.causes[0]
    said = f"{_known(name, rows)}: {_why(cause)}"
    return said if len(rows) == 1 else f"nothing was changed. {said}"


def refusal_lines(error: BulkRefused, rows: Rows) -> list[Spans]:
    """Every cause with the rows that it holds for."""
    alike: dict[str, list[str]] = {}
    for name, cause in error.causes:
        alike.setdefault(_why(cause), []).append(_known(name, rows))
    lines: list[Spans] = []
    for why, names in alike.items():
        lines += [spans(Cell(f" {why}", Tone.BAD)), spans(f"   {listed(names)}")]
    return [
        *lines,
        spans(Cell(" One that refuses keeps the whole set as it is: space takes its mark away.", Tone.MUTED)),
    ]


def _noun(rows: Rows) -> str:
    return "model" if isinstance(rows[0], ModelRow) else "provider"


def _known(name: str, rows: Rows) -> str:
    """A row that is gone is told by its id, but here its name is known."""
    return next((row.name for row in rows if str(row.id) == name), name)


def _why(cause: CatalogError) -> str:
    if isinstance(cause, NotFound) and cause.kind == "line":
        return f"{cause.name} is not in the list"
    if isinstance(cause, NotFound | ModelDeleted):
        return "deleted meanwhile"
    return cause.briefly
