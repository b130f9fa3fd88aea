"""What holds other widgets and never scrolls, nor do they."""

from __future__ import annotations

from textual.containers import Container
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget


class Unscrolled(Widget):
    """A widget that never scrolls.

    Textual lays out and repaints everything a second time when the size of what could be scrolled has changed;
    without scrolling nothing depends on it, and a screen is on the terminal with one frame less.
    """

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), repaint=False)


class Holder(Unscrolled):
    """A widget that is nothing but the background of those that it holds.

    Textual would ask all of its styles for each of its lines, at every frame: that took a tenth of a step.
    """

    _blank: tuple[object, Strip] | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """Blank lines."""
        style, filters = self.rich_style, self.get_line_filters()
        look = (crop.width, style, *filters)
        if self._blank is None or self._blank[0] != look:
            background = self.background_colors[1]
            line = Strip.blank(crop.width, style.background_style)
            for line_filter in filters:
                line = line.apply_filter(line_filter, background)
            self._blank = (look, line)
        return [self._blank[1]] * crop.height


class Block(Holder, Container):
    """A container whose children fill it."""
