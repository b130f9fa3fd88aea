"""Databases that are missing, older, newer, another program's or not writable; and the `db` commands."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.shell import Shell

DEFAULT = {"MODELTUI_DATABASE_URL": None}


def execute(path: Path, *statements: str) -> None:
    """Change a database behind the program's back."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_make_and_migrate(bare: Shell) -> None:
    """A life of a database, each command for people and as JSON."""
    assert bare.done("db", "path").lines == [str(bare.path)]
    assert bare.quick("db", "path", "--json").json == {
        "path": str(bare.path),
        "url": f"sqlite+aiosqlite:///{bare.path}",
    }
    missing = bare("db", "current", "--json")
    assert (missing.code, missing.error["code"]) == (1, "database_unavailable")
    assert missing.error["message"] == f"no database at {bare.path}; modeltui db create"
    assert bare.done("db", "create").lines == [f"made {bare.path}"]
    assert bare.quick("db", "create", "--json", code=1).error["code"] == "already_exists"
    assert bare.done("db", "current").lines == ["0002 (current; this program needs 0002)"]
    bare.quick("providers", "add", "p", "--family", "openai")
    bare.quick("models", "add", "m", "--provider", "p", "--context-limit", "1")

    assert "--yes" in bare.quick("db", "downgrade", "0001", code=2).err
    dry = bare.quick("db", "downgrade", "0001", "--dry-run")
    assert dry.lines[0] == "going back from 0002 to 0001 loses 1 line of a priority list"
    assert bare.quick("db", "current", "--json").json["state"] == "current"
    down = bare.done("db", "downgrade", "0001", "--yes")
    assert "loses 1 line of a priority list" in down.err
    outdated = bare.quick("models", "list", "--json", code=1)
    assert (outdated.error["code"], outdated.error["newer"]) == ("schema_outdated", False)
    assert bare.quick("db", "current", "--json").json == {"revision": "0001", "state": "older", "expected": "0002"}
    assert bare.quick("db", "create", "--json", code=1).error["code"] == "already_exists"
    assert bare.quick("db", "upgrade", "--dry-run").lines == ["would upgrade from 0001 to 0002"]
    assert bare.done("db", "upgrade").lines == ["upgraded from 0001 to 0002"]
    assert bare.quick("db", "upgrade", "--json").json == {"before": "0002", "after": "0002"}
    assert bare.order("m") == ["p"]

    lost = bare.quick("db", "downgrade", "base", "--yes", "--json").json["lost"]
    assert lost == ["1 line of a priority list", "1 model", "1 provider with its key"]
    assert bare.quick("db", "upgrade", "0001", "--json").json == {"before": None, "after": "0001"}


def test_the_default_database_is_made_on_first_use(bare: Shell) -> None:
    """Only the default one is, and `db path` or `db current` do not make it."""
    path = Path(bare.done("db", "path", env=DEFAULT).lines[0])
    assert bare.quick("db", "current", "--json", env=DEFAULT, code=1).error["code"] == "database_unavailable"
    assert not path.exists()
    assert bare.done("models", "list", "--json", env=DEFAULT).json == []
    assert path.stat().st_mode & 0o777 == 0o600
    assert not bare.path.exists()


def test_databases_that_cannot_be_used(bare: Shell, tmp_path: Path) -> None:
    """Each says what it is, and is left as it was."""
    bare.quick("db", "create")
    execute(bare.path, "UPDATE alembic_version SET version_num = '9999'")
    for command in (("models", "list"), ("db", "upgrade"), ("db", "downgrade", "base", "--yes")):
        newer = bare.quick(*command, "--json", code=1)
        assert (newer.error["code"], newer.error["newer"]) == ("schema_outdated", True)
    assert bare.quick("db", "current", "--json").json["state"] == "newer"

    foreign = tmp_path / "foreign.db"
    execute(foreign, "CREATE TABLE photos (id INTEGER)")
    text = tmp_path / "notes.txt"
    text.write_text("nothing of the kind")
    for path, commands in ((foreign, ("upgrade", "create")), (text, ("current", "create")), (tmp_path, ("current",))):
        for command in (("models", "list"), *(("db", name) for name in commands)):
            refused = bare.quick(*command, "--database", f"sqlite:///{path}", "--json", code=1)
            assert refused.error["code"] == "database_unavailable", (path, command)
    assert text.read_text() == "nothing of the kind"
    nowhere = bare.quick("db", "create", "--database", f"sqlite:///{tmp_path}/no/such/folder.db", "--json", code=1)
    assert "folder" in nowhere.error["message"]
    server = bare.quick("models", "list", "--database", "postgresql://me:hunter2@db/models", code=1)
    assert "hunter2" not in server.err
