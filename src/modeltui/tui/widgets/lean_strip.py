"""Strips that say as little as possible to the terminal.

Textual spells out every colour for every piece of a line and resets after each. Over SSH that is most of
what a repaint costs, so these strips send only what changes from one piece to the next.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual.strip import Strip

_ATTRIBUTES = (
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("blink", "5"),
    ("reverse", "7"),
    ("strike", "9"),
    ("underline2", "21"),
    ("overline", "53"),
)
# Attributes that show on a blank, so that a blank under them can't borrow its neighbour's style.
_SEEN_ON_BLANKS = frozenset({"4", "7", "9", "21", "53"})

# Text in which every character fills exactly one cell, so that positions in text and on screen agree.
_ONE_CELL_EACH = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u03ff\u0400-\u0482\u2500-\u257f…→✓✗\ufffd]*")


class _Look(NamedTuple):
    """How the terminal is set: its attributes and colours as SGR codes."""

    attributes: frozenset[str]
    foreground: str
    background: str


_RESET = _Look(frozenset(), "39", "49")


class LeanStrip(Strip):
    """A strip that sends the differences between neighbouring styles instead of each style in full."""

    __slots__ = ()

    def render(self, console: Console) -> str:
        """The strip as text and escape sequences; it leaves the terminal's style as it found it: reset."""
        if self._render_cache is None:
            self._render_cache = self._render(console._color_system or ColorSystem.TRUECOLOR)
        return self._render_cache

    def crop(self, start: int, end: int | None = None) -> Strip:
        """A part of the strip, as lean as the whole."""
        part = super().crop(start, end)
        return part if isinstance(part, LeanStrip) else LeanStrip(part, part.cell_length)

    def _render(self, colors: ColorSystem) -> str:
        pieces = []
        now = _RESET
        for text, style, _ in self:
            look = _RESET if style is None else _look(style, colors)
            borrows = (
                look.background == now.background
                and not text.strip(" ")
                and _SEEN_ON_BLANKS.isdisjoint(look.attributes | now.attributes)
            )
            if look != now and not borrows:
                pieces.append(_step(now, look))
                now = look
            pieces.append(text)
        if now != _RESET:
            pieces.append("\x1b[0m")
        return "".join(pieces)


def changed_cells(old: Strip, new: Strip, width: int) -> int:
    """How many cells from the left must be drawn again to turn one line into the other; 0 where they are equal.

    Textual can send the beginning of a line without its end, so what both lines end with is left out.
    """
    if old is new or old == new:
        return 0
    if not (_ONE_CELL_EACH.fullmatch(old.text) and _ONE_CELL_EACH.fullmatch(new.text)):
        return width
    if old.cell_length != new.cell_length:
        return width
    return max(1, new.cell_length - _common_end(old, new))


def _common_end(old: Strip, new: Strip) -> int:
    """How many cells at the end of two lines of single-cell characters look the same."""
    olds, news = list(old), list(new)
    old_text = new_text = ""
    old_style = new_style = None
    same = 0
    while True:
        if not old_text:
            if not olds:
                return same
            old_text, old_style, _ = olds.pop()
        if not new_text:
            if not news:
                return same
            new_text, new_style, _ = news.pop()
        if old_style != new_style:
            return same
        length = min(len(old_text), len(new_text))
        if old_text[-length:] != new_text[-length:]:
            while old_text[-1] == new_text[-1]:
                same += 1
                old_text, new_text = old_text[:-1], new_text[:-1]
            return same
        same += length
        old_text, new_text = old_text[:-length], new_text[:-length]


@lru_cache(maxsize=1024)
def _look(style: Style, colors: ColorSystem) -> _Look:
    attributes = frozenset(code for name, code in _ATTRIBUTES if getattr(style, name))
    foreground, background = style.color, style.bgcolor
    return _Look(
        attributes,
        "39" if foreground is None else ";".join(foreground.downgrade(colors).get_ansi_codes()),
        "49" if background is None else ";".join(background.downgrade(colors).get_ansi_codes(False)),
    )


@lru_cache(maxsize=1024)
def _step(now: _Look, then: _Look) -> str:
    """The shorter way from one look to another: by what differs, or by a reset and everything."""
    afresh = ["0", *_difference(_RESET, then)]
    codes = afresh if now.attributes - then.attributes else min(_difference(now, then), afresh, key=_length)
    return f"\x1b[{';'.join(codes)}m"


def _difference(now: _Look, then: _Look) -> list[str]:
    codes = sorted(then.attributes - now.attributes)
    if then.foreground != now.foreground:
        codes.append(then.foreground)
    if then.background != now.background:
        codes.append(then.background)
    return codes


def _length(codes: list[str]) -> int:
    return sum(map(len, codes)) + len(codes)
