"""The walk down a priority list: the first usable line wins, the rest stand by or are skipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from modeltui.domain.rows import KeyState, LineVerdict, ModelState, SkipReason, Verdict


class Judged(Protocol):
    """What the state of a model depends on."""

    @property
    def name(self) -> str: ...  # noqa: D102 - a protocol's member
    @property
    def verdict(self) -> Verdict: ...  # noqa: D102


def skip_reason(enabled: bool, key: KeyState) -> SkipReason | None:
    """Why resolution would skip a provider's lines, or None when they are usable."""
    if not enabled:
        return SkipReason.PROVIDER_DISABLED
    if key is KeyState.READY:
        return None
    return SkipReason.KEY_UNREADABLE if key is KeyState.UNREADABLE else SkipReason.NO_API_KEY


def verdicts(lines: Iterable[tuple[bool, KeyState]]) -> list[tuple[Verdict, SkipReason | None]]:
    """The verdict of each line, in order; a line is its provider's on/off and the state of its key."""
    return walked([skip_reason(enabled, key) for enabled, key in lines])


def walked(reasons: Iterable[SkipReason | None]) -> list[tuple[Verdict, SkipReason | None]]:
    """The same, where it is known already why each line would be skipped."""
    judged: list[tuple[Verdict, SkipReason | None]] = []
    won = False
    for reason in reasons:
        if reason is not None:
            judged.append((Verdict.SKIPPED, reason))
        else:
            judged.append((Verdict.STANDBY if won else Verdict.WINS, None))
            won = True
    return judged


def state_of(enabled: bool, lines: Sequence[Judged]) -> tuple[str | None, ModelState]:
    """The winner's name, and where the model's requests stand."""
    winner = next((line for line in lines if line.verdict is Verdict.WINS), None)
    name = winner.name if winner is not None else None
    if not enabled:
        return name, ModelState.OFF
    if winner is None:
        return None, ModelState.DARK
    return name, ModelState.ON if winner is lines[0] else ModelState.FALLBACK


def counts_by_reason(lines: Iterable[LineVerdict]) -> dict[SkipReason, int]:
    """How many lines were skipped for each reason, in the reasons' order."""
    counted = Counter(line.reason for line in lines if line.reason is not None)
    return {reason: counted[reason] for reason in SkipReason if counted[reason]}
