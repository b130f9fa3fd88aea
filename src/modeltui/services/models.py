"""Model configs: the rules of changing them, and what a change would do to traffic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from modeltui.db import queries
from modeltui.db.reading import Reference, find_model
from modeltui.db.tables import MODELS
from modeltui.domain import impact as impacts
from modeltui.domain.bulk import DeleteModels
from modeltui.domain.impact import Impact, impact_of
from modeltui.domain.inputs import ModelCreate, ModelUpdate
from modeltui.domain.records import ModelRecord
from modeltui.domain.rows import ModelRow, ModelState
from modeltui.domain.text import name_key
from modeltui.errors import AlreadyExists, DefaultModelDisabled, NoProviders, NotFound
from modeltui.services.bulk import carry_out, planned
from modeltui.services.lines import Line, current_lines, named_providers, own_ids, write_lines
from modeltui.services.model_lines import ModelLines, lines_impact
from modeltui.services.workspace import Change, View, expect_impact

ModelList = list[ModelRow]


class Models(ModelLines):
    """`catalog.models`: every method is one transaction and gives frozen rows."""

    async def list(self, include_deleted: bool = False) -> ModelList:
        """All models by family and name, each with its lines and their verdicts."""
        async with self._workspace.reading() as view:
            return list((await view.rows(queries.EVERY if include_deleted else queries.LIVE)).models)

    async def available(self) -> ModelList:
        """What callers may ask for: enabled models with at least one usable line."""
        return [row for row in await self.list() if row.state in (ModelState.ON, ModelState.FALLBACK)]

    async def get(self, model: Reference) -> ModelRow:
        """One model: by name the live one, by id also a deleted one. Raises NotFound."""
        async with self._workspace.reading() as view:
            record = await find_model(view.connection, model)
            if record is None:
                raise NotFound("model", str(model))
            return await view.model_row(record.id)

    async def create(self, new: ModelCreate) -> ModelRow:
        """Adds a model with its lines. Raises AlreadyExists, ProviderNotFound, DuplicateProvider, FamilyMismatch."""
        async with self._workspace.writing("models.create", new.name) as change:
            await _require_free_name(change, new.name, None)
            providers = await named_providers(change, new.provider_config_ids, new.family)
            lines = await own_ids(change, [Line(provider.id) for provider in providers], new.upstream_models)
            is_default = new.enabled and (new.is_default or await change.default_name() is None)
            if is_default:
                await _unmark_default(change)
            identity = uuid4()
            await change.insert_model(
                identity,
                family=providers[0].family,
                name=new.name,
                name_key=name_key(new.name),
                model=new.model,
                enabled=new.enabled,
                is_default=is_default,
                context_limit=new.context_limit,
                compression_threshold=new.compression_threshold,
                options=dict(new.options),
            )
            await write_lines(change, identity, (), lines)
            return await change.model_row(identity)

    async def update(
        self, model: Reference, changes: ModelUpdate, *, version: int | None = None, impact: Impact | None = None
    ) -> ModelRow:
        """Changes the given fields, and the whole list where one is given.

        Raises NotFound, ModelDeleted, StaleVersion, AlreadyExists, DefaultModelDisabled, LineError.
        """
        async with self._workspace.writing("models.update", model) as change:
            record = await change.model(model)
            await change.expect_model(record, version)
            old = await current_lines(change, record.id)
            new = await _wanted_lines(change, record, old, changes)
            values = await _changed_values(change, record, changes)
            if impact is not None:
                row = await change.model_row(record.id)
                expect_impact(impact, await _updated(change, row, new, values), "model", row)
            if values.get("enabled") and await change.default_name() is None:
                values["is_default"] = True
            if values or list(old) != new:
                await write_lines(change, record.id, old, new)
                await change.save_model(record, **values)
            return await change.model_row(record.id)

    async def delete(self, model: Reference, *, version: int | None = None, impact: Impact | None = None) -> Impact:
        """Deletes a model; it can be restored. Raises NotFound, ModelDeleted, StaleVersion."""
        async with self._workspace.writing("models.delete", model) as change:
            record = await change.model(model)
            await change.expect_model(record, version)
            deletion = DeleteModels((record.id,))
            plan = await planned(change, deletion)
            expect_impact(impact, plan.impact, "model", await change.model_row(record.id))
            await carry_out(change, deletion, plan)
            return plan.impact

    async def restore(
        self,
        model: Reference,
        provider_config_ids: Sequence[Reference] | None = None,
        *,
        version: int | None = None,
    ) -> ModelRow:
        """Brings a deleted model back, a name meaning the one deleted last; a list given replaces its lines.

        Raises NotFound, AlreadyExists while its name is taken, StaleVersion, NoProviders when no line is left.
        """
        async with self._workspace.writing("models.restore", model) as change:
            record = await find_model(change.connection, model, deleted=True)
            if record is None:
                raise NotFound("model", str(model), f"no deleted model named {model}; see: modeltui models list --all")
            await change.expect_model(record, version)
            if record.deleted_at is None:
                raise AlreadyExists("model", record.name)
            await _require_free_name(change, record.name, record.id)
            old = await current_lines(change, record.id)
            new = list(old)
            if provider_config_ids is not None:
                new = await _replaced_lines(change, record, old, tuple(provider_config_ids))
            if not new:
                raise NoProviders(record.name)
            is_default = record.enabled and await change.default_name() is None
            await write_lines(change, record.id, old, new)
            await change.save_model(record, deleted_at=None, is_default=is_default)
            return await change.model_row(record.id)

    async def set_default(
        self, model: Reference | None, *, version: int | None = None, impact: Impact | None = None
    ) -> ModelRow | None:
        """Makes a model the default, or with None takes the mark away.

        Gives the model that got or lost the mark; None where there was none to take away. With None a version is that
        of the model with the mark and doesn't say which one it is: the impact does. Raises NotFound, ModelDeleted,
        StaleVersion, DefaultModelDisabled.
        """
        async with self._workspace.writing("models.set_default", model) as change:
            marked = await _marked(change)
            record = marked if model is None else await change.model(model)
            if record is None:
                return None
            await change.expect_model(record, version)
            happening = _mark_moves(marked, None if model is None else record)
            if impact is not None:
                expect_impact(impact, happening, "model", await change.model_row(record.id))
            if model is None:
                await _unmark_default(change)
            elif not record.is_default:
                await _unmark_default(change)
                await change.save_model(record, is_default=True)
            return await change.model_row(record.id)

    async def impact_of_setting_default(self, model: Reference | None) -> Impact:
        """What making a model the default, or with None having none, would do. Raises as `set_default` does."""
        async with self._workspace.reading() as view:
            return _mark_moves(await _marked(view), None if model is None else await view.model(model))

    async def impact_of_updating(self, model: Reference, changes: ModelUpdate) -> Impact:
        """What an update would do, with any mix of its fields. Raises what `update` would."""
        async with self._workspace.reading() as view:
            record = await view.model(model)
            lines = await _wanted_lines(view, record, await current_lines(view, record.id), changes)
            values = await _changed_values(view, record, changes)
            return await _updated(view, await view.model_row(record.id), lines, values)

    async def impact_of_disabling(self, model: Reference) -> Impact:
        """What turning the model off would do. Raises NotFound, ModelDeleted, DefaultModelDisabled."""
        async with self._workspace.reading() as view:
            record = await view.model(model)
            if record.is_default:
                raise DefaultModelDisabled(record.name, disabling=True)
            default = await view.default_name()
            return impact_of([await view.model_row(record.id)], impacts.model_disabled, default, default)

    async def impact_of_deleting(self, model: Reference) -> Impact:
        """What deleting the model would do. Raises NotFound, ModelDeleted."""
        async with self._workspace.reading() as view:
            return (await planned(view, DeleteModels(((await view.model(model)).id,)))).impact


async def _updated(view: View, row: ModelRow, lines: Sequence[Line], values: Mapping[str, Any]) -> Impact:
    """The impact of an update that leaves these lines and writes these columns."""
    order = [line.provider for line in lines]
    return await lines_impact(view, row, order, enabled=values.get("enabled", row.enabled))


async def _wanted_lines(view: View, record: ModelRecord, old: Sequence[Line], changes: ModelUpdate) -> list[Line]:
    lines = list(old)
    if changes.provider_config_ids is not None:
        lines = await _replaced_lines(view, record, old, changes.provider_config_ids)
    return await own_ids(view, lines, changes.upstream_models)


async def _replaced_lines(
    view: View, record: ModelRecord, old: Sequence[Line], references: Sequence[Reference]
) -> list[Line]:
    """The lines of a new list; those that stay keep their own upstream id."""
    if not references:
        raise NoProviders(record.name)
    kept = dict(old)
    providers = await named_providers(view, references, record.family)
    return [Line(provider.id, kept.get(provider.id)) for provider in providers]


async def _changed_values(view: View, record: ModelRecord, changes: ModelUpdate) -> dict[str, Any]:
    """The columns that an update really changes."""
    values: dict[str, Any] = {}
    for field in ("model", "context_limit", "compression_threshold", "enabled", "options"):
        if field in changes.given and getattr(changes, field) != getattr(record, field):
            values[field] = getattr(changes, field)
    if "name" in changes.given and changes.name != record.name:
        await _require_free_name(view, changes.name, record.id)
        values |= {"name": changes.name, "name_key": name_key(changes.name)}
    if values.get("enabled") is False and record.is_default:
        raise DefaultModelDisabled(record.name, disabling=True)
    return values


async def _unmark_default(change: Change) -> None:
    await change.update_models(queries.DEFAULT, is_default=False)


async def _marked(view: View) -> ModelRecord | None:
    """The default model, if there is one."""
    identity = (await view.connection.execute(select(MODELS.c.id).where(queries.DEFAULT))).scalar_one_or_none()
    return None if identity is None else await view.model(identity)


def _mark_moves(old: ModelRecord | None, new: ModelRecord | None) -> Impact:
    """The impact of the mark going from one model to another. Raises DefaultModelDisabled."""
    if new is not None and not new.enabled:
        raise DefaultModelDisabled(new.name, disabling=False)
    return Impact((), None if old is None else old.name, None if new is None else new.name)


async def _require_free_name(view: View, name: str, own: UUID | None) -> None:
    other = await find_model(view.connection, name)
    if other is not None and other.id != own:
        raise AlreadyExists("model", name)
