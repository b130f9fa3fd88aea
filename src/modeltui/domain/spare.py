"""One spare for every model of a diagnosis: which lists would get the line, and what that would cure."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from modeltui.domain.doctor import Cause, Diagnosis, examine
from modeltui.domain.families import Family
from modeltui.domain.impact import judged
from modeltui.domain.list_changes import attached
from modeltui.domain.records import Rows
from modeltui.domain.rows import ModelRow, ProviderRow


class SparePlan(NamedTuple):
    """What attaching a provider at the bottom would come to.

    `models` get the line; `cured` counts those of them that the cause wouldn't hold for any more, `false_spare`
    those that would fail together with it. The other models of the diagnosis have the line already (`have_it`)
    or are of another family (`other_family`).
    """

    models: tuple[UUID, ...]
    cured: int
    false_spare: int
    have_it: int
    other_family: int


def spare_plan(diagnosis: Diagnosis, provider: ProviderRow, rows: Rows) -> SparePlan:
    """What attaching the provider to the models of a diagnosis would come to. Models that are gone are left out."""
    concerned = _models(diagnosis, rows)
    fitting = [model for model in concerned if model.family is provider.family]
    lacking = [model for model in fitting if all(line.name != provider.name for line in model.provider_configs)]
    after = tuple(judged(model, attached(model, provider, at_top=False)) for model in lacking)
    left = {again.cause: len(again.models) for again in examine(Rows(rows.providers, after))}
    return SparePlan(
        models=tuple(model.id for model in lacking),
        cured=len(after) - left.get(diagnosis.cause, 0),
        false_spare=left.get(Cause.FALSE_SPARE, 0),
        have_it=len(fitting) - len(lacking),
        other_family=len(concerned) - len(fitting),
    )


def spares_for(diagnosis: Diagnosis, rows: Rows) -> tuple[tuple[ProviderRow, int, int], ...]:
    """The providers that at least one model of a diagnosis lacks, usable ones first.

    With each, in how many of the lists of its family it is already, and how many those are.
    """
    sizes: dict[Family, int] = {}
    held: dict[str, int] = {}
    for model in _models(diagnosis, rows):
        sizes[model.family] = sizes.get(model.family, 0) + 1
        for line in model.provider_configs:
            held[line.name] = held.get(line.name, 0) + 1
    found = [(row, held.get(row.name, 0), sizes.get(row.family, 0)) for row in rows.providers]
    return tuple(sorted((each for each in found if each[1] < each[2]), key=lambda each: not each[0].usable))


def _models(diagnosis: Diagnosis, rows: Rows) -> list[ModelRow]:
    named = {finding.id for finding in diagnosis.models}
    return [model for model in rows.models if model.id in named]
