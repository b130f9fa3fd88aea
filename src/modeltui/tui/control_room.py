"""The application: it paints, connects, keeps the one queue of work, and gives each key its turn."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import Initialize, Reactive

from modeltui.domain.records import Rows
from modeltui.paths import styles_dir
from modeltui.tui.connection import Connection, database_name
from modeltui.tui.driver import TerminalDriver
from modeltui.tui.key_feed import KeyFeed, KeyPassed
from modeltui.tui.navigation import Navigation
from modeltui.tui.presentation import glyphs
from modeltui.tui.screens.frame import Frame
from modeltui.tui.session import Session
from modeltui.tui.theming import kept, theme_name

if TYPE_CHECKING:
    from modeltui.services.first_page import Glimpse

Work = Callable[[], Awaitable[None]]
THREAD_SECONDS = 0.0005


class ControlRoom(Navigation):
    """The screens over one catalog."""

    TITLE = "modeltui"
    CSS_PATH: ClassVar[list[Path]] = sorted(styles_dir().glob("*.tcss"))  # type: ignore[assignment]
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False
    ALLOW_SELECT: ClassVar[bool] = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", show=False, priority=True),
        Binding("ctrl+c", "interrupt", show=False),
        Binding("ctrl+z", "suspend_process", show=False),
    ]

    class KeyTyped(Message):
        """A key whose turn has come."""

        def __init__(self, key: events.Key) -> None:
            super().__init__()
            self.key = key

    def __init__(
        self,
        session: Session,
        glimpse: Callable[[], Glimpse | None] | None = None,
        all_rows: Callable[[], Rows | None] | None = None,
    ) -> None:
        """`glimpse` gives the rows for the first paint, `all_rows` the rest if those aren't all; None for no rows."""
        super().__init__(session, TerminalDriver)
        self._glimpse = glimpse
        self._queue: asyncio.Queue[Work] = asyncio.Queue()
        self.connection = Connection(
            session, all_rows, self.models_screen.offer_upgrade, self._announce, lambda e: self.call_later(_fail, e)
        )
        self._interrupted = False
        self.keys = KeyFeed(lambda key: self.post_message(self.KeyTyped(key)), self._holds_keys)
        settings = session.settings
        glyphs.use(glyphs.ASCII if glyphs.ascii_wanted(settings.ascii, session.environ) else glyphs.UNICODE)

    def _chosen_theme(self) -> str:
        return theme_name(self.session.settings.theme, self.session.environ)

    # Known from the first: set later, it would have all styles read and applied a second time.
    theme: Reactive[str] = Reactive(Initialize(_chosen_theme))

    async def on_mount(self) -> None:
        """Paints first; connecting and everything heavy comes after."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.exit, 128 + number)
        self.run_worker(self._work(), group="work")
        self.run_worker(self.keys.run(), group="keys")
        if self._glimpse is not None:
            first = self._glimpse()
            if first is not None:
                self.session.glimpse(first.rows, first.models)
        # Back from ctrl+z the terminal shows nothing, and Textual draws only what has changed.
        self.app_resume_signal.subscribe(self, lambda _: self.refresh())
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        # Frames are written by a thread of Textual's. It waits this long for its turn while we go on working, and
        # the loop as long for its own while the services are imported; Python's 5 ms could be seen as latency.
        sys.setswitchinterval(THREAD_SECONDS)
        self.connect()

    # The catalog

    def connect(self) -> None:
        """Opens the catalog, or tries again."""
        self.connection.open()

    def _announce(self, text: str, over: str) -> None:
        if self.is_running and isinstance(self.screen, Frame):
            self.screen.announce(text, over)

    async def on_unmount(self) -> None:
        """Closes the catalog in order."""
        await self.connection.close()

    async def upgrade(self) -> None:
        """Brings the schema up to date, then connects. Raises StoreError."""
        await self.connection.upgrade()

    @property
    def place(self) -> str:
        """Which database this is, short, for line 1."""
        return database_name(self.session.settings.database)

    # Work

    def queue(self, work: Work) -> None:
        """Adds a piece of work behind what is waiting."""
        self._queue.put_nowait(work)

    async def _work(self) -> None:
        while True:
            await (await self._queue.get())()

    # Themes

    def choose_theme(self, name: str) -> None:
        """Draws in another of the settings' themes at once, and keeps it for the next start."""
        self.session.settings = replace(self.session.settings, theme=name)
        self.theme = theme_name(name, self.session.environ)

        async def keep() -> None:
            said = await asyncio.to_thread(kept, self.session.settings, name)
            if isinstance(self.screen, Frame):
                self.screen.flash(said)

        self.queue(keep)

    # Keys of the whole application

    async def on_event(self, event: events.Event) -> None:
        """Lines keys up, but for ctrl+c, which always goes through."""
        if isinstance(event, events.Key) and not event.is_forwarded and event.key != "ctrl+c":
            self._interrupted = False
            if self.keys.add(event):
                await self._send_on(event)
        else:
            await super().on_event(event)

    def type_key(self, key: str, character: str | None) -> None:
        """Lets a key arrive as if it was typed.

        Only to be called by the application's own messages: from a screen, Textual would keep the key from coming
        back up through that screen, where its binding is.
        """
        self.post_message(events.Key(key, character))

    async def on_control_room_key_typed(self, message: ControlRoom.KeyTyped) -> None:
        """The turn of a key that had to wait."""
        await self._send_on(message.key)

    async def _send_on(self, key: events.Key) -> None:
        """What was said before a key goes away, then the key goes its way."""
        if isinstance(self.screen, Frame):
            self.screen.key_pressed()
        target = self.focused or self.screen
        await super().on_event(key)

        def follow() -> None:
            if not target.post_message(KeyPassed(target)):
                self.keys.passed()

        self.keys.follow(follow)

    def on_key_passed(self, message: KeyPassed) -> None:
        """The next key may go."""
        if not message.go_again():
            self.keys.passed()

    def _holds_keys(self) -> bool:
        # A key may be meant for all rows, such as the one that marks them.
        return self.session.reading_on or (isinstance(self.screen, Frame) and self.screen.holds_keys)

    def action_interrupt(self) -> None:
        """Warns at the first ctrl+c and quits at the second."""
        if self._interrupted:
            self.exit(130)
            return
        self._interrupted = True
        if isinstance(self.screen, Frame):
            unsaved = [text for screen in self.screen_stack if isinstance(screen, Frame) and (text := screen.unsaved)]
            lost = f" and lose what isn't saved: {'; '.join(unsaved)}" if unsaved else ""
            self.screen.flash(f"press ctrl+c once more to quit{lost}")

    async def action_quit(self) -> None:
        """Quits, unless a screen has something unsaved and the person wants to keep it."""
        screens = [screen for screen in reversed(self.screen_stack) if isinstance(screen, Frame)]
        for screen in screens:
            screen.close_palette()
        if any(screen.asking for screen in screens):
            screens[0].flash("answer the question first; esc is the careful answer")
            return
        if screens and screens[0].awaited:
            # Work waits for its answer, and what asks before quitting would wait behind that work.
            screens[0].flash("choose first, or go back with esc; then quit")
            return

        async def leave() -> None:
            for screen in screens:
                if not await screen.may_leave():
                    return
            self.exit(0)

        if screens:
            screens[0].work(leave)
        else:
            self.queue(leave)

    def _fatal_error(self) -> None:
        """Reports an unforeseen error without the local variables, which may hold a typed key."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self.bell()
        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()


def _fail(error: Exception) -> None:
    raise error
