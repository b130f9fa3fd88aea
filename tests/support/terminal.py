"""A real program on a real pseudo-terminal, with a terminal's answers and its screen."""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ptyprocess
import pyte
import pytest

from tests.support.processes import environment_with
from tests.support.wait import framed, words

LAST_RESORT_SECONDS = 60.0
POLL_SECONDS = 0.05
READ_BYTES = 65_536

# Queries that a terminal answers: DA1, DSR and cursor position, DECRQM.
QUERY = re.compile(rb"\x1b\[0?(?P<attributes>c)|\x1b\[(?P<status>[56])n|\x1b\[\?(?P<mode>\d+)\$p")
# pyte would print the tails of these; a terminal shows nothing of them.
UNSHOWN = re.compile(
    r"\x1b\[[<>=][0-9;:]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?[0-9;]*u|\x1b\[[0-9;]*[t]|\x1b\[[0-9;]* q"
    r"|\x1b[P_^X].*?(?:\x1b\\|\x07)|\x1b\][^\x07\x1b]*(?:\x1b\\|\x07)",
    re.DOTALL,
)
UNFINISHED = re.compile(r"\x1b(?:\[[0-9;:?<>=!$ ]*|[\]P_^X][^\x07\x1b]*\x1b?)?$", re.DOTALL)
FRAME_EDGE = re.compile(r"\x1b\[\?2026([hl])")


class Screen(pyte.Screen):
    """pyte's screen, without its own answers: those are given by `Terminal`."""

    def report_device_attributes(self, *_: Any, **__: Any) -> None:
        """Say nothing."""

    def report_device_status(self, *_: Any, **__: Any) -> None:
        """Say nothing."""


def _hear_signals() -> None:
    """Take signals as in a login shell; a run in the background, or under nohup, ignores these and hands that on."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


class Terminal:
    """Runs one program; use it as a context manager, so that the program never outlives the test.

    `bytes_received` counts what the program has sent. Nothing here waits for time: each wait ends with a state, with
    the program's end, or as a last resort fails with the screen.
    """

    def __init__(self, process: ptyprocess.PtyProcess, size: tuple[int, int]) -> None:
        self.process = process
        self.bytes_received = 0
        self.raw = bytearray()
        self.screen = Screen(*size)
        self._stream = pyte.Stream(self.screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unfinished = ""
        self._unanswered = b""
        self.in_frame = False
        self._ended = False

    @classmethod
    def start(
        cls,
        argv: Sequence[str],
        *,
        env: Mapping[str, str | None] | None = None,
        size: tuple[int, int] = (120, 40),
        cwd: str | Path | None = None,
    ) -> Terminal:
        """Start a program in the test's environment with changes (None takes one away); size is columns, rows."""
        with warnings.catch_warnings():
            # Python 3.12 warns of a fork in a process with threads; the child only executes.
            warnings.simplefilter("ignore", DeprecationWarning)
            process = ptyprocess.PtyProcess.spawn(
                list(argv),
                dimensions=(size[1], size[0]),
                env=environment_with(env),
                cwd=os.fspath(cwd) if cwd is not None else os.environ["HOME"],
                preexec_fn=_hear_signals,
            )
        return cls(process, size)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, keys: bytes) -> None:
        """Send bytes as a keyboard would."""
        view = memoryview(keys)
        while view:
            view = view[os.write(self.process.fd, view) :]

    def lines(self) -> list[str]:
        """Return the lines of the screen so far, without blanks at their ends."""
        return [line.rstrip() for line in self.screen.display]

    def text(self) -> str:
        """Return the screen as one text."""
        return "\n".join(self.lines())

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window, as a person does with the mouse."""
        self.screen.resize(rows, columns)
        self.process.setwinsize(rows, columns)

    def wait_for(self, text: str) -> None:
        """Read until a line of the screen holds the text, whatever blanks align it."""
        __tracebackhide__ = True
        self.wait_until(lambda: self._shows(text), f"the text {text!r} on the screen")

    def wait_until_gone(self, text: str) -> None:
        """Read until no line of the screen holds the text."""
        __tracebackhide__ = True
        self.wait_until(lambda: not self._shows(text), f"the text {text!r} gone from the screen")

    def wait_until(self, predicate: Callable[[], bool], description: str) -> None:
        """Read until the predicate holds on a whole frame; fail with the screen if the program ends before."""
        __tracebackhide__ = True
        deadline = time.monotonic() + LAST_RESORT_SECONDS
        while True:
            self.read()
            if not self.in_frame and predicate():
                return
            if self._ended:
                pytest.fail(f"the program ended (status {self._status()}) before: {description}\n{self._framed()}")
            if time.monotonic() > deadline:
                pytest.fail(f"never came: {description}\n{self._framed()}")

    def wait_exit(self) -> int:
        """Read until the program ends; return its exit status (negative: the signal that ended it)."""
        __tracebackhide__ = True
        deadline = time.monotonic() + LAST_RESORT_SECONDS
        while not self._ended:
            self.read()
            if time.monotonic() > deadline:
                pytest.fail(f"the program never ended\n{self._framed()}")
        return self._status()

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal, such as SIGTERM or SIGHUP."""
        self.process.kill(number)

    def close(self) -> None:
        """End the program, if it hasn't ended, and let go of the terminal."""
        if self.process.isalive():
            self.process.kill(signal.SIGKILL)
        self.process.close(force=True)

    def _shows(self, text: str) -> bool:
        wanted = words(text)
        return any(wanted in words(line) for line in self.lines())

    def _framed(self) -> str:
        return framed(self.lines(), self.screen.columns)

    def _status(self) -> int:
        self.process.wait()
        if self.process.signalstatus is not None:
            return -int(self.process.signalstatus)
        return int(self.process.exitstatus)

    def read(self) -> None:
        """Take what the program has written, if anything within one short poll, and answer what it asks."""
        if self._ended or not select.select([self.process.fd], [], [], POLL_SECONDS)[0]:
            return
        try:
            received = os.read(self.process.fd, READ_BYTES)
        except OSError:  # Linux says so that the other side is closed
            received = b""
        if not received:
            self._ended = True
            return
        self.bytes_received += len(received)
        self.raw += received
        self._show(received)
        self._answer(received)

    def _show(self, received: bytes) -> None:
        text = self._unfinished + self._decoder.decode(received)
        unfinished = UNFINISHED.search(text)
        self._unfinished = unfinished.group() if unfinished else ""
        text = text.removesuffix(self._unfinished) if self._unfinished else text
        for edge in FRAME_EDGE.finditer(text):
            self.in_frame = edge[1] == "h"
        self._stream.feed(UNSHOWN.sub("", text))

    def _answer(self, received: bytes) -> None:
        asked = self._unanswered + received
        rest = 0
        for query in QUERY.finditer(asked):
            rest = query.end()
            if query["attributes"]:
                self._reply(b"\x1b[?62;22c")
            elif query["status"] == b"5":
                self._reply(b"\x1b[0n")
            elif query["status"]:
                cursor = self.screen.cursor
                self._reply(b"\x1b[%d;%dR" % (cursor.y + 1, cursor.x + 1))
            else:
                # 2: known and not set. A terminal with synchronised updates, as most are.
                self._reply(b"\x1b[?%s;%d$y" % (query["mode"], 2 if query["mode"] == b"2026" else 0))
        self._unanswered = asked[max(rest, len(asked) - 16) :]

    def _reply(self, answer: bytes) -> None:
        try:
            self.send(answer)
        except OSError:
            self._ended = True
