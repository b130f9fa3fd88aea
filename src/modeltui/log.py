"""The log file: who changed what, and what was refused. Off unless named; it never holds a key."""

from __future__ import annotations

import logging
from pathlib import Path

from modeltui.errors import ValidationError

logger = logging.getLogger("modeltui")
logger.addHandler(logging.NullHandler())


def log_to(path: Path) -> None:
    """Adds lines to a file from now on, once however often it is asked. Raises ValidationError on `log_file`."""
    if any(
        isinstance(handler, logging.FileHandler) and handler.baseFilename == str(path) for handler in logger.handlers
    ):
        return
    try:
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        message = f"can't write the log file {path} ({error.strerror}); check its folder, or name another file"
        raise ValidationError("log_file", message) from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
