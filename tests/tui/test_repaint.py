"""Only what differs is sent; what then stands on a real terminal is what drawing everything again would give."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.services.stores import SqliteStore
from tests.support.processes import modeltui_argv
from tests.support.terminal import Terminal

LEAVE, ENTER = b"\x1b[?1049l", b"\x1b[?1049h"
# Keys, and what they bring to the screen.
JOURNEY = (
    (b"jjG", "> qwen3-coder"),
    (b"/", "filter"),
    (b"zz", "No models match zz"),
    (b"\x7f\x7fgpt-5", "3 of 7"),
    (b"\r", "filter: gpt-5"),
    (b"q", "Models 7"),
    (b"2", "Providers 7"),
    (b"j", "> openai-apac"),
    (b"gt", "Turn anthropic-main off?"),
    (b"\x1b", "last changed"),
    (b"1", "Models 7"),
    (b"n", "Models / new"),
    (b"\x1b", "Models 7"),
    (b"?", "Help"),
    (b"q", "Models 7"),
    (b"gjjj\r", "/ lines"),
    (b"J", "draft: 1 change"),
    (b"m", "place, 1 to"),
    (b"\x1b", "requests go to"),
    (b"a", "attach to gpt-5-mini"),
    (b"\x1b", "requests go to"),
    (b"u", "undone"),
    (b"q", "Models 7"),
)


@contextmanager
def screens(store: SqliteStore, size: tuple[int, int]) -> Iterator[Terminal]:
    """The program on a terminal."""
    environ = {**store.environ, "MODELTUI_DATABASE_URL": store.url, "MODELTUI_THEME": "dark"}
    with Terminal.start(modeltui_argv(), env=environ, size=size) as terminal:
        terminal.wait_for("> * claude-sonnet-4-5")
        yield terminal


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
def test_what_stands_on_the_terminal(store: SqliteStore, size: tuple[int, int]) -> None:
    with screens(store, size) as drawn_bit_by_bit, screens(store, size) as drawn_again:
        for keys, shown in JOURNEY:
            for terminal in (drawn_bit_by_bit, drawn_again):
                terminal.send(keys)
                terminal.wait_for(shown)
            # The pane follows the cursor a moment later: both come to rest first.
            show_the_same(drawn_bit_by_bit, drawn_again, keys)
            draw_again(drawn_again)
            show_the_same(drawn_bit_by_bit, drawn_again, keys)


def show_the_same(one: Terminal, other: Terminal, keys: bytes) -> None:
    """Read from both until each cell of one is as the other's."""
    __tracebackhide__ = True

    def same() -> bool:
        other.read()
        return not other.in_frame and cells(one) == cells(other)

    try:
        one.wait_until(same, f"the same on both after {keys!r}")
    except pytest.fail.Exception as failure:
        pytest.fail(f"{failure}\nthe other:\n{other.text()}")


def draw_again(terminal: Terminal) -> None:
    """Stop the program and let it go on, so that it draws everything, onto a blank terminal."""
    left, entered = terminal.raw.count(LEAVE), terminal.raw.count(ENTER)
    terminal.signal(signal.SIGTSTP)
    terminal.wait_until(lambda: terminal.raw.count(LEAVE) > left, "the screens left")
    os.waitpid(terminal.process.pid, os.WUNTRACED)
    terminal.screen.erase_in_display(2)
    terminal.signal(signal.SIGCONT)
    terminal.wait_until(lambda: terminal.raw.count(ENTER) > entered, "the screens entered again")
    terminal.wait_until(lambda: bool(terminal.lines()[0]), "the first line")


def cells(terminal: Terminal) -> list[Any]:
    """What can be seen of each cell; the colour of what is written doesn't show on a blank."""
    buffer, size = terminal.screen.buffer, terminal.screen
    return [
        (cell.data, cell.bg, cell.reverse, cell.underscore, *((cell.fg, cell.bold) if cell.data.strip() else ()))
        for y in range(size.lines)
        for cell in (buffer[y][x] for x in range(size.columns))
    ]
