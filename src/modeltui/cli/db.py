"""`modeltui db`: the store itself: making it, migrating it, and which one it is."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from modeltui.cli.invocation import current
from modeltui.cli.options import EPILOG, DryRun, Yes, noun
from modeltui.cli.output import emit, note, say
from modeltui.cli.runner import confirm, require_consent
from modeltui.database_url import display_url, sqlite_path
from modeltui.errors import AlreadyExists, CatalogError, DatabaseUnavailable, ReadOnly, SchemaOutdated, ValidationError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from modeltui.db.engine import Database

app = noun("The database: make it, migrate it, see which one it is.")

T = TypeVar("T")

NOTHING_CHANGED = "nothing was changed"


class ChangedMeanwhile(CatalogError):
    """The database isn't what it was when it was said what going back would lose."""

    code = "stale_version"

    def __init__(self) -> None:
        super().__init__(f"{NOTHING_CHANGED}: the database was changed meanwhile, so that more may be lost; repeat")


@app.command("create", epilog=EPILOG)
def create() -> None:
    """Make the database and its tables; refused where a catalog is there already."""

    async def work(database: Database) -> dict[str, str | None]:
        from modeltui.db.schema import SchemaState

        state, _ = await database.revision()
        if state is SchemaState.FOREIGN:
            raise DatabaseUnavailable(f"{database.where} is another program's database; check the database setting")
        if state is not SchemaState.EMPTY:
            raise AlreadyExists("catalog", database.where)
        await database.migrate()
        return {"path": database.where, "revision": (await database.revision())[1]}

    if current().settings.read_only:
        raise ReadOnly(current().settings.read_only_reason or "")
    made = _with_database(work, make=True)
    emit(made, [f"made {made['path']}"])


@app.command("upgrade", epilog=EPILOG)
def upgrade(
    revision: Annotated[str, typer.Argument(metavar="[REV]", help="A revision; the newest unless given.")] = "head",
    dry_run: DryRun = False,
) -> None:
    """Bring the tables to a newer revision; an up-to-date database is left as it is."""

    async def work(database: Database) -> tuple[str, str]:
        from modeltui.db.schema import HEAD

        before = await _revision(database)
        target = _known(HEAD if revision == "head" else revision, "head")
        if target > before and not dry_run:
            await database.migrate(target)
        return before, target

    before, target = _with_database(work)
    if target <= before:
        emit(
            {"before": before or None, "after": before or None},
            [f"the database is at revision {before or 'none'} already"],
        )
    elif dry_run:
        emit({"before": before or None, "after": target}, [f"would upgrade from {before or 'none'} to {target}"])
    else:
        emit({"before": before or None, "after": target}, [f"upgraded from {before or 'none'} to {target}"])


@app.command("downgrade", epilog=EPILOG)
def downgrade(
    revision: Annotated[str, typer.Argument(metavar="REV", help="An older revision, or base.")],
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Take the tables back to an older revision, after saying what is lost."""
    require_consent(yes=yes, dry_run=dry_run)
    target = "" if revision == "base" else revision

    async def look(database: Database) -> tuple[str, list[str]]:
        before = await _revision(database)
        if target:
            _known(target, "base")
        async with database.reading() as connection:
            return before, await connection.run_sync(_losses, before, target)

    before, losses = _with_database(look)
    answer = {"before": before or None, "after": target or None, "lost": losses}
    if target >= before:
        emit(answer | {"after": before or None}, [f"the database is at revision {before or 'none'} already"])
        return
    lost = f"going back from {before} to {revision} loses {', '.join(losses) if losses else 'nothing'}"
    if dry_run:
        emit(answer, [lost, f"dry run: {NOTHING_CHANGED}"])
        return
    if yes:
        note([lost])
    else:
        say(lost, sys.stderr)
        confirm("Go back?")

    def require_unchanged(connection: Connection) -> None:
        """Raises ChangedMeanwhile where more or something else would be lost than was said."""
        from sqlalchemy import text

        from modeltui.db.schema import VERSION_QUERY

        now = connection.execute(text(VERSION_QUERY)).scalar_one_or_none()
        if now != before or _losses(connection, before, target) != losses:
            raise ChangedMeanwhile

    _with_database(lambda database: database.migrate(revision, down=True, first=require_unchanged))
    emit(answer, [f"went back from {before} to {revision}"])


@app.command("current", epilog=EPILOG)
def show_current() -> None:
    """Print the database's revision, and whether it is this program's."""

    async def work(database: Database) -> dict[str, str | None]:
        from modeltui.db.schema import HEAD

        state, revision = await database.revision()
        return {"revision": revision, "state": state.value, "expected": HEAD}

    found = _with_database(work)
    emit(found, [f"{found['revision'] or 'none'} ({found['state']}; this program needs {found['expected']})"])


@app.command("path", epilog=EPILOG)
def path() -> None:
    """Print where the database is, whether or not it is there."""
    url = current().settings.database
    file = sqlite_path(url)
    shown = str(file) if file is not None else display_url(url)
    from modeltui.tui.presentation.text import clean

    emit({"path": str(file) if file is not None else None, "url": display_url(url)}, [clean(shown)])


def _with_database(work: Callable[[Database], Awaitable[T]], *, make: bool = False) -> T:
    """The result of the work on the database, whatever its schema. Only `make` makes a missing one."""
    from modeltui.services.catalog import open_database

    settings = current().settings
    settings = settings if make else replace(settings, database_is_default=False)

    async def opened() -> T:
        database = await open_database(settings, create=make)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(opened())


async def _revision(database: Database) -> str:
    """The revision, empty for no tables. Raises SchemaOutdated for a newer one, DatabaseUnavailable."""
    from modeltui.db.schema import HEAD, SchemaState

    state, revision = await database.revision()
    if state is SchemaState.FOREIGN:
        raise DatabaseUnavailable(f"{database.where} is another program's database; check the database setting")
    if state is SchemaState.NEWER:
        raise SchemaOutdated(revision, HEAD, newer=True)
    return revision or ""


def _known(revision: str, *words: str) -> str:
    """The revision, if it is one. `words` are what may also be typed. Raises ValidationError."""
    from modeltui.db.schema import REVISIONS

    if revision not in REVISIONS:
        raise ValidationError("revision", f"no revision {revision}; known are {', '.join((*words, *REVISIONS))}")
    return revision


def _losses(connection: Connection, before: str, target: str) -> list[str]:
    """What the tables hold that the older revision has no place for, in words."""
    from sqlalchemy import text

    # Which revision made each table; going below it drops the table.
    tables = (
        ("0002", "attachment", "line of a priority list", "lines of priority lists"),
        ("0001", "model_config", "model", "models"),
        ("0001", "provider_config", "provider with its key", "providers with their keys"),
    )
    losses = []
    for made_by, name, one, many in tables:
        if target < made_by <= before:
            count = connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608
            losses += [f"{count} {one if count == 1 else many}"] if count else []
    return losses
