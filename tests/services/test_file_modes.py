"""Modes of files and folders, as a user sees them whom they bind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services.builders import add_model, add_providers
from tests.services.stores import SqliteStore

ROOT = Path(__file__).parents[2]

UNPRIVILEGED = """
import asyncio, json, os, sys
from pathlib import Path
from modeltui import *
from tests.services.builders import *
from tests.services.stores import SECRET_KEY
folder, action = Path(sys.argv[1]), sys.argv[2]

async def warm_up():
    # Everything is imported as long as the modules can be read.
    environ = {"MODELTUI_SECRET_KEY": SECRET_KEY}
    async with open_catalog(f"sqlite:///{folder / 'warm.db'}", create=True, environ=environ) as catalog:
        await add_provider(catalog, "p", credential=StoredKey("sk"))
        await add_model(catalog, "m", "p")
        await catalog.resolve("m")
asyncio.run(warm_up())

if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)

async def main():
    try:
        if action == "default":
            opened = open_catalog()
        else:
            opened = open_catalog(f"sqlite:///{folder / 'store' / 'catalog.db'}", create=action == "create")
        async with opened as catalog:
            answer = {"reason": catalog.read_only_reason, "models": [row.name for row in await catalog.models.list()]}
            try:
                await catalog.models.move("m", "b", 0)
                answer["wrote"] = True
            except CatalogError as error:
                answer["write"] = error.code
    except CatalogError as error:
        answer = {"code": error.code, "message": error.message}
    print(json.dumps(answer))
asyncio.run(main())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any user can enter and write to."""
    path = Path(tempfile.mkdtemp(prefix="modeltui-test-"))
    path.chmod(0o777)
    (path / "store").mkdir()
    yield path
    shutil.rmtree(path)


@pytest.fixture
async def shared(folder: Path, migrated_file: Path) -> Path:
    """A filled catalog in such a folder."""
    path = folder / "store" / "catalog.db"
    shutil.copyfile(migrated_file, path)
    async with SqliteStore(path).open() as catalog:
        await add_providers(catalog, "a", "b")
        await add_model(catalog, "m", "a", "b")
    give_to_nobody(folder)
    return path


def give_to_nobody(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, 65534, 65534)


def as_a_bound_user(folder: Path, action: str = "open") -> Any:
    home = str(folder / "home")
    environ = dict(os.environ) | {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}
    done = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, str(folder), action],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_file_that_may_be_written_is_written(shared: Path, folder: Path) -> None:
    assert as_a_bound_user(folder) == {"reason": None, "models": ["m"], "wrote": True}


def test_an_unwritable_file_opens_for_reading_only(shared: Path, folder: Path) -> None:
    shared.chmod(0o444)
    before = shared.read_bytes()
    assert as_a_bound_user(folder) == {
        "reason": f"{shared} is not writable",
        "models": ["m"],
        "write": "read_only",
    }
    assert shared.read_bytes() == before


def test_an_unwritable_folder_is_told(shared: Path, folder: Path) -> None:
    shared.parent.chmod(0o555)
    answer = as_a_bound_user(folder)
    assert answer["code"] == "database_unavailable"
    assert f"the folder {shared.parent} is not writable" in answer["message"]


@pytest.mark.parametrize("closed", ["the file", "its folder"])
def test_what_can_not_be_read_is_told(shared: Path, folder: Path, closed: str) -> None:
    (shared if closed == "the file" else shared.parent).chmod(0o000)
    answer = as_a_bound_user(folder)
    assert answer["code"] == "database_unavailable"
    assert "can't be read by this user; check its owner and mode" in answer["message"]


def test_a_database_that_can_not_be_made_is_told(folder: Path) -> None:
    (folder / "store").chmod(0o555)
    give_to_nobody(folder)
    answer = as_a_bound_user(folder, "create")
    assert answer["code"] == "database_unavailable"
    assert "can't make" in answer["message"]
    assert "check the folder's owner and mode" in answer["message"]


def test_a_home_that_can_not_be_written_is_told(folder: Path) -> None:
    (folder / "home").mkdir(mode=0o555)
    give_to_nobody(folder)
    answer = as_a_bound_user(folder, "default")
    assert answer["code"] == "database_unavailable"
    assert "can't make" in answer["message"]
