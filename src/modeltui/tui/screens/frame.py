"""The frame that all screens share: two lines above, a body with a pane, the flash line and the hints below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.geometry import Size
from textual.widget import Widget

from modeltui.clock import local
from modeltui.tui import keys
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.text import FIELD_LIMIT
from modeltui.tui.screens.palette import WithPalette
from modeltui.tui.screens.working import AnyRow
from modeltui.tui.session import CONNECTED_AGAIN, CONNECTING, READ_AGAIN, Phase, Session
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.hint_bar import HintBar
from modeltui.tui.widgets.question import QuestionPane
from modeltui.tui.widgets.text_lines import MessageLine, TextLine, TextLines, wrapped
from modeltui.tui.widgets.unscrolled import Block

LEAST_COLUMNS, LEAST_LINES = 60, 15
SIDE_BY_SIDE = 120

PASTE_REFUSED = f"nothing was pasted: a field holds at most {FIELD_LIMIT:,} characters"


class Frame(WithPalette):
    """A screen of the control room. Subclasses give the context's name, the body and the answers to its actions."""

    awaited: ClassVar[bool] = False
    """Whether work waits for what is chosen on this screen."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._focus_to_return: Widget | None = None
        self._for_now: TextLines | None = None
        self._said = ""

    def compose(self) -> ComposeResult:
        """Lines, body, pane, flash line, hints."""
        self._fit(self.app.size)
        self.add_class(f"-label-{self.session.settings.label_color or 'plain'}")
        yield TextLine(id="catalog")
        yield TextLine(id="place")
        with Block(id="body"):
            yield from self.compose_body()
            with Block(id="lower"):
                yield TextLines(id="pane")
        yield MessageLine(id="flash")
        yield from self.compose_line()
        yield HintBar(id="hints")
        yield TextLine(id="too-small")

    def compose_body(self) -> ComposeResult:
        """What stands above or beside the pane. For subclasses."""
        yield from ()

    def compose_line(self) -> ComposeResult:
        """What may take the flash line's place. For subclasses."""
        yield from ()

    def on_mount(self) -> None:
        """Listens to the session while it lives. Textual calls this besides a subclass's own."""
        self.session.listen(self._hear_session)
        self.show_hints()
        self.refresh_rows()

    def on_unmount(self) -> None:
        """Listens no more."""
        self.session.forget(self._hear_session)

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Closes the screen, which from now on has nothing left to show the session's changes on."""
        self.session.forget(self._hear_session)
        return super().dismiss(result)

    def _hear_session(self) -> None:
        # While the program ends, what rows are shown in may be gone before the screen is.
        if self.is_attached and self.app.is_running:
            self._session_changed()

    def _session_changed(self) -> None:
        self.refresh_rows()

    def on_resize(self, event: events.Resize) -> None:
        """Under the least size one line says what is needed; nothing is lost."""
        self._fit(event.size)
        self.query_one("#too-small", TextLine).show(
            spans(f"needs {LEAST_COLUMNS}x{LEAST_LINES}, now {event.size.width}x{event.size.height}")
        )

    def _fit(self, size: Size) -> None:
        """Says to the styles how much room there is.

        Textual's own breakpoints come after the first layout, so that everything would be drawn twice.
        """
        self.set_class(size.width >= SIDE_BY_SIDE, "-side")
        small = size.width < LEAST_COLUMNS or size.height < LEAST_LINES
        if small and not self.has_class("-too-small"):
            # What isn't shown can't keep the focus; it gets it back with the room.
            self._focus_to_return = self.focused
        elif self._focus_to_return is not None and not small:
            returning, self._focus_to_return = self._focus_to_return, None
            self.call_after_refresh(lambda: returning.is_attached and returning.focus(scroll_visible=False))
        self.set_class(small, "-too-small")

    def refresh_rows(self) -> None:
        """Shows the session as it is now. Subclasses add their rows."""
        self.show_catalog()

    def show_catalog(self) -> None:
        """Line 1: which catalog, who, and whether anything can be changed."""
        settings, session = self.session.settings, self.session
        label = [Cell(settings.label, Tone.LABEL), Cell("  ")] if settings.label else []
        right = []
        # What is no longer so would contradict this line.
        self.unsay(CONNECTING if session.connected else CONNECTED_AGAIN)
        if session.read_only_reason is not None:
            right.append(Cell("READ ONLY", Tone.WARN))
        if not session.connected:
            since = f", since {local(session.lost_at):%H:%M}" if session.lost_at is not None else ""
            right.append(Cell(f"  not connected{since}", Tone.BAD))
        line = spans(*label, f"{self.room.place}  {session.actor}")
        self.query_one("#catalog", TextLine).show(line, tuple(right))

    def show_hints(self) -> None:
        """The keys of this context, or of the question that is open."""
        shown, pinned = keys.hints(self.overlay or self.context)
        if self.overlay == "question":
            if not self._takes_yes:
                shown = [(key, label) for key, label in shown if key != "y"]
            if self.asks_for_text:
                pinned = [(f"tab {key}" if key == "?" else key, label) for key, label in pinned]
        self.query_one(HintBar).show(shown, pinned)

    # The flash line

    def flash(self, text: str | Spans, *, error: bool = False) -> None:
        """Says one thing, until the next key."""
        line = spans(text) if isinstance(text, str) else text
        self._flash_is_new = True
        self._said = said = "".join(cell.text for cell in line)
        self.session.log.add(self.session.clock(), keys.CONTEXTS.get(self.context, ""), said, error=error)
        # Work that was queued may end after its screen was closed.
        for place in self.query("#flash").results(MessageLine):
            place.show((Cell("ERROR  ", Tone.BAD), *line) if error else line)

    def announce(self, text: str, over: str = "") -> None:
        """Says what nobody asked for: on the flash line unless something that was asked for stands there.

        What is said of `over` is no longer so, and makes room.
        """
        if self._flash_is_new and not (over and over in self._said):
            self.session.log.add(self.session.clock(), keys.CONTEXTS.get(self.context, ""), text)
        else:
            self.flash(text)

    def unsay(self, text: str) -> None:
        """Takes away what was said, if it still stands there."""
        if self._flash_is_new and self._said == text and self.is_attached:
            self._flash_is_new = False
            self.show_standing()

    def key_pressed(self) -> None:
        """A key arrives: what was said before it goes away."""
        self._flash_is_new = False
        self.query_one("#flash", MessageLine).show(self.standing)
        self._end_showing()

    def show_for_now(self, title: str, lines: Sequence[Spans]) -> bool:
        """Shows lines in the pane's place until the next key; False where there is too little room for all of them."""
        lower = self.query_one("#lower")
        if sum(len(wrapped(line, lower.size.width)) for line in lines) >= lower.size.height:
            return False
        self._end_showing()
        self._for_now = TextLines()
        self._for_now.show(lines, title=title, wrap=True)
        self.query_one("#pane").display = False
        # As high as the question before it, so that nothing moves.
        lower.add_class("-asking")
        lower.mount(self._for_now)
        return True

    def _end_showing(self) -> None:
        shown, self._for_now = self._for_now, None
        if shown is not None:
            shown.remove()
            self.query_one("#lower").remove_class("-asking")
            self.query_one("#pane").display = True

    @property
    def standing(self) -> Spans:
        """What the flash line says as long as nothing else is said. For subclasses."""
        return ()

    def show_standing(self) -> None:
        """Follows a change of what stands on the flash line, unless something new is said there."""
        if not self._flash_is_new:
            self.query_one("#flash", MessageLine).show(self.standing)

    def on_paste(self, event: events.Paste) -> None:
        """A paste that no field took changes nothing."""
        event.stop()
        self.flash("pasting works in fields only; nothing was changed")

    def on_entry_paste_refused(self, message: Entry.PasteRefused) -> None:
        """A paste that no field could hold changes nothing."""
        message.stop()
        self.flash(PASTE_REFUSED, error=True)

    # Actions

    def action_act(self, name: str) -> None:
        """Runs an action of the registry, unless a question is open or the catalog refuses writes."""
        if self.asking:
            return
        action = keys.action(self.context, name)
        if action.writes and self.session.read_only_reason is not None:
            self.flash(
                f"{action.label} is refused, the catalog is read-only: {self.session.read_only_reason}", error=True
            )
            return
        error = self.session.error
        # Where something was typed, saving itself says that it is still there.
        if action.writes and self.context in keys.LISTS and self.session.phase is Phase.FAILED and error is not None:
            self.flash(f"{action.label} needs the catalog: {error.message}{READ_AGAIN}", error=True)
            return
        getattr(self, f"do_{name}")()

    def do_help(self) -> None:
        """Shows all keys."""
        self.go(lambda: self.room.show_help(self.key_context))

    def on_question_pane_help_wanted(self, message: QuestionPane.HelpWanted) -> None:
        """Shows all keys over the question, which stays open."""
        message.stop()
        self.room.show_help("question")

    def do_log(self) -> None:
        """Shows the messages of the session."""
        self.go(self.room.show_log)

    # Copying

    def copyable(self) -> Sequence[AnyRow]:
        """The rows that `y` copies: those that are marked, else the one under the cursor. For subclasses."""
        return ()

    def do_copy(self) -> None:
        """Copies the name, id or JSON of rows."""
        from modeltui.tui.screens.copying import copy_rows

        rows = self.copyable()
        if rows:
            self.work(lambda: copy_rows(self, rows))
        else:
            self.flash("there is nothing here to copy")

    # Views

    def do_models(self) -> None:
        """To Models."""
        self.go(lambda: self.room.run_worker(self.room.go_to_models(), group="going"))

    def do_providers(self) -> None:
        """To Providers."""
        self.go(lambda: self.room.run_worker(self.room.go_to_providers(), group="going"))

    def do_doctor(self) -> None:
        """To Doctor."""
        self.go(lambda: self.room.run_worker(self.room.go_to_doctor(), group="going"))

    def do_bring_back(self) -> None:
        """Turns on again what was last turned off in this session."""
        from modeltui.tui.screens.turning import bring_back

        self.work(lambda: bring_back(self))

    # Leaving

    def do_back(self) -> None:
        """Goes back."""
        self.dismiss(None)

    @property
    def unsaved(self) -> str:
        """What would be lost with this screen, in a few words; empty for nothing."""
        return ""

    async def may_leave(self) -> bool:
        """Whether everything on this screen is saved or may be lost. Subclasses with a draft ask."""
        return True
