"""Runs the migration scripts from inside the package, on a connection that the engine made."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from modeltui.errors import DatabaseUnavailable, ValidationError


def alembic_config() -> Config:
    """The configuration that names the scripts beside this file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def run_migrations(connection: Connection, revision: str, *, down: bool) -> None:
    """Migrates in one transaction. Raises ValidationError for an unknown revision."""
    config = alembic_config()
    _check_revision(config, revision, down=down)
    # Rebuilding a parent table would delete its children; the pragma only works outside a transaction.
    _foreign_keys(connection, enforced=False)
    try:
        with connection.begin():
            config.attributes["connection"] = connection
            try:
                (command.downgrade if down else command.upgrade)(config, revision)
            except CommandError as error:
                raise ValidationError("revision", f"can't migrate to {revision}: {error}") from None
            if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise DatabaseUnavailable("the migration would break references between rows; nothing was changed")
    finally:
        _foreign_keys(connection, enforced=True)


def _check_revision(config: Config, revision: str, *, down: bool) -> None:
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    if revision not in (*known, "base" if down else "head"):
        names = ", ".join(sorted(known))
        raise ValidationError("revision", f"no revision {revision}; known are {'base' if down else 'head'}, {names}")


def _foreign_keys(connection: Connection, *, enforced: bool) -> None:
    if connection.dialect.name == "sqlite":
        driver = connection.connection.dbapi_connection
        if driver is not None:
            cursor = driver.cursor()
            cursor.execute(f"PRAGMA foreign_keys = {'ON' if enforced else 'OFF'}")
            cursor.close()
