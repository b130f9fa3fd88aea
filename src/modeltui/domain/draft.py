"""The draft of a priority list: changed freely, undone and redone, and saved as a whole or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, TypeAlias
from uuid import UUID

from modeltui.domain.ordering import in_place, moved, surely_in_place
from modeltui.domain.rows import LineRow


class DraftLine(NamedTuple):
    """A line as it is to be saved."""

    provider: UUID
    own_id: str | None = None


@dataclass(frozen=True)
class ListChange:
    """What became of one list on its way to another.

    `before` and `after` are the orders of the lines that both have. `moved` are as few of them as explain the new
    order. An own id is `own_id_set` where it differs; a line without one has None. `touched` is what is known to have
    been moved.
    """

    order: tuple[UUID, ...]
    own_ids: Mapping[UUID, str | None]
    before: tuple[UUID, ...]
    after: tuple[UUID, ...]
    attached: frozenset[UUID]
    detached: frozenset[UUID]
    moved: frozenset[UUID]
    own_id_set: frozenset[UUID]
    touched: Collection[UUID]

    @cached_property
    def perhaps_moved(self) -> frozenset[UUID]:
        """What moved or may have: where two neighbours changed places, nobody may know which of them it was."""
        return frozenset(self.before) - surely_in_place(self.before, self.after, self.touched)

    @property
    def total(self) -> int:
        """How many changes that is: lines attached, detached and moved, and own ids of lines that stayed."""
        parts = (self.attached, self.detached, self.moved, self.own_id_set - self.attached)
        return sum(len(part) for part in parts)


def list_change(base: Sequence[DraftLine], lines: Sequence[DraftLine], touched: Collection[UUID] = ()) -> ListChange:
    """What became of a list; `touched` are the lines that are known to have been moved, if any did."""
    old, new = {line.provider: line.own_id for line in base}, {line.provider: line.own_id for line in lines}
    before, after = tuple(one for one in old if one in new), tuple(one for one in new if one in old)
    return ListChange(
        order=tuple(new),
        own_ids=new,
        before=before,
        after=after,
        attached=frozenset(new) - frozenset(old),
        detached=frozenset(old) - frozenset(new),
        moved=frozenset(before) - in_place(before, after, touched),
        own_id_set=frozenset(provider for provider, own_id in new.items() if own_id != old.get(provider)),
        touched=touched,
    )


@dataclass(frozen=True, slots=True)
class Lines:
    """One state of the draft: the lines in order, those that saving would detach, and those moved by hand."""

    kept: tuple[DraftLine, ...]
    detached: tuple[DraftLine, ...] = ()
    touched: frozenset[UUID] = frozenset()

    def place(self, provider: UUID) -> int | None:
        """The place of a kept line, from 0."""
        return next((place for place, line in enumerate(self.kept) if line.provider == provider), None)


State: TypeAlias = tuple[tuple[DraftLine, ...], Lines]
"""What undo goes back to: the list that is saved, and the draft of it."""


@dataclass
class Draft:
    """A list being edited. Places count from 0."""

    saved: tuple[DraftLine, ...]
    now: Lines = field(init=False)
    _past: list[State] = field(default_factory=list, init=False)
    _future: list[State] = field(default_factory=list, init=False)

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
    def change(self) -> ListChange:
        """What saving would change."""
        return list_change(self.saved, self.now.kept, self.now.touched)

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
        kept = moved(self.now.kept, self.now.kept[place], to)
        return self._step(replace(self.now, kept=kept, touched=self.now.touched | {provider}))

    def attach(self, providers: Sequence[UUID]) -> bool:
        """Adds lines at the end, in the given order; detached ones come back with their own ids."""
        known = {line.provider: line for line in self.now.detached}
        new = [known.get(provider, DraftLine(provider)) for provider in providers if self.now.place(provider) is None]
        rest = tuple(line for line in self.now.detached if line not in new)
        return bool(new) and self._step(replace(self.now, kept=(*self.now.kept, *new), detached=rest))

    def detach(self, provider: UUID) -> bool:
        """Takes a line out; False for the last one, and for a line that isn't in the list."""
        place = self.now.place(provider)
        if place is None or len(self.now.kept) == 1:
            return False
        line = self.now.kept[place]
        kept = tuple(other for other in self.now.kept if other is not line)
        # A line that was never saved simply goes again.
        detached = (*self.now.detached, line) if self.was(provider) is not None else self.now.detached
        return self._step(replace(self.now, kept=kept, detached=detached))

    def keep(self, provider: UUID) -> bool:
        """Brings a detached line back, as near to its saved place as the list allows."""
        line = next((line for line in self.now.detached if line.provider == provider), None)
        if line is None:
            return False
        place = min(self.was(provider) or 0, len(self.now.kept))
        kept = (*self.now.kept[:place], line, *self.now.kept[place:])
        rest = tuple(other for other in self.now.detached if other is not line)
        return self._step(replace(self.now, kept=kept, detached=rest))

    def set_own_id(self, provider: UUID, own_id: str | None) -> bool:
        """Gives a line its own upstream id, or None for the model's."""
        kept = tuple(line._replace(own_id=own_id) if line.provider == provider else line for line in self.now.kept)
        return kept != self.now.kept and self._step(replace(self.now, kept=kept))

    def drop(self, providers: frozenset[UUID]) -> bool:
        """Takes out lines whose providers no longer exist."""
        kept = tuple(line for line in self.now.kept if line.provider not in providers)
        detached = tuple(line for line in self.now.detached if line.provider not in providers)
        different = (kept, detached) != (self.now.kept, self.now.detached)
        return different and self._step(replace(self.now, kept=kept, detached=detached))

    def go_on_from(self, saved: Sequence[DraftLine], kept: Sequence[DraftLine]) -> None:
        """Takes another saved list for its base, with these lines as the draft; undoing goes back to the old base."""
        providers = {line.provider for line in kept}
        detached = tuple(line for line in saved if line.provider not in providers)
        new = Lines(tuple(kept), detached, self.now.touched)
        self._step(new)
        self.saved = tuple(saved)

    def undo(self) -> bool:
        """Goes one step back; False at the start."""
        if not self._past:
            return False
        self._future.append((self.saved, self.now))
        self.saved, self.now = self._past.pop()
        return True

    def redo(self) -> bool:
        """Goes one step forward again; False where nothing was undone."""
        if not self._future:
            return False
        self._past.append((self.saved, self.now))
        self.saved, self.now = self._future.pop()
        return True

    def _step(self, new: Lines) -> bool:
        self._past.append((self.saved, self.now))
        self._future.clear()
        self.now = new
        return True
