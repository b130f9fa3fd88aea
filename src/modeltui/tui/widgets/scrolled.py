"""What holds more than fits, with a bar that says where one is."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import Container
from textual.scrollbar import ScrollBarRender

from modeltui.tui.presentation import glyphs


class WholeCells(ScrollBarRender):
    """A bar of whole cells: plain terminals lack the signs for parts of one."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "]


class Scrolled(Container):
    """A container with a bar that any terminal can show."""

    def on_mount(self) -> None:
        """Chooses the bar's signs."""
        if glyphs.current() is glyphs.ASCII:
            self.vertical_scrollbar.renderer = WholeCells  # type: ignore[misc]
