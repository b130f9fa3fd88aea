"""A SQLite database as a file: what can be said of it before any driver opens it.

Without opening it: where a process closes a file, the system drops all locks that the process has on it, those
of SQLite's connections too. The next other process to leave would then take itself for the last one, and remove
the log that is still written to here: what is saved from then on would be lost.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from modeltui.errors import DatabaseUnavailable


def check_file(path: Path) -> bool:
    """Whether the database may be written. Raises DatabaseUnavailable where it can't even be read."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise DatabaseUnavailable(f"{path} is not a file; check the database setting")
    except FileNotFoundError:
        raise DatabaseUnavailable(
            f"no database at {path}; make one with: modeltui db create", missing=True, passing=True
        ) from None
    except NotADirectoryError:
        raise DatabaseUnavailable(f"{path.parent} is not a folder; check the database setting") from None
    except PermissionError:
        raise _unreadable(path) from None
    except OSError as error:
        raise DatabaseUnavailable(f"{path} can't be read ({error.strerror}); check the disk") from None
    if not os.access(path, os.R_OK):
        raise _unreadable(path)
    # In WAL mode even readers write beside the file.
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise DatabaseUnavailable(f"the folder {path.parent} is not writable, which SQLite needs even for reading")
    return os.access(path, os.W_OK)


def _unreadable(path: Path) -> DatabaseUnavailable:
    return DatabaseUnavailable(f"{path} can't be read by this user; check its owner and mode")


def make_file(path: Path, *, make_folder: bool) -> None:
    """An empty file for a new database, readable by its owner only. Raises DatabaseUnavailable."""
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # One that is there by now isn't opened, see above.
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileNotFoundError:
        raise DatabaseUnavailable(f"the folder {path.parent} does not exist; make it first") from None
    except OSError as error:
        raise DatabaseUnavailable(f"can't make {path} ({error.strerror}); check the folder's owner and mode") from None


def file_identity(path: Path) -> tuple[int, int] | None:
    """Which file a path leads to, or None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def file_uri(path: Path, *, read_only: bool) -> str:
    """The SQLite URI that opens an existing file and never makes one."""
    return f"file:{quote(str(path))}?mode={'ro' if read_only else 'rw'}"


def is_locked(error: sqlite3.Error) -> bool:
    """Whether a statement failed only because somebody else has the file locked."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) == sqlite3.SQLITE_BUSY
