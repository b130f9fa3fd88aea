"""Every error of the drivers becomes one of the catalog's, and shows no statement and no parameter."""

from __future__ import annotations

import inspect
import sqlite3

import pytest
import sqlalchemy.exc

from modeltui.db.failures import translate, translated
from modeltui.errors import AlreadyExists, CatalogError, DatabaseUnavailable, NotFound, ReadOnly, StoreError

MARKER = "sk-marker-0123456789"
STATEMENT = f"INSERT INTO provider_config VALUES ('{MARKER}')"


def low_level_errors() -> list[type[Exception]]:
    """List every error class of SQLAlchemy and of the SQLite driver; warnings are none."""
    found = [kind for module in (sqlalchemy.exc, sqlite3) for _, kind in inspect.getmembers(module, inspect.isclass)]
    kinds = {kind for kind in found if issubclass(kind, Exception) and not issubclass(kind, Warning)}
    no_errors = {sqlite3.Warning, sqlalchemy.exc.DontWrapMixin}
    return sorted(kinds - no_errors, key=lambda kind: (kind.__module__, kind.__name__))


def made(kind: type[Exception]) -> Exception:
    if issubclass(kind, sqlalchemy.exc.DBAPIError):
        return kind(STATEMENT, {"token": MARKER}, sqlite3.OperationalError(MARKER))
    if issubclass(kind, sqlalchemy.exc.StatementError):
        return kind(MARKER, STATEMENT, {"token": MARKER}, sqlite3.OperationalError(MARKER))
    # The other constructors differ from class to class, and none of their arguments counts here.
    error = kind.__new__(kind, MARKER)
    error.args = (MARKER,)
    return error


@pytest.mark.parametrize("kind", low_level_errors(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_class_of_the_drivers_is_mapped(kind: type[Exception]) -> None:
    with pytest.raises(StoreError) as raised, translated("db1/catalog"):
        raise made(kind)
    assert MARKER not in raised.value.message
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    "error", [ConnectionRefusedError(111, "refused"), TimeoutError(), OSError(5, "I/O"), BrokenPipeError()]
)
def test_a_server_that_is_down_raises_bare_os_errors(error: OSError) -> None:
    with pytest.raises(DatabaseUnavailable, match="db1/catalog") as raised, translated("db1/catalog"):
        raise error
    assert type(error).__name__ in raised.value.message


def wrapped(kind: type[sqlalchemy.exc.DBAPIError], said: str) -> Exception:
    return kind(STATEMENT, {"token": MARKER}, sqlite3.OperationalError(said))


@pytest.mark.parametrize(
    ("said", "expected", "says"),
    [
        ("database is locked", DatabaseUnavailable, "is locked by another program"),
        ("database table is locked", DatabaseUnavailable, "is locked by another program"),
        ("file is not a database", DatabaseUnavailable, "is not a SQLite database"),
        ("database disk image is malformed", DatabaseUnavailable, "is damaged"),
        ("database or disk is full", DatabaseUnavailable, "the disk is full"),
        ("disk I/O error", DatabaseUnavailable, "the disk reports an error"),
        ("unable to open database file", DatabaseUnavailable, "can't be opened"),
        ("no such table: provider_config", DatabaseUnavailable, "has lost its tables"),
        ("attempt to write a readonly database", ReadOnly, "is not writable"),
        ("cannot execute INSERT in a read-only transaction", ReadOnly, "is not writable"),
        ("something else", DatabaseUnavailable, "can't be used \\(OperationalError\\)"),
    ],
)
def test_what_the_drivers_say_and_what_it_means(said: str, expected: type[CatalogError], says: str) -> None:
    for error in (wrapped(sqlalchemy.exc.OperationalError, said), sqlite3.OperationalError(said)):
        with pytest.raises(expected, match=says) as raised, translated("db1/catalog"):
            raise error
        assert MARKER not in f"{raised.value.message} {raised.value.attributes}"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("UNIQUE constraint failed: provider_config.name_key", "provider"),
        ("UNIQUE constraint failed: model_config.name_key", "model"),
        ('duplicate key value violates unique constraint "uq_provider_config_name_key"', "provider"),
        ('duplicate key value violates unique constraint "uq_model_config_name_key"', "model"),
    ],
)
def test_a_name_that_another_program_took_meanwhile(said: str, kind: str) -> None:
    error = translate(wrapped(sqlalchemy.exc.IntegrityError, said), "db1/catalog")
    assert isinstance(error, AlreadyExists)
    assert error.message == f"a {kind} of this name already exists; choose another name"


def test_any_other_refusal_of_the_database_writes_nothing() -> None:
    said = "UNIQUE constraint failed: attachment.model_config_id, attachment.priority"
    error = translate(wrapped(sqlalchemy.exc.IntegrityError, said), "db1/catalog")
    assert isinstance(error, DatabaseUnavailable)
    assert "nothing was written" in error.message


def test_our_own_errors_pass() -> None:
    error = NotFound("model", "gpt-5")
    with pytest.raises(NotFound) as raised, translated("db1/catalog"):
        raise error
    assert raised.value is error
