"""The one gate between stored text and the terminal: made displayable, and measured in cells, not characters."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, set_cell_size

from modeltui.domain.text import is_forbidden
from modeltui.tui.presentation import glyphs

Align = Literal["left", "right"]

# So many characters a field may hold. What is stored is shorter (options: 64 KB), and each character costs time to
# read and to draw: a megabyte, pasted by mistake, would hold everything up for seconds.
FIELD_LIMIT = 100_000

# Marks that combine take no cell of their own; beyond this many per cell a text is noise, not writing.
_CHARACTERS_PER_CELL = 8
# In fewer cells two ends say less than one.
_BOTH_ENDS = 10


def clean(value: str) -> str:
    """The displayable form of any text: composed (NFC), one line, nothing in it that steers the terminal."""
    if value.isascii() and value.isprintable():
        return value
    return _clean(value, glyphs.current().missing)


def cut(text: str, cells: int) -> str:
    """At most `cells` cells of a clean text; where something is left out, the last cell is an ellipsis."""
    if cells <= 0:
        return ""
    if text.isascii():
        return text if len(text) <= cells else text[: cells - 1].rstrip(" ") + glyphs.current().ellipsis
    return _cut(text, cells, glyphs.current().ellipsis)


def cut_middle(text: str, cells: int) -> str:
    """At most `cells` cells of a clean text, of which both ends stay: names of one kind often differ at the end."""
    if cells < _BOTH_ENDS or cell_len(text[: cells + 1]) <= cells >= len(text):
        return cut(text, cells)
    tail = text[-(cells // 2) :]
    while cell_len(tail) > cells // 2:
        tail = tail[1:]
    return cut(text[: -len(tail)], cells - cell_len(tail)) + tail


def fit(text: str, cells: int, align: Align = "left", *, middle: bool = False) -> str:
    """Exactly `cells` cells: a clean text, cut at its end or in its middle, or padded with blanks."""
    shown = cut_middle(text, cells) if middle else cut(text, cells)
    blanks = " " * (cells - (len(shown) if shown.isascii() else cell_len(shown)))
    return blanks + shown if align == "right" else shown + blanks


@lru_cache(maxsize=4096)
def _clean(value: str, missing: str) -> str:
    one_line = unicodedata.normalize("NFC", value.replace("\n", " ").replace("\t", " "))
    return "".join([missing if is_forbidden(character) else character for character in one_line])


@lru_cache(maxsize=4096)
def _cut(text: str, cells: int, ellipsis: str) -> str:
    start = text[: cells * _CHARACTERS_PER_CELL]
    if len(start) == len(text) and cell_len(text) <= cells:
        return text
    # A wide character that would straddle the edge comes back as a blank, which the strip takes away.
    kept = start if cell_len(start) < cells else set_cell_size(start, cells - 1)
    return kept.rstrip(" ") + ellipsis
