"""The one place where the drivers' errors become the catalog's."""

from __future__ import annotations

import socket
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from sqlalchemy.exc import DBAPIError, EmulatedDBAPIException, IntegrityError, SQLAlchemyError

from modeltui.errors import AlreadyExists, CatalogError, DatabaseUnavailable, ReadOnly

LOW_LEVEL = (SQLAlchemyError, EmulatedDBAPIException, OSError, sqlite3.Error)


class Purpose(Enum):
    """What a transaction was for, which decides what a missing right means."""

    READ = "read"
    WRITE = "write"
    MIGRATE = "migrate"


# What SQLite says, and what it means for the person who reads it.
_SQLITE_MESSAGES = {
    "locked": "is locked by another program; try again, and look for a process that holds it",
    "not a database": "is not a SQLite database; check the database setting",
    "malformed": "is damaged; restore it from a backup",
    "disk is full": "can't grow, the disk is full; free some space and try again",
    "disk i/o": "can't be read or written, the disk reports an error",
    "unable to open": "can't be opened; check that the file and its folder exist and are writable",
    "no such table": "has lost its tables; check which file the database setting names",
}

_LOST = "08006"
_MISSING = "3D000"
_NO_CHANGES = "25006"
_NO_RIGHT = "42501"

# What PostgreSQL's codes mean: a code, or how it begins.
_POSTGRES_CODES = {
    _MISSING: "is not on the server; make it there (createdb --encoding=UTF8), then run: modeltui db create",
    "28": "refuses this user or password; check both, and the server's pg_hba.conf",
    "42704": "does not know an option of its URL; check what follows the ?",
    "42P01": "has lost its tables; check which database the setting names",
    "0A000": "was changed by another program's migration; try again",
    "55P03": "is locked by another program; try again, and look for a process that holds it",
    "57014": "took too long to answer; try again",
    "53100": "can't grow, the server's disk is full; free some space there and try again",
    "53300": "has no connection left; close other programs, or raise max_connections or the role's own limit",
    "57P": "was stopped or is starting; try again in a moment",
    "25P": "ended a transaction that waited too long; nothing was written, try again",
    "P0001": "refused the change, by a trigger of its own, and nothing was written; the server's log says why",
    "08": "lost the connection; look at what is saved, and try again",
    "XX": "reports damage or an internal error; look into the server's log",
}

# Of these codes, those that a server may cease to answer with by itself.
_PASSING = ("08", "53300", "55P03", "57P")

# Why a server can't be reached: the first class that fits.
_UNREACHABLE = {
    socket.gaierror: "its host name is not known here; check the host in its URL, and this machine's DNS",
    ssl.SSLCertVerificationError: "its certificate is not trusted here; check sslrootcert and the host in its URL",
    ssl.SSLError: "encryption could not be agreed on; check sslmode and the certificates in its URL",
    ConnectionRefusedError: "nothing listens there; check that the server is running, and its host and port",
    TimeoutError: "no answer came; check that the server is running, its host, and the network to it",
    FileNotFoundError: "a socket or certificate is not there; check that the server is running, and its URL",
}
_NO_ENCRYPTION = "rejected SSL upgrade"

# Name by PostgreSQL's constraint, or by SQLite's table.column.
_UNIQUE_NAMES = {
    "provider": ("uq_provider_config_name_key", "provider_config.name_key"),
    "model": ("uq_model_config_name_key", "model_config.name_key"),
}


@contextmanager
def translated(where: str, purpose: Purpose = Purpose.READ) -> Iterator[None]:
    """Turns low-level errors into ours; `where` names the database, without any password."""
    try:
        yield
    except LOW_LEVEL as error:
        raise translate(error, where, purpose) from None


def translate(error: Exception, where: str, purpose: Purpose = Purpose.READ) -> CatalogError:
    """The catalog's error for a driver's. Its text never holds statements or parameters."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(error, IntegrityError):
        return _refused_change(error, where)
    code = str(getattr(cause, "sqlstate", None) or "")
    if not code and isinstance(error, DBAPIError) and error.connection_invalidated:
        code = _LOST
    if code:
        return _of_postgres(code, where, purpose)
    if isinstance(cause, OSError):
        return _unavailable(_unreachable(cause), where, passing=not isinstance(cause, ssl.SSLError))
    lowered = str(cause).lower()
    if "readonly" in lowered or "read-only" in lowered:
        return ReadOnly("the database file is not writable")
    for mark, meaning in _SQLITE_MESSAGES.items():
        if mark in lowered:
            return _unavailable(meaning, where, passing=mark == "locked")
    return _unavailable(f"can't be used ({type(cause).__name__}); check that it is there", where)


def _unavailable(what: str, where: str, *, missing: bool = False, passing: bool = False) -> DatabaseUnavailable:
    """What happened and what to do come first: a narrow line may show no more, and the place may be long."""
    return DatabaseUnavailable(f"the database {what} ({where})", missing=missing, passing=passing)


def _unreachable(error: OSError) -> str:
    if _NO_ENCRYPTION in str(error):
        return "can't be reached encrypted, which sslmode asks for; turn on ssl at the server, or change sslmode"
    for kind, why in _UNREACHABLE.items():
        if isinstance(error, kind):
            return f"can't be reached, {why}"
    return f"can't be reached ({type(error).__name__}); check that it is there and running"


def _refused_change(error: IntegrityError, where: str) -> CatalogError:
    driver_error = error.driver_exception if error.orig is not None else None
    # PostgreSQL's text would do as well, were it not for the names that it quotes.
    said = str(getattr(driver_error, "constraint_name", None) or error.orig)
    for kind, marks in _UNIQUE_NAMES.items():
        if any(mark in said for mark in marks):
            return AlreadyExists(kind, None)
    return _unavailable("refused the change, nothing was written; reload and try again", where)


def _of_postgres(code: str, where: str, purpose: Purpose) -> CatalogError:
    if code == _NO_CHANGES:
        return ReadOnly("the server takes no changes")
    if code == _NO_RIGHT and purpose is Purpose.WRITE:
        return ReadOnly("the database role has no right to change the tables")
    if code == _NO_RIGHT and purpose is Purpose.MIGRATE:
        return _unavailable("can be migrated only by the role that owns its tables; do it as that one", where)
    if code == _NO_RIGHT:
        return _unavailable("may not be read by this role; grant it SELECT on every table", where)
    for mark, meaning in _POSTGRES_CODES.items():
        if code.startswith(mark):
            return _unavailable(meaning, where, missing=code == _MISSING, passing=mark in _PASSING)
    return _unavailable(f"could not do it (SQLSTATE {code}); the server's log says why", where)
