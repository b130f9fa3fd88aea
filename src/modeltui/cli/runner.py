"""Runs one piece of work on the open catalog, and asks where something would be lost."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from modeltui.cli.close_names import suggest
from modeltui.cli.invocation import Declined, UsageProblem, current
from modeltui.cli.output import note
from modeltui.database_url import sqlite_path
from modeltui.errors import NotFound, ProviderNotFound
from modeltui.tui.presentation.text import clean

if TYPE_CHECKING:
    from modeltui.services.catalog import Catalog

T = TypeVar("T")


def run(work: Callable[[Catalog], Awaitable[T]]) -> T:
    """The result of the work, on the catalog that the settings name. Raises CatalogError."""
    settings = current().settings
    path = sqlite_path(settings.database)
    is_new = settings.database_is_default and path is not None and not path.exists()
    from modeltui.services.catalog import open_settled

    async def opened() -> T:
        async with open_settled(settings, keep_answers=False) as catalog:
            if is_new:
                note([f"modeltui: made a new catalog, {clean(catalog.location)}"])
            try:
                return await work(catalog)
            except (NotFound, ProviderNotFound) as error:
                await suggest(error, catalog)
                raise

    return asyncio.run(opened())


def require_consent(*, yes: bool, dry_run: bool) -> None:
    """Refuses, before anything is looked at, what could not be confirmed later. Raises UsageProblem."""
    if not (yes or dry_run or sys.stdin.isatty()):
        raise UsageProblem("there is no terminal to ask at; give --yes to do it, or --dry-run to see what it does")


def confirm(question: str) -> None:
    """Asks at the terminal. Never called while the event loop runs, so that ctrl+c works. Raises Declined."""
    import termios

    # What was typed before the question was there doesn't answer it; what comes as soon as it is there does.
    termios.tcflush(sys.stdin, termios.TCIFLUSH)
    print(f"{clean(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Declined
