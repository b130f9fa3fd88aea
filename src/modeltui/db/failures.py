"""The one place where the drivers' errors become the catalog's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, EmulatedDBAPIException, IntegrityError, SQLAlchemyError

from modeltui.errors import AlreadyExists, CatalogError, DatabaseUnavailable, ReadOnly

LOW_LEVEL = (SQLAlchemyError, EmulatedDBAPIException, OSError, sqlite3.Error)

# What SQLite says, and what it means for the person who reads it.
_SQLITE_MESSAGES = {
    "locked": "is locked by another program; try again, and look for a process that holds it",
    "not a database": "is not a SQLite database; check the path",
    "malformed": "is damaged; restore it from a backup",
    "disk is full": "can't grow, the disk is full; free some space and try again",
    "disk i/o": "can't be read or written, the disk reports an error",
    "unable to open": "can't be opened; check that the file and its folder exist and are writable",
    "no such table": "has lost its tables; check which file the database setting names",
}

# Name by PostgreSQL's constraint, or by SQLite's table.column.
_UNIQUE_NAMES = {
    "provider": ("uq_provider_config_name_key", "provider_config.name_key"),
    "model": ("uq_model_config_name_key", "model_config.name_key"),
}


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turns low-level errors into ours; `where` names the database, without any password."""
    try:
        yield
    except LOW_LEVEL as error:
        raise translate(error, where) from None


def translate(error: Exception, where: str) -> CatalogError:
    """The catalog's error for a driver's. Its text never holds statements or parameters."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = str(cause)
    if isinstance(error, IntegrityError):
        for kind, marks in _UNIQUE_NAMES.items():
            if any(mark in said for mark in marks):
                return AlreadyExists(kind, None)
        return DatabaseUnavailable(f"database {where} refused the change, nothing was written; reload and try again")
    lowered = said.lower()
    if "readonly" in lowered or "read-only" in lowered:
        return ReadOnly("the database file is not writable")
    for mark, meaning in _SQLITE_MESSAGES.items():
        if mark in lowered:
            return DatabaseUnavailable(f"database {where} {meaning}")
    return DatabaseUnavailable(f"database {where} can't be used ({type(cause).__name__}); check that it is there")
