"""The priority list as a plain tuple: every change gives a new one, 0..n-1 without a gap or a double."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
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
