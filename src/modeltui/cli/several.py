"""What commands do that were given several names: one change of all of them, or of none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

import modeltui
from modeltui.cli.impact import impact_lines, show_impact
from modeltui.cli.invocation import UsageProblem
from modeltui.cli.output import emit, say
from modeltui.cli.runner import confirm, require_consent, run
from modeltui.cli.text import model_block, model_table, provider_table
from modeltui.domain.bulk import BulkChange
from modeltui.domain.records import Rows
from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.domain.text import name_key, parse_uuid
from modeltui.errors import BulkRefused, NotFound, ProviderNotFound

Row = TypeVar("Row", ModelRow, ProviderRow)


class Picked(NamedTuple):
    """A change of the rows that were named, with the versions in which they were seen."""

    change: BulkChange
    versions: Mapping[UUID, int]


Pick = Callable[[Rows], Picked]


def models_named(rows: Rows, names: Sequence[str]) -> tuple[ModelRow, ...]:
    """The live models with these names or ids, each once. Raises BulkRefused with every name that there isn't."""
    return _named("model", rows.models, names)


def providers_named(rows: Rows, names: Sequence[str]) -> tuple[ProviderRow, ...]:
    """The providers with these names or ids, each once. Raises BulkRefused with every name that there isn't."""
    return _named("provider", rows.providers, names)


def line_provider(rows: Rows, name: str) -> UUID:
    """The provider that lines are to lead to. Raises ProviderNotFound."""
    row = _lookup(rows.providers)(name)
    if row is None:
        raise ProviderNotFound(name)
    return row.id


def picked(change: BulkChange, rows: Iterable[ModelRow | ProviderRow]) -> Picked:
    """A change of rows as they were seen."""
    return Picked(change, {row.id: row.version for row in rows})


def ids(rows: Iterable[ModelRow | ProviderRow]) -> tuple[UUID, ...]:
    """The ids of rows."""
    return tuple(row.id for row in rows)


def change_models(pick: Pick, what: str, *, dry_run: bool, takes_away: bool) -> None:
    """Does a change of models, after saying what it does; prints the models: one as itself, several as a list."""
    rows = run(lambda catalog: _changed(catalog, pick, what, dry_run=dry_run, takes_away=takes_away))
    if rows is not None:
        saved = [row for row in rows[0].models if row.id in rows[1].versions]
        if len(rows[1].versions) == 1:
            emit(saved[0], model_block(saved[0]))
        else:
            emit(saved, model_table(saved))


def change_providers(pick: Pick, what: str, *, dry_run: bool, takes_away: bool) -> None:
    """Does a change of providers, after saying what it does, and prints them."""
    rows = run(lambda catalog: _changed(catalog, pick, what, dry_run=dry_run, takes_away=takes_away))
    if rows is not None:
        saved = [row for row in rows[0].providers if row.id in rows[1].versions]
        emit(saved, provider_table(saved))


def ask_and_change(pick: Pick, what: str, question: str, done: str, *, yes: bool, dry_run: bool) -> None:
    """Says what a change does, asks, does it, and prints what happened."""
    require_consent(yes=yes, dry_run=dry_run)

    async def look(catalog: modeltui.Catalog) -> tuple[Picked, modeltui.Impact]:
        chosen = pick(await catalog.rows())
        return chosen, await catalog.bulk.impact_of(chosen.change)

    chosen, impact = run(look)
    if yes or dry_run:
        show_impact(what, impact, dry_run=dry_run)
    else:
        for line in impact_lines(what, impact):
            say(line, sys.stderr)
        confirm(question)
    if not dry_run:
        happened = run(lambda catalog: catalog.bulk.apply(chosen.change, versions=chosen.versions, impact=impact))
        emit(happened, [done])


def only_for_one(given: Mapping[str, object], allowed: str) -> None:
    """Raises UsageProblem for options that make sense for one name only."""
    for option, value in given.items():
        if value is not None and value is not False and value != []:
            raise UsageProblem(f"{option} changes one at a time; with several names give {allowed}")


async def _changed(
    catalog: modeltui.Catalog, pick: Pick, what: str, *, dry_run: bool, takes_away: bool
) -> tuple[Rows, Picked] | None:
    """The rows after a change, with what was picked; None for a dry run."""
    chosen = pick(await catalog.rows())
    impact = await catalog.bulk.impact_of(chosen.change)
    show_impact(what, impact, dry_run=dry_run, always=takes_away)
    if dry_run:
        return None
    await catalog.bulk.apply(chosen.change, versions=chosen.versions, impact=impact)
    # Somebody may have deleted some of them since: they are printed all the same.
    return await catalog.rows(include_deleted=True), chosen


def _named(kind: str, rows: Sequence[Row], names: Sequence[str]) -> tuple[Row, ...]:
    find = _lookup(rows)
    found: dict[UUID, Row] = {}
    missing: dict[str, NotFound] = {}
    for name in names:
        row = find(name)
        if row is None:
            missing[name] = NotFound(kind, name)
        else:
            found[row.id] = row
    if missing:
        raise BulkRefused(tuple(missing.items()))
    return tuple(found.values())


def _lookup(rows: Sequence[Row]) -> Callable[[str], Row | None]:
    by_id = {row.id: row for row in rows}
    by_name = {name_key(row.name): row for row in rows}

    def find(name: str) -> Row | None:
        identity = parse_uuid(name.strip())
        return by_id.get(identity) if identity is not None else by_name.get(name_key(name.strip()))

    return find
