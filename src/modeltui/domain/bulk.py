"""Changes of several rows at once: what they are, what refuses them, and the one impact of the whole set.

Everything here works on rows alone, so that a screen can say what a change would do without asking the
database; the service works out the same on the rows of its transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NoReturn, TypeAlias
from uuid import UUID

from modeltui.domain.impact import Impact, ModelImpact, model_impact
from modeltui.domain.list_changes import Lines, attached, detached, first_usable, sunk, swapped
from modeltui.domain.records import Rows
from modeltui.domain.rows import KeyState, ModelRow, ProviderRow, Verdict
from modeltui.errors import (
    BulkRefused,
    CatalogError,
    DefaultModelDisabled,
    ModelDeleted,
    NotFound,
    ProviderNotFound,
    StaleVersion,
    ValidationError,
)


@dataclass(frozen=True, slots=True)
class TurnModels:
    """Turns models on or off. Without a default model, the first of them that is turned on becomes it."""

    models: tuple[UUID, ...]
    enabled: bool


@dataclass(frozen=True, slots=True)
class DeleteModels:
    """Deletes models; they can be restored."""

    models: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class AttachProvider:
    """Adds a line to a provider at the top or the end of each model's list; one that has it refuses."""

    models: tuple[UUID, ...]
    provider: UUID
    at_top: bool = False


@dataclass(frozen=True, slots=True)
class DetachProvider:
    """Takes a provider out of each model's list; one that hasn't got it, or has nothing else, refuses."""

    models: tuple[UUID, ...]
    provider: UUID


@dataclass(frozen=True, slots=True)
class SwapProvider:
    """Puts `new` at the place of `old` in each model's list; where `new` is in it already, at the better one.

    The own upstream id of `old` is dropped. A model without `old` refuses: what was asked for can't be done
    there, and most likely it was marked by mistake.
    """

    models: tuple[UUID, ...]
    old: UUID
    new: UUID


@dataclass(frozen=True, slots=True)
class TurnProviders:
    """Turns providers on or off."""

    providers: tuple[UUID, ...]
    enabled: bool


@dataclass(frozen=True, slots=True)
class DeleteProviders:
    """Deletes providers with their lines, and models that have no other line."""

    providers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class LastResort:
    """Moves the providers' lines to the bottom of every live list, in the order in which they stand there."""

    providers: tuple[UUID, ...]


ModelsChange: TypeAlias = TurnModels | DeleteModels | AttachProvider | DetachProvider | SwapProvider
ProvidersChange: TypeAlias = TurnProviders | DeleteProviders | LastResort
BulkChange: TypeAlias = ModelsChange | ProvidersChange

NO_VERSIONS: Mapping[UUID, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change comes to. With `causes` it is refused, and the rest says nothing.

    `rows` are those that the change names, `changed` the ids of those (of a change of lists: the models) whose
    state becomes another, `lists` their old and new lines. Where `default_goes`, the impact's `default_after`
    is still to be found.
    """

    impact: Impact
    rows: tuple[ModelRow, ...] | tuple[ProviderRow, ...]
    causes: tuple[tuple[str, CatalogError], ...] = ()
    changed: tuple[UUID, ...] = ()
    lists: Mapping[UUID, tuple[Lines, Lines]] = field(default_factory=dict)
    default_goes: bool = False


def impact_of_bulk(change: BulkChange, rows: Rows, versions: Mapping[UUID, int] = NO_VERSIONS) -> Impact:
    """What a change would do, from all rows in the order of lists. Raises BulkRefused, ProviderNotFound.

    `versions` are those that the rows are expected to have.
    """
    plan = plan_of(change, rows, versions)
    if plan.causes:
        raise BulkRefused(plan.causes)
    if not plan.default_goes:
        return plan.impact
    return replace(plan.impact, default_after=_successor(change, rows.models))


def plan_of(change: BulkChange, rows: Rows, versions: Mapping[UUID, int] = NO_VERSIONS) -> Plan:
    """What a change comes to, from at least the rows that it touches and the default model's. Raises ProviderNotFound.

    A model or provider that is named but not among the rows is a cause to refuse, as every other one.
    """
    default = next((row for row in rows.models if row.is_default), None)
    if isinstance(change, TurnProviders | DeleteProviders | LastResort):
        return _providers_plan(change, rows, versions, default)
    return _models_plan(change, rows, versions, default)


# Changes of models


def _models_plan(change: ModelsChange, rows: Rows, versions: Mapping[UUID, int], default: ModelRow | None) -> Plan:
    named = frozenset(change.models)
    found = tuple(row for row in rows.models if row.id in named)
    causes = _missing("model", change.models, found)
    rule = _list_rule(change, rows.providers)
    impacts: list[ModelImpact] = []
    changed: list[UUID] = []
    lists: dict[UUID, tuple[Lines, Lines]] = {}
    for row in found:
        try:
            if row.deleted_at is not None:
                raise ModelDeleted(row.name)
            _require_fresh("model", row, versions)
            if rule is not None:
                lines = rule(row)
                lists[row.id] = (row.provider_configs, lines)
                impacts.append(model_impact(row, first_usable(lines), enabled=row.enabled))
            else:
                impacts.append(_turned(row, change.enabled) if isinstance(change, TurnModels) else _deleted(row))
        except CatalogError as error:
            causes.append((row.name, error))
        else:
            if not isinstance(change, TurnModels) or row.enabled != change.enabled:
                changed.append(row.id)
    before = after = default.name if default is not None else None
    goes = isinstance(change, DeleteModels) and default is not None and default.id in named
    if isinstance(change, TurnModels) and change.enabled and default is None:
        after = next((row.name for row in found if not row.enabled), None)
    impact = Impact(tuple(impacts), before, None if goes else after)
    return Plan(impact, found, tuple(causes), tuple(changed), lists, goes)


def _turned(row: ModelRow, enabled: bool) -> ModelImpact:
    if row.is_default and not enabled:
        raise DefaultModelDisabled(row.name, disabling=True)
    return model_impact(row, row.winner, enabled=enabled)


def _deleted(row: ModelRow) -> ModelImpact:
    return model_impact(row, None, deleted=True)


def _list_rule(change: ModelsChange, providers: Iterable[ProviderRow]) -> Callable[[ModelRow], Lines] | None:
    """What becomes of a model's list, or None for a change that leaves lists alone."""
    if isinstance(change, TurnModels | DeleteModels):
        return None
    known = {row.id: row for row in providers}

    def provider(identity: UUID) -> ProviderRow:
        row = known.get(identity)
        return row if row is not None else _no_provider(identity)

    if isinstance(change, SwapProvider):
        if change.old == change.new:
            raise ValidationError("new", "a provider can't be swapped for itself; choose another one")
        old, new = provider(change.old), provider(change.new)
        return lambda row: swapped(row, old, new)
    one = provider(change.provider)
    if isinstance(change, AttachProvider):
        at_top = change.at_top
        return lambda row: attached(row, one, at_top=at_top)
    return lambda row: detached(row, one)


def _no_provider(identity: UUID) -> NoReturn:
    raise ProviderNotFound(str(identity))


# Changes of providers


def _providers_plan(
    change: ProvidersChange, rows: Rows, versions: Mapping[UUID, int], default: ModelRow | None
) -> Plan:
    named = frozenset(change.providers)
    found = tuple(row for row in rows.providers if row.id in named)
    causes = _missing("provider", change.providers, found)
    for row in found:
        try:
            _require_fresh("provider", row, versions)
        except StaleVersion as error:
            causes.append((row.name, error))
    # By name, because hashing an id costs more than all the rest for each of ten thousand models.
    names = frozenset(row.name for row in found)
    bound = [model for model in rows.models if model.deleted_at is None and _touches(model, names)]
    before = default.name if default is not None else None
    if isinstance(change, TurnProviders):
        working = frozenset(row.name for row in found if change.enabled and row.key is KeyState.READY)
        impacts = [model_impact(model, _winner(model, names, working), enabled=model.enabled) for model in bound]
        changed = tuple(row.id for row in found if row.enabled != change.enabled)
        return Plan(Impact(tuple(impacts), before, before), found, tuple(causes), changed)
    if isinstance(change, DeleteProviders):
        impacts = [
            _deleted(model)
            if all(line.name in names for line in model.provider_configs)
            else model_impact(model, _winner(model, names), enabled=model.enabled)
            for model in bound
        ]
        goes = (
            default is not None
            and _touches(default, names)
            and all(line.name in names for line in default.provider_configs)
        )
        impact = Impact(tuple(impacts), before, None if goes else before)
        return Plan(impact, found, tuple(causes), tuple(row.id for row in found), default_goes=goes)
    orders = [(model, sunk(model, names)) for model in bound]
    impacts = [model_impact(model, first_usable(lines), enabled=model.enabled) for model, lines in orders]
    lists = {model.id: (model.provider_configs, lines) for model, lines in orders if lines != model.provider_configs}
    return Plan(Impact(tuple(impacts), before, before), found, tuple(causes), tuple(lists), lists)


def _touches(model: ModelRow, names: frozenset[str]) -> bool:
    for line in model.provider_configs:  # noqa: SIM110 - `any` costs a generator for each of ten thousand models
        if line.name in names:
            return True
    return False


def _winner(model: ModelRow, changed: frozenset[str], working: frozenset[str] = frozenset()) -> str | None:
    """The first usable provider when of the changed ones only the working ones are."""
    skipped = Verdict.SKIPPED
    for line in model.provider_configs:
        name = line.name
        if name in working or (line.verdict is not skipped and name not in changed):
            return name
    return None


# Both


def _missing(
    kind: str, named: Iterable[UUID], found: Iterable[ModelRow | ProviderRow]
) -> list[tuple[str, CatalogError]]:
    known = {row.id for row in found}
    return [(str(one), NotFound(kind, str(one))) for one in dict.fromkeys(named) if one not in known]


def _require_fresh(kind: str, row: ModelRow | ProviderRow, versions: Mapping[UUID, int]) -> None:
    if versions and versions.get(row.id, row.version) != row.version:
        raise StaleVersion(kind, row)


def _successor(change: BulkChange, models: Iterable[ModelRow]) -> str | None:
    """The model that becomes the default when a change takes the default away.

    The first enabled one with a line to an enabled provider whose credential is set, whatever this process can read.
    """
    models_gone = frozenset(change.models) if isinstance(change, DeleteModels) else frozenset()
    providers_gone = frozenset(change.providers) if isinstance(change, DeleteProviders) else frozenset()
    for model in models:
        if model.enabled and model.deleted_at is None and model.id not in models_gone:
            for line in model.provider_configs:
                if line.enabled and line.credential is not None and line.provider_config_id not in providers_gone:
                    return model.name
    return None
