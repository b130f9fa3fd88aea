"""Databases that are missing, unwritable, foreign, of another age, locked or damaged: what is said of them."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from modeltui import (
    Catalog,
    CatalogError,
    DatabaseUnavailable,
    ProviderCreate,
    ReadOnly,
    SchemaOutdated,
    StoredKey,
    ValidationError,
    open_catalog,
)
from modeltui.db import engine
from modeltui.db.sqlite_store import SqliteDatabase
from modeltui.paths import data_dir, default_database_path, default_key_file
from modeltui.services.catalog import upgrade
from modeltui.settings import load_settings
from tests.services.builders import add_provider, add_providers, stored_state
from tests.services.stores import SQLITE_ONLY, SqliteStore, Store


async def refused(expected: type[CatalogError], url: str | Path | None, **options: Any) -> Any:
    with pytest.raises(expected) as raised:
        async with open_catalog(f"sqlite:///{url}" if isinstance(url, Path) else url, **options) as catalog:
            await catalog.models.list()
    return raised.value


async def test_a_catalog_that_is_closed_does_nothing_more(store: Store) -> None:
    """A pool would connect again, and nobody close that."""
    async with store.open() as catalog:
        await add_provider(catalog, "p")
    for ask in (
        catalog.models.list,
        catalog.doctor,
        catalog.resolve,
        lambda: add_provider(catalog, "late"),
        catalog._workspace.database.migrate,
    ):
        with pytest.raises(DatabaseUnavailable, match="the catalog is closed; open it again"):
            await ask()
    assert [change async for change in catalog.changes()] == []
    async with store.open() as again:
        assert [row.name for row in await again.providers.list()] == ["p"]


# Missing


async def test_only_the_default_database_is_made_on_first_use() -> None:
    assert not data_dir().exists()
    async with open_catalog() as catalog:
        assert catalog.location == str(default_database_path())
        assert await catalog.models.list() == []
        await add_provider(catalog, "p", credential=StoredKey("sk"))
    assert stat.S_IMODE(default_database_path().stat().st_mode) == 0o600
    assert stat.S_IMODE(data_dir().stat().st_mode) == 0o700
    assert stat.S_IMODE(default_key_file().stat().st_mode) == 0o600
    async with open_catalog() as catalog:
        assert [row.has_api_key for row in await catalog.providers.list()] == [True]


async def test_any_other_missing_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "missing.db"
    error = await refused(DatabaseUnavailable, path)
    assert error.message == f"no database at {path}; make one with: modeltui db create"
    assert error.missing
    error = await refused(DatabaseUnavailable, None, environ={"MODELTUI_DATABASE_URL": f"sqlite:///{path}"})
    assert error.missing
    assert not path.exists()


async def test_it_is_made_when_asked_to_but_its_folder_is_not(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    async with open_catalog(f"sqlite:///{path}", create=True) as catalog:
        assert await catalog.models.list() == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    error = await refused(DatabaseUnavailable, tmp_path / "nowhere" / "new.db", create=True)
    assert "the folder" in error.message
    assert "make it first" in error.message


async def test_reading_only_makes_nothing(tmp_path: Path) -> None:
    for path, url in ((default_database_path(), None), (tmp_path / "new.db", tmp_path / "new.db")):
        for create in (False, True):
            error = await refused(DatabaseUnavailable, url, read_only=True, create=create)
            assert error.missing
            assert not path.exists()
    assert not data_dir().exists()


# Not a catalog


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"hello, world, this is a text", "is not a SQLite database"),
        (b"\x89PNG\r\n\x1a\n", "is not a SQLite database"),
        (b"SQLite format 3\0" + b"\xff" * 5_000, "is not a SQLite database"),
        (b"SQLite format 3\0" + b"\0" * 200, "is not a SQLite database"),
    ],
    ids=["text", "picture", "garbage with the right head", "zeros with the right head"],
)
@pytest.mark.parametrize("read_only", [False, True])
async def test_something_that_is_no_database(tmp_path: Path, content: bytes, says: str, read_only: bool) -> None:
    path = tmp_path / "thing"
    path.write_bytes(content)
    error = await refused(DatabaseUnavailable, path, create=True, read_only=read_only)
    assert says in error.message
    assert str(path) in error.message
    assert path.read_bytes() == content


async def test_a_folder_a_device_and_a_path_through_a_file(tmp_path: Path) -> None:
    assert "is not a file" in (await refused(DatabaseUnavailable, tmp_path, create=True)).message
    assert "is not a file" in (await refused(DatabaseUnavailable, Path("/dev/null"), create=True)).message
    (tmp_path / "file").write_text("x")
    error = await refused(DatabaseUnavailable, tmp_path / "file" / "catalog.db", create=True)
    assert f"{tmp_path / 'file'} is not a folder" in error.message
    error = await refused(DatabaseUnavailable, tmp_path / ("x" * 300), create=True)
    assert "can't be read (File name too long)" in error.message


@pytest.mark.parametrize("mode", ["delete", "wal"])
@pytest.mark.parametrize("tables", ["cookies (name TEXT)", "alembic_version AS SELECT '0003' AS version_num"])
async def test_another_programs_database_is_left_as_it_is(tmp_path: Path, mode: str, tables: str) -> None:
    path = tmp_path / "cookies.db"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.execute(f"CREATE TABLE {tables}")
    connection.execute("CREATE TABLE jar (name TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    for options in ({}, {"create": True}, {"read_only": True}):
        await refused(DatabaseUnavailable, path, **options)
        assert path.read_bytes() == before
    assert path.read_bytes() == before


async def test_another_programs_database_is_told_and_gets_no_tables(tmp_path: Path) -> None:
    path = tmp_path / "cookies.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE cookies (name TEXT)")
    connection.close()
    before = path.read_bytes()
    for options in ({}, {"create": True}, {"read_only": True}):
        error = await refused(DatabaseUnavailable, path, **options)
        assert "another program's database" in error.message
    with pytest.raises(DatabaseUnavailable, match="another program's database"):
        await upgrade(load_settings({"database": f"sqlite:///{path}"}))
    assert path.read_bytes() == before


@SQLITE_ONLY
async def test_a_catalog_is_read_beside_its_writer_even_if_it_was_not_stored_so(filled: SqliteStore) -> None:
    connection = sqlite3.connect(filled.path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.execute("PRAGMA journal_mode = delete")
    connection.close()
    async with filled.open() as catalog:
        await catalog.models.list()
    connection = sqlite3.connect(filled.path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


async def test_an_empty_file_becomes_a_catalog_only_when_asked_to(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    error = await refused(SchemaOutdated, path)
    assert (error.current, error.newer) == (None, False)
    assert "modeltui db upgrade" in error.message
    await refused(SchemaOutdated, path, read_only=True, create=True)
    assert path.stat().st_size == 0
    async with open_catalog(f"sqlite:///{path}", create=True) as catalog:
        assert await catalog.models.list() == []


# Of another age


@pytest.mark.parametrize("read_only", [False, True])
async def test_an_older_schema_is_refused_until_it_is_upgraded(tmp_path: Path, read_only: bool) -> None:
    path = tmp_path / "old.db"
    database = await SqliteDatabase.open(path, create=True)
    await database.migrate("0001")
    await database.close()
    await refused(SchemaOutdated, path, create=True)
    error = await refused(SchemaOutdated, path, read_only=read_only)
    assert (error.current, error.expected, error.newer) == ("0001", "0003", False)
    assert "run: modeltui db upgrade" in error.message
    settings = load_settings({"database": f"sqlite:///{path}", "read_only": read_only})
    if read_only:
        with pytest.raises(ReadOnly):
            await upgrade(settings)
        return
    await upgrade(settings)
    async with open_catalog(f"sqlite:///{path}") as catalog:
        assert await catalog.models.list() == []


@SQLITE_ONLY
@pytest.mark.parametrize("options", [{}, {"create": True}, {"read_only": True}])
async def test_a_newer_schema_is_always_refused(store: SqliteStore, options: dict[str, bool]) -> None:
    connection = sqlite3.connect(store.path)
    connection.execute("UPDATE alembic_version SET version_num = '0099'")
    connection.commit()
    connection.close()
    error = await refused(SchemaOutdated, store.path, **options)
    assert (error.current, error.newer) == ("0099", True)
    assert "upgrade modeltui" in error.message


@SQLITE_ONLY
async def test_tables_that_are_lost_are_told(store: SqliteStore) -> None:
    async with store.open() as catalog:
        connection = sqlite3.connect(store.path)
        connection.execute("DROP TABLE attachment")
        connection.close()
        with pytest.raises(DatabaseUnavailable, match="has lost its tables"):
            await catalog.models.list()


# URLs


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "sqlite://", "mysql://db1/catalog", "catalog.db"])
async def test_a_url_that_names_no_database_we_can_keep(url: str) -> None:
    assert (await refused(ValidationError, url)).field == "database"


@SQLITE_ONLY
async def test_the_settings_name_the_database_where_no_url_is_given(store: SqliteStore) -> None:
    environ = store.environ | {"MODELTUI_DATABASE_URL": store.url, "MODELTUI_READ_ONLY": "1"}
    async with open_catalog(environ=environ) as catalog:
        assert catalog.location == str(store.path)
        assert catalog.read_only_reason == "MODELTUI_READ_ONLY is set"


@SQLITE_ONLY
async def test_a_key_file_can_be_named(store: SqliteStore, tmp_path: Path) -> None:
    key_file = tmp_path / "named.key"
    key_file.write_text(store.environ.pop("MODELTUI_SECRET_KEY"))
    key_file.chmod(0o600)
    async with open_catalog(store.url, environ=store.environ, secret_key_file=str(key_file)) as catalog:
        assert (await add_provider(catalog, "p", credential=StoredKey("sk"))).has_api_key
    async with open_catalog(store.url, environ=store.environ) as catalog:
        assert not (await catalog.providers.get("p")).has_api_key


# Locked


@SQLITE_ONLY
async def test_a_database_that_another_program_holds_can_be_read_and_says_so_when_written(
    filled: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    holder = sqlite3.connect(filled.path, isolation_level=None)
    async with filled.open() as catalog:
        holder.execute("BEGIN IMMEDIATE")
        assert len(await catalog.models.list()) == 1
        with pytest.raises(DatabaseUnavailable, match="is locked by another program; try again"):
            await catalog.models.move("m", "b", 0)
        holder.execute("ROLLBACK")
        assert (await catalog.models.move("m", "b", 0)).version == 2
    holder.close()


@SQLITE_ONLY
async def test_a_database_that_is_locked_whole_can_not_be_opened(
    filled: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    holder = sqlite3.connect(filled.path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("UPDATE model_config SET version = version")
    error = await refused(DatabaseUnavailable, filled.path)
    assert "is locked by another program" in error.message
    holder.close()
    async with filled.open() as catalog:
        assert len(await catalog.models.list()) == 1


@SQLITE_ONLY
async def test_a_full_disk_loses_nothing_of_what_was_there(filled: SqliteStore) -> None:
    def fill(connection: Any) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    async def add_many(catalog: Catalog) -> None:
        for number in range(200):
            await add_provider(catalog, f"p{number}", base_url="https://x.example/" + "x" * 2000)

    async with filled.open() as catalog:
        before = await stored_state(catalog)
        event.listen(catalog._workspace.database._engine.sync_engine, "begin", fill)
        with pytest.raises(DatabaseUnavailable, match="the disk is full"):
            await add_many(catalog)
    async with filled.open() as catalog:
        assert (await stored_state(catalog))["model_config"] == before["model_config"]


@SQLITE_ONLY
async def test_waiting_for_a_lock_does_not_stop_the_event_loop(filled: SqliteStore) -> None:
    holder = sqlite3.connect(filled.path, isolation_level=None)
    async with filled.open() as catalog:
        holder.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(catalog.models.move("m", "b", 0))
        for _ in range(3):
            assert len(await catalog.models.list()) == 1
        assert not waiting.done()
        holder.execute("ROLLBACK")
        assert (await waiting).version == 2
    holder.close()


@SQLITE_ONLY
async def test_a_file_that_is_removed_while_open_takes_no_more_writes(store: SqliteStore, catalog: Catalog) -> None:
    kept = store.path.with_name("kept.db")
    await catalog.providers.create(ProviderCreate(family="openai", name="before"))
    store.path.rename(kept)

    with pytest.raises(DatabaseUnavailable, match="is gone; put it back") as caught:
        await catalog.providers.create(ProviderCreate(family="openai", name="meanwhile"))
    assert caught.value.missing
    with pytest.raises(DatabaseUnavailable):
        await catalog.providers.list()

    kept.rename(store.path)
    await catalog.providers.create(ProviderCreate(family="openai", name="after"))
    assert [row.name for row in await catalog.providers.list()] == ["after", "before"]


@SQLITE_ONLY
async def test_what_was_begun_before_another_file_took_its_place_is_not_said_to_be_saved(
    store: SqliteStore, catalog: Catalog, tmp_path: Path
) -> None:
    await add_provider(catalog, "p")

    async def write() -> None:
        async with catalog._workspace.database.writing() as connection:
            await put_another_in_place(store, tmp_path)
            await connection.execute(text("UPDATE provider_config SET name = 'lost'"))

    with pytest.raises(DatabaseUnavailable, match="was moved or replaced meanwhile; nothing was written, try again"):
        await write()
    assert await catalog.providers.list() == []


@SQLITE_ONLY
async def test_a_connection_to_a_file_that_was_replaced_meanwhile_is_closed(
    store: SqliteStore, catalog: Catalog, tmp_path: Path
) -> None:
    await add_provider(catalog, "p")
    async with catalog._workspace.database.reading() as connection:
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        await put_another_in_place(store, tmp_path)
        assert await catalog.providers.list() == []
        assert len((await connection.execute(text("SELECT id FROM provider_config"))).all()) == 1
    with pytest.raises(ValueError, match="no active connection"):
        await driver.execute("SELECT 1")


@SQLITE_ONLY
async def test_a_file_put_in_place_of_another_is_used(store: SqliteStore, catalog: Catalog, tmp_path: Path) -> None:
    await catalog.providers.create(ProviderCreate(family="openai", name="old"))
    await put_another_in_place(store, tmp_path, "new")
    assert [row.name for row in await catalog.providers.list()] == ["new"]


async def put_another_in_place(store: SqliteStore, folder: Path, *providers: str) -> None:
    """Replace the file as someone who restores a backup would."""
    other = SqliteStore(folder / "other.db")
    async with other.open(create=True) as theirs:
        await add_providers(theirs, *providers)
    for suffix in ("-wal", "-shm"):
        store.path.with_name(store.path.name + suffix).unlink(missing_ok=True)
    other.path.rename(store.path)
