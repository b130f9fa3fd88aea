"""Plain lines of text: a single one, a message, and a pane of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from rich.cells import cell_len, chop_cells
from textual.geometry import Size
from textual.strip import Strip

from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.text import clean
from modeltui.tui.widgets.line_widget import LineWidget

Fitted: TypeAlias = Callable[[int], tuple[Spans, Sequence[Spans]]]
"""A title and lines, made for a width in cells."""

TITLE_MARGIN = 6  # two signs of the rule and a blank at either end


class TextLine(LineWidget):
    """One line of text, perhaps with a second part at the right edge."""

    _left: Spans = ()
    _right: Spans = ()

    def show(self, left: Spans, right: Spans = ()) -> None:
        """Show this line; nothing is sent where it looks the same. The left part is cut first."""
        self._left, self._right = left, right
        self.repaint()

    def make_lines(self, width: int, height: int) -> list[Strip]:
        """The one line."""
        return [self.draw_apart(self._left, self._right, width)]


class MessageLine(LineWidget):
    """A message: one line, and more lines only where it would be cut otherwise."""

    _text: Spans = ()

    def show(self, text: Spans) -> None:
        """Show this message."""
        before = len(wrapped(self._text, self.size.width)) if self._text else 1
        self._text = text
        now = len(wrapped(text, self.size.width)) if text else 1
        if now != before:
            # The height may turn out as it was: another message may come before the layout does.
            self._lines = None
            self.refresh(layout=True)
        else:
            self.repaint()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the message needs; the style sheet says how many it may have."""
        return len(wrapped(self._text, width)) if self._text and width else 1

    def make_lines(self, width: int, height: int) -> list[Strip]:
        """The message, broken between words; what still doesn't fit is cut."""
        lines = wrapped(self._text, width) if self._text else []
        # A blank between lines, but none after the last: a message may fit exactly.
        rest = [cell for line in lines[height - 1 :] for cell in (Cell(" "), *line)][1:]
        return [self.draw(line, width) for line in [*lines[: height - 1], tuple(rest)]]


class TextLines(LineWidget):
    """A pane: a block of lines, perhaps under a rule with a title. What doesn't fit is counted, not hidden."""

    _content: tuple[Spans, ...] = ()
    _title: Spans = ()
    _wrap = False
    _wrap_title = False
    _fitted: Fitted | None = None

    def show(self, lines: Sequence[Spans], title: str | Spans = (), wrap: bool = False) -> None:
        """Show these lines; only those that look different are sent. Long ones are cut, or wrapped by words."""
        self._content = tuple(lines)
        self._title = spans(title) if isinstance(title, str) and title else tuple(title) if title else ()
        self._wrap = self._wrap_title = wrap
        self._fitted = None
        self.repaint()

    def show_fitted(self, fitted: Fitted) -> None:
        """Show what depends on the width: it is asked for whenever the pane is drawn. Long lines are wrapped."""
        self._fitted = fitted
        self._wrap, self._wrap_title = True, False
        self.repaint_later()

    def make_lines(self, width: int, height: int) -> list[Strip]:
        """The title and as many lines as there is room for."""
        if self._fitted is not None:
            self._title, lines = self._fitted(width)
            self._content = tuple(lines)
        title, *more = wrapped(self._title, max(1, width - TITLE_MARGIN)) if self._wrap_title else [self._title]
        blocks = [[(Cell("   "), *line)] for line in more]
        blocks += [wrapped(line, width) if self._wrap else [line] for line in self._content]
        content = [part for block in blocks for part in block]
        room = height - 1 if self._title else height
        if len(content) > room > 0:
            content = [*content[: room - 1], spans(Cell(f" +{_left_over(blocks, room - 1)} more", Tone.MUTED))]
        drawn = [self.draw(line, width) for line in content]
        return [self._title_line(title, width), *drawn] if self._title else drawn

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are, for a pane whose height follows what it shows."""
        if not width:
            return 1
        title = len(wrapped(self._title, max(1, width - TITLE_MARGIN))) if self._title else 0
        return title + sum(len(wrapped(line, width)) if self._wrap else 1 for line in self._content)

    def _title_line(self, title: Spans, width: int) -> Strip:
        rule = glyphs.current().rule
        title_width = sum(cell_len(clean(text)) for text, _ in title)
        tail = rule * max(2, width - title_width - 4)
        return self.draw((Cell(f"{rule}{rule} ", Tone.MUTED), *title, Cell(f" {tail}", Tone.MUTED)), width)


def _left_over(blocks: Sequence[Sequence[Spans]], room: int) -> int:
    """How many things, however many lines each takes, aren't whole within the first `room` lines; gaps are none."""
    hidden = 0
    for block in blocks:
        room -= len(block)
        hidden += room < 0 and any(clean(cell.text).strip() for line in block for cell in line)
    return hidden


def wrapped(line: Spans, width: int) -> list[Spans]:
    """A line broken between words into lines of at most `width` cells; longer words are broken too.

    Where the line begins with a label (a piece that ends with a blank), what follows stays right of it.
    """
    indent = _label_width(line, width)
    margin = [Cell(" " * indent)] if indent else []
    lines: list[list[Cell]] = [[]]
    used = 0
    for word, tone in _words(line):
        length = cell_len(word)
        if used > (indent if len(lines) > 1 else 0) and used + length > width:
            lines.append([*margin])
            used = indent
            if word == " ":
                continue
        room = width - (indent if len(lines) > 1 else 0)
        for part in chop_cells(word, max(2, room)) if length > room else [word]:
            if used + cell_len(part) > width and used > (indent if len(lines) > 1 else 0):
                lines.append([*margin])
                used = indent
            lines[-1].append(Cell(part, tone))
            used += cell_len(part)
    return [tuple(cells) for cells in lines]


def _label_width(line: Spans, width: int) -> int:
    """How many cells a line's label or its margin takes; 0 where it would leave too little room."""
    if not line:
        return 0
    first = clean(line[0].text)
    labelled = len(line) > 1 and first.endswith(" ")
    cells = cell_len(first) if labelled else len(first) - len(first.lstrip(" "))
    return cells if cells <= width // 2 else 0


def _words(line: Spans) -> list[Cell]:
    """The words of a line and the single blanks between them, each in its tone."""
    found = []
    for text, tone in line:
        for position, word in enumerate(clean(text).split(" ")):
            if position:
                found.append(Cell(" ", tone))
            if word:
                found.append(Cell(word, tone))
    return found
