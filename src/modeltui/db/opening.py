"""Which store a URL leads to, and its opening."""

from __future__ import annotations

from modeltui.database_url import sqlite_path
from modeltui.db.engine import Database


async def open_store(
    url: str, *, create: bool = False, make_folder: bool = False, read_only: str | None = None
) -> Database:
    """Opens the store of a normalised URL, whatever the age of its schema. Raises DatabaseUnavailable.

    `create` makes a missing SQLite file; a PostgreSQL database is its server's to make. `read_only` says why
    nothing may be changed.
    """
    path = sqlite_path(url)
    if path is None:
        from modeltui.db.postgres_store import PostgresDatabase

        return await PostgresDatabase.open(url, read_only=read_only)
    from modeltui.db.sqlite_store import SqliteDatabase

    return await SqliteDatabase.open(path, create=create, make_folder=make_folder, read_only=read_only)
