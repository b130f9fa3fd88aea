"""From cells to segments: the one place where text meets style, and where all text passes the gate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from modeltui.tui.presentation.cells import Spans, Tone
from modeltui.tui.presentation.text import clean, cut
from modeltui.tui.widgets.lean_strip import LeanStrip

if TYPE_CHECKING:
    from textual.widget import Widget

TONE_CLASSES = {f"cell--{tone}" for tone in Tone if tone is not Tone.PLAIN}


class Palette:
    """The styles of one widget as its style sheet has them now."""

    def __init__(self, widget: Widget) -> None:
        self.base = _without_defaults(widget.rich_style)
        self._tones: dict[Tone, Style] = {
            tone: _without_defaults(widget.get_component_rich_style(f"cell--{tone}"))
            for tone in Tone
            if tone is not Tone.PLAIN
        }
        self._tones[Tone.PLAIN] = self.base

    def __getitem__(self, tone: Tone) -> Style:
        return self._tones[tone]


def component_style(widget: Widget, name: str) -> Style:
    """The style of one of a widget's component classes."""
    return _without_defaults(widget.get_component_rich_style(name))


def segments(line: Spans, cells: int, palette: Palette) -> list[Segment]:
    """A line's pieces in at most `cells` cells, with an ellipsis where something is left out."""
    pieces = [(clean(text), palette[tone]) for text, tone in line if text]
    lengths = [cell_len(text) for text, _ in pieces]
    if sum(lengths) <= cells:
        return [Segment(text, style) for text, style in pieces]
    drawn = []
    for (text, style), length in zip(pieces, lengths, strict=True):
        if length >= cells:
            # One character too many, so that there is an ellipsis also where this piece alone would fit.
            drawn.append(Segment(cut(f"{text}.", cells), style))
            break
        drawn.append(Segment(text, style))
        cells -= length
    return drawn


def strip_of(pieces: Iterable[Segment], width: int, base: Style) -> LeanStrip:
    """A line of exactly `width` cells; what no piece fills is blank in the base style."""
    line = [piece for piece in pieces if piece.text]
    missing = width - sum(cell_len(piece.text) for piece in line)
    if missing > 0:
        line.append(Segment(" " * missing, base))
    return LeanStrip(Segment.simplify(line), max(width, 0))


def blank(width: int, base: Style) -> LeanStrip:
    """A line with nothing in it."""
    return strip_of((), width, base)


def _without_defaults(style: Style) -> Style:
    """A style that doesn't name the terminal's own colours, because not naming them means the same."""
    foreground = None if style.color is None or style.color.is_default else style.color
    background = None if style.bgcolor is None or style.bgcolor.is_default else style.bgcolor
    return style.without_color + Style(color=foreground, bgcolor=background)
