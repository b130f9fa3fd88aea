"""`modeltui models`: what callers ask for, and the providers that serve it in order."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

import modeltui
from modeltui.cli.impact import impact_lines, show_asked, show_impact
from modeltui.cli.invocation import UsageProblem
from modeltui.cli.options import EPILOG, DryRun, ModelArgument, ModelArguments, ProviderList, Yes, noun
from modeltui.cli.output import emit, say
from modeltui.cli.runner import confirm, require_consent, run
from modeltui.cli.several import Picked, ask_and_change, change_models, ids, models_named, only_for_one, picked
from modeltui.cli.text import model_block, model_table
from modeltui.domain.records import Rows
from modeltui.domain.text import parse_tokens

app = noun("Models: what callers ask for, and the providers that serve it in order.")


def _tokens(text: str) -> int:
    """Raises UsageProblem for what spells no number of tokens."""
    count = parse_tokens(text)
    if count is None:
        raise UsageProblem(
            f"--context-limit {text}: this is no number of tokens; write one such as 128000, 128k or 1.05M"
        )
    return count


ContextLimit = typer.Option("--context-limit", metavar="N", parser=_tokens, help="Tokens, such as 128000 or 128k.")
Threshold = Annotated[
    int | None, typer.Option("--compression-threshold", metavar="N", help="Percent, 0 to 100; 70 unless given.")
]
Options = Annotated[
    str | None, typer.Option("--options", metavar="JSON", help="All options as one JSON object; replaces them all.")
]


@app.command("list", epilog=EPILOG)
def list_models(
    everything: Annotated[bool, typer.Option("--all", help="Deleted ones too.")] = False,
    available: Annotated[bool, typer.Option("--available", help="Only what callers may ask for now.")] = False,
) -> None:
    """List the models and where their requests go."""
    if everything and available:
        raise UsageProblem("give either --all or --available")
    rows = run(
        lambda catalog: catalog.models.available() if available else catalog.models.list(include_deleted=everything)
    )
    emit(rows, model_table(rows))


@app.command("show", epilog=EPILOG)
def show(model: ModelArgument) -> None:
    """Show one model and its priority list; a deleted one by its id."""
    row = run(lambda catalog: catalog.models.get(model))
    emit(row, model_block(row))


@app.command("add", epilog=EPILOG)
def add(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="The upstream id, what the providers call it.")],
    context_limit: Annotated[int, ContextLimit],
    provider: ProviderList = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="N", help="What callers ask for; the upstream id unless given.")
    ] = None,
    compression_threshold: Threshold = None,
    options: Options = None,
    default: Annotated[bool, typer.Option("--default", help="Make it the default model.")] = False,
    disabled: Annotated[bool, typer.Option("--disabled", help="Add it turned off.")] = False,
) -> None:
    """Add a model with its providers in order; its family is that of the first one."""
    given: dict[str, Any] = {"name": name, "compression_threshold": compression_threshold, "options": _parsed(options)}
    new = modeltui.ModelCreate(
        model=model,
        context_limit=context_limit,
        provider_config_ids=provider or [],
        is_default=default,
        enabled=not disabled,
        **{field: value for field, value in given.items() if value is not None},
    )
    row = run(lambda catalog: catalog.models.create(new))
    emit(row, model_block(row))


@app.command("edit", epilog=EPILOG)
def edit(
    models: ModelArguments,
    name: Annotated[str | None, typer.Option("--name", metavar="N", help="What callers ask for.")] = None,
    upstream: Annotated[str | None, typer.Option("--model", metavar="M", help="The upstream id.")] = None,
    provider: ProviderList = None,
    context_limit: Annotated[int | None, ContextLimit] = None,
    compression_threshold: Threshold = None,
    options: Options = None,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable", help="Turn it on or off.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Change a model; what is not given stays, a list of providers replaces the whole list.

    Several can be turned on or off at once: all of them, or none.
    """
    given: dict[str, Any] = {
        "name": name,
        "model": upstream,
        "provider_config_ids": provider or None,
        "context_limit": context_limit,
        "compression_threshold": compression_threshold,
        "options": _parsed(options),
        "enabled": enabled,
    }
    changes = {field: value for field, value in given.items() if value is not None}
    if not changes:
        raise UsageProblem("nothing to change; say what with --name, --model, --provider, --enable or another option")
    if len(models) > 1:
        only_for_one(
            {
                "--name": name,
                "--model": upstream,
                "--provider": provider,
                "--context-limit": context_limit,
                "--compression-threshold": compression_threshold,
                "--options": options,
            },
            "--enable or --disable",
        )
        _turn(models, enabled is True, dry_run=dry_run)
        return
    (model,) = models
    update = modeltui.ModelUpdate(**changes)

    async def work(catalog: modeltui.Catalog) -> modeltui.ModelRow | None:
        row = await catalog.models.get(model)
        impact = await catalog.models.impact_of_updating(row.id, update)
        takes_away = enabled is False or bool(provider)
        show_impact(f"changing {row.name}", impact, dry_run=dry_run, always=takes_away)
        if impact.harmless and enabled is not False:
            show_asked(row, replace(row, model=upstream or row.model))
        if dry_run:
            return None
        return await catalog.models.update(row.id, update, version=row.version, impact=impact)

    saved = run(work)
    if saved is not None:
        emit(saved, model_block(saved))


def _turn(names: Sequence[str], enabled: bool, *, dry_run: bool) -> None:
    """Turns several models on or off."""

    def pick(rows: Rows) -> Picked:
        models = models_named(rows, names)
        return picked(modeltui.TurnModels(ids(models), enabled), models)

    what = f"turning {len(names)} models {'on' if enabled else 'off'}"
    change_models(pick, what, dry_run=dry_run, takes_away=not enabled)


@app.command("delete", epilog=EPILOG)
def delete(models: ModelArguments, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Delete models, all of them or none; they can be restored."""
    if len(models) > 1:
        _delete_several(models, yes=yes, dry_run=dry_run)
        return
    (model,) = models
    require_consent(yes=yes, dry_run=dry_run)

    async def look(catalog: modeltui.Catalog) -> tuple[modeltui.ModelRow, modeltui.Impact]:
        row = await catalog.models.get(model)
        return row, await catalog.models.impact_of_deleting(row.id)

    row, impact = run(look)
    what = f"deleting model {row.name}"
    if not yes and not dry_run:
        for line in impact_lines(what, impact):
            say(line, sys.stderr)
        confirm(f"Delete model {row.name}?")
    else:
        show_impact(what, impact, dry_run=dry_run)
    if dry_run:
        return
    happened = run(lambda catalog: catalog.models.delete(row.id, version=row.version, impact=impact))
    emit(happened, [f"deleted model {row.name}; bring it back with: modeltui models restore {row.id}"])


def _delete_several(names: Sequence[str], *, yes: bool, dry_run: bool) -> None:
    def pick(rows: Rows) -> Picked:
        models = models_named(rows, names)
        return picked(modeltui.DeleteModels(ids(models)), models)

    done = f"deleted {len(names)} models; bring one back with: modeltui models restore NAME"
    question = f"Delete {len(names)} models?"
    ask_and_change(pick, f"deleting {len(names)} models", question, done, yes=yes, dry_run=dry_run)


@app.command("restore", epilog=EPILOG)
def restore(
    model: Annotated[str, typer.Argument(metavar="NAME", help="Its id, or its name: the one deleted last.")],
    provider: ProviderList = None,
) -> None:
    """Bring a deleted model back; providers given replace its list."""
    row = run(lambda catalog: catalog.models.restore(model, provider or None))
    emit(row, model_block(row))


@app.command("set-default", epilog=EPILOG)
def set_default(
    model: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The model's name or id.")] = None,
    none: Annotated[bool, typer.Option("--none", help="Take the mark away: there is no default.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Say which model serves requests that name none."""
    if (model is None) == (not none):
        raise UsageProblem("give a model's name, or --none")

    async def work(catalog: modeltui.Catalog) -> modeltui.ModelRow | None:
        impact = await catalog.models.impact_of_setting_default(model)
        show_impact("setting the default model", impact, dry_run=dry_run, always=none)
        if dry_run:
            return None
        return await catalog.models.set_default(model, impact=impact)

    saved = run(work)
    if not dry_run:
        emit(saved, ["there was no default model"] if saved is None else model_block(saved))


def _parsed(options: str | None) -> dict[str, Any] | None:
    """The options from their JSON text. Raises ValidationError."""
    if options is None:
        return None
    from modeltui.domain.options import parse_options

    return parse_options(options)
