"""Which rows of a SQLite file differ from those of the last look: SQLite says that a file changed, not what."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template
from uuid import UUID

from modeltui.db.feed import BATCH_LIMIT, Batch, Event, Signal
from modeltui.db.schema import VERSION_QUERY, require_head
from modeltui.db.sqlite_file import check_file, file_identity, file_uri
from modeltui.domain.changes import CatalogChange, ChangeAction, ChangeKind

# The rows of the last look are kept in temporary tables of the connection's own, in memory, so that the comparison
# runs inside SQLite, which lets other threads go on meanwhile, and hands out only what differs. They are found by
# SQLite's own row numbers, which keep the order of the scan: several times quicker than by id. Where such a number
# means another row than before, as after VACUUM, all is to be read again. The time of a change is compared beside
# the version for the sake of backups that are restored in place.
_PREPARE = """
PRAGMA temp_store = MEMORY;
CREATE TEMP VIEW provider_now AS
    SELECT rowid AS number, id, version, updated_at, '' AS name_key, 0 AS deleted, 0 AS is_default
    FROM main.provider_config;
CREATE TEMP VIEW model_now AS
    SELECT rowid AS number, id, version, updated_at, name_key, deleted_at IS NOT NULL AS deleted, is_default
    FROM main.model_config;
CREATE TEMP TABLE provider_seen (number INTEGER PRIMARY KEY, id, version, updated_at, name_key, deleted, is_default);
CREATE TEMP TABLE model_seen (number INTEGER PRIMARY KEY, id, version, updated_at, name_key, deleted, is_default);
"""
_FORGET_ALL = Template("DELETE FROM ${kind}_seen")
_REMEMBER_ALL = Template("INSERT INTO ${kind}_seen SELECT * FROM ${kind}_now")
_FORGET = Template("DELETE FROM ${kind}_seen WHERE number = ?")
_REMEMBER = Template("INSERT OR REPLACE INTO ${kind}_seen SELECT * FROM ${kind}_now WHERE number = ?")
_COUNTS = Template("SELECT (SELECT count(*) FROM ${kind}_seen), (SELECT count(*) FROM ${kind}_now)")
_GONE = Template("SELECT number, id FROM ${kind}_seen WHERE number NOT IN (SELECT number FROM ${kind}_now) LIMIT ?")
_DIFFERENT = Template(
    """
    SELECT now.number, now.id, seen.id, now.deleted, seen.deleted,
        seen.name_key IS now.name_key AND seen.deleted IS now.deleted AND seen.is_default IS now.is_default
    FROM ${kind}_now AS now LEFT JOIN ${kind}_seen AS seen ON seen.number = now.number
    WHERE seen.version IS NOT now.version OR seen.updated_at IS NOT now.updated_at OR seen.id IS NOT now.id
    LIMIT ?
    """
)
_UP_TO = """
    SELECT (SELECT count(*) FROM (SELECT 1 FROM main.provider_config LIMIT ?))
         + (SELECT count(*) FROM (SELECT 1 FROM main.model_config LIMIT ?))
"""
_KINDS = (ChangeKind.PROVIDER, ChangeKind.MODEL)


class _TooMany(Exception):
    """More differs than is worth naming, or row numbers mean other rows."""


class SqliteRows:
    """One read-only connection of its own. How long `remember` and `compare` take grows with the rows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: tuple[int, int] | None = None
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._version = 0
        self.remembered = False

    def open(self) -> None:
        """Connects, and takes note of the file's state. Raises DatabaseUnavailable, sqlite3.Error."""
        check_file(self._path)
        self._file = file_identity(self._path)
        connection = self._connection = sqlite3.connect(
            file_uri(self._path, read_only=True),
            uri=True,
            timeout=0,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.executescript(_PREPARE)
        self._version = self._data_version()

    def replaced(self) -> bool:
        """Whether the path leads to another file by now, or to none."""
        return file_identity(self._path) != self._file

    def changed(self) -> bool:
        """Whether somebody committed since the last look: a few microseconds, without reading the disk."""
        return self._data_version() != self._version

    def few(self, limit: int) -> bool:
        """Whether there are no more than so many rows; they are counted no further than that."""
        assert self._connection is not None  # opened first
        ((count,),) = self._connection.execute(_UP_TO, (limit + 1, limit + 1))
        return int(count) <= limit

    def remember(self) -> Signal:
        """Takes the rows as they are now for seen; says whether nothing was committed since the connection was made."""
        with self._transaction() as connection:
            _remember_all(connection)
            version = self._data_version()
        missed = version != self._version
        self._version = version
        self.remembered = True
        return Signal.RESYNC if missed else Signal.LIVE

    def compare(self) -> Event | None:
        """What differs from the last look, or None where only something else in the file did."""
        changes: list[CatalogChange] = []
        topology = False
        with self._transaction() as connection:
            version = self._data_version()
            try:
                for kind in _KINDS:
                    found, decisive = _differences(connection, kind)
                    changes += found
                    topology |= decisive
                complete = len(changes) <= BATCH_LIMIT
            except _TooMany:
                complete = False
                for kind in _KINDS:
                    connection.execute(_FORGET_ALL.substitute(kind=kind))
                _remember_all(connection)
        self._version = version
        if not complete:
            return Signal.RESYNC
        return Batch(tuple(changes), topology) if changes else None

    def interrupt(self) -> None:
        """Makes what runs in another thread end soon."""
        if self._connection is not None:
            self._connection.interrupt()

    def close(self, *, wait: bool = True) -> bool:
        """Closes the connection, once no other thread uses it; without waiting, says whether that is so now."""
        if not self._lock.acquire(blocking=wait):
            return False
        try:
            if self._connection is not None:
                self._connection.close()
        finally:
            self._lock.release()
        return True

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One state of the file to read, and the tables of what was seen changed as a whole or not at all.

        Raises SchemaOutdated where somebody has migrated it.
        """
        with self._lock:
            connection = self._connection
            assert connection is not None  # opened first
            connection.execute("BEGIN")
            try:
                require_head(next(connection.execute(VERSION_QUERY), (None,))[0])
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


def _remember_all(connection: sqlite3.Connection) -> None:
    """Takes all rows for seen, of which none was."""
    for kind in _KINDS:
        connection.execute(_REMEMBER_ALL.substitute(kind=kind))


def _differences(connection: sqlite3.Connection, kind: ChangeKind) -> tuple[list[CatalogChange], bool]:
    """One table's changes, which are seen from now on, and whether the topology is among them. Raises _TooMany."""

    def sql(statement: Template) -> str:
        return statement.substitute(kind=kind)

    rows = connection.execute(sql(_DIFFERENT), (BATCH_LIMIT + 1,)).fetchall()
    changes, topology = [], False
    for _, identity, seen, is_deleted, was_deleted, name_means_the_same in rows:
        if seen is not None and seen != identity:
            raise _TooMany
        action = ChangeAction.CREATED if seen is None else _action(was_deleted, is_deleted)
        changes.append(CatalogChange(kind, UUID(identity), action))
        topology |= kind is ChangeKind.PROVIDER or not name_means_the_same
    connection.executemany(sql(_REMEMBER), [row[:1] for row in rows])
    seen_count, count = connection.execute(sql(_COUNTS)).fetchone()
    if seen_count != count:
        gone = connection.execute(sql(_GONE), (BATCH_LIMIT + 1,)).fetchall()
        changes += [CatalogChange(kind, UUID(identity), ChangeAction.DELETED) for _, identity in gone]
        connection.executemany(sql(_FORGET), [row[:1] for row in gone])
        topology = True
    if len(changes) > BATCH_LIMIT:
        raise _TooMany
    return changes, topology


def _action(was_deleted: int, is_deleted: int) -> ChangeAction:
    if was_deleted == is_deleted:
        return ChangeAction.UPDATED
    return ChangeAction.DELETED if is_deleted else ChangeAction.RESTORED
