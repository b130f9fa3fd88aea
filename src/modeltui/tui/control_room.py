"""The application: it connects, keeps the one queue of work, and moves between screens."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import Initialize, Reactive
from textual.screen import Screen

from modeltui.database_url import display_url, sqlite_path
from modeltui.domain.records import Rows
from modeltui.errors import CatalogError, SchemaOutdated
from modeltui.paths import styles_dir
from modeltui.tui.driver import TerminalDriver
from modeltui.tui.key_feed import KeyFeed, KeyPassed
from modeltui.tui.presentation import glyphs
from modeltui.tui.screens.frame import Frame
from modeltui.tui.screens.lists import ListScreen
from modeltui.tui.screens.models import ModelsScreen
from modeltui.tui.session import Session
from modeltui.tui.theming import kept, theme_name

if TYPE_CHECKING:
    from modeltui.domain.families import Family
    from modeltui.domain.rows import ModelRow, ProviderRow
    from modeltui.services.first_page import Glimpse
    from modeltui.tui.presentation.conflict_text import Conflict
    from modeltui.tui.screens.choice import Offered
    from modeltui.tui.screens.doctor import DoctorScreen
    from modeltui.tui.screens.form import Saved
    from modeltui.tui.screens.providers import ProvidersScreen

Work = Callable[[], Awaitable[None]]
THREAD_SECONDS = 0.0005
# New objects before the collector looks at them; Python's 700 are a few rows.
COLLECT_AFTER = 5_000


class ControlRoom(App[int]):
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
        self.session = session
        super().__init__(driver_class=TerminalDriver)
        self._glimpse = glimpse
        self._all_rows = all_rows
        self._queue: asyncio.Queue[Work] = asyncio.Queue()
        self._room_closing = asyncio.Event()
        self._connection: asyncio.Task[None] | None = None
        self._interrupted = False
        self.keys = KeyFeed(lambda key: self.post_message(self.KeyTyped(key)), self._holds_keys)
        self.models_screen = ModelsScreen(session)
        self._providers_screen: ProvidersScreen | None = None
        self._doctor_screen: DoctorScreen | None = None
        settings = session.settings
        glyphs.use(glyphs.ASCII if glyphs.ascii_wanted(settings.ascii, session.environ) else glyphs.UNICODE)

    def _chosen_theme(self) -> str:
        return theme_name(self.session.settings.theme, self.session.environ)

    # Known from the first: set later, it would have all styles read and applied a second time.
    theme: Reactive[str] = Reactive(Initialize(_chosen_theme))

    def get_default_screen(self) -> Screen[object]:
        """Models is what one sees first."""
        return self.models_screen

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

    # Connecting

    def connect(self) -> None:
        """Opens the catalog, or tries again."""
        if self._connection is None or self._connection.done():
            self._connection = asyncio.create_task(self._connect())

    async def on_unmount(self) -> None:
        """Closes the catalog in order; a task of ours, because workers are cancelled in the middle of that."""
        self._room_closing.set()
        if self._connection is not None:
            await self._connection

    async def _connect(self) -> None:
        session = self.session
        if session.reading_on and self._all_rows is not None:
            rows = await asyncio.to_thread(self._all_rows)
            if rows is not None:
                session.glimpse(rows)
        services = await asyncio.to_thread(_import_services)
        try:
            opened = services.open_settled(
                session.settings, environ=session.environ, clock=session.clock, actor=session.actor, history=True
            )
            async with opened as catalog:
                session.opened(catalog)
                await session.reload()
                _collect_less()
                await self._room_closing.wait()
        except SchemaOutdated as error:
            session.failed(error)
            if not error.newer and not session.settings.read_only:
                self.models_screen.offer_upgrade(error)
        except CatalogError as error:
            session.failed(error)
        finally:
            gc.enable()

    async def upgrade(self) -> None:
        """Brings the schema up to date, then connects. Raises StoreError."""
        services = await asyncio.to_thread(_import_services)
        await services.upgrade(self.session.settings)
        self.connect()

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

    # Screens

    async def go_to_models(self, text: str | None = None) -> None:
        """Shows Models, filtered where a filter is given."""
        await self._go_to(self.models_screen)
        if text is not None:
            self.models_screen.set_filter(text)

    async def go_to_providers(self, provider: UUID | None = None) -> None:
        """Shows Providers, with the cursor on a provider where one is given."""
        from modeltui.tui.screens.providers import ProvidersScreen

        if self._providers_screen is None:
            self._providers_screen = ProvidersScreen(self.session)
            self.install_screen(self._providers_screen, "providers")
        await self._go_to(self._providers_screen)
        if provider is not None:
            self._providers_screen.move_to(provider)

    async def go_to_doctor(self) -> None:
        """Shows Doctor."""
        from modeltui.tui.screens.doctor import DoctorScreen

        if self._doctor_screen is None:
            self._doctor_screen = DoctorScreen(self.session)
            self.install_screen(self._doctor_screen, "doctor")
        await self._go_to(self._doctor_screen)

    async def _go_to(self, view: Frame) -> None:
        # Models stays at the bottom of the stack; another view lies over it and keeps its state while it is away.
        while self.screen is not view and len(self.screen_stack) > 1:
            await self.pop_screen()
        if self.screen is not view:
            await self.push_screen(view)

    def show_lines(self, model: UUID) -> None:
        """Opens a model's priority list."""
        from modeltui.tui.screens.lines import LinesScreen

        row = self.session.model(model)
        if row is not None:
            self.push_screen(LinesScreen(self.session, row))

    async def pick_providers(
        self, title: str, family: Family | None, attached: Collection[UUID], **options: Any
    ) -> tuple[UUID, ...]:
        """The providers that the person picks, in order; the options are the picker's. Only for queued work."""
        from modeltui.tui.screens.picker import PickerScreen

        return await self.push_screen_wait(PickerScreen(self.session, title, family, attached, **options)) or ()

    async def choose_provider(self, title: str, offered: Callable[[], Sequence[Offered]]) -> ProviderRow | None:
        """The one provider that the person chooses, or None. Only to be awaited in queued work."""
        from modeltui.tui.screens.choice import ChoiceScreen

        self.keys.drop()
        chosen: ProviderRow | None = await self.push_screen_wait(ChoiceScreen(self.session, title, offered))
        return chosen

    async def show_conflict(self, conflict: Conflict) -> str:
        """What to do about a list that somebody else saved meanwhile: keep, merge, theirs or ours."""
        from modeltui.tui.screens.conflict import ConflictScreen

        self.keys.drop()
        return str(await self.push_screen_wait(ConflictScreen(self.session, conflict)))

    def show_what_if(self, providers: Collection[UUID]) -> None:
        """Shows what would happen if these providers were down, over the view that they were chosen on."""
        from modeltui.tui.screens.what_if import WhatIfScreen

        self.push_screen(WhatIfScreen(self.session, providers))

    def show_model_form(self, model: ModelRow | None, copied: ModelRow | None = None) -> None:
        """Opens the form of a model, or of a new one, perhaps as a copy of another."""
        from modeltui.tui.screens.model_form import ModelForm

        def left(saved: Saved | None) -> None:
            if saved is None:
                return
            if self.models_screen.showing_deleted:
                self.models_screen.do_deleted()
            self.models_screen.move_to(saved.id)
            self.models_screen.flash(saved.text)

        self.push_screen(ModelForm(self.session, model, copied), left)

    def show_provider_form(self, provider: ProviderRow | None, copied: ProviderRow | None = None) -> None:
        """Opens the form of a provider, or of a new one, perhaps as a copy of another."""
        from modeltui.tui.screens.provider_form import ProviderForm

        def left(saved: Saved | None) -> None:
            if saved is not None and self._providers_screen is not None:
                self._providers_screen.move_to(saved.id)
                self._providers_screen.flash(saved.text)

        self.push_screen(ProviderForm(self.session, provider, copied), left)

    def show_help(self, context: str) -> None:
        """Shows all keys, those of the context first."""
        from modeltui.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.session, context))

    def show_log(self) -> None:
        """Shows the messages of the session."""
        from modeltui.tui.screens.log import LogScreen

        self.push_screen(LogScreen(self.session))

    def show_copied(self, title: str, lines: Sequence[str], said: str) -> None:
        """Shows a copied text that the pane is too small for, and what is said of it."""
        from modeltui.tui.screens.copied import CopiedScreen

        self.push_screen(CopiedScreen(self.session, title, lines, said))

    async def leave_for(self, view: str, row: UUID | None = None, name: str = "") -> None:
        """Goes to a view, there to a row where one is given, once every screen that would close may be left.

        Only to be awaited in queued work.
        """
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Frame) and not await screen.may_leave():
                return
        match view:
            case "models":
                await self.go_to_models()
            case "providers":
                await self.go_to_providers()
            case "doctor":
                await self.go_to_doctor()
        if row is None or not isinstance(self.screen, ListScreen):
            return
        if view == "models" and self.models_screen.showing_deleted:
            self.models_screen.do_deleted()
        self.screen.jump_to(row, name)

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


def database_name(url: str) -> str:
    """The database's short name, such as `db1/catalog`: the host and the file's or database's name."""
    path = sqlite_path(url)
    if path is not None:
        return f"{socket.gethostname()}/{path.stem}"
    return display_url(url).rpartition("@")[2].rpartition("//")[2]


def _collect_less() -> None:
    """Lets the collector look only at what is made from now on, and less often.

    The modules and the first rows stay, and so do nearly all of the ten thousand rows of each later reading:
    looking through them again and again is more than half of what a reading costs, and stops the keys meanwhile.
    Not where the collector is on already: then the process is another program's.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER)
        gc.enable()


def _import_services() -> ModuleType:
    from modeltui.services import catalog

    return catalog
