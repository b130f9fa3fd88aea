"""`modeltui keys`: the keys of the screens, and what this terminal really sends for a pressed one."""

from __future__ import annotations

import os
import sys
import termios
import tty
from collections.abc import Iterator

from modeltui.cli.invocation import current
from modeltui.cli.output import emit, table

_CTRL_C = b"\x03"
_READ_BYTES = 64

_CONTROL_NAMES = {0: "NUL", 8: "BS", 9: "TAB", 10: "LF", 13: "CR", 27: "ESC", 32: "SPACE", 127: "DEL"}

# What xterm and those after it send; what isn't here is shown as bytes alone.
_NAMES = {
    b"\r": "enter",
    b"\t": "tab, ctrl+i",
    b"\x1b[Z": "shift+tab",
    b"\x7f": "backspace",
    b"\x1b": "esc",
    b" ": "space",
    b"\x1b[3~": "delete",
    b"\x1b[5~": "page up",
    b"\x1b[6~": "page down",
    **{
        sequence: name
        for letter, name in zip(b"ABCDHF", ("up", "down", "right", "left", "home", "end"), strict=True)
        for sequence, name in (
            (b"\x1b[%c" % letter, name),
            (b"\x1bO%c" % letter, name),
            (b"\x1b[1;2%c" % letter, f"shift+{name}"),
            (b"\x1b[1;3%c" % letter, f"alt+{name}"),
            (b"\x1b[1;5%c" % letter, f"ctrl+{name}"),
            (b"\x1b[1;6%c" % letter, f"ctrl+shift+{name}"),
        )
    },
}


def keys() -> None:
    """Print the keys of the screens; at a terminal, then what it sends for each key that is pressed."""
    _ = current().settings  # decides which signs may be drawn
    from modeltui.tui.keys import table as key_table

    rows = key_table()
    names = ("screen", "keys", "what")
    emit([dict(zip(names, row, strict=True)) for row in rows], table(("SCREEN", "KEYS", "WHAT"), rows))
    if not current().json and sys.stdin.isatty() and sys.stdout.isatty():
        print("\nPress keys to see what this terminal sends; q twice or ctrl+c ends.", flush=True)
        for pressed in _presses(sys.stdin.fileno()):
            sys.stdout.write(f"{described(pressed)}\r\n")
            sys.stdout.flush()


def described(pressed: bytes) -> str:
    """The bytes of a key in hexadecimal and as letters, and the key that they usually mean."""
    letters = " ".join(_CONTROL_NAMES.get(byte) or _letter(byte) for byte in pressed)
    return f"{pressed.hex(' '):<24} {letters:<20} {_name(pressed)}".rstrip()


def _presses(descriptor: int) -> Iterator[bytes]:
    """Each key's bytes as they arrive in one piece, until q is pressed twice in a row or ctrl+c once."""
    before = termios.tcgetattr(descriptor)
    try:
        tty.setraw(descriptor)
        last = b""
        while (pressed := os.read(descriptor, _READ_BYTES)) and pressed not in (_CTRL_C, b"qq"):
            yield pressed
            if pressed == last == b"q":
                return
            last = pressed
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _letter(byte: int) -> str:
    if byte < 32:
        return f"^{chr(byte + 64)}"
    return chr(byte) if byte < 127 else f"{byte:02x}"


def _name(pressed: bytes) -> str:
    if pressed in _NAMES:
        return _NAMES[pressed]
    if len(pressed) == 1 and pressed[0] < 27:
        return f"ctrl+{chr(pressed[0] + 96)}"
    text = pressed.decode("utf-8", "replace")
    return text if len(text) == 1 and text.isprintable() else ""
