"""How a row of a list looks: gutter, columns, cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.cells import Cell, Tone
from modeltui.tui.presentation.text import clean, fit
from modeltui.tui.widgets.columns import GAP, Column, Row, fit_columns
from modeltui.tui.widgets.painting import component_style, segments, strip_of

if TYPE_CHECKING:
    from modeltui.tui.widgets.line_widget import LineWidget


class RowPainter:
    """Draws rows for one width and one set of styles; made anew when either changes."""

    def __init__(
        self, widget: LineWidget, columns: Sequence[Column], width: int, gutter: int, cursor_columns: int
    ) -> None:
        self.width = width
        self._gutter = gutter
        self._palette = widget.palette
        self._cursor_style = component_style(widget, "rowlist--cursor")
        self._cursor_columns = cursor_columns
        self._shown = [(index, cells, columns[index].align) for index, cells in fit_columns(columns, width - gutter)]
        self._middle = {index for index, column in enumerate(columns) if column.middle}
        header = component_style(widget, "rowlist--header")
        titles = (" " * GAP).join(fit(clean(columns[index].title), cells, align) for index, cells, align in self._shown)
        self.header: Strip = strip_of(
            [Segment(" " * gutter, self._palette.base), Segment(titles.rstrip(), header)], width, self._palette.base
        )

    def paint(self, row: Row, cursor: bool) -> Strip:
        """One row as a line."""
        base = self._palette.base
        sign = glyphs.current().cursor if cursor else " "
        gutter = Segment(sign + fit(clean(row.marker), self._gutter - 1), self._cursor_style if cursor else base)
        if row.free:
            rest = segments(row.cells, max(0, self.width - self._gutter), self._palette)
            return strip_of([gutter, *rest], self.width, base)
        pieces = [gutter]
        for place, (index, cells, align) in enumerate(self._shown):
            if place:
                joined = cursor and place < self._cursor_columns
                pieces.append(Segment(" " * GAP, self._cursor_style if joined else base))
            cell = row.cells[index] if index < len(row.cells) else Cell("")
            text = fit(clean(cell.text), cells, align, middle=index in self._middle)
            if cursor and place < self._cursor_columns:
                pieces.append(Segment(text, self._cursor_style))
            else:
                pieces += self._column(text, cell.tone)
        return strip_of(pieces, self.width, base)

    def _column(self, text: str, tone: Tone) -> list[Segment]:
        """A cell whose padding has the base style, so that equal blanks are equal whatever stands beside them."""
        words = text.strip(" ")
        if not words:
            return [Segment(text, self._palette.base)]
        before, after = text.split(words, 1)
        style: Style = self._palette[tone]
        return [Segment(before, self._palette.base), Segment(words, style), Segment(after, self._palette.base)]
