"""Which rows of a SQLite file differ from those of the last look: SQLite says that a file changed, not what."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from modeltui.db.feed import BATCH_LIMIT, Batch, Event, Signal
from modeltui.db.sqlite_file import check_file, file_identity, file_uri
from modeltui.domain.changes import CatalogChange, ChangeAction, ChangeKind

# The rows of the last look are kept in a temporary table of the connection's own, in memory, so that the
# comparison runs inside SQLite, which lets other threads go on meanwhile, and hands out only what differs.
# The time of a change is compared beside the version for the sake of backups that are restored in place.
_PREPARE = """
PRAGMA temp_store = MEMORY;
CREATE TEMP VIEW now AS
    SELECT 'provider' AS kind, id, version, updated_at, '' AS name_key, 0 AS deleted, 0 AS is_default
    FROM main.provider_config
    UNION ALL
    SELECT 'model', id, version, updated_at, name_key, deleted_at IS NOT NULL, is_default
    FROM main.model_config;
CREATE TEMP TABLE seen (
    kind TEXT, id TEXT PRIMARY KEY, version INTEGER, updated_at TEXT, name_key TEXT, deleted INTEGER, is_default INTEGER
) WITHOUT ROWID;
"""
_DIFFERENT = """
SELECT now.kind, now.id, seen.id IS NULL AS is_new, coalesce(seen.deleted, 0) AS was_deleted, now.deleted,
    now.kind = 'provider' OR seen.name_key IS NOT now.name_key OR seen.deleted IS NOT now.deleted
        OR seen.is_default IS NOT now.is_default AS topology
FROM now LEFT JOIN seen ON seen.id = now.id
WHERE seen.version IS NOT now.version OR seen.updated_at IS NOT now.updated_at
LIMIT ?
"""
_GONE = """
SELECT kind, id FROM seen
WHERE NOT EXISTS (SELECT 1 FROM main.provider_config AS p WHERE p.id = seen.id)
    AND NOT EXISTS (SELECT 1 FROM main.model_config AS m WHERE m.id = seen.id)
LIMIT ?
"""


class SqliteRows:
    """One read-only connection of its own. All but `changed` and `interrupt` may take long: not for the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: tuple[int, int] | None = None
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._version = 0
        self.remembered = False

    def open(self) -> None:
        """Connects, and takes note of the file's state. Raises DatabaseUnavailable, sqlite3.Error."""
        with self._lock:
            check_file(self._path)
            self._file = file_identity(self._path)
            self._connection = sqlite3.connect(
                file_uri(self._path, read_only=True),
                uri=True,
                timeout=0,
                isolation_level=None,
                check_same_thread=False,
            )
            self._version = self._data_version()

    def replaced(self) -> bool:
        """Whether the path leads to another file by now, or to none."""
        return file_identity(self._path) != self._file

    def changed(self) -> bool:
        """Whether somebody committed since the last look: a few microseconds, without reading the disk."""
        return self._data_version() != self._version

    def remember(self) -> Signal:
        """Takes the rows as they are now for seen; says whether nothing was committed since the connection was made."""
        with self._reading() as connection:
            connection.executescript(_PREPARE)
            connection.execute("BEGIN")
            connection.execute("INSERT INTO seen SELECT * FROM now")
            version = self._data_version()
        missed = version != self._version
        self._version = version
        self.remembered = True
        return Signal.RESYNC if missed else Signal.LIVE

    def compare(self) -> Event | None:
        """What differs from the last look, or None where only something else in the file did."""
        with self._reading() as connection:
            connection.execute("BEGIN")
            different = connection.execute(_DIFFERENT, (BATCH_LIMIT + 1,)).fetchall()
            gone = connection.execute(_GONE, (BATCH_LIMIT + 1,)).fetchall()
            version = self._data_version()
            if len(different) + len(gone) > BATCH_LIMIT:
                connection.execute("DELETE FROM seen")
                connection.execute("INSERT INTO seen SELECT * FROM now")
            else:
                connection.executemany("DELETE FROM seen WHERE id = ?", [(row[1],) for row in different + gone])
                connection.executemany(
                    "INSERT INTO seen SELECT * FROM now WHERE id = ?", [(row[1],) for row in different]
                )
        self._version = version
        if len(different) + len(gone) > BATCH_LIMIT:
            return Signal.RESYNC
        changes = [_change(kind, id_, _action(*state)) for kind, id_, *state, _ in different]
        changes += [_change(kind, id_, ChangeAction.DELETED) for kind, id_ in gone]
        topology = bool(gone) or any(row[-1] for row in different)
        return Batch(tuple(changes), topology) if changes else None

    def interrupt(self) -> None:
        """Makes what runs in another thread end soon."""
        if self._connection is not None:
            self._connection.interrupt()

    def close(self) -> None:
        """Closes the connection, once no other thread uses it."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """The connection for a transaction that the caller begins; kept if all goes well, else undone."""
        with self._lock:
            connection = self._connection
            assert connection is not None  # opened first
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _data_version(self) -> int:
        assert self._connection is not None  # opened first
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)


def _action(is_new: int, was_deleted: int, is_deleted: int) -> ChangeAction:
    if is_new:
        return ChangeAction.CREATED
    if was_deleted == is_deleted:
        return ChangeAction.UPDATED
    return ChangeAction.DELETED if is_deleted else ChangeAction.RESTORED


def _change(kind: Any, identity: Any, action: ChangeAction) -> CatalogChange:
    return CatalogChange(ChangeKind(kind), UUID(identity), action)
