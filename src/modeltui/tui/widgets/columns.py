"""What a list is given: its columns, how many of them a width has room for, and its rows."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from modeltui.tui.presentation.cells import Cell
from modeltui.tui.presentation.text import Align

GAP = 1


class Column(NamedTuple):
    """A column of a list.

    `width` is its least width in cells and `grow` its share of what is left over, up to `most` cells
    (0: no limit). Where not all columns fit, the one with the smallest `keep` goes first, of equal ones
    the last; with `keep=None` it never goes. With `middle`, a text that is too long keeps both of its ends.
    """

    title: str
    width: int
    grow: int = 0
    align: Align = "left"
    keep: int | None = 0
    most: int = 0
    middle: bool = False


class Row(NamedTuple):
    """What a list shows for one key.

    `marker` is the gutter's text after the cursor: a mark, a default sign, or blanks. A row that is not
    `selectable` is a note, which the cursor skips. With `free=True` the cells are no columns but one
    line of text after the gutter.
    """

    key: Hashable
    cells: tuple[Cell, ...]
    marker: str = ""
    selectable: bool = True
    free: bool = False


def fit_columns(columns: Sequence[Column], cells: int) -> list[tuple[int, int]]:
    """The columns that fit into `cells`, as pairs of index and width, in their order."""
    shown = list(range(len(columns)))
    while _needed(columns, shown) > cells:
        droppable = [(keep, -index) for index in shown if (keep := columns[index].keep) is not None]
        if not droppable:
            break
        shown.remove(-min(droppable)[1])
    widths = {index: columns[index].width for index in shown}
    _grow(columns, widths, cells - _needed(columns, shown))
    _shrink(widths, _needed(columns, shown) - cells)
    return [(index, widths[index]) for index in shown]


def _needed(columns: Sequence[Column], shown: Sequence[int]) -> int:
    return sum(columns[index].width for index in shown) + GAP * max(0, len(shown) - 1)


def _grow(columns: Sequence[Column], widths: dict[int, int], spare: int) -> None:
    """Share out spare cells by weight; what a column can't take goes to the others."""
    while spare > 0:
        growing = [i for i in widths if columns[i].grow and (not columns[i].most or widths[i] < columns[i].most)]
        if not growing:
            return
        weights = sum(columns[index].grow for index in growing)
        before = spare
        for index in growing:
            share = before * columns[index].grow // weights or 1
            limit = columns[index].most - widths[index] if columns[index].most else share
            taken = min(share, limit, spare)
            widths[index] += taken
            spare -= taken


def _shrink(widths: dict[int, int], excess: int) -> None:
    """Take cells from the widest columns, where even those that always stay don't fit."""
    while excess > 0 and widths and max(widths.values()) > 1:
        widest = max(widths, key=lambda index: widths[index])
        widths[widest] -= 1
        excess -= 1
