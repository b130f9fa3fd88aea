"""Opens the screens. Nothing of the command line's library is imported here: the first paint waits for it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from modeltui.errors import CatalogError, ValidationError

if TYPE_CHECKING:
    from modeltui.settings import Settings

REFUSED, WRONG_USAGE = 1, 2


def open_screens(flags: Mapping[str, object]) -> int:
    """Opens the screens with the settings in force; gives the exit code, 2 for a setting that is wrong."""
    from modeltui.settings import load_settings

    try:
        settings = load_settings(flags)
    except ValidationError as error:
        _report(error)
        return WRONG_USAGE
    from modeltui.tui.app import run

    return run(settings)


def open_demo(flags: Mapping[str, object]) -> int:
    """Opens the screens on a throw-away catalog; gives the exit code."""
    from dataclasses import replace

    from modeltui.services.demo import demo_place
    from modeltui.settings import load_settings
    from modeltui.tui.app import run

    try:
        # The database setting is overridden and so not even looked at; the demo has its own.
        chosen = load_settings({**flags, "catalog": None, "database": "sqlite:////demo.db"})
    except ValidationError as error:
        _report(error)
        return WRONG_USAGE
    with demo_place(chosen) as (settings, environ):
        try:
            _fill(settings, environ)
        except CatalogError as error:
            _report(error)
            return REFUSED
        return run(replace(settings, read_only=chosen.read_only, origins=chosen.origins), environ)


def _fill(settings: Settings, environ: Mapping[str, str]) -> None:
    import asyncio

    from modeltui.services.catalog import open_settled
    from modeltui.services.demo import fill

    async def filled() -> None:
        async with open_settled(settings, create=True, environ=environ) as catalog:
            await fill(catalog)

    asyncio.run(filled())


def _report(error: CatalogError) -> None:
    from modeltui.tui.presentation.text import clean

    print(f"modeltui: {clean(error.message)}", file=sys.stderr)
