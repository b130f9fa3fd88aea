"""The frame that all screens share: two lines above, a body with a pane, the flash line and the hints below."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.geometry import Size
from textual.widget import Widget

from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.errors import CatalogError, DatabaseUnavailable, ModelDeleted, NotFound, StaleVersion
from modeltui.tui import keys
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.session import Phase, Session
from modeltui.tui.widgets.hint_bar import HintBar
from modeltui.tui.widgets.question import Answer, Choice, Question, QuestionPane
from modeltui.tui.widgets.text_lines import MessageLine, TextLine, TextLines
from modeltui.tui.widgets.toned_screen import TonedScreen
from modeltui.tui.widgets.unscrolled import Block

if TYPE_CHECKING:
    from modeltui.domain.impact import Impact
    from modeltui.tui.control_room import ControlRoom

R = TypeVar("R", ModelRow, ProviderRow)
LEAST_COLUMNS, LEAST_LINES = 60, 15
SIDE_BY_SIDE = 120
# After so long a person wonders whether the key arrived.
SLOW_SECONDS = 1.0


class Frame(TonedScreen):
    """A screen of the control room. Subclasses give the context's name, the body and the answers to its actions."""

    context: ClassVar[str] = ""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._flash_is_new = False
        self._focus_to_return: Widget | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._under_way = 0
        self._asked = 0
        self._takes_yes = False
        self._open_question: QuestionPane | None = None

    @property
    def room(self) -> ControlRoom:
        """The application."""
        app: ControlRoom = self.app  # type: ignore[assignment]
        return app

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
        yield HintBar(id="hints")
        yield TextLine(id="too-small")

    def compose_body(self) -> ComposeResult:
        """What stands above or beside the pane. For subclasses."""
        yield from ()

    def on_mount(self) -> None:
        """Listens to the session while it lives. Textual calls this besides a subclass's own."""
        self.session.listen(self._session_changed)
        self.show_hints()
        self.refresh_rows()

    def on_unmount(self) -> None:
        """Listens no more."""
        self.session.forget(self._session_changed)

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Closes the screen, which from now on has nothing left to show the session's changes on."""
        self.session.forget(self._session_changed)
        return super().dismiss(result)

    def _session_changed(self) -> None:
        if self.is_attached:
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
        if session.read_only_reason is not None:
            right.append(Cell("READ ONLY", Tone.WARN))
        if session.error is not None:
            right.append(Cell("  not connected", Tone.BAD))
        line = spans(*label, f"{self.room.place}  {session.actor}")
        self.query_one("#catalog", TextLine).show(line, tuple(right))

    def show_hints(self) -> None:
        """The keys of this context, or of the question that is open."""
        shown, pinned = keys.hints("question" if self.asking else self.context)
        if self.asking and not self._takes_yes:
            shown = [(key, label) for key, label in shown if key != "y"]
        self.query_one(HintBar).show(shown, pinned)

    # The flash line

    def flash(self, text: str | Spans, *, error: bool = False) -> None:
        """Says one thing, until the next key."""
        line = spans(text) if isinstance(text, str) else text
        self._flash_is_new = True
        # Work that was queued may end after its screen was closed.
        for place in self.query("#flash").results(MessageLine):
            place.show((Cell("ERROR  ", Tone.BAD), *line) if error else line)

    def key_pressed(self) -> None:
        """A key arrives: what was said before it goes away."""
        self._flash_is_new = False
        self.query_one("#flash", MessageLine).show(())

    def on_paste(self, event: events.Paste) -> None:
        """A paste that no field took changes nothing."""
        event.stop()
        self.flash("pasting works in fields only; nothing was changed")

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
            self.flash(f"{action.label} needs the catalog: {error.message}; r tries again", error=True)
            return
        getattr(self, f"do_{name}")()

    def do_help(self) -> None:
        """Shows all keys."""
        self.go(lambda: self.room.show_help(self.context))

    def work(self, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Queues a piece of work: one after the other, each on what the one before has left."""

        async def guarded() -> None:
            waiting = self.set_timer(SLOW_SECONDS, self._say_slow)
            try:
                await self.session.settled()
                await job()
            except CatalogError as error:
                await self._failed(error)
            finally:
                waiting.stop()
                self._under_way -= 1

        self._under_way += 1
        self.room.queue(guarded)

    async def _failed(self, error: CatalogError) -> None:
        """Says what went wrong, with on screen what the person is told to look at again."""
        if isinstance(error, DatabaseUnavailable):
            self.session.lost(error)
            self.flash(f"{error.message}; r tries again", error=True)
            return
        if isinstance(error, StaleVersion | NotFound | ModelDeleted):
            with suppress(CatalogError):
                await self.session.reload()
        self.flash(error.message, error=True)

    def go(self, step: Callable[[], object]) -> None:
        """Goes elsewhere, after the work that is under way here; not if that has asked something meanwhile.

        Else a key typed ahead would leave the screen before its question is on it.
        """
        if not self._under_way:
            step()
            return
        asked = self._asked

        async def then() -> None:
            if self._asked == asked:
                step()

        self.work(then)

    def _say_slow(self) -> None:
        if not self.asking and not self._flash_is_new:
            self.flash("waiting for the database")

    # Questions

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return self._answer is not None

    @property
    def holds_keys(self) -> bool:
        """Whether the next key waits: work is under way, and what it asks isn't on screen."""
        return self._under_way > 0 and (self._open_question is None or self._open_question.answered)

    async def ask(self, question: Question, *, keep_typed: bool = False) -> Answer:
        """Asks in the lower pane and waits for the answer. Only to be awaited in queued work.

        Keys typed before the question is on screen don't answer it; `keep_typed` is for prompts that one
        types into without looking.
        """
        before = self.focused
        self._asked += 1
        self._takes_yes = any(choice.key == "y" for choice in question.choices)
        self._answer = asyncio.get_running_loop().create_future()
        lower = self.query_one("#lower")
        self.query_one("#pane").display = False
        pane = QuestionPane(question)
        await lower.mount(pane)
        if not keep_typed:
            self.room.keys.drop()
        self._open_question = pane
        lower.add_class("-asking")
        self.show_hints()
        try:
            return await self._answer
        finally:
            self._answer = self._open_question = None
            if self.is_attached:
                await self.query(QuestionPane).remove()
                lower.remove_class("-asking")
                self.query_one("#pane").display = True
                if before is not None:
                    before.focus(scroll_visible=False)
                self.show_hints()

    def on_question_pane_answered(self, message: QuestionPane.Answered) -> None:
        """The person decided."""
        message.stop()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(message.answer)

    async def confirm(self, title: str | Spans, lines: list[Spans], verb: str) -> bool:
        """Whether the person says yes; Cancel has the focus."""
        choices = (Choice("cancel", "Cancel"), Choice("yes", verb, "y"))
        return (await self.ask(Question(title, lines, choices))).choice == "yes"

    async def confirm_by_name(self, title: str | Spans, lines: list[Spans], verb: str, name: str) -> bool:
        """Whether the person types the name of what is to go."""

        def check(text: str) -> str | None:
            return None if text.strip() == name else f"that is not {name}; type the name exactly, or esc to cancel"

        choices = (Choice("cancel", "Cancel"), Choice("yes", verb))
        prompt = f"type {name} and press enter:"
        return (await self.ask(Question(title, lines, choices, check, prompt))).choice == "yes"

    async def change(
        self,
        row: R,
        weigh: Callable[[], Awaitable[Impact]],
        write: Callable[[int, Impact], Awaitable[object]],
        agree: Callable[[Impact], Awaitable[bool]],
    ) -> Impact | None:
        """Makes a change that may move requests: weighs it, asks, writes.

        It asks again if the change meanwhile became another one. Gives the impact that was agreed to, or
        None where the person said no.
        """
        version = row.version
        while True:
            impact = await weigh()
            if not await agree(impact):
                return None
            try:
                await write(version, impact)
            except StaleVersion as error:
                version = error.current_version
                await self.session.reload()
                self.flash(_what_is_stale(error), error=True)
                continue
            await self.session.reload()
            return impact

    # Leaving

    def do_back(self) -> None:
        """Goes back."""
        self.dismiss(None)

    async def may_leave(self) -> bool:
        """Whether everything on this screen is saved or may be lost. Subclasses with a draft ask."""
        return True


def _what_is_stale(error: StaleVersion) -> str:
    """Why a change is asked about again."""
    if error.impact is not None:
        return "what this would do has changed meanwhile; look again"
    return f"{error.current.updated_by} changed {error.current.name} meanwhile; look again"
