"""The rows of the first paint are those of the services, read by the same statements without their weight."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bench.catalog import build, environment
from sqlalchemy.dialects import sqlite

from modeltui import Ambient, Catalog, EnvKey, FileKey, StoredKey
from modeltui.db import first_page, queries
from modeltui.db.sqlite_store import SqliteDatabase
from modeltui.services.first_page import read_glimpse, read_rows
from modeltui.settings import Settings, load_settings
from tests.services.builders import add_model, add_provider
from tests.services.stores import OTHER_SECRET_KEY, SQLITE_ONLY, SqliteStore


def settings_for(path: Path) -> Settings:
    return load_settings({"database": f"sqlite:///{path}"}, {})


@pytest.mark.parametrize(
    ("written", "statement"),
    [
        (first_page.PROVIDERS, queries.providers()),
        (first_page.MODELS, queries.models(queries.LIVE)),
        (first_page.LINES, queries.lines(queries.LIVE)),
    ],
    ids=["providers", "models", "lines"],
)
def test_the_statements_are_the_services_own(written: str, statement: Any) -> None:
    compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    assert written == " ".join(str(compiled).split())


async def fill(catalog: Catalog, folder: Path) -> None:
    """Put something of everything into a catalog."""
    (folder / "file.key").write_text("sk")
    await add_provider(catalog, "stored", credential=StoredKey("sk"), base_url="https://x.example/v1")
    await add_provider(catalog, "variable", credential=EnvKey("KEY"))
    await add_provider(catalog, "file", credential=FileKey(str(folder / "file.key")))
    await add_provider(catalog, "É", credential=None, enabled=False)
    await add_provider(catalog, "cloud", family="bedrock", credential=Ambient())
    await add_model(catalog, "gpt-5", "É", "stored", "variable", upstream_models={"stored": "own"})
    await add_model(catalog, "a", "file", options={"prices": {"input": "0.10"}, "top_p": 0.5}, enabled=False)
    await add_model(catalog, "Z", "cloud", compression_threshold=0, context_limit=10**12)
    await add_model(catalog, "dark", "É")
    await add_model(catalog, "gone", "stored")
    await catalog.models.delete("gone")


@SQLITE_ONLY
async def test_the_rows_are_the_services_own(catalog: Catalog, store: SqliteStore, tmp_path: Path) -> None:
    assert read_rows(settings_for(store.path), store.environ) == await catalog.rows()
    await fill(catalog, tmp_path)
    rows = await catalog.rows()
    assert (len(rows.providers), len(rows.models)) == (5, 4)
    assert read_rows(settings_for(store.path), store.environ) == rows
    del store.environ["KEY"]
    store.environ["MODELTUI_SECRET_KEY"] = OTHER_SECRET_KEY
    again = await catalog.rows()
    assert again != rows
    assert read_rows(settings_for(store.path), store.environ) == again


async def test_of_many_models_the_first_are_read_for_the_first_paint(tmp_path: Path) -> None:
    count = first_page.AT_FIRST + 50
    await build(tmp_path, count)
    settings, environ = settings_for(tmp_path / "catalog.db"), environment(tmp_path)
    glimpse, every = read_glimpse(settings, environ), read_rows(settings, environ)
    assert glimpse is not None
    assert every is not None
    assert glimpse.models == len(every.models) == count
    assert glimpse.rows.models == every.models[: first_page.AT_FIRST]
    assert [row.id for row in glimpse.rows.providers] == [row.id for row in every.providers]


@SQLITE_ONLY
async def test_of_few_models_all_are_read_for_the_first_paint(catalog: Catalog, store: SqliteStore) -> None:
    await add_provider(catalog, "a")
    await add_model(catalog, "m", "a")
    await add_model(catalog, "gone", "a")
    await catalog.models.delete("gone")
    glimpse = read_glimpse(settings_for(store.path), store.environ)
    assert glimpse is not None
    assert glimpse.models == 1
    assert glimpse.rows == await catalog.rows()


async def test_there_is_nothing_to_show_before_a_catalog_is_opened_properly(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    assert read_rows(settings_for(path), {}) is None
    assert not path.exists()
    assert read_rows(load_settings({"database": "postgresql://db1/catalog"}, {}), {}) is None
    database = await SqliteDatabase.open(path, create=True)
    await database.migrate("0001")
    assert read_rows(settings_for(path), {}) is None
    await database.migrate()
    rows = read_rows(settings_for(path), {})
    assert rows is not None
    assert (rows.providers, rows.models) == ((), ())
    await database.close()


def test_what_is_no_catalog_raises_the_drivers_error(tmp_path: Path) -> None:
    path = tmp_path / "thing"
    for content in (b"", b"hello, world, this is a text"):
        path.write_bytes(content)
        with pytest.raises(sqlite3.Error):
            read_rows(settings_for(path), {})


@SQLITE_ONLY
def test_reading_them_loads_nothing_heavy(store: SqliteStore) -> None:
    script = """
import sys
from modeltui.services.first_page import read_rows
from modeltui.settings import load_settings
assert read_rows(load_settings({"database": sys.argv[1]}, {}), {}) is not None
print(*[name for name in ("sqlalchemy", "sqlmodel", "alembic", "pydantic", "cryptography", "textual", "aiosqlite")
        if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script, store.url], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
