"""The part of `catalog.models` that changes one line at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from shlex import quote
from uuid import UUID

from modeltui.db.reading import Reference, find_provider
from modeltui.domain import impact as impacts
from modeltui.domain.impact import Impact, impact_of
from modeltui.domain.inputs import checked_upstream_model
from modeltui.domain.ordering import inserted, moved
from modeltui.domain.records import ModelRecord, credential_of
from modeltui.domain.rows import LineRow, ModelRow, Verdict
from modeltui.errors import DuplicateProvider, NoProviders, NotFound
from modeltui.services.lines import Line, current_lines, named_providers, write_lines
from modeltui.services.workspace import Change, View, Workspace, expect_impact


class ModelLines:
    """Attaching, detaching and moving; `at` and `to` count from 0."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def attach(
        self,
        model: Reference,
        provider: Reference,
        at: int | None = None,
        upstream_model: str | None = None,
        *,
        version: int | None = None,
        impact: Impact | None = None,
    ) -> ModelRow:
        """Adds a line at place `at` (0..n; None: the end).

        Raises NotFound, ModelDeleted, StaleVersion, ProviderNotFound, DuplicateProvider, FamilyMismatch,
        ValidationError.
        """
        own = checked_upstream_model(upstream_model)
        async with self._workspace.writing("models.attach", model) as change:
            record = await change.model(model)
            await change.expect_model(record, version)
            old = await current_lines(change, record.id)
            (new,) = await named_providers(change, [provider], record.family)
            if any(line.provider == new.id for line in old):
                raise DuplicateProvider(new.name)
            return await _save(change, record, old, inserted(old, Line(new.id, own), at), impact)

    async def detach(
        self,
        model: Reference,
        provider: Reference,
        *,
        version: int | None = None,
        impact: Impact | None = None,
    ) -> ModelRow:
        """Removes a line. Raises NotFound, ModelDeleted, StaleVersion, NoProviders for the last one."""
        async with self._workspace.writing("models.detach", model) as change:
            record = await change.model(model)
            await change.expect_model(record, version)
            old = await current_lines(change, record.id)
            line = await _attached(change, record, old, provider)
            if len(old) == 1:
                raise NoProviders(record.name)
            return await _save(change, record, old, [other for other in old if other != line], impact)

    async def move(
        self,
        model: Reference,
        provider: Reference,
        to: int,
        *,
        version: int | None = None,
        impact: Impact | None = None,
    ) -> ModelRow:
        """Moves a line to place `to` (0..n-1). Raises NotFound, ModelDeleted, StaleVersion, ValidationError."""
        async with self._workspace.writing("models.move", model) as change:
            record = await change.model(model)
            await change.expect_model(record, version)
            old = await current_lines(change, record.id)
            line = await _attached(change, record, old, provider)
            return await _save(change, record, old, moved(old, line, to), impact)

    async def set_upstream_model(
        self, model: Reference, provider: Reference, upstream_model: str | None, *, version: int | None = None
    ) -> ModelRow:
        """Gives a line its own upstream id, or with None the model's.

        Raises NotFound, ModelDeleted, StaleVersion, ValidationError.
        """
        own = checked_upstream_model(upstream_model)
        async with self._workspace.writing("models.set_upstream_model", model) as change:
            record = await change.model(model)
            await change.expect_model(record, version)
            old = await current_lines(change, record.id)
            line = await _attached(change, record, old, provider)
            new = [Line(other.provider, own) if other == line else other for other in old]
            return await _save(change, record, old, new, None)

    async def impact_of_lines(self, model: Reference, provider_config_ids: Sequence[Reference]) -> Impact:
        """What a new order or set of lines would do. Raises what giving that list to `update` would."""
        async with self._workspace.reading() as view:
            record = await view.model(model)
            if not provider_config_ids:
                raise NoProviders(record.name)
            providers = await named_providers(view, provider_config_ids, record.family)
            return await lines_impact(view, await view.model_row(record.id), [provider.id for provider in providers])


async def lines_impact(view: View, row: ModelRow, order: Sequence[UUID], *, enabled: bool | None = None) -> Impact:
    """The impact of the model having the given providers in the given order, and being on or off."""
    known = {line.provider_config_id: line for line in row.provider_configs}
    lines = [known.get(identity) or await _new_line(view, identity) for identity in order]
    default = await view.default_name()

    def change(model: ModelRow) -> ModelRow:
        after = impacts.judged(model, lines)
        if enabled is False:
            return impacts.model_disabled(after)
        return replace(after, enabled=True) if enabled else after

    # Without a default model, one that is turned on becomes it.
    marked = row.name if default is None and enabled and not row.enabled else default
    return impact_of([row], change, default, marked)


async def _new_line(view: View, identity: UUID) -> LineRow:
    record = await view.provider(identity)
    key = await view.workspace.key_state(record)
    return LineRow(
        record.id,
        record.name,
        record.family,
        0,
        None,
        record.enabled,
        credential_of(record),
        key,
        Verdict.SKIPPED,
        None,
    )


async def _save(
    change: Change, record: ModelRecord, old: Sequence[Line], new: Sequence[Line], impact: Impact | None
) -> ModelRow:
    if impact is not None:
        row = await change.model_row(record.id)
        expect_impact(impact, await lines_impact(change, row, [line.provider for line in new]), "model", row)
    if list(old) != list(new):
        await write_lines(change, record.id, old, new)
        await change.save_model(record)
    return await change.model_row(record.id)


async def _attached(view: View, record: ModelRecord, lines: Sequence[Line], provider: Reference) -> Line:
    found = await find_provider(view.connection, provider)
    for line in lines:
        if found is not None and line.provider == found.id:
            return line
    name = found.name if found is not None else str(provider)
    raise NotFound(
        "line", name, f"{name} is not attached to {record.name}; see: modeltui models show {quote(record.name)}"
    )
