"""Writing priority lists: what a list must be, and how one becomes another under the database's checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Executable, Integer, and_, bindparam, delete, insert, select, update

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
    await write_lists(change, {model: (old, new)})


async def write_lists(change: Change, lists: Mapping[UUID, tuple[Sequence[Line], Sequence[Line]]]) -> None:
    """Makes each model's list from its old to its new one, in at most five statements for however many models."""
    change.note_lists(lists)
    gone: list[dict[str, Any]] = []
    placed: list[dict[str, Any]] = []
    renamed: list[dict[str, Any]] = []
    added: list[dict[str, Any]] = []
    for model, (old, new) in lists.items():
        stored = {line.provider: (place, line.upstream_model) for place, line in enumerate(old)}
        for place, (provider, upstream_model) in enumerate(new):
            line = {"model": model, "provider": provider, "place": place, "own": upstream_model}
            was = stored.pop(provider, None)
            if was is None:
                added.append(line)
                continue
            if was[0] != place:
                placed.append(line)
            if was[1] != upstream_model:
                renamed.append(line)
        gone += [{"model": model, "provider": provider} for provider in stored]
    this_model = LINES.c.model_config_id == bindparam("model")
    this = and_(this_model, LINES.c.provider_config_id == bindparam("provider"))
    await _each(change, delete(LINES).where(this), gone)
    # Two steps by way of negative places, because the database checks the unique index row by row.
    await _each(change, update(LINES).where(this).values(priority=-1 - bindparam("place", type_=Integer)), placed)
    settled = update(LINES).where(this_model, LINES.c.priority < 0)
    settled = settled.values(priority=-1 - LINES.c.priority, updated_at=change.now)
    await _each(change, settled, [{"model": model} for model in dict.fromkeys(line["model"] for line in placed)])
    own = update(LINES).where(this).values(upstream_model=bindparam("own"), updated_at=change.now)
    await _each(change, own, renamed)
    new_line = insert(LINES).values(
        model_config_id=bindparam("model"),
        provider_config_id=bindparam("provider"),
        priority=bindparam("place"),
        upstream_model=bindparam("own"),
        created_at=change.now,
        updated_at=change.now,
    )
    await _each(change, new_line, added)


async def _each(change: Change, statement: Executable, lines: Sequence[Mapping[str, Any]]) -> None:
    """Sends a statement once for all lines; none for none."""
    if lines:
        await change.connection.execute(statement, lines)
