"""One statement for one value, asked over and over: written out once, and sent by the driver alone.

One statement sees one moment without a transaction, so that an answer costs one round trip instead of five; and
SQLAlchemy's own way through its pool costs several times what the statement does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.types import TypeEngine

Row = tuple[Any, ...]
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A statement in the words of one driver, and what makes its values of ours and ours of its."""

    sql: str
    binds: tuple[Convert | None, ...]
    results: tuple[tuple[int, Convert], ...]

    def bound(self, values: Sequence[Any]) -> list[Any]:
        """The values as the driver takes them."""
        return [convert(value) if convert else value for convert, value in zip(self.binds, values, strict=True)]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Row]:
        """The rows as SQLAlchemy would give them."""
        rows = []
        for values in found:
            row = list(values)
            for place, convert in self.results:
                row[place] = convert(row[place])
            rows.append(tuple(row))
        return rows


class Lookup:
    """A statement with at most one value to be bound."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._written: dict[str, Written] = {}

    def written(self, dialect: Dialect) -> Written:
        """How it reads for a driver."""
        known = self._written.get(dialect.name)
        if known is None:
            known = self._written[dialect.name] = self._write(dialect)
        return known

    def _write(self, dialect: Dialect) -> Written:
        compiled = self._statement.compile(dialect=dialect)
        binds = [bind.type.dialect_impl(dialect).bind_processor(dialect) for bind in compiled.binds.values()]
        results = [
            (place, convert)
            for place, column in enumerate(self._statement.selected_columns)
            if (convert := _result_processor(column.type, dialect)) is not None
        ]
        return Written(str(compiled), tuple(binds), tuple(results))


def _result_processor(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    found: Convert | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return found
