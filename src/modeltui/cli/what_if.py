"""`modeltui what-if`: what would become of the models if providers were down. It never changes anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

import modeltui
from modeltui.cli.invocation import UsageProblem
from modeltui.cli.output import emit, table
from modeltui.cli.runner import run
from modeltui.domain.families import Family
from modeltui.tui.presentation.badges import counted, model_state
from modeltui.tui.presentation.text import clean
from modeltui.tui.presentation.what_if_text import dark_text, way_text

GOES_DARK = 4

Down = Annotated[list[str] | None, typer.Option("--down", metavar="P", help="A provider to take as down; repeat it.")]
SameKey = Annotated[
    list[str] | None, typer.Option("--same-key", metavar="P", help="This provider and all with the same key.")
]
SameHost = Annotated[
    list[str] | None, typer.Option("--same-host", metavar="P", help="This provider and all at the same host.")
]
Families = Annotated[list[Family] | None, typer.Option("--family", metavar="F", help="All providers of a family.")]


def what_if(down: Down = None, same_key: SameKey = None, same_host: SameHost = None, family: Families = None) -> None:
    """Say where requests would go if providers were down. Nothing is changed.

    Exit code 4 if a model would go dark that isn't dark now, else 0: models that are dark already don't count.
    """
    if not (down or same_key or same_host or family):
        raise UsageProblem("say what is down with --down P, --same-key P, --same-host P or --family F")
    answer = run(
        lambda catalog: catalog.what_if(
            down or (), same_key=same_key or (), same_host=same_host or (), families=family or ()
        )
    )
    emit(_as_json(answer), what_if_lines(answer))
    if answer.dark:
        raise typer.Exit(GOES_DARK)


def what_if_lines(answer: modeltui.WhatIf) -> Iterator[str]:
    """What is taken as down, the totals, then every affected model, the worst first."""
    yield f"down: {clean(', '.join(answer.down)) or 'no provider'}"
    yield dark_text(answer)
    for name, count in answer.destinations.items():
        yield f"{counted(count, 'model')} {'moves' if count == 1 else 'move'} to {clean(name)}"
    if answer.staying:
        count = len(answer.staying)
        yield f"{counted(count, 'model')} {'stays and loses' if count == 1 else 'stay and lose'} a spare"
    yield f"{counted(answer.unaffected, 'model')} not affected"
    if answer.default is not None and not answer.default.stays:
        yield f"unnamed requests: {clean(way_text(answer.default))}"
    if answer.models:
        yield ""
        rows = (
            (model_state(row.state_after).text, row.name, way_text(row), str(row.spare_after)) for row in answer.models
        )
        yield from table(("STATE", "MODEL", "REQUESTS GO TO", "SPARE"), rows, right="SPARE")


def _as_json(answer: modeltui.WhatIf) -> dict[str, Any]:
    return {
        "down": answer.down,
        "models": [
            {
                "id": row.id,
                "name": row.name,
                "is_default": row.is_default,
                "winner_before": row.winner_before,
                "winner_after": row.winner_after,
                "goes_dark": row.goes_dark,
                "state_after": row.state_after,
                "spare_before": row.spare_before,
                "spare_after": row.spare_after,
            }
            for row in answer.models
        ],
        "destinations": answer.destinations,
        "dark": len(answer.dark),
        "dark_before": answer.dark_before,
        "unaffected": answer.unaffected,
    }
