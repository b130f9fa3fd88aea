"""What every screen does with the catalog: work in order, questions before harm, and changes that are weighed first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.errors import CatalogError, DatabaseUnavailable, ModelDeleted, NotFound, StaleVersion
from modeltui.tui.presentation.cells import Spans
from modeltui.tui.session import Session
from modeltui.tui.widgets.question import Answer, Choice, Question, QuestionPane
from modeltui.tui.widgets.toned_screen import TonedScreen

if TYPE_CHECKING:
    from modeltui.domain.impact import Impact
    from modeltui.tui.control_room import ControlRoom

R = TypeVar("R", ModelRow, ProviderRow)
# After so long a person wonders whether the key arrived.
SLOW_SECONDS = 1.0


class Working(TonedScreen):
    """A screen that reads and writes the catalog. Subclasses have the panes and the lines to say things on."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._flash_is_new = False
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

    def flash(self, text: str | Spans, *, error: bool = False) -> None:
        """Says one thing, until the next key."""
        raise NotImplementedError

    def show_hints(self) -> None:
        """Shows the keys that count now."""
        raise NotImplementedError

    # Work

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


def _what_is_stale(error: StaleVersion) -> str:
    """Why a change is asked about again."""
    if error.impact is not None:
        return "what this would do has changed meanwhile; look again"
    return f"{error.current.updated_by} changed {error.current.name} meanwhile; look again"
