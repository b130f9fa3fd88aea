"""The orders that a list can be in: what each goes by, and how it is said.

Equal rows follow each other by name, in code-point order of its key, whichever way round the order is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from modeltui.domain.filtering import Kind
from modeltui.domain.rows import KeyState, ModelRow, ModelState, ProviderRow
from modeltui.domain.text import name_key

Row = TypeVar("Row", ModelRow, ProviderRow)


class SortKey(NamedTuple):
    """What rows are sorted by. `forward` and `backward` say what comes first; `value` is compared.

    `descending` marks what is told with the largest first; rows without a value stand last either way.
    """

    id: str
    letter: str
    label: str
    forward: str
    backward: str
    value: Callable[[Any], Any]
    descending: bool = False


class Order(NamedTuple):
    """One order of a list: by what, and whether the other way round."""

    by: str = "family"
    reverse: bool = False


_WORST_FIRST = (ModelState.DARK, ModelState.FALLBACK, ModelState.ON, ModelState.OFF)
_UNUSABLE_FIRST = (KeyState.UNREADABLE, KeyState.MISSING, KeyState.NONE, KeyState.READY)

_FAMILY = SortKey("family", "f", "family", "then name", "backwards", lambda row: row.family)
_NAME = SortKey("name", "n", "name", "A to Z", "Z to A", lambda row: name_key(row.name))
_CHANGED = SortKey("changed", "l", "last changed", "newest", "oldest", lambda row: row.updated_at, descending=True)

SORT_KEYS: Mapping[Kind, tuple[SortKey, ...]] = {
    "models": (
        _FAMILY,
        _NAME,
        SortKey("state", "s", "state", "dark first", "off first", lambda row: _WORST_FIRST.index(row.state)),
        SortKey(
            "winner",
            "w",
            "winner",
            "A to Z",
            "Z to A",
            lambda row: None if row.winner is None else name_key(row.winner),
        ),
        SortKey("spare", "p", "spare", "fewest", "most", lambda row: row.spare_count),
        SortKey(
            "context",
            "c",
            "context",
            "largest",
            "smallest",
            lambda row: row.context_limit,
            descending=True,
        ),
        _CHANGED,
    ),
    "providers": (
        _FAMILY,
        _NAME,
        SortKey("state", "s", "state", "off first", "on first", lambda row: row.enabled),
        SortKey("key", "k", "key", "missing first", "usable first", lambda row: _UNUSABLE_FIRST.index(row.key)),
        SortKey("models", "m", "models", "most", "fewest", lambda row: row.bound_model_count, descending=True),
        SortKey("wins", "w", "wins", "most", "fewest", lambda row: row.winning_model_count, descending=True),
        SortKey("alone", "a", "alone", "most", "fewest", lambda row: row.alone_model_count, descending=True),
        _CHANGED,
    ),
}


def sort_key(kind: Kind, name: str) -> SortKey:
    """What an order of a list goes by. Raises StopIteration for what the list has not."""
    return next(key for key in SORT_KEYS[kind] if key.id == name)


def in_order(rows: Sequence[Row], kind: Kind, order: Order) -> Sequence[Row]:
    """The rows of a reading in an order; those of a reading stand by family and name already."""
    if order == Order():
        return rows
    key = sort_key(kind, order.by)
    by_name = sorted(rows, key=lambda row: (name_key(row.name), row.id.bytes))
    values = {row.id: key.value(row) for row in by_name}
    valued = [row for row in by_name if values[row.id] is not None]
    valued.sort(key=lambda row: values[row.id], reverse=key.descending is not order.reverse)
    return tuple(valued + [row for row in by_name if values[row.id] is None])


def said(kind: Kind, order: Order) -> str:
    """An order in a word or two, such as `name` or `name, Z to A`: the usual way round goes without saying."""
    key = sort_key(kind, order.by)
    return f"{key.label}, {key.backward}" if order.reverse else key.label


def chosen(order: Order, by: str) -> Order:
    """The order that choosing a key leads to: the other way round where the list goes by it already."""
    return Order(by, not order.reverse) if by == order.by else Order(by)
