"""What taking a change back comes to: the columns and lists to write, its impact, and what stands against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Table, or_, select

from modeltui.db import queries, reading
from modeltui.db.queries import among
from modeltui.db.tables import MODELS, PROVIDERS
from modeltui.domain.history import Entry, Reversal, Step, by_person, subject_of
from modeltui.domain.impact import impact_between
from modeltui.domain.records import LineRecord, ModelRecord, ProviderRecord, Records, Rows
from modeltui.domain.rows import CredentialKind
from modeltui.domain.text import name_key
from modeltui.services.workspace import View

Values = dict[str, Any]


class Obstacle(Exception):
    """Why a change can't be taken back, in words that follow its name."""


class Plan(NamedTuple):
    """What taking an entry back comes to: the columns to write, and the rows as they are now."""

    values: dict[UUID, Values]
    records: Records
    rows: Rows
    reversal: Reversal


async def plan_of_taking_back(view: View, entry: Entry, now: datetime) -> Plan:
    """What taking an entry back comes to on the rows of this transaction. Raises Obstacle."""
    if entry.obstacle is not None:
        raise Obstacle(entry.obstacle)
    providers = of_kind(entry, "provider")
    where = or_(among(MODELS.c.id, of_kind(entry, "model")), queries.bound_to(*providers), queries.DEFAULT)
    records = await reading.read_records(view.connection, where)
    found = _found(entry, records)
    _require_untouched(entry, found)
    holder = next((record for record in records.models if record.is_default), None)
    values = {identity: _values(step, entry, holder, now) for identity, step in entry.steps.items()}
    _require_providers(entry, records)
    await _require_free_names(view, entry, values, found)
    rows = await view.workspace.rows(records)
    after = await view.workspace.rows(_put_back(entry, values, records))
    ours = set(providers)
    weighed = {line.model_config_id for line in records.lines if line.provider_config_id in ours}
    weighed |= {identity for identity in of_kind(entry, "model") if not entry.steps[identity].only_default}
    impact = impact_between(rows.models, after.models, weighed)
    lost = _what_is_lost(entry, found)
    return Plan(values, records, rows, Reversal(entry.title, impact, subject_of(entry.steps.values()), lost))


def of_kind(entry: Entry, kind: str) -> list[UUID]:
    """The ids of the models, or of the providers, that an entry touched."""
    return [identity for identity, step in entry.steps.items() if step.kind == kind]


def _found(entry: Entry, records: Records) -> dict[UUID, ModelRecord | ProviderRecord]:
    """What there is now of the rows that an entry touched."""
    tables: dict[str, dict[UUID, Any]] = {
        "model": {record.id: record for record in records.models},
        "provider": {record.id: record for record in records.providers},
    }
    rows = {identity: tables[step.kind].get(identity) for identity, step in entry.steps.items()}
    return {identity: record for identity, record in rows.items() if record is not None}


def _require_untouched(entry: Entry, found: dict[UUID, ModelRecord | ProviderRecord]) -> None:
    def changed() -> Iterator[tuple[str, str]]:
        for identity, step in entry.steps.items():
            record = found.get(identity)
            if record is None:
                yield "somebody deleted", step.name
            elif record.version != step.left:
                deleted = isinstance(record, ModelRecord) and record.deleted_at is not None
                yield f"{record.updated_by} {'deleted' if deleted else 'changed'}", record.name

    said = by_person(changed())
    if said:
        raise Obstacle(f"{said} meanwhile, so it stays as it is")


def _values(step: Step, entry: Entry, holder: ModelRecord | None, now: datetime) -> Values:
    """The columns that put a row back. A model that was added is deleted, so that it can be restored."""
    if step.before is None:
        return {"deleted_at": now, "is_default": False} if step.kind == "model" else {}
    values = dict(step.before)
    if "credential_kind" in values:
        values |= {"api_key_token": None, "api_key_fingerprint": None}
    if "name" in values:
        values["name_key"] = name_key(values["name"])
    if values.get("is_default") and holder is not None and holder.id not in entry.steps:
        if step.only_default:
            raise Obstacle(f"{holder.name} is the default model by now, by {holder.updated_by}")
        # It comes back without the mark, as every restored model does where there is a default.
        del values["is_default"]
    return values


def _require_providers(entry: Entry, records: Records) -> None:
    """A list can only be put back with providers that are there, and a provider that serves models stays."""
    known = {record.id for record in records.providers}
    for step in entry.steps.values():
        if any(provider not in known for provider, _ in step.lines or ()):
            raise Obstacle(f"a provider that was in the list of {step.name} is deleted")
    added = {identity for identity in of_kind(entry, "provider") if entry.steps[identity].before is None}
    bound = [line for line in records.lines if line.provider_config_id in added]
    if bound:
        models = "1 model uses" if len(bound) == 1 else f"{len(bound)} models use"
        raise Obstacle(f"{models} it by now; take it out of their lists first, or delete it with them")


async def _require_free_names(
    view: View, entry: Entry, values: dict[UUID, Values], found: dict[UUID, ModelRecord | ProviderRecord]
) -> None:
    for table, kind, live in ((MODELS, "model", queries.LIVE), (PROVIDERS, "provider", queries.EVERY)):
        names = {
            name_key(new.get("name", found[identity].name))
            for identity, new in values.items()
            if entry.steps[identity].kind == kind and ("name" in new or new.get("deleted_at", ...) is None)
        }
        taken = await _taken_name(view, table, names, entry.steps, live) if names else None
        if taken is not None:
            raise Obstacle(f"another {kind} is named {taken} by now; rename that one first")


async def _taken_name(
    view: View, table: Table, keys: set[str], but: Iterable[UUID], live: ColumnElement[bool]
) -> str | None:
    others = select(table.c.name).where(table.c.name_key.in_(keys), live, ~among(table.c.id, list(but)))
    name: str | None = (await view.connection.execute(others.limit(1))).scalar_one_or_none()
    return name


def _put_back(entry: Entry, values: dict[UUID, Values], records: Records) -> Records:
    """The records as they would be."""
    lines = [line for line in records.lines if _lines_of(entry, line.model_config_id) is None]
    for identity in entry.steps:
        for place, (provider, own) in enumerate(_lines_of(entry, identity) or ()):
            lines.append(LineRecord(identity, provider, place, own))
    of_providers, of_models = ({key: values[key] for key in of_kind(entry, kind)} for kind in ("provider", "model"))
    return Records(
        [_replaced(record, of_providers.get(record.id)) for record in records.providers],
        [_replaced(record, of_models.get(record.id)) for record in records.models],
        lines,
    )


def _lines_of(entry: Entry, model: UUID) -> tuple[tuple[UUID, str | None], ...] | None:
    step = entry.steps.get(model)
    return step.lines if step is not None else None


def _replaced(record: Any, values: Values | None) -> Any:
    """A record with other columns; those that no record has are left out."""
    if not values:
        return record
    if "api_key_token" in values:
        record = record._replace(token_prefix=None, fingerprint=None)
    return record._replace(**{name: value for name, value in values.items() if name in record._fields})


def _what_is_lost(entry: Entry, found: dict[UUID, ModelRecord | ProviderRecord]) -> str | None:
    """What can't be had back by redoing, for people, or None."""
    for identity, step in entry.steps.items():
        record = found[identity]
        if not isinstance(record, ProviderRecord):
            continue
        stored = record.credential_kind is CredentialKind.STORED
        if step.before is None:
            return f"{record.name} is deleted{', its stored key too' if stored else ''}"
        if stored and "credential_kind" in step.before:
            return f"the stored key of {record.name} is deleted"
    return None
