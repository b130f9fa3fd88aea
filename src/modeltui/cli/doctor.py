"""`modeltui doctor`: what is wrong with the catalog, for people and for the cron job that watches it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from modeltui.cli.output import emit, table
from modeltui.cli.runner import run
from modeltui.domain.doctor import Diagnosis, Level, failing
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.doctor_text import level_badge

FOUND = 1


def doctor(
    fail_on: Annotated[
        Level | None,
        typer.Option("--fail-on", metavar="LEVEL", help="Exit with 1 from this level on: error, warning or info."),
    ] = None,
) -> None:
    """Say what is wrong or soon could be, grouped by cause. Keys are judged as this process sees them."""
    found = run(lambda catalog: catalog.doctor())
    emit(found, doctor_lines(found))
    if fail_on is not None and failing(found, fail_on):
        raise typer.Exit(FOUND)


def doctor_lines(found: Sequence[Diagnosis]) -> Iterator[str]:
    """Each cause with what it means and what to do, then the models or providers that it holds for."""
    if not found:
        yield "nothing to worry about"
    for place, diagnosis in enumerate(found):
        if place:
            yield ""
        yield f"{level_badge(diagnosis.level).text}: {_title(diagnosis)}"
        yield f"  {diagnosis.meaning}"
        yield f"  {diagnosis.advice}"
        if diagnosis.findings:
            rows = ((finding.name, finding.family, finding.detail) for finding in diagnosis.findings)
            yield from (f"    {line}" for line in table(("NAME", "FAMILY", "WHY"), rows))


def _title(diagnosis: Diagnosis) -> str:
    count = len(diagnosis.findings)
    if not count:
        return diagnosis.title
    return f"{diagnosis.title}, {counted(count, 'model' if diagnosis.models else 'provider')}"
