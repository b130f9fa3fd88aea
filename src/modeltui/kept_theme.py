"""The theme that was last chosen on the screens: a file of one word, beside and never in the person's own settings."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

# Longer than any theme's name: what else such a file may hold is not worth reading.
_LIMIT = 40


def read_theme(path: Path) -> str | None:
    """The word that was kept, or None: what can't be read never keeps the program from starting."""
    try:
        # A FIFO or device under this name would keep the program waiting.
        if not path.is_file():
            return None
        with path.open(encoding="utf-8") as file:
            return file.read(_LIMIT).strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def keep_theme(path: Path, theme: str) -> None:
    """Keeps a theme for the next start, in one step: never half a word. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        beside.write_text(f"{theme}\n", encoding="utf-8")
        beside.replace(path)
    finally:
        with suppress(OSError):
            beside.unlink()
