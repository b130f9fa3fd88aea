"""What was changed by this program, so that it can be taken back: one entry for each transaction.

An entry holds what the touched rows held before, never a key. Taking an entry back is a write like any other
and gives an entry of its own: that is what redoing takes back in turn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal
from uuid import UUID

from modeltui.domain.impact import Impact

ENTRIES_KEPT = 100
# Of all entries together: one change of every model of a large catalog fits, a hundred of them don't.
ROWS_KEPT = 20_000
KEY_COLUMNS = frozenset({"credential_kind", "credential_reference"})

Lines = tuple[tuple[UUID, str | None], ...]


@dataclass(slots=True)
class Step:
    """One row that a write touched: what changed of it, as it was before, and the version that the write left.

    `before` is None for a row that was added; `lines` is a model's list before, None where it stayed as it was.
    """

    kind: Literal["model", "provider"]
    name: str
    version: int
    left: int
    before: dict[str, Any] | None
    lines: Lines | None = None

    @property
    def only_default(self) -> bool:
        """Whether the row did nothing but get or lose the default mark."""
        return self.before is not None and set(self.before) == {"is_default"} and self.lines is None


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One transaction: what people call it, what it touched, and why it can't be taken back, if so."""

    title: str
    steps: dict[UUID, Step]
    obstacle: str | None = None


@dataclass(frozen=True, slots=True)
class Reversal:
    """What taking an entry back does. `subject` is the row's name where there is one; `lost` what never comes back."""

    title: str
    impact: Impact
    subject: str | None = None
    lost: str | None = None


class Past:
    """The entries that can be undone and those that can be redone, the next one last."""

    def __init__(self, entries: int = ENTRIES_KEPT, rows: int = ROWS_KEPT) -> None:
        self._limits = (entries, rows)
        self.done: list[Entry] = []
        self.undone: list[Entry] = []
        self.refused: Entry | None = None

    def add(self, entry: Entry) -> None:
        """Remembers a change; what was undone before it can no longer be redone.

        What was refused is said once more when its turn comes again: by then it is not what was said last.
        """
        self.undone.clear()
        self.refused = None
        self.done.append(entry)
        entries, rows = self._limits
        while len(self.done) > entries or (len(self.done) > 1 and sum(len(kept.steps) for kept in self.done) > rows):
            del self.done[0]

    def turn(self, entry: Entry, back: Entry) -> None:
        """An entry was taken back, which gave the entry `back`.

        Its rows are now what an earlier entry left, or a later one that was undone found, under a new version.
        """
        source, target = (self.done, self.undone) if entry in self.done else (self.undone, self.done)
        for identity, step in entry.steps.items():
            now = back.steps.get(identity)
            if now is None:
                continue
            for other in chain(self.done, self.undone):
                same = other.steps.get(identity)
                if same is not None and same.kind == step.kind and same.left == step.version:
                    same.left = now.left
        if entry in source:
            source.remove(entry)
        target.append(back)

    def skip(self) -> None:
        """Forgets the change that would be undone next."""
        if self.done:
            del self.done[-1]


def title_of(steps: Collection[Step], deleted_providers: Collection[str] = ()) -> str:
    """What people call a change: `turned openai-eu off`, `deleted 3 models`."""
    if deleted_providers:
        return f"deleted {_named(deleted_providers, 'provider')}"
    # Who got or lost the default mark with it is told only where nothing else happened.
    main = [step for step in steps if not step.only_default] or [
        max(steps, key=lambda step: not (step.before or {}).get("is_default"))
    ]
    effects = {_effect(step) for step in main}
    start, end = effects.pop() if len(effects) == 1 else ("changed ", "")
    return f"{start}{_named([step.name for step in main], main[0].kind)}{end}"


def subject_of(steps: Collection[Step]) -> str | None:
    """The name of the one row that a change was about, or None."""
    names = [step.name for step in steps if not step.only_default]
    return names[0] if len(names) == 1 else None


def _effect(step: Step) -> tuple[str, str]:
    """What happened to a row, in words before and after its name."""
    before = step.before
    if before is None:
        return f"added {step.kind} ", ""
    changed = before.keys() - {"is_default", "name_key"}
    if "deleted_at" in changed:
        return ("deleted " if before["deleted_at"] is None else "restored "), ""
    if step.lines is not None:
        return ("edited " if changed else "changed the lines of "), ""
    if changed == {"enabled"}:
        return "turned ", " off" if before["enabled"] else " on"
    if changed == {"name"}:
        return f"renamed {before['name']} to ", ""
    if changed and changed <= KEY_COLUMNS:
        return "changed the key of ", ""
    if step.only_default:
        return ("took the default mark from ", "") if before["is_default"] else ("made ", " the default")
    return "edited ", ""


def _named(names: Collection[str], kind: str) -> str:
    return next(iter(names)) if len(names) == 1 else f"{len(names)} {kind}s"


def by_person(touched: Iterable[tuple[str, str]]) -> str:
    """Who did what meanwhile, from pairs such as (`bob changed`, `gpt-5`)."""
    grouped: dict[str, list[str]] = {}
    for deed, name in touched:
        grouped.setdefault(deed, []).append(name)
    more = {deed: f" and {len(names) - 1} more" if len(names) > 1 else "" for deed, names in grouped.items()}
    return ", ".join(f"{deed} {min(names)}{more[deed]}" for deed, names in grouped.items())
