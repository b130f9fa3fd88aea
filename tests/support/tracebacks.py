"""What a crash report that prints local variables would show."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import modeltui

_PACKAGE = str(Path(modeltui.__file__).parent) + os.sep


def shown_locals(error: BaseException) -> str:
    """Return the local variables of every frame of the program itself in an error's traceback, and in its causes'."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = []
    while shown is not None:
        frames += [frame for frame in shown.stack if frame.filename.startswith(_PACKAGE)]
        shown = shown.__cause__ or shown.__context__
    return "\n".join(f"{frame.name}: {frame.locals}" for frame in frames)
