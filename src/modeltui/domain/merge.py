"""Two lists that were made from one: what each side changed is put together, or refused where they contradict.

The sides are `theirs`, the list that was saved meanwhile, and `mine`, the draft; `base` is what both began with.

What a side changed:

- detached: a line of the base that it no longer has. attached: a line that the base doesn't have.
- moved: as few of the lines that it kept as explain its order, that is the base without a longest common
  subsequence. Where two neighbours changed places, either may have moved: then it is the one that the person is known
  to have moved, and where that isn't known, the first of the base; but both count as perhaps moved.
- an own id: another one than in the base; an attached line's own id, unless it has none.

Refused, each with the line's name:

- both moved a line (one of them perhaps), or both attached one, and it doesn't stand alike in both lists;
- both gave a line an own id, another one each;
- one detached a line that the other moved, perhaps, or gave another own id;
- one detached what the other kept, and the other all the rest: no line would be left.

Else the merged list is theirs without what I detached, and with the lines that I moved or attached put where I had
them: those at the end of my list at the end, any other after the line before it in my list. If they moved or detached
that one, or there is none: before the line after it, and so on outwards. Where both put a line between the same two,
mine follows that line directly. Own ids are those of the side that changed them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple
from uuid import UUID

from modeltui.domain.draft import DraftLine, ListChange, list_change


class Why(StrEnum):
    """Why a line keeps two lists from being merged."""

    BOTH_MOVED = "both_moved"
    BOTH_ATTACHED = "both_attached"
    BOTH_OWN_IDS = "both_own_ids"
    I_DETACHED = "i_detached"
    THEY_DETACHED = "they_detached"
    NONE_LEFT = "none_left"


class Clash(NamedTuple):
    """A line that both sides changed, and how."""

    provider: UUID
    why: Why


class Merge(NamedTuple):
    """The merged list; empty where there are clashes."""

    lines: tuple[DraftLine, ...]
    clashes: tuple[Clash, ...] = ()


def merge(
    base: Sequence[DraftLine],
    theirs: Sequence[DraftLine],
    mine: Sequence[DraftLine],
    touched: Collection[UUID] = (),
) -> Merge:
    """My changes applied to their list, by the rule above; `touched` are the lines that I moved by hand."""
    they, me = list_change(base, theirs), list_change(base, mine, touched)
    clashes = [*_order_clashes(they, me), *_own_id_clashes(they, me), *_detach_clashes(they, me)]
    if clashes:
        return Merge((), tuple(dict.fromkeys(clashes)))
    order = _merged_order(they, me)
    if not order and (theirs or mine):
        left = [line.provider for line in theirs] or [line.provider for line in mine]
        return Merge((), tuple(Clash(provider, Why.NONE_LEFT) for provider in left))
    return Merge(tuple(DraftLine(provider, _own_id(they, me, provider)) for provider in order))


def _by_both(they: ListChange, me: ListChange) -> frozenset[UUID]:
    """The lines that both sides put somewhere."""
    return (they.perhaps_moved & me.perhaps_moved) | (they.attached & me.attached)


def _order_clashes(they: ListChange, me: ListChange) -> list[Clash]:
    by_both = _by_both(they, me)
    by_one = (they.moved | me.moved | they.attached | me.attached) - by_both
    fixed = (frozenset(they.order) & frozenset(me.order)) - by_one
    before = [_before([provider for provider in one.order if provider in fixed]) for one in (they, me)]
    different = [
        provider for provider in me.order if provider in by_both and before[0][provider] != before[1][provider]
    ]
    return [Clash(provider, Why.BOTH_ATTACHED if provider in me.attached else Why.BOTH_MOVED) for provider in different]


def _before(order: Sequence[UUID]) -> dict[UUID, frozenset[UUID]]:
    return {provider: frozenset(order[:place]) for place, provider in enumerate(order)}


def _own_id_clashes(they: ListChange, me: ListChange) -> list[Clash]:
    both = they.own_id_set & me.own_id_set
    return [
        Clash(provider, Why.BOTH_OWN_IDS)
        for provider in me.order
        if provider in both and they.own_ids[provider] != me.own_ids[provider]
    ]


def _changed(one: ListChange) -> frozenset[UUID]:
    return one.perhaps_moved | one.own_id_set


def _detach_clashes(they: ListChange, me: ListChange) -> list[Clash]:
    mine = [Clash(provider, Why.I_DETACHED) for provider in they.order if provider in me.detached & _changed(they)]
    return mine + [
        Clash(provider, Why.THEY_DETACHED) for provider in me.order if provider in they.detached & _changed(me)
    ]


def _merged_order(they: ListChange, me: ListChange) -> list[UUID]:
    by_both = _by_both(they, me)
    placed = (me.moved | me.attached) - by_both
    result = [provider for provider in they.order if provider not in placed | me.detached]
    # What they moved or attached says nothing about where my lines belong.
    known = frozenset(me.order) - (they.moved - by_both)
    last = list(takewhile(placed.__contains__, reversed(me.order)))[::-1]
    if len(last) == len(me.order):
        last = []
    for place, provider in enumerate(me.order[: len(me.order) - len(last)]):
        if provider in placed:
            present = known & frozenset(result)
            result.insert(_place(result, me.order, place, present), provider)
    return result + last


def _place(result: Sequence[UUID], order: Sequence[UUID], place: int, present: frozenset[UUID]) -> int:
    """Where a line belongs, by the nearest of its neighbours that is present; the one before it first."""
    for distance in range(1, len(order)):
        if place >= distance and order[place - distance] in present:
            return result.index(order[place - distance]) + 1
        if place + distance < len(order) and order[place + distance] in present:
            return result.index(order[place + distance])
    return 0


def _own_id(they: ListChange, me: ListChange, provider: UUID) -> str | None:
    mine = provider in me.own_id_set or provider not in they.own_ids
    return me.own_ids[provider] if mine else they.own_ids[provider]
