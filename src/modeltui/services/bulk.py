"""Changes of several rows at once: one impact for the whole set, one transaction, and one refusal refuses all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update

from modeltui.db import queries
from modeltui.db.queries import among
from modeltui.db.tables import LINES, MODELS, PROVIDERS
from modeltui.domain.bulk import (
    NO_VERSIONS,
    BulkChange,
    DeleteModels,
    DeleteProviders,
    LastResort,
    Plan,
    TurnModels,
    TurnProviders,
    plan_of,
)
from modeltui.domain.impact import Impact
from modeltui.domain.rows import LineRow, ModelRow
from modeltui.errors import BulkRefused, StaleVersion
from modeltui.services.lines import Line, write_lists
from modeltui.services.workspace import Change, View, Workspace

_IDS_LOGGED = 20


class Bulk:
    """`catalog.bulk`: what a change of several rows would do, and doing it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def impact_of(self, change: BulkChange) -> Impact:
        """What a change would do. Raises what `apply` would."""
        async with self._workspace.reading() as view:
            return (await planned(view, change)).impact

    async def apply(
        self, change: BulkChange, *, versions: Mapping[UUID, int] | None = None, impact: Impact | None = None
    ) -> Impact:
        """Does the change, or nothing of it; gives its impact. Rows that are already so are left alone.

        `versions` are those of the rows that the change names, as the caller loaded them; `impact` is what was
        shown. Raises BulkRefused with every row that stands against it, StaleVersion when the impact became
        another one, ProviderNotFound for a provider to attach, detach or swap, ValidationError.
        """
        rows = change.providers if isinstance(change, TurnProviders | DeleteProviders | LastResort) else change.models
        async with self._workspace.writing(f"bulk.{type(change).__name__}", _listed(rows)) as writing:
            plan = await planned(writing, change, versions or NO_VERSIONS)
            if impact is not None and impact != plan.impact and plan.rows:
                first, kind = plan.rows[0], "model" if isinstance(plan.rows[0], ModelRow) else "provider"
                raise StaleVersion(kind, first, plan.impact, others=len(plan.rows) - 1)
            await carry_out(writing, change, plan)
            return plan.impact


async def planned(view: View, change: BulkChange, versions: Mapping[UUID, int] = NO_VERSIONS) -> Plan:
    """What a change comes to on the rows of this transaction. Raises BulkRefused, ProviderNotFound."""
    rows = await view.rows(or_(_touched(change), queries.DEFAULT))
    plan = plan_of(change, rows, versions)
    if plan.causes:
        raise BulkRefused(plan.causes)
    if not plan.default_goes:
        return plan
    successor = queries.default_successor(
        without_models=change.models if isinstance(change, DeleteModels) else (),
        without_providers=change.providers if isinstance(change, DeleteProviders) else (),
    )
    found = (await view.connection.execute(successor)).first()
    return replace(plan, impact=replace(plan.impact, default_after=found.name if found is not None else None))


async def carry_out(change: Change, bulk: BulkChange, plan: Plan) -> None:
    """Writes what was planned in this transaction."""
    if isinstance(bulk, TurnModels):
        await _turn_models(change, bulk, plan)
    elif isinstance(bulk, DeleteModels):
        await change.update_models(among(MODELS.c.id, plan.changed), deleted_at=change.now, is_default=False)
    elif isinstance(bulk, TurnProviders):
        await change.update_providers(among(PROVIDERS.c.id, plan.changed), enabled=bulk.enabled)
    elif isinstance(bulk, DeleteProviders):
        await remove_providers(change, plan.changed)
    else:
        await write_lists(change, {model: (_lines(old), _lines(new)) for model, (old, new) in plan.lists.items()})
        await change.update_models(among(MODELS.c.id, plan.changed))
    if plan.default_goes:
        await change.elect_default()


def _listed(rows: Sequence[UUID]) -> str:
    """The first few ids, for the log."""
    more = len(rows) - _IDS_LOGGED
    return ", ".join(map(str, rows[:_IDS_LOGGED])) + (f" and {more} more" if more > 0 else "")


def _touched(change: BulkChange) -> ColumnElement[bool]:
    """The models whose rows a change is judged by."""
    if isinstance(change, TurnProviders | DeleteProviders | LastResort):
        return queries.bound_to(*change.providers)
    return among(MODELS.c.id, change.models)


def _lines(rows: Iterable[LineRow]) -> list[Line]:
    return [Line(row.provider_config_id, row.upstream_model) for row in rows]


async def _turn_models(change: Change, bulk: TurnModels, plan: Plan) -> None:
    elected = None
    if bulk.enabled and plan.impact.default_before is None and plan.changed:
        elected = plan.changed[0]
        await change.update_models(MODELS.c.id == elected, enabled=True, is_default=True)
    rest = [identity for identity in plan.changed if identity != elected]
    await change.update_models(among(MODELS.c.id, rest), enabled=bulk.enabled)


async def remove_providers(change: Change, providers: Collection[UUID]) -> None:
    """Takes the providers out of every list, deleted models' too, closes the gaps, and deletes what is left empty."""
    own, other = LINES.alias("own"), LINES.alias("other")
    has_other = exists().where(other.c.model_config_id == MODELS.c.id, ~among(other.c.provider_config_id, providers))
    bound = queries.holding(providers)
    emptied = and_(queries.LIVE, bound, ~has_other)
    going_before = and_(
        own.c.model_config_id == LINES.c.model_config_id,
        among(own.c.provider_config_id, providers),
        own.c.priority < LINES.c.priority,
    )
    places = select(func.count()).select_from(own).where(going_before).scalar_subquery()
    staying = and_(~among(LINES.c.provider_config_id, providers), exists().where(going_before))
    execute = change.connection.execute
    await change.note_deleted_providers(providers)
    await change.update_models(and_(bound, ~emptied))
    await change.update_models(emptied, deleted_at=change.now, is_default=False)
    # Two steps by way of negative places, because the database checks the unique index row by row.
    await execute(update(LINES).where(staying).values(priority=places - LINES.c.priority - 1, updated_at=change.now))
    await execute(delete(LINES).where(among(LINES.c.provider_config_id, providers)))
    await execute(update(LINES).where(LINES.c.priority < 0).values(priority=-1 - LINES.c.priority))
    await execute(delete(PROVIDERS).where(among(PROVIDERS.c.id, providers)))
