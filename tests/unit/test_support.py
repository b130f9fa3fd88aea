"""The tests' own tools tell the truth: a tool that never fails proves nothing."""

from __future__ import annotations

import os
import signal
import sys

import pytest
from _pytest.outcomes import Failed
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from tests.support.processes import run_program
from tests.support.svg import difference, lines_of
from tests.support.terminal import Terminal
from tests.support.wait import cursor_row, row_words, rows_between, screen_lines, wait_for, wait_for_text

ECHO_FOREVER = "import sys\nprint('\\x1b[2Jready', flush=True)\nfor line in sys.stdin: print('got', line, flush=True)"
ASK_TERMINAL = """
import os, sys, termios, tty
tty.setcbreak(0)
os.write(1, b"\\x1b[c\\x1b[?2026$p\\x1b[6n")
answer = b""
while not answer.endswith(b"R"):
    answer += os.read(0, 100)
print(answer)
"""


class Rows(App[None]):
    """A heading, three rows with a cursor, a rule."""

    def __init__(self, second: str = "openai-us", colour: str = "red") -> None:
        super().__init__()
        self.second = second
        self.colour = colour

    def compose(self) -> ComposeResult:
        rows = Static(Content(f"Lines\n  1   openai-eu    漢字  x\n> 2   {self.second}\n\n──── end"))
        rows.styles.color = self.colour
        yield rows


async def picture_of(app: App[None]) -> str:
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.pause()
        return app.export_screenshot(simplify=True)


async def test_a_screen_is_read_as_words() -> None:
    app = Rows()
    async with app.run_test(size=(40, 8)) as pilot:
        await wait_for_text(pilot, "openai-us")
        assert screen_lines(app)[1] == "  1   openai-eu    漢字  x"
        assert cursor_row(app) == "2 openai-us"
        assert row_words(app, "1 openai-eu") == "1 openai-eu 漢字 x"
        assert rows_between(app, "Lines", "end") == ["1 openai-eu 漢字 x", "> 2 openai-us"]
        with pytest.raises(Failed, match="no line holds 'mistral'"):
            row_words(app, "mistral")


async def test_waiting_ends_with_the_application() -> None:
    app = Rows()
    async with app.run_test() as pilot:
        app.exit()
        with pytest.raises(Failed, match="the application ended before: never"):
            await wait_for(pilot, lambda: False, "never")


async def test_a_picture_is_read_as_lines() -> None:
    lines = lines_of(await picture_of(Rows()))
    assert lines[:5] == ["Lines", "  1   openai-eu    漢字  x", "> 2   openai-us", "", "──── end"]


async def test_a_changed_text_is_told_as_lines() -> None:
    told = difference(await picture_of(Rows()), await picture_of(Rows("azure")))
    assert "-> 2   openai-us\n+> 2   azure" in told


async def test_a_changed_colour_is_told_with_its_line() -> None:
    told = difference(await picture_of(Rows()), await picture_of(Rows(colour="blue")))
    assert "the text is the same" in told
    assert "line 3: > 2   openai-us" in told


async def test_a_blinking_cursor_is_refused(snap) -> None:  # type: ignore[no-untyped-def]
    class Blinking(App[None]):
        def compose(self) -> ComposeResult:
            yield Input()

    async with Blinking().run_test() as pilot:
        with pytest.raises(Failed, match="blinks"):
            await snap(pilot)


async def test_raw_control_characters_are_refused(snap) -> None:  # type: ignore[no-untyped-def]
    async with Rows("\x1b[31mred").run_test() as pilot:
        with pytest.raises(Failed, match="raw control characters"):
            await snap(pilot)


def test_a_terminal_answers_what_a_program_asks() -> None:
    with Terminal.start([sys.executable, "-c", ASK_TERMINAL], size=(80, 24)) as terminal:
        assert terminal.wait_exit() == 0
        assert "[?62;22c" in terminal.text()
        assert "[?2026;2$y" in terminal.text()
        assert "[1;1R" in terminal.text()


def test_a_terminal_sends_keys_and_signals() -> None:
    with Terminal.start([sys.executable, "-c", ECHO_FOREVER]) as terminal:
        terminal.wait_for("ready")
        before = terminal.bytes_received
        terminal.send(b"hello\n")
        terminal.wait_for("got hello")
        assert terminal.bytes_received > before
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == -signal.SIGTERM


def test_a_terminal_tells_that_the_program_ended() -> None:
    with (
        Terminal.start([sys.executable, "-c", "print('oops'); raise SystemExit(3)"]) as terminal,
        pytest.raises(Failed, match=r"(?s)status 3.*before: the text 'Models'.*oops"),
    ):
        terminal.wait_for("Models")


def test_a_process_gets_the_tests_environment() -> None:
    script = "import os, sys; print(os.environ['HOME'], os.environ.get('TZ'), sys.stdin.read()); sys.exit(4)"
    done = run_program([sys.executable, "-c", script], stdin="in", env={"TZ": None})
    assert done.code == 4
    assert done.out.split() == [os.environ["HOME"], "None", "in"]
