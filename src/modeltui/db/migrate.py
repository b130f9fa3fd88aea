"""Runs the migration scripts from inside the package, on a connection that the engine made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from modeltui.errors import ValidationError


def alembic_config() -> Config:
    """The configuration that names the scripts beside this file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def run_migrations(
    connection: Connection,
    revision: str,
    *,
    down: bool,
    first: Callable[[Connection], None] | None = None,
    last: Callable[[Connection], None] | None = None,
) -> None:
    """Migrates in one transaction, which begins with `first` and ends with `last`; both may still refuse.

    Raises ValidationError for an unknown revision.
    """
    config = alembic_config()
    _check_revision(config, revision, down=down)
    with connection.begin():
        if first is not None:
            first(connection)
        config.attributes["connection"] = connection
        try:
            (command.downgrade if down else command.upgrade)(config, revision)
        except CommandError as error:
            raise ValidationError("revision", f"can't migrate to {revision}: {error}") from None
        if last is not None:
            last(connection)


def _check_revision(config: Config, revision: str, *, down: bool) -> None:
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    if revision not in (*known, "base" if down else "head"):
        names = ", ".join(sorted(known))
        raise ValidationError("revision", f"no revision {revision}; known are {'base' if down else 'head'}, {names}")
