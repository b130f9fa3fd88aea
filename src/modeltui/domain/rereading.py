"""The rows of a catalog of which only a part was read again: what can't differ isn't worked out anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from modeltui.domain.records import (
    LineRecord,
    ModelRecord,
    ProviderRecord,
    Records,
    Rows,
    Tally,
    credential_of,
    model_rows,
    provider_rows,
)
from modeltui.domain.rows import KeyState, ModelRow
from modeltui.domain.text import name_key


class Judged(NamedTuple):
    """A provider as it was read, and what this process could do with its key then."""

    record: ProviderRecord
    key: KeyState


def rows_again(
    before: Rows, known: Mapping[UUID, Judged], now: Mapping[UUID, Judged], records: Records, asked: Collection[UUID]
) -> Rows | None:
    """The rows before, with all providers as they are `now` and the models that were `asked` for as they were read.

    `known` are the providers behind the rows before. None where the parts don't fit together, because something
    changed that nobody asked for: all is to be read again then.
    """
    different = {known[key].record.name for key in known if now.get(key) != known[key]}
    kept: list[ModelRow] = []
    again: list[ModelRow] = []
    gone: list[ModelRow] = []
    for row in before.models:
        # By name, as unique as the id: hashing a UUID runs Python code.
        if row.id in asked:
            gone.append(row)
        elif different and any(line.name in different for line in row.provider_configs):
            again.append(row)
        else:
            kept.append(row)
    lines = [*(line for row in again for line in _lines_of(row)), *records.lines]
    if any(line.provider_config_id not in now for line in lines):
        return None
    providers = [judged.record for judged in now.values()]
    credentials = {record.id: credential_of(record) for record in providers}
    keys = {key: judged.key for key, judged in now.items()}
    read = Records(providers, [*map(_record_of, again), *records.models], lines)
    new = model_rows(read, credentials, keys)
    tally = Tally.of(before.providers)
    tally.count([*gone, *again], by=-1)
    tally.count(new)
    return Rows(provider_rows(providers, tally, credentials, keys), _in_order(before.models, kept, new))


def _record_of(row: ModelRow) -> ModelRecord:
    return ModelRecord._make(getattr(row, name) for name in ModelRecord._fields)


def _lines_of(row: ModelRow) -> Iterable[LineRecord]:
    for line in row.provider_configs:
        yield LineRecord(row.id, line.provider_config_id, line.priority, line.upstream_model)


def _in_order(before: Iterable[ModelRow], kept: Iterable[ModelRow], new: Iterable[ModelRow]) -> tuple[ModelRow, ...]:
    """All rows in the order of lists; what keeps its name keeps its place."""
    rows = {row.id: row for row in kept}
    rows |= {row.id: row for row in new}
    merged = [(old, rows.pop(old.id)) for old in before if old.id in rows]
    models = [row for _, row in merged]
    if rows or any(old.name != row.name for old, row in merged):
        models += rows.values()
        models.sort(key=lambda row: (row.family, name_key(row.name), row.id.bytes))
    return tuple(models)
