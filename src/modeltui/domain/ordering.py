"""The priority list as a plain tuple: every change gives a new one, 0..n-1 without a gap or a double."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import TypeVar

from modeltui.errors import ValidationError

T = TypeVar("T", bound=Hashable)


def inserted(order: Sequence[T], item: T, at: int | None = None) -> tuple[T, ...]:
    """The list with `item` at place `at` (0..n; None: the end). Raises ValidationError on `at`."""
    place = len(order) if at is None else checked_place("at", at, len(order))
    return (*order[:place], item, *order[place:])


def removed(order: Sequence[T], item: T) -> tuple[T, ...]:
    """The list without `item`."""
    return tuple(other for other in order if other != item)


def moved(order: Sequence[T], item: T, to: int) -> tuple[T, ...]:
    """The list with `item` at place `to` (0..n-1), the others in their order. Raises ValidationError on `to`."""
    rest = removed(order, item)
    place = checked_place("to", to, len(order) - 1)
    return (*rest[:place], item, *rest[place:])


def first_double(items: Sequence[T]) -> T | None:
    """The first item that stands twice, or None."""
    seen: set[T] = set()
    for item in items:
        if item in seen:
            return item
        seen.add(item)
    return None


def checked_place(field: str, place: object, last: int) -> int:
    """A place from 0 to `last`. Raises ValidationError on `field`, which counts from 0 as the API does."""
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place <= last:
        raise ValidationError(field, f"place {place} is not in the list; places go from 0 to {last}")
    return place


def in_place(before: Sequence[T], after: Sequence[T], moved: Collection[T] = ()) -> frozenset[T]:
    """The items that needn't have moved for one order of the same items to become the other.

    They are a longest common subsequence: of several the one with the fewest of the items in `moved`, then the one
    that leaves out what stood first before.
    """
    if tuple(before) == tuple(after):
        return frozenset(after)
    return frozenset(_longest_rising(after, {item: place for place, item in enumerate(before)}, moved)[1])


def surely_in_place(before: Sequence[T], after: Sequence[T], moved: Collection[T] = ()) -> frozenset[T]:
    """Those of the items in place that are in every common subsequence that is as good."""
    if tuple(before) == tuple(after):
        return frozenset(after)
    places = {item: place for place, item in enumerate(before)}
    score, chosen = _longest_rising(after, places, moved)

    def needed(item: T) -> bool:
        return _longest_rising([other for other in after if other != item], places, moved)[0] < score

    return frozenset(item for item in chosen if needed(item))


def _longest_rising(items: Sequence[T], places: dict[T, int], moved: Collection[T]) -> tuple[tuple[int, int], list[T]]:
    """A longest run of items, perhaps with others between them, whose places rise: its score, and the run."""
    best: list[tuple[tuple[int, int], int, list[T]]] = [((0, 0), -1, [])]
    for item in items:
        (length, unmoved), _, run = max(
            (found for found in best if found[1] < places[item]), key=lambda found: (found[0], found[1])
        )
        best.append(((length + 1, unmoved + (item not in moved)), places[item], [*run, item]))
    score, _, run = max(best, key=lambda found: (found[0], found[1]))
    return score, run
