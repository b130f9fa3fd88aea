"""What all our widgets share: lines made ahead, compared with those on screen, and only differences sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import TRANSPARENT, Color
from textual.dom import NoScreen
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip

from modeltui.tui.presentation.cells import Spans
from modeltui.tui.presentation.text import clean
from modeltui.tui.widgets.lean_strip import LeanStrip, changed_cells
from modeltui.tui.widgets.painting import Palette, blank, segments, strip_of
from modeltui.tui.widgets.toned_screen import TonedScreen
from modeltui.tui.widgets.unscrolled import Unscrolled


class LineWidget(Unscrolled):
    """A widget made of whole lines, without border or padding, that repaints what differs and nothing else.

    Textual sends a refreshed region again whether or not it changed, so here no region is refreshed
    before the new line was compared with the drawn one.
    """

    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._lines: list[Strip] | None = None
        self._lines_width = 0
        self._stale = False
        self._sent: dict[int, tuple[Strip, LeanStrip]] = {}
        self._sent_filters: tuple[object, ...] = ()
        self._last_sent: tuple[list[Strip], Region, list[Strip]] | None = None

    @property
    def lines_as_text(self) -> list[str]:
        """What the widget shows, in words: its lines without styles and trailing blanks."""
        self._repaint_if_stale()
        return [line.text.rstrip() for line in self._current_lines()]

    @property
    def palette(self) -> Palette:
        """The styles as they are now, the same for all lines of a screen."""
        try:
            screen = self.screen
        except NoScreen:
            # A widget that was just taken away may be drawn once more.
            screen = self.app.screen
        assert isinstance(screen, TonedScreen)
        return screen.palette

    def make_lines(self, width: int, height: int) -> list[Strip]:
        """The lines to show, each `width` cells wide; fewer than `height` are filled up. For subclasses."""
        raise NotImplementedError

    def draw(self, line: Spans, width: int) -> Strip:
        """A line of text as a strip."""
        return strip_of(segments(line, width, self.palette), width, self.palette.base)

    def draw_apart(self, left: Spans, right: Spans, width: int) -> Strip:
        """A line with a left part and a right part at the right edge.

        Where both don't fit, the left part is cut first, but keeps half of the width.
        """
        if not right:
            return self.draw(left, width)
        left_width = sum(cell_len(clean(text)) for text, _ in left)
        end = segments(right, max(width - left_width - 1, width // 2), self.palette)
        end_width = sum(piece.cell_length for piece in end)
        start = segments(left, max(0, width - end_width - 1), self.palette)
        gap = width - end_width - sum(piece.cell_length for piece in start)
        return strip_of([*start, Segment(" " * gap, self.palette.base), *end], width, self.palette.base)

    def repaint(self) -> None:
        """Make the lines anew and send those that differ, up to their last difference."""
        self._stale = False
        old, width = self._lines, self.size.width
        if not self.is_mounted or old is None or self._lines_width != width or len(old) != self.size.height:
            self._lines = None
            super().refresh()
            return
        self._lines = new = self._complete_lines()
        changes = [
            (y, changed_cells(before, after, width)) for y, (before, after) in enumerate(zip(old, new, strict=True))
        ]
        regions = [Region(0, y, cells, 1) for y, cells in changes if cells]
        if regions:
            super().refresh(*regions)

    def repaint_later(self) -> None:
        """Repaint when the frame that is due is on its way: what takes long to work out must not hold it up."""
        if self._lines is None:
            self.repaint()
        elif not self._stale:
            self._stale = True
            self.call_after_refresh(self._repaint_if_stale)

    def _repaint_if_stale(self) -> None:
        if self._stale:
            self.repaint()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Refresh as Textual asks; a plain refresh, such as on focus, sends only what differs."""
        if regions or layout or recompose or not repaint or self._lines is None:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self.repaint()
        return self

    def notify_style_update(self) -> None:
        """Look what other styles change, once the new ones are complete."""
        super().notify_style_update()
        if self.is_mounted:
            self.call_later(self.repaint)

    def render_line(self, y: int) -> Strip:
        """A line without filters; Textual asks for it to find what is under the mouse."""
        lines = self._current_lines()
        return lines[y] if 0 <= y < len(lines) else blank(self.size.width, self.palette.base)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines as they are sent: filtered (NO_COLOR, true colour) and lean."""
        lines = self._current_lines()
        filters = self.get_line_filters()
        background = self.background_colors[1] if filters else TRANSPARENT
        if self._sent_filters != (*filters, background):
            self._sent_filters = (*filters, background)
            self._sent.clear()
            self._last_sent = None
        if self._last_sent is not None and self._last_sent[0] is lines and self._last_sent[1] == crop:
            return self._last_sent[2]
        shown: list[Strip] = []
        for y in crop.line_range:
            line = lines[y] if y < len(lines) else blank(self.size.width, self.palette.base)
            sent = self._sent.get(y)
            if sent is None or sent[0] is not line:
                sent = self._sent[y] = (line, _filtered(line, filters, background))
            shown.append(sent[1])
        start, end = crop.column_span
        if (start, end) != (0, self.size.width):
            shown = [line.crop(start, end) for line in shown]
        self._last_sent = (lines, crop, shown)
        return shown

    def _current_lines(self) -> list[Strip]:
        width, height = self.size
        if self._lines is None or self._lines_width != width or len(self._lines) != height:
            self._lines = self._complete_lines()
        return self._lines

    def _complete_lines(self) -> list[Strip]:
        width, height = self.size
        self._lines_width = width
        lines = self.make_lines(width, height)[:height] if width and height else []
        return lines + [blank(width, self.palette.base)] * (height - len(lines))


def _filtered(line: Strip, filters: Sequence[LineFilter], background: Color) -> LeanStrip:
    for line_filter in filters:
        line = line.apply_filter(line_filter, background)
    return line if isinstance(line, LeanStrip) else LeanStrip(line, line.cell_length)
