"""The whole application over a real SQLite catalog that holds a model in every state, driven by keys, read in words.

    async with open_room(store) as room:
        await room.press("t")
        await room.wait_for("Turn gpt-5 off?")

alice sits at the screens. The store's clock, variables and secret key are fixed, so that pictures stay the same.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest
from textual import events
from textual.app import ScreenStackError
from textual.css.query import NoMatches
from textual.keys import _character_to_key
from textual.pilot import Pilot

from modeltui import Ambient, Catalog, EnvKey, Family, ProviderCreate, StoredKey
from modeltui.settings import Settings
from modeltui.tui.control_room import ControlRoom
from modeltui.tui.presentation import glyphs
from modeltui.tui.screens.frame import Frame
from modeltui.tui.session import Phase, Session
from modeltui.tui.widgets.question import QuestionPane
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.widgets.text_lines import MessageLine, TextLine, TextLines
from tests.services.builders import add_model
from tests.services.stores import SqliteStore
from tests.support.wait import LAST_RESORT_SECONDS, has_text, screen_text, screen_words, words

Found = TypeVar("Found")

PUNCTUATION = {"asterisk": "*", "slash": "/", "question_mark": "?", "less_than_sign": "<", "greater_than_sign": ">"}
CONTROLS = {"enter": "\r", "escape": "\x1b", "space": " ", "tab": "\t"}
QUIET_TURNS = 12
TURN_SECONDS = 0.002

WIDE, NARROW = (120, 40), (80, 24)

PROVIDERS: tuple[ProviderCreate, ...] = (
    ProviderCreate(family=Family.ANTHROPIC, name="anthropic-main", credential=StoredKey("sk-anthropic-main")),
    ProviderCreate(family=Family.OPENAI, name="openai-eu", credential=EnvKey("KEY"), enabled=False),
    ProviderCreate(family=Family.OPENAI, name="openai-us", credential=StoredKey("sk-openai-us")),
    ProviderCreate(
        family=Family.OPENAI, name="openai-apac", credential=EnvKey("KEY"), base_url="https://apac.example/v1"
    ),
    ProviderCreate(family=Family.OPENAI, name="openai-batch", credential=EnvKey("BATCH_KEY")),
    ProviderCreate(family=Family.OPENAI_COMPAT, name="groq", base_url="https://groq.example/v1"),
    ProviderCreate(
        family=Family.OPENAI_COMPAT, name="vllm-rack2", credential=Ambient(), base_url="http://rack2.example:8000/v1"
    ),
)
MODELS: tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...] = (
    ("claude-sonnet-4-5", ("anthropic-main",), {"context_limit": 200_000}),
    ("gpt-4.1", ("openai-us", "openai-apac"), {"context_limit": 1_000_000, "enabled": False}),
    ("gpt-5", ("openai-eu", "openai-us", "openai-apac", "openai-batch"), {}),
    ("gpt-5-mini", ("openai-eu", "openai-us", "openai-batch"), {}),
    ("gpt-5-nano", ("openai-us", "openai-apac"), {"upstream_models": {"openai-apac": "nano-apac"}}),
    ("deepseek-v3", ("groq",), {"context_limit": 128_000}),
    ("qwen3-coder", ("vllm-rack2",), {"context_limit": 262_144}),
)


async def fill(catalog: Catalog) -> None:
    """Add providers and models in every state; the first one, claude-sonnet-4-5, is the default model."""
    for provider in PROVIDERS:
        await catalog.providers.create(provider)
    for name, providers, values in MODELS:
        await add_model(catalog, name, *providers, **values)


def store_at(folder: Path) -> SqliteStore:
    """Return the store of a folder."""
    return SqliteStore(folder / "catalog.db")


def settings_of(store: SqliteStore, **changes: Any) -> Settings:
    """Return settings for a store: the dark theme, whose colours are the same on every terminal."""
    return Settings(**({"database": store.url, "theme": "dark", "secret_key_is_set": True} | changes))


class Room:
    """The running application, and what a person does and sees."""

    def __init__(self, app: ControlRoom, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    # What a person does

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each once the one before has been handled."""
        for key in keys:
            await self.send(key)

    async def type(self, text: str) -> None:
        """Type a text, character by character."""
        await self.press(*text)

    async def send(self, *keys: str) -> None:
        """Send keys in one go, as a fast typist, a macro or a slow line does."""
        for key in keys:
            self.app.post_message(_key_event(key))
        await self.pass_messages()

    async def paste(self, text: str) -> None:
        """Paste a text, as terminals with bracketed paste do."""
        self.app.post_message(events.Paste(text))
        await self.pass_messages()

    async def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal."""
        await self.pilot.resize_terminal(columns, rows)
        await self.pass_messages()

    async def pass_messages(self) -> None:
        """Let the application work until no message waits anywhere; work in other threads may still go on."""
        quiet = 0
        while quiet < QUIET_TURNS:
            await asyncio.sleep(0)
            if not self.app.is_running:
                return
            if not self.app.keys.idle:
                await asyncio.sleep(TURN_SECONDS)
            waits = any(node.message_queue_size for node in (self.app, *self.app._registry))
            quiet = 0 if waits or not self.app.keys.idle else quiet + 1
            with suppress(ScreenStackError):  # it ended in this turn
                if quiet == QUIET_TURNS and (self.app.screen._callbacks or self.app.screen._dirty_widgets):
                    # A frame is due, and what waits for it.
                    self.app.screen._on_timer_update()
                    quiet = 0

    async def settle(self) -> None:
        """Let the application finish the work that it has queued; not for work that asks."""
        done = asyncio.Event()

        async def mark() -> None:
            done.set()

        self.app.queue(mark)
        await self.wait_until(done.is_set, "the queued work done")
        await self.pass_messages()

    # What a person sees

    async def wait_until(self, predicate: Callable[[], Found], description: str) -> Found:
        """Let the application work until the predicate holds; what isn't mounted yet counts as "not yet"."""
        __tracebackhide__ = True
        deadline = time.monotonic() + LAST_RESORT_SECONDS
        while True:
            ended = not self.app.is_running
            await self.pass_messages()
            with suppress(NoMatches, ScreenStackError):
                if found := predicate():
                    return found
            if ended:
                pytest.fail(f"the application ended before: {description}")
            if time.monotonic() > deadline:
                pytest.fail(f"never came: {description}\n{self.text}")
            await asyncio.sleep(TURN_SECONDS)

    async def wait_for(self, *texts: str) -> None:
        """Let the application work until the texts are on the screen, whatever blanks align them."""
        __tracebackhide__ = True
        for text in texts:
            await self.wait_until(lambda text=text: has_text(self.app, text), f"the text {text!r}")

    async def wait_for_flash(self, text: str) -> None:
        """Let the application work until it says exactly this."""
        __tracebackhide__ = True
        await self.wait_until(lambda: self.flash == text, f"the flash line saying {text!r}")

    async def wait_for_place(self, start: str) -> None:
        """Let the application work until line 2 begins so."""
        __tracebackhide__ = True
        await self.wait_until(lambda: self.place.startswith(start), f"line 2 beginning with {start!r}")

    async def wait_for_end(self) -> int:
        """Let the application work until it has ended; return its exit code."""
        await self.wait_until(lambda: not self.app.is_running, "the end")
        assert isinstance(self.app.return_value, int)
        return self.app.return_value

    @property
    def screen(self) -> Frame:
        """The screen on top."""
        assert isinstance(self.app.screen, Frame)
        return self.app.screen

    @property
    def rows(self) -> list[str]:
        """The list's lines below its header, in words, the cursor's with its sign; none in an empty list."""
        found = self.screen.query_one(RowList)
        return [words(line) for line in found.lines_as_text[1:] if line.strip()] if found.keys else []

    @property
    def names(self) -> list[str]:
        """The first word of each row of the list, the signs before it aside."""
        return [next(word for word in row.split() if not is_sign(word)) for row in self.rows]

    @property
    def cursor(self) -> str:
        """The row under the cursor, in words and without the sign."""
        lines = self.screen.query_one(RowList).lines_as_text
        found = [words(line[1:]) for line in lines if line.startswith(">")]
        assert len(found) == 1, f"not one cursor\n{self.text}"
        return found[0]

    @property
    def empty(self) -> list[str]:
        """What an empty list says."""
        found = self.screen.query_one(RowList)
        return [] if found.keys else [words(line) for line in found.lines_as_text if line]

    @property
    def place(self) -> str:
        """Line 2, in words."""
        return self._line("#place")

    @property
    def top(self) -> str:
        """Line 1, in words."""
        return self._line("#catalog")

    @property
    def flash(self) -> str:
        """What the flash line says, be it on several lines."""
        return words(" ".join(self.screen.query_one("#flash", MessageLine).lines_as_text))

    @property
    def pane(self) -> list[str]:
        """The pane's lines, in words, its title first."""
        return [words(line) for line in self.screen.query_one("#pane", TextLines).lines_as_text if line]

    @property
    def question(self) -> list[str]:
        """The question's lines, in words, its title without its rule first; none where nothing is asked."""
        found = self.screen.query("#question-lines")
        lines = [words(line) for line in found.first(TextLines).lines_as_text if line] if found else []
        if not lines:
            return []
        title = [lines[0].strip("─- ")]
        # A title that is too long for its rule goes on below, three cells in.
        while found.first(TextLines).lines_as_text[len(title)].startswith("   "):
            title.append(lines[len(title)])
        return [" ".join(title), *lines[len(title) :]]

    @property
    def text(self) -> str:
        """The whole screen, for messages."""
        return screen_text(self.app)

    @property
    def words(self) -> list[str]:
        """The lines that hold anything, in words."""
        return screen_words(self.app)

    def _line(self, selector: str) -> str:
        return words(" ".join(self.screen.query_one(selector, TextLine).lines_as_text))

    # Ways to a place

    async def go_to_row(self, name: str) -> None:
        """Put the cursor on a row of the list, by keys."""
        __tracebackhide__ = True
        assert name in self.names, f"no row {name}\n{self.text}"
        await self.press("g")
        for _ in self.names:
            if next(word for word in self.cursor.split() if not is_sign(word)) == name:
                return
            await self.press("down")
        pytest.fail(f"the cursor never came to {name}\n{self.text}")

    async def go_to_providers(self) -> None:
        """Go from Models to Providers."""
        await self.press("2")
        await self.wait_for_place("Providers")

    async def open_lines(self, model: str) -> None:
        """Open a model's priority list from Models."""
        await self.go_to_row(model)
        await self.press("enter")
        await self.wait_for_place(f"Models / {model} / lines")

    async def ask(self, key: str, title: str) -> None:
        """Press a key that asks, and wait for its question to take keys."""
        __tracebackhide__ = True
        await self.press(key)
        await self.asked(title)

    async def asked(self, title: str) -> None:
        """Wait for a question to take keys."""
        __tracebackhide__ = True
        await self.wait_until(
            lambda: self.question[:1] == [title] and self.screen.query_one(QuestionPane).armed,
            f"the question {title!r}",
        )


def is_sign(word: str) -> bool:
    """Say whether a word of a row is only its cursor, mark and sign of the default."""
    return not word.strip(">+#*")


def _key_event(key: str) -> events.Key:
    """Return what the application gets for a key, given by its name or as its character."""
    if len(key) == 1:
        return events.Key(_character_to_key(key), key)
    return events.Key(key, CONTROLS.get(key) or PUNCTUATION.get(key))


@asynccontextmanager
async def open_room(
    store: SqliteStore, *, size: tuple[int, int] = WIDE, ready: bool = True, **changes: Any
) -> AsyncIterator[Room]:
    """Open the screens; `changes` are settings. `ready=False` doesn't wait for the rows."""
    before = glyphs.current()
    try:
        session = Session(settings_of(store, **changes), store.environ, "alice", store.clock)
        app = ControlRoom(session)
        async with app.run_test(size=size, notifications=True) as pilot:
            room = Room(app, pilot)
            if ready:
                await room.wait_until(lambda: session.phase is Phase.READY, "the catalog read")
                await room.pass_messages()
            yield room
            if app.is_running:
                # Work that is cut off in the middle of a reading would leave its connection to the collector.
                await room.wait_until(lambda: not room.screen.holds_keys, "no work under way")
    finally:
        glyphs.use(before)
