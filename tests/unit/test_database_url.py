"""Which database a URL means, which URLs are refused, and that no password is shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from modeltui.database_url import display_url, normalised_url, postgres_dsn, postgres_place, sqlite_path
from modeltui.errors import ValidationError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, which is the current folder too."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(url: str) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        normalised_url(url)
    return caught.value


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("sqlite:///a.db", "{home}/a.db"),
        ("sqlite+aiosqlite:///a.db", "{home}/a.db"),
        ("SQLite:///a.db", "{home}/a.db"),
        (" sqlite:///dir/a.db ", "{home}/dir/a.db"),
        ("sqlite:////var/a.db", "/var/a.db"),
        ("sqlite:///~/a.db", "{home}/a.db"),
        ("sqlite:///my catalog.db", "{home}/my catalog.db"),
        ("sqlite:///my%20catalog.db", "{home}/my catalog.db"),
        ("sqlite:///50%25%3F.db", "{home}/50%?.db"),
        ("sqlite:///100%.db", "{home}/100%.db"),
        ("sqlite:///a#b@c:d.db", "{home}/a#b@c:d.db"),
        ("sqlite:////dátá/目录.db", "/dátá/目录.db"),
        ("sqlite:///./:memory:", "{home}/:memory:"),
    ],
)
def test_sqlite_urls(given: str, path: str, home: Path) -> None:
    wanted = path.replace("{home}", str(home))
    url = normalised_url(given)
    assert url.startswith("sqlite+aiosqlite:////")
    assert sqlite_path(url) == Path(wanted)
    # The engine must open the very same file.
    assert make_url(url).database == wanted
    assert normalised_url(url) == url
    assert display_url(url) == url


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgresql://h/db", "postgresql+asyncpg://h/db"),
        ("postgresql+asyncpg://u:p@h:5432/db?ssl=require", "postgresql+asyncpg://u:p@h:5432/db?ssl=require"),
        ("postgresql:///db?host=/run/pg", "postgresql+asyncpg:///db?host=/run/pg"),
        ("postgresql://u:a%40b@[::1]:5432/db", "postgresql+asyncpg://u:a%40b@[::1]:5432/db"),
    ],
)
def test_postgresql_urls(given: str, url: str) -> None:
    assert normalised_url(given) == url
    assert sqlite_path(url) is None
    make_url(url)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("sqlite://", "in-memory"),
        ("sqlite:///", "in-memory"),
        ("sqlite:///:memory:", "in-memory"),
        ("sqlite+aiosqlite:///:memory:", "in-memory"),
        ("sqlite:///%3Amemory%3A", "in-memory"),
        ("sqlite:///file::memory:?cache=shared&uri=true", "in-memory"),
        ("sqlite:///x.db?mode=memory", "in-memory"),
        ("sqlite:///file:x?mode=MEMORY&uri=true", "in-memory"),
        ("sqlite://x.db", "three slashes"),
        ("sqlite:///x.db?timeout=5", "no options"),
        ("sqlite:///x.db?", "no options"),
        ("sqlite:///file:x.db", "no options"),
        ("sqlite:///folder/", "folder"),
        ("sqlite:///~nobody-of-this-name/x.db", "absolute path"),
        ("sqlite:///a\nb.db", "control"),
        ("sqlite:///a%0Ab.db", "control"),
        ("sqlite:///a%00b.db", "control"),
        ("sqlite+pysqlite:///x.db", "sqlite+pysqlite is not known"),
        ("mysql://h/db", "mysql is not known"),
        ("postgres://h/db", "postgres is not known"),
        ("://x", "not known"),
        ("/var/lib/catalog.db", "sqlite:////absolute/path.db"),
        ("catalog.db", "sqlite:///relative/path.db"),
        ("sqlite:catalog.db", "must be given as a URL"),
        ("postgresql://u:hunter2@word@h/db", "percent-encoded"),
        ("postgresql://u:hunter2@word/x@h/db", "percent-encoded"),
        ("postgresql://h:port/db", "percent-encoded"),
        ("postgresql://[::1/db", "percent-encoded"),
    ],
)
def test_databases_that_are_refused(given: str, words: str) -> None:
    error = refused(given)
    assert error.field == "database"
    assert words in error.message
    assert "hunter2" not in str(error)


def test_a_relative_database_needs_a_current_folder(home: Path) -> None:
    gone = home / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    assert "absolute path" in refused("sqlite:///x.db").message


@pytest.mark.parametrize(
    ("url", "dsn"),
    [
        ("postgresql+asyncpg://db1/catalog", "postgresql://db1/catalog"),
        ("postgresql+asyncpg://bob@db1:5433/catalog", "postgresql://bob@db1:5433/catalog"),
        ("postgresql+asyncpg://b%40b:p%2Fw@[::1]:5433/c", "postgresql://b%40b:p%2Fw@[::1]:5433/c"),
        ("postgresql+asyncpg://bob:a/b#c?d[e]@db1/catalog", "postgresql://bob:a%2Fb%23c%3Fd%5Be%5D@db1/catalog"),
        ("postgresql+asyncpg://bob:@db1/catalog", "postgresql://bob@db1/catalog"),
        ("postgresql+asyncpg://bob@/c?host=/run/pg#1", "postgresql://bob@/c?host=/run/pg%231"),
        ("postgresql+asyncpg://db1/catalog?sslmode=require", "postgresql://db1/catalog?sslmode=require"),
    ],
)
def test_what_the_driver_of_postgresql_is_given(url: str, dsn: str) -> None:
    assert normalised_url(url) == url
    assert postgres_dsn(url) == dsn


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql+asyncpg://db1/catalog", "postgresql://db1/catalog"),
        ("postgresql+asyncpg://bob:hunter2@db1:5433/c?sslmode=require", "postgresql://bob@db1:5433/c"),
        ("postgresql+asyncpg://bob:hun/t@/c?port=1&host=/run/pg", "postgresql://bob@/c?host=/run/pg"),
        ("postgresql+asyncpg:///c?password=hunter2", "postgresql:///c"),
        ("postgresql+asyncpg://db1?host=db2", "postgresql://db1"),
    ],
)
def test_the_place_that_messages_name(url: str, place: str) -> None:
    assert normalised_url(url) == url
    assert postgres_place(url) == place


def test_the_driver_is_given_nothing_that_was_not_checked() -> None:
    with pytest.raises(ValueError, match="not a normalised"):
        postgres_dsn("postgresql+asyncpg://h:port/db")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:hunter2@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u@h/db", "postgresql://u@h/db"),
        ("postgresql://h:5432/db", "postgresql://h:5432/db"),
        ("postgresql://:hunter2@h/db", "postgresql://:***@h/db"),
        ("postgresql://u:hunt@er2@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u:hunter2/?#@h/db", "postgresql://u:***@h/db"),
        ("postgresql://h/db?user=u&password=hunter2&x=1", "postgresql://h/db?user=u&password=***&x=1"),
        ("postgresql://h/db?sslPassword=hunter2", "postgresql://h/db?sslPassword=***"),
        ("u:hunter2@h/db", "u:***@h/db"),
        ("plain.db", "plain.db"),
    ],
)
def test_no_password_is_shown(url: str, shown: str) -> None:
    assert display_url(url) == shown
