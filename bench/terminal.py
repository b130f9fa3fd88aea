"""Runs a program on a pseudo-terminal and measures it from outside, as the person at the keyboard has it.

Every piece of output is stamped when it arrives and only kept; the screen is worked out of it afterwards,
so that no time here includes the cost of understanding what was drawn.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import select
import signal
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ptyprocess
import pyte

COLUMNS, LINES = 120, 40
QUIET_SECONDS = 0.06
LIMIT_SECONDS = 30.0

DOWN, UP = b"\x1b[B", b"\x1b[A"

_QUESTION = re.compile(rb"\x1b\[0?(?P<attributes>c)|\x1b\[6(?P<position>n)|\x1b\[\?(?P<mode>\d+)\$p")
# What pyte would take for text, though a terminal shows nothing of it.
_UNSHOWN = re.compile(
    r"\x1b\[[<>=][0-9;:]*[A-Za-z]|\x1b\[\?[0-9;]*(?:\$p|u)|\x1b\[[0-9;]*(?:t| q)|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[P_^X].*?\x1b\\",
    re.DOTALL,
)
_CUT_OFF = re.compile(r"\x1b(?:\[[^A-Za-z]*|[\]P_^X][^\x07]*)?$", re.DOTALL)
_FRAME_EDGE = re.compile(r"\x1b\[\?2026([hl])")


@dataclass(frozen=True, slots=True)
class Step:
    """What one key press led to.

    Seconds until the first finished frame that differs, and until the last one; bytes in all; and the seconds that
    the program has worked meanwhile.
    """

    seconds: float
    size: int
    all_seconds: float
    worked: float


class _Screen(pyte.Screen):
    """pyte's screen, which leaves the answers to us."""

    def report_device_attributes(self, *_: Any, **__: Any) -> None:
        pass

    def report_device_status(self, *_: Any, **__: Any) -> None:
        pass


class Program:
    """A running program; a context manager that ends it."""

    def __init__(self, argv: Sequence[str | Path], environ: Mapping[str, str]) -> None:
        self._screen = _Screen(COLUMNS, LINES)
        self._stream = pyte.Stream(self._screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._cut_off = ""
        self._asked = b""
        self._in_frame = False
        self._arrived: list[tuple[float, bytes]] = []
        self.size = 0
        self._started = time.perf_counter()
        self._process = ptyprocess.PtyProcess.spawn(
            [str(word) for word in argv], env=dict(environ), dimensions=(LINES, COLUMNS)
        )

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._process.kill(signal.SIGTERM)
        deadline = time.perf_counter() + 5
        while self._process.isalive() and time.perf_counter() < deadline:
            self._receive(0.05)
        if self._process.isalive():
            self._process.kill(signal.SIGKILL)
        self._process.close(force=True)

    def start(self, text: str, *, when_sent: Callable[[], object] = lambda: None) -> float:
        """Seconds from just before the program's start to the frame with which the text is on the screen.

        `when_sent` is called the moment that the text arrives, for what is to be measured just then.
        """
        deadline = self._started + LIMIT_SECONDS
        wanted, seen = text.encode(), b""
        # The raw stream is watched for the text, since working out the screen would delay later stamps.
        while wanted not in seen:
            if time.perf_counter() > deadline or not self._alive:
                raise SystemExit(f"{text!r} was never sent; the screen:\n{self.text()}")
            if self._receive(1.0):
                seen = seen[-len(wanted) :] + self._arrived[-1][1]
        when_sent()
        self._receive_until_quiet()
        for moment in self._frames():
            if any(text in line for line in self._screen.display):
                return moment - self._started
        raise SystemExit(f"{text!r} was sent but is not on the screen:\n{self.text()}")

    def press(self, keys: bytes, *, quiet: float = QUIET_SECONDS) -> Step:
        """Sends keys and waits until the answer is complete, that is until nothing more has come for a while."""
        self.catch_up()
        before, sent, worked = self.cells(), self.size, self.cpu()
        began = time.perf_counter()
        os.write(self._process.fd, keys)
        while True:
            self._receive_until_quiet(quiet)
            moments = []
            for moment in self._frames():
                cells = self.cells()
                if cells != before:
                    moments.append(moment)
                    before = cells
            if moments:
                worked = self.cpu() - worked
                return Step(moments[0] - began, self.size - sent, moments[-1] - began, worked)
            if time.perf_counter() - began > LIMIT_SECONDS or not self._alive:
                raise SystemExit(f"{keys!r} changed nothing; the screen:\n{self.text()}")

    def settle(self, quiet: float = 0.5) -> None:
        """Waits until the program has been silent for so many seconds."""
        self._receive_until_quiet(quiet)
        self.catch_up()

    def wait_for(self, text: str) -> None:
        """Waits until the text is on the screen."""
        deadline = time.perf_counter() + LIMIT_SECONDS
        while not any(text in line for line in self._screen.display):
            if time.perf_counter() > deadline or not self._alive:
                raise SystemExit(f"{text!r} never came; the screen:\n{self.text()}")
            self._receive(0.05)
            self.catch_up()

    def watch(self, look: Callable[[], object], changes: int) -> list[float]:
        """The moments of the frames with which what `look` finds on the screen became another, so many times."""
        moments: list[float] = []
        found = look()
        while len(moments) < changes:
            if not self._receive(LIMIT_SECONDS):
                raise SystemExit(f"only {len(moments)} of {changes} changes came; the screen:\n{self.text()}")
            for moment in self._frames():
                if (now := look()) != found:
                    moments.append(moment)
                    found = now
        return moments

    def lines(self) -> Sequence[str]:
        """The lines of the screen, as far as it was worked out."""
        return self._screen.display

    def catch_up(self) -> None:
        """Brings the screen up to date with what has arrived."""
        for _ in self._frames():
            pass

    def text(self) -> str:
        """The screen in words."""
        self.catch_up()
        return "\n".join(line.rstrip() for line in self._screen.display)

    def cells(self) -> list[tuple[Any, ...]]:
        """Every cell of the screen, with its colours and attributes."""
        buffer = self._screen.buffer
        return [tuple(buffer[y][x] for x in range(COLUMNS)) for y in range(LINES)]

    def resident(self) -> int:
        """KiB of memory that the program has in use, as Linux counts it."""
        return _status(self._process.pid, "VmRSS")

    def cpu(self) -> float:
        """Seconds that its living threads have worked; steadier than the clock where others use the processor too."""
        threads = Path(f"/proc/{self._process.pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9

    @property
    def _alive(self) -> bool:
        return bool(self._process.isalive())

    def _receive_until_quiet(self, quiet: float = QUIET_SECONDS) -> None:
        while self._receive(quiet):
            pass

    def _receive(self, seconds: float) -> bool:
        """Takes what the program has written, waiting for it so long, and answers what it asks."""
        if not select.select([self._process.fd], [], [], seconds)[0]:
            return False
        try:
            received = os.read(self._process.fd, 1 << 16)
        except OSError:
            return False
        if not received:
            return False
        self._arrived.append((time.perf_counter(), received))
        self.size += len(received)
        if b"\x1b" in received:
            self._answer(received)
        return True

    def _answer(self, received: bytes) -> None:
        asked, end = self._asked + received, 0
        for question in _QUESTION.finditer(asked):
            end = question.end()
            if question["attributes"]:
                answer = b"\x1b[?62;22c"
            elif question["position"]:
                answer = b"\x1b[%d;%dR" % (self._screen.cursor.y + 1, self._screen.cursor.x + 1)
            else:
                # Synchronised updates are known and off; nothing else is known.
                answer = b"\x1b[?%s;%d$y" % (question["mode"], 2 if question["mode"] == b"2026" else 0)
            os.write(self._process.fd, answer)
        self._asked = asked[max(end, len(asked) - 16) :]

    def _frames(self) -> Iterator[float]:
        """Draws what has arrived piece by piece; gives the moment of each piece that ends outside of a frame."""
        while self._arrived:
            moment, received = self._arrived.pop(0)
            text = self._cut_off + self._decode(received)
            cut_off = _CUT_OFF.search(text)
            self._cut_off = cut_off.group() if cut_off else ""
            text = text[: len(text) - len(self._cut_off)]
            for edge in _FRAME_EDGE.finditer(text):
                self._in_frame = edge[1] == "h"
            self._stream.feed(_UNSHOWN.sub("", text))
            if not self._in_frame:
                yield moment


def _status(process: int, name: str) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def interleaved(rounds: int, **measures: Callable[[], float]) -> dict[str, list[float]]:
    """Measures by turns, so that whatever else the machine does falls on all alike; one round first isn't counted."""
    results: dict[str, list[float]] = {name: [] for name in measures}
    for round_number in range(rounds + 1):
        for name, measure in measures.items():
            value = measure()
            if round_number:
                results[name].append(value)
    return results
