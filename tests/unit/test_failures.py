"""Every error of the drivers becomes one of the catalog's, and shows no statement and no parameter."""

from __future__ import annotations

import inspect
import socket
import sqlite3
import ssl

import asyncpg.exceptions
import pytest
import sqlalchemy.exc

from modeltui.db.failures import Purpose, translate, translated
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
    assert "can't be reached" in raised.value.message


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (socket.gaierror(-2, "Name or service not known"), "its host name is not known here; check the host"),
        (ConnectionRefusedError(111, "refused"), "nothing listens there; check that the server is running"),
        (TimeoutError(), "no answer came; check that the server is running"),
        (FileNotFoundError(2, "No such file"), "a socket or certificate is not there"),
        (ConnectionError('PostgreSQL server at "h" rejected SSL upgrade'), "can't be reached encrypted"),
        (ssl.SSLCertVerificationError("self-signed"), "its certificate is not trusted here; check sslrootcert"),
        (ssl.SSLError("wrong version number"), "encryption could not be agreed on"),
        (BrokenPipeError(), "(BrokenPipeError)"),
    ],
)
def test_why_a_server_can_not_be_reached(error: OSError, says: str) -> None:
    message = translate(error, "postgresql://db1/catalog").message
    assert message.startswith("the database can't be reached")
    assert says in message


@pytest.mark.parametrize(
    ("error", "is_passing"),
    [
        (ConnectionRefusedError(111, "refused"), True),
        (TimeoutError(), True),
        (ssl.SSLCertVerificationError("self-signed"), False),
        (asyncpg.exceptions.CannotConnectNowError(), True),
        (asyncpg.exceptions.TooManyConnectionsError(), True),
        (asyncpg.exceptions.InvalidPasswordError(), False),
        (asyncpg.exceptions.InvalidAuthorizationSpecificationError(), False),
        (asyncpg.exceptions.InvalidCatalogNameError(), False),
        (sqlite3.OperationalError("database is locked"), True),
        (sqlite3.DatabaseError("file is not a database"), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_may_pass_by_itself(error: Exception, is_passing: bool) -> None:
    assert translate(error, "db1/catalog").passing is is_passing


def test_what_happened_comes_before_the_place_which_may_be_long() -> None:
    place = f"postgresql://db1/{'x' * 80}"
    for error in (ConnectionRefusedError(), wrapped(sqlalchemy.exc.OperationalError, "database is locked")):
        assert translate(error, place).message.endswith(f" ({place})")


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


class ServerError(Exception):
    """An error of PostgreSQL's as SQLAlchemy hands it on."""

    def __init__(self, code: str) -> None:
        super().__init__(MARKER)
        self.sqlstate = code


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("3D000", "is not on the server; make it there"),
        ("28P01", "refuses this user or password"),
        ("28000", "refuses this user or password"),
        ("42P01", "has lost its tables"),
        ("55P03", "is locked by another program; try again"),
        ("57014", "took too long to answer"),
        ("57P01", "was stopped or is starting"),
        ("57P03", "was stopped or is starting"),
        ("53100", "the server's disk is full"),
        ("53300", "has no connection left"),
        ("08006", "lost the connection"),
        ("25P03", "nothing was written, try again"),
        ("XX001", "look into the server's log"),
        ("P0001", "refused the change, by a trigger of its own, and nothing was written"),
        ("22000", "SQLSTATE 22000"),
    ],
)
def test_what_codes_of_postgresql_mean(code: str, says: str) -> None:
    error = translate(sqlalchemy.exc.DBAPIError(STATEMENT, {"token": MARKER}, ServerError(code)), "db1/catalog")
    assert isinstance(error, DatabaseUnavailable)
    assert says in error.message
    assert error.missing == (code == "3D000")
    assert MARKER not in error.message


@pytest.mark.parametrize(
    ("code", "purpose", "expected", "says"),
    [
        ("25006", Purpose.READ, ReadOnly, "the server takes no changes"),
        ("25006", Purpose.WRITE, ReadOnly, "the server takes no changes"),
        ("42501", Purpose.WRITE, ReadOnly, "has no right to change the tables"),
        ("42501", Purpose.READ, DatabaseUnavailable, "grant it SELECT"),
        ("42501", Purpose.MIGRATE, DatabaseUnavailable, "only by the role that owns its tables"),
    ],
)
def test_what_a_missing_right_means_depends_on_what_was_tried(
    code: str, purpose: Purpose, expected: type[CatalogError], says: str
) -> None:
    error = sqlalchemy.exc.DBAPIError(STATEMENT, {"token": MARKER}, ServerError(code))
    with pytest.raises(expected, match=says), translated("db1/catalog", purpose):
        raise error


def test_every_code_of_postgresql_is_told_in_words() -> None:
    kinds = [kind for _, kind in inspect.getmembers(asyncpg.exceptions, inspect.isclass)]
    codes = {kind.sqlstate for kind in kinds if getattr(kind, "sqlstate", None)}
    assert len(codes) > 200
    for code in codes:
        error = translate(sqlalchemy.exc.DBAPIError(STATEMENT, {}, ServerError(code)), "db1/catalog")
        assert isinstance(error, StoreError)
        assert MARKER not in error.message


def test_a_name_that_stands_in_an_error_is_not_taken_for_a_constraint() -> None:
    cause = asyncpg.UniqueViolationError("Key (name)=(uq_provider_config_name_key) already exists")
    cause.constraint_name = "uq_attachment_model_priority"
    original = sqlalchemy.exc.EmulatedDBAPIException(str(cause), cause)
    error = sqlalchemy.exc.IntegrityError(STATEMENT, {}, original)
    assert isinstance(translate(error, "db1/catalog"), DatabaseUnavailable)
    cause.constraint_name = "uq_provider_config_name_key"
    assert isinstance(translate(error, "db1/catalog"), AlreadyExists)


def test_our_own_errors_pass() -> None:
    error = NotFound("model", "gpt-5")
    with pytest.raises(NotFound) as raised, translated("db1/catalog"):
        raise error
    assert raised.value is error
