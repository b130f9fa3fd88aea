"""A screen that knows how each tone looks, for all the lines on it."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from textual.geometry import Region
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from modeltui.tui.widgets.painting import TONE_CLASSES, Palette
from modeltui.tui.widgets.unscrolled import Holder


class TonedScreen(Holder, Screen[Any]):
    """Has the component classes of the tones, so that its line widgets needn't.

    Textual matches every component class of every widget against all rules, at each change of a style: with
    the tones on each widget that was a tenth of the start.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    _palette: Palette | None = None

    # As Textual has it, but for the repaint of the whole screen whenever the focus moves: those that it
    # leaves and reaches draw themselves.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    @property
    def palette(self) -> Palette:
        """The styles as they are now."""
        if self._palette is None:
            self._palette = Palette(self)
        return self._palette

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Refresh as Textual asks; a new layout draws by itself what it moves, shows or hides, and no more."""
        repaint = repaint and (not layout or bool(regions))
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _compositor_refresh(self) -> None:
        """Draw only on top, where the screen covers all others; it is drawn whole when it comes back there.

        Textual would draw the screen above anew wherever something changes on the one below it.
        """
        if self is self.app.screen:
            super()._compositor_refresh()

    def notify_style_update(self) -> None:
        """Forget the styles."""
        super().notify_style_update()
        self._palette = None
