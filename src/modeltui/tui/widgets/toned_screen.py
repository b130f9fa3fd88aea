"""A screen that knows how each tone looks, for all the lines on it."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.screen import Screen

from modeltui.tui.widgets.painting import TONE_CLASSES, Palette


class TonedScreen(Screen[Any]):
    """Has the component classes of the tones, so that its line widgets needn't.

    Textual matches every component class of every widget against all rules, at each change of a style: with
    the tones on each widget that was a tenth of the start.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    _palette: Palette | None = None

    @property
    def palette(self) -> Palette:
        """The styles as they are now."""
        if self._palette is None:
            self._palette = Palette(self)
        return self._palette

    def notify_style_update(self) -> None:
        """Forget the styles."""
        super().notify_style_update()
        self._palette = None
