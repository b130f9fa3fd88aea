"""What reaches terminals of several kinds: colours that they have, and the mouse only where it is wanted."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from bench.catalog import build, environment

from tests.support.processes import modeltui_argv
from tests.support.terminal import Terminal

# Select graphic rendition: a colour of the terminal's own sixteen, of 256, or by its red, green and blue.
STYLE = re.compile(rb"\x1b\[([0-9;:]*)m")
SIXTEEN = {str(code) for code in (*range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108))}
DOWN = b"\x1b[B"
LEAVES_ALTERNATE_SCREEN, SHOWS_CURSOR = b"\x1b[?1049l", b"\x1b[?25h"
MOUSE_ON = re.compile(rb"\x1b\[\?(9|1000|1001|1002|1003|1005|1006|1015|1016)h")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a catalog."""
    asyncio.run(build(tmp_path, 4, 8))
    return tmp_path


def sent(folder: Path, *arguments: str, **variables: str | None) -> bytes:
    """Walk through the screens on a terminal and quit; return all that it was sent."""
    variables = {"COLORTERM": None, "NO_COLOR": None} | variables
    argv = modeltui_argv(*arguments)
    with Terminal.start(argv, env=environment(folder) | variables, size=(80, 24)) as terminal:
        terminal.wait_for("> * model-00000")
        terminal.send(DOWN)
        terminal.wait_for("> model-00001")
        terminal.send(b"2")
        terminal.wait_for("Providers 8")
        terminal.send(b"S")
        terminal.wait_for("Sort providers")
        terminal.send(b"q")
        terminal.wait_until_gone("Sort providers")
        terminal.send(b"q")
        assert terminal.wait_exit() == 0
        assert bytes(terminal.raw).count(LEAVES_ALTERNATE_SCREEN) == 1
        assert bytes(terminal.raw).rindex(SHOWS_CURSOR) > bytes(terminal.raw).index(b"Sort providers")
        return bytes(terminal.raw)


def colours(raw: bytes) -> set[str]:
    """Return the kinds of colours that were asked for: sixteen, 256 or true."""
    found = set()
    for style in STYLE.findall(raw):
        text = style.decode()
        if re.search(r"[34]8[;:]2", text):
            found.add("true")
        elif re.search(r"[34]8[;:]5", text):
            found.add("256")
        elif SIXTEEN & set(text.split(";")):
            found.add("sixteen")
    return found


@pytest.mark.parametrize("announced", [None, "truecolor"], ids=["plain", "truecolor"])
@pytest.mark.parametrize("term", ["linux", "screen-256color", "xterm-256color", "tmux-256color"])
def test_it_works_there_in_colours_that_it_has(folder: Path, term: str, announced: str | None) -> None:
    """It starts, shows its rows, takes keys and leaves the terminal as it was."""
    raw = sent(folder, TERM=term, COLORTERM=announced)
    # The console has neither, whatever another terminal has announced; its font lacks most signs, too.
    console = term == "linux"
    assert ("true" in colours(raw)) if announced and not console else (colours(raw) == {"sixteen"})
    assert raw.isascii() is console


@pytest.mark.parametrize("announced", [None, "truecolor"])
def test_no_colour_where_none_is_wanted(folder: Path, announced: str | None) -> None:
    """Bold, dim and reverse stay, and the words say it all."""
    raw = sent(folder, TERM="xterm-256color", COLORTERM=announced, NO_COLOR="1")
    assert colours(raw) <= ({"true"} if announced else set())
    for red, green, blue in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", raw):
        assert red == green == blue


@pytest.mark.parametrize(
    ("arguments", "variables"), [(("--no-mouse",), {}), ((), {"MODELTUI_NO_MOUSE": "1"})], ids=["flag", "variable"]
)
def test_the_mouse_is_left_to_the_terminal(folder: Path, arguments: tuple[str, ...], variables: dict[str, str]) -> None:
    assert MOUSE_ON.search(sent(folder, *arguments, **variables)) is None


def test_the_mouse_is_asked_for_otherwise(folder: Path) -> None:
    assert MOUSE_ON.search(sent(folder)) is not None
