"""What every store's watcher does: it reports the commits of all processes, this one's included."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from modeltui.domain.changes import CatalogChange
from modeltui.errors import CatalogError

BATCH_LIMIT = 500
"""Changes in one batch; where more came at once, reading all again is the cheaper answer."""


class Signal(Enum):
    """How complete the reports are."""

    LIVE = "live"
    """Every commit since `begin` has been or will be reported."""
    RESYNC = "resync"
    """Every commit from now on will be reported; before, some may have been missed."""


@dataclass(frozen=True, slots=True)
class Down:
    """Commits go unseen until the next signal; said once more where the error is of another kind by now."""

    error: CatalogError


@dataclass(frozen=True, slots=True)
class Batch:
    """What changed at once; `topology` says whether a provider did, or which name means which model."""

    changes: tuple[CatalogChange, ...]
    topology: bool


Event = Signal | Down | Batch


def kind_of(trouble: CatalogError | None) -> tuple[str, str] | None:
    """What tells two troubles apart for who looks for the cause. The stages of a restart are one: they pass."""
    return None if trouble is None else (trouble.code, "" if trouble.passing else trouble.message)


class Watcher(Protocol):
    """Watches one store. It never gives up: when the store is gone it says so, and tries again."""

    def begin(self) -> bool:
        """Takes note of the store's state now, if that can be done at once; else a resync will come first."""
        ...

    def watch(self) -> AsyncGenerator[Event, None]:
        """Yields a signal or Down first, then what happens; one reader at a time."""
        ...

    async def catch_up(self) -> None:
        """Returns when whoever reads `watch` has dealt with all that was committed before this call."""
        ...

    async def close(self) -> None:
        """Frees what it holds, once nobody reads `watch` any more."""
        ...
