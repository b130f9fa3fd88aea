"""What every screen does with the catalog: work in order, questions before harm, and changes that are weighed first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.errors import (
    BulkRefused,
    CatalogError,
    DatabaseUnavailable,
    ModelDeleted,
    NotFound,
    ProviderNotFound,
    StaleVersion,
)
from modeltui.tui.presentation.cells import Spans
from modeltui.tui.session import READ_AGAIN, Session
from modeltui.tui.widgets.question import Answer, Choice, Question, QuestionPane, lines_of
from modeltui.tui.widgets.toned_screen import TonedScreen

if TYPE_CHECKING:
    from textual.timer import Timer
    from textual.widget import Widget

    from modeltui.domain.bulk import BulkChange
    from modeltui.domain.impact import Impact
    from modeltui.tui.control_room import ControlRoom

AnyRow: TypeAlias = ModelRow | ProviderRow
R = TypeVar("R", bound=AnyRow)
# After so long a person wonders whether the key arrived.
SLOW_SECONDS = 1.0
# The least that the styles give to a question.
ASKING_LINES = 7
WAITING = "waiting for the database"


class Working(TonedScreen):
    """A screen that reads and writes the catalog. Subclasses have the panes and the lines to say things on."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._flash_is_new = False
        self._answer: asyncio.Future[Answer] | None = None
        self._under_way = 0
        self._waiting: Timer | None = None
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

    def unsay(self, text: str) -> None:
        """Takes away what was said, if it still stands there."""
        raise NotImplementedError

    def show_hints(self) -> None:
        """Shows the keys that count now."""
        raise NotImplementedError

    # Work

    def work(self, job: Callable[[], Coroutine[Any, Any, None]], *, needs_catalog: bool = True) -> None:
        """Queues a piece of work: one after the other, each on what the one before has left."""

        async def guarded() -> None:
            # Again and again: what is slow may come after a question.
            self._waiting = waiting = self.set_interval(SLOW_SECONDS, self._say_slow)
            try:
                if needs_catalog:
                    await self.session.settled()
                await job()
            except CatalogError as error:
                await self._failed(error)
            finally:
                waiting.stop()
                self.unsay(WAITING)
                self._under_way -= 1
                if not self._under_way:
                    self.work_done()

        self._under_way += 1
        self.room.queue(guarded)

    def work_done(self) -> None:
        """All work of this screen is done, and nothing of it is asked any more. For subclasses."""

    async def _failed(self, error: CatalogError) -> None:
        """Says what went wrong, with on screen what the person is told to look at again.

        Keys typed before it is said would take it away, or act as if all had gone well.
        """
        self.room.keys.drop()
        if isinstance(error, DatabaseUnavailable):
            self.doubt_connection(error)
            self.flash(f"{error.message}{READ_AGAIN if error is self.session.unread else ''}", error=True)
            return
        if isinstance(error, StaleVersion | NotFound | ModelDeleted):
            with suppress(CatalogError):
                await self.session.reload(elsewhere=True)
        self.flash(error.message, error=True)

    def doubt_connection(self, error: DatabaseUnavailable) -> None:
        """Says that the catalog doesn't answer where that is known, and else finds out.

        What was written may have been refused for a reason of its own, such as a full disk.
        """
        if error is self.session.unread:
            self.session.lost(error)
        else:
            self.room.connection.look_again()

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
        # What lies over this screen, such as a list to pick from, waits for the person.
        if self.is_current and not self.asking and not self._flash_is_new:
            self.flash(WAITING)

    # Questions

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return self._answer is not None

    @property
    def asks_for_text(self) -> bool:
        """Whether a text is asked for, so that letters are no keys."""
        return self._open_question is not None and self._open_question.question.check is not None

    @property
    def holds_keys(self) -> bool:
        """Whether the next key waits: work is under way, and what it asks isn't on screen."""
        return self._under_way > 0 and (self._open_question is None or self._open_question.answered)

    async def ask(self, question: Question, *, keep_typed: bool = False) -> Answer:
        """Asks in the lower pane and waits for the answer. Only to be awaited in queued work.

        Keys typed before the question is on screen don't answer it; `keep_typed` is for what one answers
        without looking, such as prompts, and that does no harm.
        """
        before = self.focused
        self._asked += 1
        self._takes_yes = any(choice.key == "y" for choice in question.choices)
        self._answer = asyncio.get_running_loop().create_future()
        pane = QuestionPane(question, armed=keep_typed)
        await self._show_question(pane, drop_typed=not keep_typed)
        try:
            return await self._answer
        finally:
            self._answer = self._open_question = None
            if self._waiting is not None:
                self._waiting.reset()
            if self.is_attached:
                await self._take_question_away(pane, before)

    async def _show_question(self, pane: QuestionPane, *, drop_typed: bool) -> None:
        """Puts a question in the pane's place, all in one frame."""
        lower = self.query_one("#lower")
        with self.app.batch_update():
            self.unsay(WAITING)
            self.query_one("#pane").display = False
            lower.add_class("-asking")
            # What would happen is worth more room than the rows behind it.
            room = max(lower.size.height, ASKING_LINES)
            lower.set_class(lines_of(pane.question, lower.size.width) > room, "-long")
            await lower.mount(pane)
            if drop_typed:
                self.room.keys.drop()
            self._open_question = pane
            self.show_hints()

    async def _take_question_away(self, pane: QuestionPane, focus: Widget | None) -> None:
        """Shows the pane again, all in one frame, and gives the focus back."""
        with self.app.batch_update():
            await pane.remove()
            self.query_one("#lower").remove_class("-asking", "-long")
            self.query_one("#pane").display = True
            if focus is not None:
                focus.focus(scroll_visible=False)
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
        """Whether the person types the name of what is to go, or of a set its verb and number."""

        def check(text: str) -> str | None:
            return None if text.strip() == name else f"that is not {name}; type it exactly, or esc to cancel"

        choices = (Choice("cancel", "Cancel"), Choice("yes", verb))
        prompt = f"type {name} and press enter:"
        return (await self.ask(Question(title, lines, choices, check, prompt))).choice == "yes"

    async def change(
        self,
        change: BulkChange,
        rows: Sequence[R],
        agree: Callable[[Impact, tuple[R, ...]], Awaitable[bool]],
        *,
        unasked: Callable[[Impact], bool] = lambda impact: False,
    ) -> tuple[Impact, tuple[R, ...]] | None:
        """Makes a change of one row or several: weighs it, asks, writes all of it or nothing.

        `rows` are those that the change names, as last read; `agree` is given them as they stand when it asks,
        and `unasked` says of which impacts nobody is asked. What somebody else changed meanwhile is always asked
        about again. Gives the impact and the rows that were agreed to, or None where the person said no or a
        row refused.
        """
        from modeltui.domain.bulk import impact_of_bulk

        rows, bulk, versions = tuple(rows), self.session.catalog.bulk, {row.id: row.version for row in rows}
        just_now = self.session.changed_just_now(rows)
        changed_meanwhile = bool(just_now)
        if just_now:
            self.flash(f"{just_now[0].updated_by} changed {just_now[0].name} just now; look again", error=True)
        try:
            while True:
                # From the rows on screen, at once: if they are no longer so, writing it is refused.
                impact = impact_of_bulk(change, self.session.rows)
                if (changed_meanwhile or not unasked(impact)) and not await agree(impact, rows):
                    return None
                try:
                    await bulk.apply(change, versions=versions, impact=impact)
                except (StaleVersion, BulkRefused) as error:
                    stale = _stale_causes(error)
                    if not stale:
                        raise
                    versions |= {cause.current.id: cause.current_version for cause in stale if cause.impact is None}
                    await self.session.reload(elsewhere=True)
                    self.flash(_what_is_stale(stale, rows), error=True)
                    rows, changed_meanwhile = self.session.latest(rows), True
                    continue
                await self.session.reload()
                return impact, rows
        except BulkRefused as error:
            await self.session.reload(elsewhere=True)
            await self.say_refused(error, rows)
        except ProviderNotFound:
            await self.session.reload(elsewhere=True)
            self.flash("nothing was changed: the provider was deleted meanwhile", error=True)
        return None

    async def say_refused(self, error: BulkRefused, rows: Sequence[AnyRow]) -> None:
        """Says which rows stand against a change: a single one on the flash line, several where all can be read."""
        from modeltui.tui.presentation.set_text import refusal, refusal_lines

        if len(error.causes) == 1:
            self.flash(refusal(error, rows), error=True)
            return
        title = f"Nothing was changed: {len(error.causes)} of {len(rows)} refuse"
        await self.ask(Question(title, refusal_lines(error, rows), (Choice("close", "Close"),)))


def _stale_causes(error: StaleVersion | BulkRefused) -> list[StaleVersion]:
    """What was changed by others meanwhile; what else stands against a change is found when it is weighed again."""
    if isinstance(error, StaleVersion):
        return [error]
    return [cause for _, cause in error.causes if isinstance(cause, StaleVersion)]


def _what_is_stale(causes: Sequence[StaleVersion], rows: Sequence[AnyRow]) -> str:
    """Why a change is asked about again; `rows` are as the person has seen them, perhaps under other names."""
    first, *others = causes
    if first.impact is not None:
        return "what this would do has changed meanwhile; look again"
    now = first.current.name
    before = next((row.name for row in rows if row.id == first.current.id), now)
    name = now if before == now else f"{before}, now {now},"
    more = f" and {len(others)} more" if others else ""
    return f"{first.current.updated_by} changed {name}{more} meanwhile; look again"
