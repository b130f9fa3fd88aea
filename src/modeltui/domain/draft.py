"""The draft of a priority list: changed freely, undone and redone, and saved as a whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from modeltui.domain.ordering import moved
from modeltui.domain.rows import LineRow


class DraftLine(NamedTuple):
    """A line as it is to be saved."""

    provider: UUID
    own_id: str | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """One state of the draft: the lines in order, and those that saving would detach."""

    kept: tuple[DraftLine, ...]
    detached: tuple[DraftLine, ...] = ()

    def place(self, provider: UUID) -> int | None:
        """The place of a kept line, from 0."""
        return next((place for place, line in enumerate(self.kept) if line.provider == provider), None)


@dataclass
class Draft:
    """A list being edited. Places count from 0."""

    saved: tuple[DraftLine, ...]
    now: Lines = field(init=False)
    _past: list[Lines] = field(default_factory=list, init=False)
    _future: list[Lines] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.now = Lines(self.saved)

    @classmethod
    def of(cls, lines: Sequence[LineRow]) -> Draft:
        """The draft of a list as it is saved."""
        return cls(tuple(DraftLine(line.provider_config_id, line.upstream_model) for line in lines))

    @property
    def changed(self) -> bool:
        """Whether saving would change anything."""
        return self.now.kept != self.saved

    @property
    def changes(self) -> int:
        """How many steps lead from the saved list to this one."""
        return len(self._past) if self.changed else 0

    @property
    def providers(self) -> tuple[UUID, ...]:
        """The providers in order, as saving would write them."""
        return tuple(line.provider for line in self.now.kept)

    @property
    def own_ids(self) -> dict[UUID | str, str | None]:
        """Each kept line's own upstream id."""
        return {line.provider: line.own_id for line in self.now.kept}

    def was(self, provider: UUID) -> int | None:
        """The saved place of a line, or None for a new one."""
        return Lines(self.saved).place(provider)

    def move(self, provider: UUID, to: int) -> bool:
        """Moves a line; False if it is there already or not in the list."""
        place = self.now.place(provider)
        if place is None or place == to:
            return False
        return self._step(replace(self.now, kept=moved(self.now.kept, self.now.kept[place], to)))

    def attach(self, providers: Sequence[UUID]) -> bool:
        """Adds lines at the end, in the given order; detached ones come back with their own ids."""
        known = {line.provider: line for line in self.now.detached}
        new = [known.get(provider, DraftLine(provider)) for provider in providers if self.now.place(provider) is None]
        rest = tuple(line for line in self.now.detached if line not in new)
        return bool(new) and self._step(Lines((*self.now.kept, *new), rest))

    def detach(self, provider: UUID) -> bool:
        """Takes a line out; False for the last one, and for a line that isn't in the list."""
        place = self.now.place(provider)
        if place is None or len(self.now.kept) == 1:
            return False
        line = self.now.kept[place]
        kept = tuple(other for other in self.now.kept if other is not line)
        # A line that was never saved simply goes again.
        detached = (*self.now.detached, line) if self.was(provider) is not None else self.now.detached
        return self._step(Lines(kept, detached))

    def keep(self, provider: UUID) -> bool:
        """Brings a detached line back, as near to its saved place as the list allows."""
        line = next((line for line in self.now.detached if line.provider == provider), None)
        if line is None:
            return False
        place = min(self.was(provider) or 0, len(self.now.kept))
        kept = (*self.now.kept[:place], line, *self.now.kept[place:])
        return self._step(Lines(kept, tuple(other for other in self.now.detached if other is not line)))

    def set_own_id(self, provider: UUID, own_id: str | None) -> bool:
        """Gives a line its own upstream id, or None for the model's."""
        kept = tuple(line._replace(own_id=own_id) if line.provider == provider else line for line in self.now.kept)
        return kept != self.now.kept and self._step(replace(self.now, kept=kept))

    def drop(self, providers: frozenset[UUID]) -> bool:
        """Takes out lines whose providers no longer exist."""
        kept = tuple(line for line in self.now.kept if line.provider not in providers)
        detached = tuple(line for line in self.now.detached if line.provider not in providers)
        return (kept, detached) != (self.now.kept, self.now.detached) and self._step(Lines(kept, detached))

    def undo(self) -> bool:
        """Goes one step back; False at the start."""
        if not self._past:
            return False
        self._future.append(self.now)
        self.now = self._past.pop()
        return True

    def redo(self) -> bool:
        """Goes one step forward again; False where nothing was undone."""
        if not self._future:
            return False
        self._past.append(self.now)
        self.now = self._future.pop()
        return True

    def _step(self, new: Lines) -> bool:
        self._past.append(self.now)
        self._future.clear()
        self.now = new
        return True
