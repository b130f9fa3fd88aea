"""What a change would do to traffic, worked out before it is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from modeltui.domain.resolution import state_of, verdicts
from modeltui.domain.rows import Credential, KeyState, LineRow, ModelRow, ModelState


class ModelImpact(NamedTuple):
    """One model's winner before and after. A deleted model doesn't count as gone dark.

    `enabled` is before; a model that is turned on had no winner, since its requests were refused. A named tuple,
    because an impact may hold ten thousand of them and a key waits for it.
    """

    name: str
    enabled: bool
    winner_before: str | None
    winner_after: str | None
    goes_dark: bool
    deleted: bool
    turned_on: bool = False

    @property
    def moves(self) -> bool:
        """Whether requests for this model land elsewhere than before."""
        return (self.enabled or self.turned_on) and self.winner_before != self.winner_after


@dataclass(frozen=True, slots=True)
class Impact:
    """Every live model that a change touches, and the default model before and after."""

    models: tuple[ModelImpact, ...]
    default_before: str | None
    default_after: str | None

    @property
    def dark(self) -> tuple[ModelImpact, ...]:
        """The models that would go dark."""
        return tuple(model for model in self.models if model.goes_dark)

    @property
    def deleted(self) -> tuple[ModelImpact, ...]:
        """The models that would be deleted."""
        return tuple(model for model in self.models if model.deleted)

    @property
    def moving(self) -> tuple[ModelImpact, ...]:
        """The models whose requests would land on another provider."""
        return tuple(model for model in self.models if model.moves and model.winner_after is not None)

    @property
    def destinations(self) -> dict[str, int]:
        """How many models would move to each provider, the most first."""
        counted = Counter(model.winner_after for model in self.moving if model.winner_after is not None)
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))

    @property
    def harmless(self) -> bool:
        """Whether no request lands elsewhere, nothing is deleted and the default stays."""
        return (
            not any(model.moves or model.deleted for model in self.models) and self.default_before == self.default_after
        )


Change = Callable[[ModelRow], ModelRow | None]


def impact_of(
    models: Iterable[ModelRow], change: Change, default_before: str | None, default_after: str | None
) -> Impact:
    """The impact of a change on the given live models; `change` gives None for one that is deleted."""

    def weighed(model: ModelRow) -> ModelImpact:
        after = change(model)
        if after is None:
            return model_impact(model, None, deleted=True)
        return model_impact(model, after.winner, enabled=after.enabled)

    return Impact(tuple(weighed(model) for model in models), default_before, default_after)


def impact_between(before: Iterable[ModelRow], after: Iterable[ModelRow], touched: Container[UUID]) -> Impact:
    """The impact of a change from one state of the same models to another; of the others only the default counts."""
    pairs = list(zip(before, after, strict=True))
    default_before = next((was.name for was, _ in pairs if was.is_default), None)
    default_after = next((now.name for _, now in pairs if now.is_default), None)
    impacts = [
        # One that is restored had its requests refused, as if it had been off.
        model_impact(
            was if was.deleted_at is None else model_disabled(was),
            now.winner,
            enabled=now.enabled and now.deleted_at is None,
            deleted=now.deleted_at is not None,
        )
        for was, now in pairs
        if was.id in touched and (was.deleted_at is None or now.deleted_at is None)
    ]
    return Impact(tuple(impacts), default_before, default_after)


def provider_changed(provider: UUID, *, enabled: bool, credential: Credential | None, key: KeyState) -> Change:
    """A provider is turned on or off, or gets another credential."""

    def change(model: ModelRow) -> ModelRow:
        return judged(
            model,
            (
                replace(line, enabled=enabled, credential=credential, key=key)
                if line.provider_config_id == provider
                else line
                for line in model.provider_configs
            ),
        )

    return change


def model_disabled(model: ModelRow) -> ModelRow:
    """The model is turned off."""
    return replace(model, enabled=False, state=ModelState.OFF)


def judged(model: ModelRow, lines: Iterable[LineRow]) -> ModelRow:
    """The model with other lines: renumbered, and every verdict worked out again."""
    ordered = list(lines)
    answers = verdicts((line.enabled, line.key) for line in ordered)
    rows = tuple(
        replace(line, priority=place, verdict=verdict, reason=reason)
        for place, (line, (verdict, reason)) in enumerate(zip(ordered, answers, strict=True))
    )
    winner, state = state_of(model.enabled, rows)
    return replace(model, provider_configs=rows, winner=winner, state=state)


def asked_otherwise(before: ModelRow, after: ModelRow) -> bool:
    """Whether the same provider goes on winning, but is asked for another upstream model: no winner tells it."""
    return before.enabled and after.enabled and before.winner == after.winner and before.asked_for != after.asked_for


def with_own_ids(model: ModelRow, own_ids: Mapping[UUID, str | None]) -> ModelRow:
    """The model with other own upstream ids on the lines named."""
    lines = (
        replace(line, upstream_model=own_ids.get(line.provider_config_id, line.upstream_model))
        for line in model.provider_configs
    )
    return replace(model, provider_configs=tuple(lines))


def model_impact(before: ModelRow, winner: str | None, *, enabled: bool = False, deleted: bool = False) -> ModelImpact:
    """What becomes of a model whose first usable line is then the winner's, and which is then on, off or deleted."""
    was_enabled = before.enabled
    turned_on = enabled and not was_enabled
    return ModelImpact(
        before.name,
        was_enabled,
        None if turned_on else before.winner,
        None if deleted or (was_enabled and not enabled) else winner,
        enabled and winner is None and before.state is not ModelState.DARK,
        deleted,
        turned_on,
    )
