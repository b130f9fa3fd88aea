"""Writing priority lists: what a list must be, and how one becomes another under the database's checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, delete, insert, select, update

from modeltui.db.reading import Reference, find_provider
from modeltui.db.tables import LINES
from modeltui.domain.families import Family
from modeltui.domain.ordering import first_double
from modeltui.domain.records import ProviderRecord
from modeltui.errors import DuplicateProvider, FamilyMismatch, ProviderNotFound, ValidationError
from modeltui.services.workspace import Change, View


class Line(NamedTuple):
    """A line as it is to be; its priority is its place in the list."""

    provider: UUID
    upstream_model: str | None = None


async def current_lines(view: View, model: UUID) -> tuple[Line, ...]:
    """A model's lines in order."""
    statement = (
        select(LINES.c.provider_config_id, LINES.c.upstream_model)
        .where(LINES.c.model_config_id == model)
        .order_by(LINES.c.priority)
    )
    return tuple(Line(*row) for row in await view.connection.execute(statement))


async def named_providers(
    view: View, references: Sequence[Reference], family: Family | None
) -> tuple[ProviderRecord, ...]:
    """The providers of a list. Raises ProviderNotFound, DuplicateProvider, FamilyMismatch.

    Without a family, the first provider's holds for all.
    """
    found = []
    for reference in references:
        record = await find_provider(view.connection, reference)
        if record is None:
            raise ProviderNotFound(str(reference))
        found.append(record)
    double = first_double([record.id for record in found])
    if double is not None:
        raise DuplicateProvider(next(record.name for record in found if record.id == double))
    expected = family or found[0].family
    for record in found:
        if record.family is not expected:
            raise FamilyMismatch(record.name, record.family, expected)
    return tuple(found)


async def own_ids(view: View, lines: Sequence[Line], upstream_models: Mapping[Reference, str | None]) -> list[Line]:
    """The lines with the given own upstream ids. Raises ValidationError for a provider outside the list."""
    given: dict[UUID, str | None] = {}
    listed = {line.provider for line in lines}
    for reference, upstream_model in upstream_models.items():
        record = await find_provider(view.connection, reference)
        if record is None or record.id not in listed:
            raise ValidationError("upstream_models", f"{reference} is not in the list; its own id can't be set")
        given[record.id] = upstream_model
    return [Line(line.provider, given.get(line.provider, line.upstream_model)) for line in lines]


async def write_lines(change: Change, model: UUID, old: Sequence[Line], new: Sequence[Line]) -> None:
    """Makes the model's list `new`; lines that stay keep their creation time. Its version is the caller's to raise."""
    stored = {line.provider: (place, line) for place, line in enumerate(old)}
    wanted = {line.provider: (place, line) for place, line in enumerate(new)}
    await _take_out(change, model, [provider for provider in stored if provider not in wanted])
    staying = [provider for provider in wanted if provider in stored]
    await _reorder(change, model, {id_: wanted[id_][0] for id_ in staying if wanted[id_][0] != stored[id_][0]})
    for provider in staying:
        line = wanted[provider][1]
        if line != stored[provider][1]:
            this = and_(LINES.c.model_config_id == model, LINES.c.provider_config_id == provider)
            values = {"upstream_model": line.upstream_model, "updated_at": change.now}
            await change.connection.execute(update(LINES).where(this).values(**values))
    added = [
        {
            "model_config_id": model,
            "provider_config_id": provider,
            "priority": place,
            "upstream_model": line.upstream_model,
            "created_at": change.now,
            "updated_at": change.now,
        }
        for provider, (place, line) in wanted.items()
        if provider not in stored
    ]
    if added:
        await change.connection.execute(insert(LINES), added)


async def _take_out(change: Change, model: UUID, providers: Sequence[UUID]) -> None:
    if providers:
        these = and_(LINES.c.model_config_id == model, LINES.c.provider_config_id.in_(providers))
        await change.connection.execute(delete(LINES).where(these))


async def _reorder(change: Change, model: UUID, places: Mapping[UUID, int]) -> None:
    if places:
        these = and_(LINES.c.model_config_id == model, LINES.c.provider_config_id.in_(places))
        # Two steps by way of negative places, because the database checks the unique index row by row.
        await change.connection.execute(update(LINES).where(these).values(priority=-1 - LINES.c.priority))
        place_of = case(places, value=LINES.c.provider_config_id)
        await change.connection.execute(update(LINES).where(these).values(priority=place_of, updated_at=change.now))
