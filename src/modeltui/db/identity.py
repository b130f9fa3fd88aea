"""Ids as they are read: each made once, since making a UUID costs more than reading all the rest of a line."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

_KEPT = 1 << 16


@lru_cache(maxsize=_KEPT)
def identity(text: str) -> UUID:
    """The id that the database holds as text; None, which an outer join gives, stays None. Raises ValueError."""
    # The check is kept with the answer, so that it costs a listing nothing.
    return UUID(text) if text is not None else text
