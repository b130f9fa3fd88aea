"""Stores for the screens: an empty one, and one with the catalog that most tests look at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import pytest_asyncio

from tests.services.stores import SqliteStore
from tests.tui.driver import fill, store_at
from tests.tui.places import Stores

# Seconds: longer than any test.
NEVER = 3600.0


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bare_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog with its tables and nothing in them; copying it is quicker than migrating each time."""
    store = store_at(tmp_path_factory.mktemp("bare"))
    async with store.open(create=True):
        pass
    return store.path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def filled_file(bare_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog that holds a model in every state."""
    store = store_at(tmp_path_factory.mktemp("filled"))
    shutil.copyfile(bare_file, store.path)
    async with store.open() as catalog:
        await fill(catalog)
    return store.path


@pytest.fixture
def bare(bare_file: Path, tmp_path: Path) -> SqliteStore:
    """An empty catalog."""
    return _copy(bare_file, tmp_path / "bare")


@pytest.fixture
def store(filled_file: Path, tmp_path: Path) -> SqliteStore:
    """The catalog of `tests.tui.driver.fill`."""
    return _copy(filled_file, tmp_path / "store")


def _copy(template: Path, folder: Path) -> SqliteStore:
    folder.mkdir()
    store = store_at(folder)
    shutil.copyfile(template, store.path)
    return store


@pytest.fixture
def stores(store: SqliteStore, bare: SqliteStore) -> Stores:
    """Both, for what holds in every context."""
    return Stores(store, bare)


@pytest.fixture(autouse=True)
def others_unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the change feed look at the database only when something is written here.

    What others do between two keys is then met by the second, always. Tests of the screens that follow others have a
    fixture of the same name.
    """
    monkeypatch.setattr("modeltui.db.sqlite_feed.POLL_SECONDS", NEVER)


@pytest.fixture
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at keys, and try again to connect, all the time."""
    monkeypatch.setattr("modeltui.tui.following.LOOK_SECONDS", 0.01)


@pytest.fixture
def looks_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the change feed look at the file only when the test or a write here has it do so."""
    monkeypatch.setattr("modeltui.db.sqlite_feed.POLL_SECONDS", NEVER)


@pytest.fixture
def nothing_is_just_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every change have been there for a while."""
    monkeypatch.setattr("modeltui.tui.session.JUST_NOW_SECONDS", 0.0)
