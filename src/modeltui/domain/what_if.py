"""What would become of every model if some providers were down, or up again. Nothing is changed, ever.

It looks at usable lines only and makes no new rows, so that the question costs milliseconds over ten thousand
models and can be asked at each step of a cursor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from modeltui.domain.records import Rows
from modeltui.domain.rows import KeyState, LineRow, ModelRow, ModelState


class ModelWhatIf(NamedTuple):
    """One model whose usable lines would be others: the first of them before and after, and how many there are.

    What else there is to know is worked out when it is asked for, since most rows are never looked at.
    """

    model: ModelRow
    before: LineRow | None
    after: LineRow | None
    usable_before: int
    usable_after: int

    @property
    def id(self) -> UUID:
        """The model's id."""
        return self.model.id

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def is_default(self) -> bool:
        """Whether requests that name no model go with it."""
        return self.model.is_default

    @property
    def winner_before(self) -> str | None:
        """Where its requests go now; None where they are refused."""
        return self.before.name if self.before is not None else None

    @property
    def winner_after(self) -> str | None:
        """Where its requests would go; None where they would be refused."""
        return self.after.name if self.after is not None else None

    @property
    def spare_before(self) -> int:
        """How many usable lines stand behind the winner now."""
        return max(0, self.usable_before - 1)

    @property
    def spare_after(self) -> int:
        """How many usable lines would stand behind the winner."""
        return max(0, self.usable_after - 1)

    @property
    def state_after(self) -> ModelState:
        """Where its requests would stand."""
        if self.after is None:
            return ModelState.DARK
        return ModelState.ON if self.after.priority == 0 else ModelState.FALLBACK

    @property
    def goes_dark(self) -> bool:
        """Whether its requests would be refused, and aren't now."""
        return self.after is None and self.before is not None

    @property
    def moves(self) -> bool:
        """Whether its requests would land on another provider."""
        return self.after is not None and self.after is not self.before

    @property
    def stays(self) -> bool:
        """Whether its requests would land where they do now, with fewer lines behind."""
        return self.after is self.before


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer. `models` are those affected: gone dark first, then moving, then those that only lose a spare.

    `dark_before` counts the live models that are dark already, `unaffected` every live model not in `models`.
    """

    down: tuple[str, ...]
    models: tuple[ModelWhatIf, ...]
    dark_before: int
    unaffected: int

    @property
    def dark(self) -> tuple[ModelWhatIf, ...]:
        """The models that would go dark; those that are so already are not among them."""
        return tuple(model for model in self.models if model.goes_dark)

    @property
    def moving(self) -> tuple[ModelWhatIf, ...]:
        """The models whose requests would land on another provider."""
        return tuple(model for model in self.models if model.moves)

    @property
    def staying(self) -> tuple[ModelWhatIf, ...]:
        """The models that would keep their winner and lose a spare."""
        return tuple(model for model in self.models if model.stays)

    @property
    def destinations(self) -> dict[str, int]:
        """How many models would move to each provider, the most first."""
        return destinations(self.models)

    @property
    def default(self) -> ModelWhatIf | None:
        """The default model, where it is affected: requests that name no model follow it."""
        return next((model for model in self.models if model.is_default), None)


def what_if(rows: Rows, down: Collection[UUID], bound: Iterable[ModelRow] | None = None) -> WhatIf:
    """What would happen to the live models if these providers were down.

    `bound` are the live models with a line to any of them, from callers that know; else every model is looked at.
    """
    live = [model for model in rows.models if model.deleted_at is None]
    models = weighed(live if bound is None else bound, down)
    return WhatIf(
        down=tuple(provider.name for provider in rows.providers if provider.id in down),
        models=models,
        dark_before=sum(model.state is ModelState.DARK for model in live),
        unaffected=len(live) - len(models),
    )


def weighed(models: Iterable[ModelRow], providers: Collection[UUID], *, down: bool = True) -> tuple[ModelWhatIf, ...]:
    """Each enabled model whose usable lines change when these providers go down, or with `down=False` are turned on.

    Those that go dark come first, then those that move, then the rest; each part in the order given.
    """
    # As numbers: UUID hashes itself in Python, and there may be tens of thousands of lines.
    meant = {provider.int for provider in providers}
    dark: list[ModelWhatIf] = []
    moving: list[ModelWhatIf] = []
    staying: list[ModelWhatIf] = []
    for model in models:
        if model.state is ModelState.OFF:
            continue
        before = [line for line in model.provider_configs if line.reason is None]
        if down:
            after = [line for line in before if line.provider_config_id.int not in meant]
        else:
            after = [line for line in model.provider_configs if line.reason is None or _returns(line, meant)]
        if len(after) == len(before):
            continue
        first, then = before[0] if before else None, after[0] if after else None
        part = dark if then is None else staying if then is first else moving
        part.append(ModelWhatIf(model, first, then, len(before), len(after)))
    return (*dark, *moving, *staying)


def _returns(line: LineRow, meant: Collection[int]) -> bool:
    return line.key is KeyState.READY and line.provider_config_id.int in meant


def destinations(models: Iterable[ModelWhatIf]) -> dict[str, int]:
    """How many models would move to each provider, the most first."""
    counted = Counter(model.after.name for model in models if model.after is not None and model.moves)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
