"""`modeltui providers`: accounts and endpoints, and their keys."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

import modeltui
from modeltui.cli.impact import impact_lines, show_impact
from modeltui.cli.invocation import UsageProblem
from modeltui.cli.options import EPILOG, DryRun, ProviderArguments, Yes, noun
from modeltui.cli.output import emit, say
from modeltui.cli.runner import confirm, require_consent, run
from modeltui.cli.several import Picked, ask_and_change, change_providers, ids, only_for_one, picked, providers_named
from modeltui.cli.text import provider_block, provider_table
from modeltui.domain.families import Family
from modeltui.domain.records import Rows
from modeltui.errors import NotFound
from modeltui.tui.presentation.text import clean

app = noun("Providers: accounts and endpoints, and their keys.")

KeyStdin = Annotated[
    bool, typer.Option("--api-key-stdin", help="Read the API key from stdin, one line; a terminal asks without echo.")
]
KeyEnv = Annotated[
    str | None, typer.Option("--api-key-env", metavar="VAR", help="The key is in this environment variable.")
]
KeyFile = Annotated[
    str | None, typer.Option("--api-key-file", metavar="PATH", help="The key is in this file (absolute path).")
]
KeyAmbient = Annotated[
    bool, typer.Option("--ambient", help="No key is needed: a local server, or cloud credentials of the host.")
]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="The endpoint; without it the family's own.")
]

# Far above the longest key: what is longer is refused by its length, but never read without end.
_STDIN_LIMIT = 65_536


@app.command("list", epilog=EPILOG)
def list_providers() -> None:
    """List all providers with their keys and what hangs on them."""
    rows = run(lambda catalog: catalog.providers.list())
    emit(rows, provider_table(rows))


@app.command("show", epilog=EPILOG)
def show(provider: Annotated[str, typer.Argument(metavar="NAME", help="The provider's name or id.")]) -> None:
    """Show one provider."""
    row = run(lambda catalog: catalog.providers.get(provider))
    emit(row, provider_block(row))


@app.command("add", epilog=EPILOG)
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A new name, 1 to 64 characters.")],
    family: Annotated[Family, typer.Option("--family", help="The kind of provider.")],
    base_url: BaseUrl = None,
    api_key_stdin: KeyStdin = False,
    api_key_env: KeyEnv = None,
    api_key_file: KeyFile = None,
    ambient: KeyAmbient = False,
    disabled: Annotated[bool, typer.Option("--disabled", help="Add it turned off.")] = False,
) -> None:
    """Add a provider. API keys never stand in arguments."""
    key = _key_given(api_key_stdin, api_key_env, api_key_file, ambient)
    new = modeltui.ProviderCreate(family=family, name=name, base_url=base_url, enabled=not disabled, **key)
    row = run(lambda catalog: catalog.providers.create(new))
    emit(row, provider_block(row))


@app.command("edit", epilog=EPILOG)
def edit(
    providers: ProviderArguments,
    name: Annotated[str | None, typer.Option("--name", metavar="N", help="A new name.")] = None,
    base_url: BaseUrl = None,
    no_base_url: Annotated[bool, typer.Option("--no-base-url", help="Go back to the family's own endpoint.")] = False,
    api_key_stdin: KeyStdin = False,
    api_key_env: KeyEnv = None,
    api_key_file: KeyFile = None,
    ambient: KeyAmbient = False,
    clear_api_key: Annotated[bool, typer.Option("--clear-api-key", help="Take the key away.")] = False,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable", help="Turn it on or off.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Change a provider; what is not given stays as it is.

    Several can be turned on or off at once: all of them, or none.
    """
    if no_base_url and base_url is not None:
        raise UsageProblem("give either --base-url or --no-base-url")
    if len(providers) > 1:
        only_for_one(
            {
                "--name": name,
                "--base-url": base_url,
                "--no-base-url": no_base_url,
                "--api-key-stdin": api_key_stdin,
                "--api-key-env": api_key_env,
                "--api-key-file": api_key_file,
                "--ambient": ambient,
                "--clear-api-key": clear_api_key,
            },
            "--enable or --disable",
        )
        _turn(providers, enabled, dry_run=dry_run)
        return
    (provider,) = providers
    given: dict[str, Any] = {"name": name, "base_url": base_url, "enabled": enabled}
    changes = {field: value for field, value in given.items() if value is not None}
    changes |= {"base_url": None} if no_base_url else {}
    changes |= _key_given(api_key_stdin, api_key_env, api_key_file, ambient, clear=clear_api_key)
    if not changes:
        raise UsageProblem("nothing to change; say what with --name, --base-url, a key, --enable or --disable")
    update = modeltui.ProviderUpdate(**changes)

    async def work(catalog: modeltui.Catalog) -> modeltui.ProviderRow | None:
        row = await catalog.providers.get(provider)
        impact = await catalog.providers.impact_of_updating(row.id, update)
        takes_away = enabled is False or clear_api_key
        show_impact(f"changing {row.name}", impact, dry_run=dry_run, always=takes_away)
        if dry_run:
            return None
        return await catalog.providers.update(row.id, update, version=row.version, impact=impact)

    saved = run(work)
    if saved is not None:
        emit(saved, provider_block(saved))


def _turn(names: Sequence[str], enabled: bool | None, *, dry_run: bool) -> None:
    """Turns several providers on or off."""
    if enabled is None:
        raise UsageProblem("nothing to change; with several names give --enable or --disable")

    def pick(rows: Rows) -> Picked:
        providers = providers_named(rows, names)
        return picked(modeltui.TurnProviders(ids(providers), enabled), providers)

    what = f"turning {len(names)} providers {'on' if enabled else 'off'}"
    change_providers(pick, what, dry_run=dry_run, takes_away=not enabled)


@app.command("last-resort", epilog=EPILOG)
def last_resort(providers: ProviderArguments, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Move providers to the bottom of every priority list that they are in."""

    def pick(rows: Rows) -> Picked:
        found = providers_named(rows, providers)
        return picked(modeltui.LastResort(ids(found)), found)

    names = ", ".join(map(clean, providers))
    done = f"{names}: last in every list"
    what, question = f"making {names} the last resort", f"Move {names} to the bottom of every list?"
    ask_and_change(pick, what, question, done, yes=yes, dry_run=dry_run)


@app.command("delete", epilog=EPILOG)
def delete(providers: ProviderArguments, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Delete providers and their lines, all or none; models that have no other line are deleted too."""
    if len(providers) > 1:
        _delete_several(providers, yes=yes, dry_run=dry_run)
        return
    (provider,) = providers
    require_consent(yes=yes, dry_run=dry_run)

    async def look(catalog: modeltui.Catalog) -> tuple[modeltui.ProviderRow, modeltui.Impact]:
        row = await catalog.providers.get(provider)
        return row, await catalog.providers.impact_of_deleting(row.id)

    row, impact = run(look)
    what = f"deleting provider {row.name}"
    if not yes and not dry_run:
        for line in impact_lines(what, impact):
            say(line, sys.stderr)
        confirm(f"Delete provider {row.name}?")
    else:
        show_impact(what, impact, dry_run=dry_run)
    if dry_run:
        return

    async def work(catalog: modeltui.Catalog) -> modeltui.Impact:
        try:
            return await catalog.providers.delete(row.id, version=row.version, impact=impact)
        except NotFound:
            # By its id, which nobody typed.
            raise NotFound("provider", row.name, f"provider {row.name} was deleted meanwhile") from None

    happened = run(work)
    emit(happened, [f"deleted provider {row.name}"])


def _delete_several(names: Sequence[str], *, yes: bool, dry_run: bool) -> None:
    def pick(rows: Rows) -> Picked:
        providers = providers_named(rows, names)
        return picked(modeltui.DeleteProviders(ids(providers)), providers)

    what, question = f"deleting {len(names)} providers", f"Delete {len(names)} providers?"
    ask_and_change(pick, what, question, f"deleted {len(names)} providers", yes=yes, dry_run=dry_run)


def _key_given(
    stdin: bool, variable: str | None, path: str | None, ambient: bool, *, clear: bool = False
) -> dict[str, Any]:
    """The credential that the options give, under its field's name; nothing where they give none."""
    if sum((stdin, variable is not None, path is not None, ambient, clear)) > 1:
        raise UsageProblem("give at most one of the options for the API key")
    if stdin:
        return {"credential": _stored_key()}
    if variable is not None:
        return {"credential": modeltui.EnvKey(variable)}
    if path is not None:
        return {"credential": modeltui.FileKey(path)}
    if ambient:
        return {"credential": modeltui.Ambient()}
    return {"credential": None} if clear else {}


def _stored_key() -> modeltui.StoredKey:
    """One line of stdin; at a terminal it is asked for and not shown."""
    if sys.stdin.isatty():
        return modeltui.StoredKey(getpass.getpass("API key (not shown): ", stream=sys.stderr))
    return modeltui.StoredKey(sys.stdin.buffer.readline(_STDIN_LIMIT).decode("utf-8", "surrogateescape"))
