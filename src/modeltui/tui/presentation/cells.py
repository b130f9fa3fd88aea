"""Text with a tone: what presenters hand to widgets. Which colour a tone has is the style sheet's to say."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, TypeAlias


class Tone(StrEnum):
    """What a piece of text means; a colour may repeat it but never says it alone."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    MUTED = "muted"
    ACCENT = "accent"
    STRONG = "strong"
    LABEL = "label"


class Cell(NamedTuple):
    """A piece of text in one tone. The text may be anything: it is made displayable when it is drawn."""

    text: str
    tone: Tone = Tone.PLAIN


Spans: TypeAlias = tuple[Cell, ...]
"""One line of text in pieces."""


def spans(*parts: str | Cell) -> Spans:
    """A line from pieces, where a plain string stands for a plain cell."""
    return tuple(Cell(part) if isinstance(part, str) else part for part in parts)
