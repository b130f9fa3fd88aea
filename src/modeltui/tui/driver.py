"""The terminal as it really is: pastes that hold escape sequences, bytes that are no text, lines that hang up."""

from __future__ import annotations

import os
import select
import selectors
import signal
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from modeltui.tui.presentation.text import FIELD_LIMIT

PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"
FRAME_BEGINS, FRAME_ENDS = "\x1b[?2026h", "\x1b[?2026l"
# Characters; a terminal that is ready takes so much at least.
SHORT = 1024
POLL_SECONDS = 0.1


class PasteGuard:
    """Keeps escape sequences inside a paste from being read as keys, which Textual's parser would do.

    Of a paste that is longer than any field takes, it lets in just enough for that to be seen.
    """

    def __init__(self) -> None:
        self._inside = False
        self._kept = ""
        self._room = 0

    def feed(self, data: str) -> str:
        """The input with every ESC inside a paste replaced; what may be half of a paste's end waits for the rest."""
        done: list[str] = []
        while data:
            data = self._paste(done, data) if self._inside else self._keys(done, data)
        return "".join(done)

    def _keys(self, done: list[str], data: str) -> str:
        seen = self._kept + data
        begin = seen.find(PASTE_BEGINS)
        if begin < 0:
            # Only remembered, never held back: a lone ESC must be a key at once.
            self._kept = seen[-(len(PASTE_BEGINS) - 1) :]
            done.append(data)
            return ""
        end = begin + len(PASTE_BEGINS) - len(self._kept)
        done.append(data[:end])
        # One more than a field takes, which refuses the whole of it then.
        self._inside, self._kept, self._room = True, "", FIELD_LIMIT + 1
        return data[end:]

    def _paste(self, done: list[str], data: str) -> str:
        seen, self._kept = self._kept + data, ""
        end = seen.find(PASTE_ENDS)
        if end < 0:
            half = next((size for size in range(len(PASTE_ENDS) - 1, 0, -1) if seen.endswith(PASTE_ENDS[:size])), 0)
            self._kept = seen[len(seen) - half :]
            done.append(self._let_in(seen[: len(seen) - half]))
            return ""
        done += [self._let_in(seen[:end]), PASTE_ENDS]
        self._inside = False
        return seen[end + len(PASTE_ENDS) :]

    def _let_in(self, text: str) -> str:
        """The text without ESC, and cut where no field will take the paste anyway: the parser takes long for each."""
        text = text[: self._room]
        self._room -= len(text)
        return text.replace("\x1b", "\ufffd")


class HangUpSafe:
    """A terminal to write to that may be gone: Textual's writer would die of that, and all who wait for it hang."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._written = 0
        self.flushed = 0
        """How many texts have been written and passed on."""

    def write(self, text: str) -> None:
        """Writes while there is somebody to read."""
        self._written += 1
        with suppress(OSError, ValueError):
            self._file.write(text)

    def flush(self) -> None:
        """Flushes while there is somebody to read."""
        with suppress(OSError, ValueError):
            self._file.flush()
        self.flushed = self._written

    def fileno(self) -> int:
        """The terminal's descriptor."""
        return self._file.fileno()


class FrameWriter:
    """Writes short frames at once, all else through Textual's writing thread.

    The thread gets its turn only when the program pauses, after what follows the frame has been worked out too:
    a tenth of what a key press takes. What the terminal isn't ready for is the thread's to wait with, and nothing
    overtakes what was handed to it.
    """

    def __init__(self, file: HangUpSafe, hand_over: Callable[[str], None]) -> None:
        self._file = file
        self._hand_over = hand_over
        self._handed_over = 0
        self._frame = ""

    def write(self, data: str) -> None:
        """Writes; the pieces of a synchronised update are kept until they are a whole frame."""
        if data == FRAME_BEGINS or self._frame:
            self._frame += data
            if data != FRAME_ENDS:
                return
            data, self._frame = self._frame, ""
        if len(data) <= SHORT and self._file.flushed == self._handed_over and self._is_ready():
            with suppress(OSError):
                os.write(self._file.fileno(), data.encode())
        else:
            self._handed_over += 1
            self._hand_over(data)

    def _is_ready(self) -> bool:
        try:
            return bool(select.select([], [self._file.fileno()], [], 0)[1])
        except (OSError, ValueError):
            return False


class TerminalDriver(LinuxDriver):
    """Textual's driver, made safe against what pastes and lost lines bring, and prompt with short frames."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        file = HangUpSafe(self._file)
        self._file: Any = file
        self._frames = FrameWriter(file, super().write)

    def write(self, data: str) -> None:
        """Writes to the terminal."""
        self._frames.write(data)

    def run_input_thread(self) -> None:
        """Reads keys until the program ends; a terminal that is gone counts as hung up."""
        parser, guard = XTermParser(self._debug), PasteGuard()
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(POLL_SECONDS):
                    try:
                        data = os.read(self.fileno, 4096)
                    except OSError:
                        data = b""
                    if not data:
                        os.kill(os.getpid(), signal.SIGHUP)
                        return
                    for event in parser.feed(guard.feed(decode(data))):
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
