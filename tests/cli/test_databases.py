"""Databases that are missing, older, newer, another program's or not writable; and the `db` commands."""

from __future__ import annotations

from pathlib import Path

from tests.cli.shell import POSTGRES_ONLY, SQLITE_ONLY, PostgresShell, Shell, SqliteShell

DEFAULT = {"MODELTUI_DATABASE_URL": None}


@SQLITE_ONLY
def test_where_it_is(bare: SqliteShell) -> None:
    """Also before it is there."""
    assert bare.done("db", "path").lines == [str(bare.path)]
    assert bare.quick("db", "path", "--json").json == {
        "path": str(bare.path),
        "url": f"sqlite+aiosqlite:///{bare.path}",
    }
    missing = bare("db", "current", "--json")
    assert (missing.code, missing.error["code"]) == (1, "database_unavailable")
    assert missing.error["message"] == f"no database at {bare.path}; make one with: modeltui db create"


@POSTGRES_ONLY
def test_on_a_server(bare: PostgresShell) -> None:
    """What is asked of a person there is one line each; a password is never shown."""
    assert bare.quick("db", "path").lines == [bare.place]
    assert bare.quick("db", "path", "--json").json == {"path": None, "url": bare.place}
    assert bare.quick("db", "current").lines == ["none (empty; this program needs 0003)"]
    with_password = bare.url.replace("postgres@", "postgres:hunter2@")
    assert "hunter2" not in bare.quick("db", "create", "--database", with_password).out
    elsewhere = bare.url.replace(bare.name, "nowhere")
    missing = bare.quick("db", "create", "--database", elsewhere, "--json", code=1).error
    assert missing["code"] == "database_unavailable"
    said = "is not on the server; make it there (createdb --encoding=UTF8), then run: modeltui db create"
    assert said in missing["message"]
    bare.server.sql(bare.name, "CREATE ROLE reader LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    reader = {"MODELTUI_DATABASE_URL": bare.server.url(bare.name, "reader")}
    assert bare.quick("models", "list", "--json", env=reader).json == []
    for command in (("providers", "add", "p", "--family", "openai"), ("db", "downgrade", "base", "--yes")):
        refused = bare.quick(*command, "--json", env=reader, code=1).error
        assert refused["code"] == "read_only"
        assert "role reader has no right to change the tables" in refused["message"]
    bare.server.sql(bare.name, "DROP OWNED BY reader", "DROP ROLE reader")


def test_make_and_migrate(bare: Shell) -> None:
    """A life of a database, each command for people and as JSON."""
    assert bare.done("db", "create").lines == [f"made {bare.place}"]
    assert bare.quick("db", "create", "--json", code=1).error["code"] == "already_exists"
    assert bare.done("db", "current").lines == ["0003 (current; this program needs 0003)"]
    bare.quick("providers", "add", "p", "--family", "openai")
    bare.quick("models", "add", "m", "--provider", "p", "--context-limit", "1")

    assert "--yes" in bare.quick("db", "downgrade", "0001", code=2).err
    dry = bare.quick("db", "downgrade", "0001", "--dry-run")
    assert dry.lines[0] == "going back from 0003 to 0001 loses 1 line of a priority list"
    assert bare.quick("db", "current", "--json").json["state"] == "current"
    down = bare.done("db", "downgrade", "0001", "--yes")
    assert "loses 1 line of a priority list" in down.err
    outdated = bare.quick("models", "list", "--json", code=1)
    assert (outdated.error["code"], outdated.error["newer"]) == ("schema_outdated", False)
    assert bare.quick("db", "current", "--json").json == {"revision": "0001", "state": "older", "expected": "0003"}
    assert bare.quick("db", "create", "--json", code=1).error["code"] == "already_exists"
    assert bare.quick("db", "upgrade", "--dry-run").lines == ["would upgrade from 0001 to 0003"]
    assert bare.done("db", "upgrade").lines == ["upgraded from 0001 to 0003"]
    assert bare.quick("db", "upgrade", "--json").json == {"before": "0003", "after": "0003"}
    assert bare.order("m") == ["p"]

    lost = bare.quick("db", "downgrade", "base", "--yes", "--json").json["lost"]
    assert lost == ["1 line of a priority list", "1 model", "1 provider with its key"]
    assert bare.quick("db", "upgrade", "0001", "--json").json == {"before": None, "after": "0001"}


@SQLITE_ONLY
def test_the_default_database_is_made_on_first_use(bare: SqliteShell) -> None:
    """Only the default one is, and `db path` or `db current` do not make it."""
    path = Path(bare.done("db", "path", env=DEFAULT).lines[0])
    assert bare.quick("db", "current", "--json", env=DEFAULT, code=1).error["code"] == "database_unavailable"
    assert not path.exists()
    assert bare.done("models", "list", "--json", env=DEFAULT).json == []
    assert path.stat().st_mode & 0o777 == 0o600
    assert not bare.path.exists()


def test_databases_of_a_newer_program_or_another_one(bare: Shell) -> None:
    """Each says what it is, and is left as it was."""
    bare.quick("db", "create")
    bare.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (("models", "list"), ("db", "upgrade"), ("db", "downgrade", "base", "--yes")):
        newer = bare.quick(*command, "--json", code=1)
        assert (newer.error["code"], newer.error["newer"]) == ("schema_outdated", True)
    assert bare.quick("db", "current", "--json").json["state"] == "newer"

    bare.execute("DROP TABLE attachment", "DROP TABLE model_config", "DROP TABLE provider_config")
    bare.execute("DROP TABLE alembic_version", "CREATE TABLE photos (id INTEGER)")
    for command in (("models", "list"), ("db", "upgrade"), ("db", "create")):
        refused = bare.quick(*command, "--json", code=1).error
        assert refused["code"] == "database_unavailable"
        assert "another program's database" in refused["message"]


@SQLITE_ONLY
def test_files_that_cannot_be_used(bare: SqliteShell, tmp_path: Path) -> None:
    """Each says what it is, and is left as it was."""
    text = tmp_path / "notes.txt"
    text.write_text("nothing of the kind")
    for path, commands in ((text, ("current", "create")), (tmp_path, ("current",))):
        for command in (("models", "list"), *(("db", name) for name in commands)):
            refused = bare.quick(*command, "--database", f"sqlite:///{path}", "--json", code=1)
            assert refused.error["code"] == "database_unavailable", (path, command)
    assert text.read_text() == "nothing of the kind"
    nowhere = bare.quick("db", "create", "--database", f"sqlite:///{tmp_path}/no/such/folder.db", "--json", code=1)
    assert "folder" in nowhere.error["message"]
    server = bare.quick("models", "list", "--database", f"postgresql://me:hunter2@/models?host={tmp_path}", code=1)
    assert "hunter2" not in server.err
