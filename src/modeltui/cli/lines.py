"""The commands of `modeltui models` that change one line of a priority list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Protocol, TypeAlias
from uuid import UUID

import typer

import modeltui
from modeltui.cli.impact import show_asked, show_impact
from modeltui.cli.invocation import UsageProblem
from modeltui.cli.options import EPILOG, DryRun, ModelArgument, ModelArguments, ProviderArgument, noun
from modeltui.cli.output import emit
from modeltui.cli.places import attaching_place, index_of, line_of, moving_place
from modeltui.cli.runner import run
from modeltui.cli.several import Picked, change_models, ids, line_provider, models_named, picked
from modeltui.cli.text import model_block
from modeltui.domain.impact import with_own_ids
from modeltui.domain.records import Rows
from modeltui.tui.presentation.badges import counted

app = noun("The lines of a model's priority list.")

Order = Sequence[UUID | str]


class Write(Protocol):
    """A change of a list, guarded by what was seen before it."""

    def __call__(self, *, version: int, impact: modeltui.Impact) -> Awaitable[modeltui.ModelRow]: ...  # noqa: D102


# In quotes, because evaluating it would import the services before they are needed.
Plan: TypeAlias = "Callable[[modeltui.Catalog, modeltui.ModelRow], tuple[str, Order, Write]]"


@app.command("attach", epilog=EPILOG)
def attach(
    models: ModelArguments,
    provider: ProviderArgument,
    to: Annotated[str, typer.Option("--to", metavar="N|first|last", help="The place, counted from 1.")] = "last",
    upstream_model: Annotated[
        str | None, typer.Option("--upstream-model", metavar="M", help="This provider's own id for the model.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Add a provider, named last, to the priority lists of one or more models: of all, or of none."""
    wanted = attaching_place(to)
    if len(models) > 1:
        if wanted.word == "number" or upstream_model is not None:
            raise UsageProblem("with several models give no own upstream id, and --to first or --to last")
        _attach_several(models, provider, at_top=wanted.word == "first", dry_run=dry_run)
        return
    (model,) = models

    def plan(catalog: modeltui.Catalog, row: modeltui.ModelRow) -> tuple[str, Order, Write]:
        order: list[UUID | str] = [line.provider_config_id for line in row.provider_configs]
        at = index_of(wanted, row, row.provider_configs)
        order.insert(at, provider)
        return (
            f"attaching {provider} to {row.name}",
            order,
            lambda **seen: catalog.models.attach(row.id, provider, at, upstream_model, **seen),
        )

    _change(model, plan, dry_run=dry_run, takes_away=False)


@app.command("detach", epilog=EPILOG)
def detach(models: ModelArguments, provider: ProviderArgument, dry_run: DryRun = False) -> None:
    """Take a provider, named last, out of the lists of one or more models: of all, or of none. The last one stays."""
    if len(models) > 1:
        _detach_several(models, provider, dry_run=dry_run)
        return
    (model,) = models

    def plan(catalog: modeltui.Catalog, row: modeltui.ModelRow) -> tuple[str, Order, Write]:
        gone = line_of(row, provider)
        order = [line.provider_config_id for line in row.provider_configs if line is not gone]
        return (
            f"detaching {gone.name} from {row.name}",
            order,
            lambda **seen: catalog.models.detach(row.id, gone.provider_config_id, **seen),
        )

    _change(model, plan, dry_run=dry_run, takes_away=True)


@app.command("swap", epilog=EPILOG)
def swap(
    models: ModelArguments,
    old: Annotated[str, typer.Option("--from", metavar="A", help="The provider that goes; each model must have it.")],
    new: Annotated[str, typer.Option("--to", metavar="B", help="The provider that takes its place.")],
    dry_run: DryRun = False,
) -> None:
    """Put one provider at the place of another in the lists of one or more models: of all, or of none.

    Where the new one is in the list already, it takes the better of the two places. The old one's own upstream
    id is dropped.
    """

    def pick(rows: Rows) -> Picked:
        found = models_named(rows, models)
        change = modeltui.SwapProvider(ids(found), line_provider(rows, old), line_provider(rows, new))
        return picked(change, found)

    what = f"swapping {old} for {new} in {counted(len(models), 'model')}"
    change_models(pick, what, dry_run=dry_run, takes_away=True)


@app.command("move", epilog=EPILOG)
def move(
    model: ModelArgument,
    provider: ProviderArgument,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="N|first|last|before:P|after:P",
            help="The place, counted from 1, or beside another provider.",
        ),
    ],
    dry_run: DryRun = False,
) -> None:
    """Move a provider to another place in a model's priority list."""
    wanted = moving_place(to)

    def plan(catalog: modeltui.Catalog, row: modeltui.ModelRow) -> tuple[str, Order, Write]:
        moving = line_of(row, provider)
        others = [line for line in row.provider_configs if line is not moving]
        place = index_of(wanted, row, others)
        order = [line.provider_config_id for line in others]
        order.insert(place, moving.provider_config_id)
        return (
            f"moving {moving.name} to place {place + 1} of {row.name}",
            order,
            lambda **seen: catalog.models.move(row.id, moving.provider_config_id, place, **seen),
        )

    _change(model, plan, dry_run=dry_run, takes_away=False)


@app.command("upstream", epilog=EPILOG)
def upstream(
    model: ModelArgument,
    provider: ProviderArgument,
    own: Annotated[str | None, typer.Argument(metavar="[MODEL]", help="This provider's own id for the model.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Go back to the model's upstream id.")] = False,
) -> None:
    """Give a line its own upstream id, such as an Azure deployment's name."""
    if (own is None) == (not clear):
        raise UsageProblem("give the provider's own id for the model, or --clear")

    async def work(catalog: modeltui.Catalog) -> modeltui.ModelRow:
        row = await catalog.models.get(model)
        line = line_of(row, provider)
        show_asked(row, with_own_ids(row, {line.provider_config_id: own}))
        return await catalog.models.set_upstream_model(row.id, line.provider_config_id, own, version=row.version)

    saved = run(work)
    emit(saved, model_block(saved))


def _attach_several(names: Sequence[str], provider: str, *, at_top: bool, dry_run: bool) -> None:
    def pick(rows: Rows) -> Picked:
        models = models_named(rows, names)
        return picked(modeltui.AttachProvider(ids(models), line_provider(rows, provider), at_top), models)

    change_models(pick, f"attaching {provider} to {len(names)} models", dry_run=dry_run, takes_away=False)


def _detach_several(names: Sequence[str], provider: str, *, dry_run: bool) -> None:
    def pick(rows: Rows) -> Picked:
        models = models_named(rows, names)
        return picked(modeltui.DetachProvider(ids(models), line_provider(rows, provider)), models)

    change_models(pick, f"detaching {provider} from {len(names)} models", dry_run=dry_run, takes_away=True)


def _change(model: str, plan: Plan, *, dry_run: bool, takes_away: bool) -> None:
    """Shows what a new list would do to traffic, then saves it; refused if either changed in between."""

    async def work(catalog: modeltui.Catalog) -> modeltui.ModelRow | None:
        row = await catalog.models.get(model)
        what, order, write = plan(catalog, row)
        impact = await catalog.models.impact_of_lines(row.id, order)
        show_impact(what, impact, dry_run=dry_run, always=takes_away)
        return None if dry_run else await write(version=row.version, impact=impact)

    saved = run(work)
    if saved is not None:
        emit(saved, model_block(saved))
