"""What a change would do to traffic, worked out before it is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from modeltui.domain.resolution import state_of, verdicts
from modeltui.domain.rows import Credential, KeyState, LineRow, ModelRow, ModelState


@dataclass(frozen=True, slots=True)
class ModelImpact:
    """One model's winner before and after. A deleted model doesn't count as gone dark."""

    name: str
    enabled: bool
    winner_before: str | None
    winner_after: str | None
    goes_dark: bool
    deleted: bool

    @property
    def moves(self) -> bool:
        """Whether requests for this model land elsewhere than before."""
        return self.enabled and self.winner_before != self.winner_after


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
    return Impact(tuple(_model_impact(model, change(model)) for model in models), default_before, default_after)


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


def provider_deleted(provider: UUID) -> Change:
    """A provider goes, its lines with it, and models that lose their last line as well."""

    def change(model: ModelRow) -> ModelRow | None:
        rest = [line for line in model.provider_configs if line.provider_config_id != provider]
        return judged(model, rest) if rest else None

    return change


def model_disabled(model: ModelRow) -> ModelRow:
    """The model is turned off."""
    return replace(model, enabled=False, state=ModelState.OFF)


def model_deleted(_: ModelRow) -> None:
    """The model is deleted."""


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


def _model_impact(before: ModelRow, after: ModelRow | None) -> ModelImpact:
    went_dark = after is not None and after.state is ModelState.DARK and before.state is not ModelState.DARK
    turned_off = after is not None and before.enabled and not after.enabled
    winner_after = None if after is None or turned_off else after.winner
    return ModelImpact(before.name, before.enabled, before.winner, winner_after, went_dark, after is None)
