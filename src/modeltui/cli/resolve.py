"""`modeltui resolve`: where a request would land right now, and why."""

from __future__ import annotations

from typing import Annotated

import typer

import modeltui
from modeltui.cli.invocation import UsageProblem
from modeltui.cli.output import emit
from modeltui.cli.runner import run
from modeltui.cli.text import resolution_block, verdict_table
from modeltui.errors import ReadOnly
from modeltui.json_form import jsonable


class KeyNotOpened(ReadOnly):
    """A read-only catalog opens no API key, so there is none to show."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.message = f"no API key is opened here: {reason}"


def resolve(
    model: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The model's name or id; the default model unless given.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say what becomes of every line.")] = False,
    show_key: Annotated[bool, typer.Option("--show-key", help="Print the API key too.")] = False,
) -> None:
    """Say where a request would land right now. With --json `api_key` is null unless --show-key is given."""
    if explain and show_key:
        raise UsageProblem("--explain opens no key; give either it or --show-key")
    if explain:
        lines = run(lambda catalog: catalog.explain(model))
        emit(lines, verdict_table(lines))
        return

    async def work(catalog: modeltui.Catalog) -> modeltui.Resolution:
        if show_key and catalog.read_only_reason is not None:
            raise KeyNotOpened(catalog.read_only_reason)
        return await catalog.resolve(model)

    answer = run(work)
    key = answer.api_key.get_secret_value() if show_key and answer.api_key is not None else None
    value = jsonable(answer) | {"api_key": key}
    emit(value, resolution_block(answer, key=(key or "none needed") if show_key else None))
