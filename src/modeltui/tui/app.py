"""The way from a shell to the screens; whatever isn't needed for the first paint is imported after it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from modeltui.settings import Settings

if TYPE_CHECKING:
    from modeltui.domain.records import Rows
    from modeltui.services.first_page import Glimpse


def run(settings: Settings, environ: Mapping[str, str] | None = None) -> int:
    """Opens the screens and gives the exit code; 2 where there is no terminal to draw on."""
    variables = os.environ if environ is None else environ
    if os.environ.get("TERM", "dumb") == "dumb" or not (sys.stdin.isatty() and sys.stderr.isatty()):
        print("the screens need a terminal; see modeltui --help for the command line", file=sys.stderr)
        return 2
    # Collecting while the modules load costs a tenth of the start; it goes on after the first paint.
    gc.disable()
    reader = ThreadPoolExecutor(1, "glimpse")
    reading = reader.submit(_glimpse, settings, variables)
    reader.shutdown(wait=False)

    from modeltui.services.actor import current_actor
    from modeltui.tui.control_room import ControlRoom
    from modeltui.tui.session import Session

    session = Session(settings, variables, current_actor(variables))
    room = ControlRoom(session, lambda: _settled(reading), lambda: _all_rows(settings, variables))
    result = room.run(mouse=not settings.no_mouse)
    return result if result is not None else room.return_code or 0


def _glimpse(settings: Settings, environ: Mapping[str, str]) -> Glimpse | None:
    from modeltui.services.first_page import read_glimpse

    return read_glimpse(settings, environ)


def _all_rows(settings: Settings, environ: Mapping[str, str]) -> Rows | None:
    """All live rows; whatever goes wrong is told once the catalog is really opened."""
    from modeltui.services.first_page import read_rows

    try:
        return read_rows(settings, environ)
    except Exception:
        return None


def _settled(reading: Future[Glimpse | None]) -> Glimpse | None:
    """The rows that were read meanwhile; whatever went wrong is told once the catalog is really opened."""
    try:
        return reading.result(timeout=1)
    except Exception:
        return None
