"""The log beside a SQLite file stays as long as anybody has the catalog open: what is saved is saved for all."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from modeltui import Catalog, ModelUpdate
from tests.services.builders import caught_up, subscribed
from tests.services.hearing import heard
from tests.services.stores import SQLITE_ONLY, SqliteStore

pytestmark = SQLITE_ONLY

VISIT = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(*connection.execute("SELECT context_limit FROM model_config WHERE name_key = 'm'").fetchone())
connection.execute("UPDATE model_config SET context_limit = context_limit + 1, version = version + 1")
connection.commit()
connection.close()
"""


async def visit(path: Path) -> int:
    """Have another process look at the limit of model m, raise it by one, and leave; return what it saw."""
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", VISIT, path], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


async def both_know_all(store: SqliteStore, catalog: Catalog) -> None:
    """Save here and elsewhere in turn, and see that each knows of the other's."""
    for limit in (100, 200, 300):
        await catalog.models.update("m", ModelUpdate(context_limit=limit))
        assert await visit(store.path) == limit
        assert (await catalog.models.get("m")).context_limit == limit + 1
    with closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute("SELECT context_limit FROM model_config WHERE name_key = 'm'").fetchone() == (301,)


async def test_while_changes_are_heard_of(store: SqliteStore, filled_catalog: Catalog) -> None:
    changes = await subscribed(filled_catalog)
    await both_know_all(store, filled_catalog)
    await caught_up(filled_catalog)
    assert ("model", "m", "updated") in await heard(filled_catalog, changes)


async def test_after_the_catalog_was_opened_once_more(store: SqliteStore, filled_catalog: Catalog) -> None:
    async with store.open():
        await both_know_all(store, filled_catalog)
    await both_know_all(store, filled_catalog)


async def test_after_it_was_to_be_made_once_more(store: SqliteStore, filled_catalog: Catalog) -> None:
    async with store.open(create=True):
        pass
    await both_know_all(store, filled_catalog)
