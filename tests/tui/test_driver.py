"""Short frames are written at once, and nothing overtakes what waits for a slow terminal."""

import os
import pty
import tty
from collections.abc import Iterator
from contextlib import suppress

import pytest

from modeltui.tui.driver import FRAME_BEGINS, FRAME_ENDS, SHORT, FrameWriter, HangUpSafe


class Line:
    """A real pseudo-terminal, what was handed to the writing thread, and that thread's work when it is called."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        self.stream = os.fdopen(self.slave, "w")
        self.file = HangUpSafe(self.stream)
        self.waiting: list[str] = []
        self.frames = FrameWriter(self.file, self.waiting.append)

    def seen(self) -> str:
        """What has arrived at the other end."""
        seen = b""
        while True:
            try:
                seen += os.read(self.master, 1 << 16)
            except BlockingIOError:
                return seen.decode()

    def let_the_thread_write(self) -> str:
        """What Textual's thread does: write all that waits, then flush."""
        for text in self.waiting:
            self.file.write(text)
        self.waiting.clear()
        self.file.flush()
        return self.seen()

    def fill(self) -> None:
        """Nobody reads, until the terminal takes no more."""
        os.set_blocking(self.slave, False)
        try:
            while True:
                os.write(self.slave, b"." * 256)
        except BlockingIOError:
            os.set_blocking(self.slave, True)


@pytest.fixture
def line() -> Iterator[Line]:
    opened = Line()
    yield opened
    with suppress(OSError):
        opened.stream.close()
    with suppress(OSError):
        os.close(opened.master)


def test_a_short_frame_arrives_at_once_and_whole(line: Line) -> None:
    line.frames.write(FRAME_BEGINS)
    line.frames.write("row")
    assert line.seen() == ""
    line.frames.write(FRAME_ENDS)
    assert line.seen() == f"{FRAME_BEGINS}row{FRAME_ENDS}"
    assert line.waiting == []


def test_a_long_frame_is_the_threads_and_what_follows_waits_behind_it(line: Line) -> None:
    line.frames.write("x" * (SHORT + 1))
    line.frames.write("after")
    assert line.seen() == ""
    assert line.waiting == ["x" * (SHORT + 1), "after"]
    assert line.let_the_thread_write() == "x" * (SHORT + 1) + "after"
    line.frames.write("at once again")
    assert line.seen() == "at once again"


def test_a_terminal_that_takes_no_more_never_blocks_the_program(line: Line) -> None:
    line.fill()
    line.frames.write("later")
    assert line.waiting == ["later"]
    line.seen()
    line.frames.write("and this")
    assert line.waiting == ["later", "and this"]
    assert line.let_the_thread_write() == "laterand this"


def test_a_hung_up_terminal_is_nothing_to_die_of(line: Line) -> None:
    os.close(line.master)
    line.frames.write("nobody reads this")
    line.frames.write("x" * (SHORT + 1))
    line.file.write("nor this")
    line.file.flush()
