"""`did you mean …?` for a name that isn't there."""

from __future__ import annotations

import difflib
from contextlib import suppress
from typing import TYPE_CHECKING

from modeltui.domain.text import name_key
from modeltui.errors import CatalogError, NotFound, ProviderNotFound

if TYPE_CHECKING:
    from modeltui.services.catalog import Catalog

_MOST = 3


async def suggest(error: NotFound | ProviderNotFound, catalog: Catalog) -> None:
    """Names in the error's message what may have been meant, where anything comes close."""
    kind, name = ("provider", error.provider) if isinstance(error, ProviderNotFound) else (error.kind, error.name)
    missing = f"no {kind} named {name}"
    # Other wordings speak of rows that aren't among these, such as deleted models.
    if kind not in ("provider", "model") or not error.message.startswith(f"{missing};"):
        return
    with suppress(CatalogError):
        rows = await catalog.rows()
        close = close_names(name, [row.name for row in (rows.providers if kind == "provider" else rows.models)])
        if close:
            error.message = f"{missing}; did you mean {' or '.join(close)}? (modeltui {kind}s list lists all)"


def close_names(name: str, names: list[str]) -> list[str]:
    """The few names that come closest, letter case aside, the closest first."""
    by_key = {name_key(each): each for each in names}
    return [by_key[key] for key in difflib.get_close_matches(name_key(name), by_key, _MOST)]
