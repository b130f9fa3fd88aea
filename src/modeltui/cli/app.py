"""The command line's root: options of the whole program, exit codes, and how a failure is said.

Exit codes: 0 done, 1 refused, 2 wrong usage, 3 no usable provider, 4 a model would go dark, 130 interrupted,
141 nobody reads.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from modeltui.cli import db, doctor, keys, lines, models, providers, resolve, show_settings, what_if
from modeltui.cli.impact import impact_lines
from modeltui.cli.invocation import Declined, UsageProblem, WrongSetting, begin, current, hoisted, use_glyphs
from modeltui.cli.options import EPILOG
from modeltui.cli.output import NobodyReads, emit, note, report
from modeltui.cli.screens import REFUSED, WRONG_USAGE, open_demo, open_screens
from modeltui.cli.text import verdict_table
from modeltui.errors import CatalogError, NoUsableProvider, StaleVersion
from modeltui.settings import THEMES

DONE, NOWHERE, INTERRUPTED, NOBODY_READS = 0, 3, 130, 141

ABOUT = """The terminal control room for LLM model routing: which provider serves which model, and in what order the
fallbacks stand. Without a command it opens the screens."""

app = typer.Typer(
    name="modeltui",
    help=ABOUT,
    epilog=EPILOG,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; gives the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A sign that the terminal's encoding hasn't must not stop the answer.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except (BrokenPipeError, NobodyReads):
        # What is still buffered would fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(arguments: Sequence[str]) -> int:
    begin(json="--json" in arguments)
    use_glyphs("--ascii" in arguments)
    try:
        front, rest = hoisted(arguments)
        begin(json="--json" in front)
        result = app([*front, *rest], prog_name="modeltui", standalone_mode=False)
        return result if isinstance(result, int) else DONE
    except CatalogError as error:
        report(error)
        _say_more(error)
        return _exit_code(error)
    except Declined:
        note(["modeltui: nothing was changed"])
        return REFUSED
    except typer.Abort:
        return INTERRUPTED
    except typer.TyperException as error:
        report(_usage_problem(error))
        return WRONG_USAGE


def _usage_problem(error: typer.TyperException) -> UsageProblem:
    """The library's complaint as one of ours, with the help that would answer it."""
    message = error.format_message().replace("Value error, ", "").rstrip(".")
    command = getattr(getattr(error, "ctx", None), "command_path", "modeltui")
    return UsageProblem(f"{message}; see: {command} --help")


def _exit_code(error: CatalogError) -> int:
    if isinstance(error, NoUsableProvider):
        return NOWHERE
    return WRONG_USAGE if isinstance(error, UsageProblem | WrongSetting) else REFUSED


def _say_more(error: CatalogError) -> None:
    """The details that a person needs next; JSON has them among the error's attributes."""
    if isinstance(error, NoUsableProvider):
        note(verdict_table(error.lines))
    elif isinstance(error, StaleVersion) and error.impact is not None:
        note(impact_lines("now it would be", error.impact))


def _print_version(asked: bool) -> None:
    if asked:
        import importlib.metadata

        version = importlib.metadata.version("modeltui")
        emit({"version": version}, [f"modeltui {version}"])
        raise typer.Exit


Option = typer.Option


@app.callback()
def root(
    context: typer.Context,
    catalog: Annotated[
        str | None, Option("--catalog", "-c", metavar="NAME", help="A catalog that config.toml names.")
    ] = None,
    database: Annotated[str | None, Option(metavar="URL", help="The database, such as sqlite:///catalog.db.")] = None,
    secret_key_file: Annotated[str | None, Option(metavar="PATH", help="The file with the secret key.")] = None,
    read_only: Annotated[bool, Option("--read-only", help="Change nothing and open no stored API key.")] = False,
    theme: Annotated[str | None, Option(metavar="NAME", help=f"One of {', '.join(THEMES)}.")] = None,
    ascii_only: Annotated[bool, Option("--ascii", help="Draw with ASCII signs only.")] = False,
    no_mouse: Annotated[bool, Option("--no-mouse", help="Leave the mouse to the terminal.")] = False,
    label: Annotated[str | None, Option(metavar="TEXT", help="What this catalog is called, such as PROD.")] = None,
    log_file: Annotated[str | None, Option(metavar="PATH", help="Write a log there; it never holds secrets.")] = None,
    json: Annotated[bool, Option("--json", help="Print what programs read, errors too.")] = False,
    version: Annotated[
        bool, Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    """Takes the options of the whole program."""
    flags = {
        "catalog": catalog,
        "database": database,
        "secret_key_file": secret_key_file,
        "read_only": read_only,
        "theme": theme,
        "ascii": ascii_only,
        "no_mouse": no_mouse,
        "label": label,
        "log_file": log_file,
    }
    current().flags.update(flags)
    if context.invoked_subcommand is None:
        if json:
            raise UsageProblem("the screens speak no JSON; give a command, such as: modeltui models list --json")
        raise typer.Exit(open_screens(flags))


@app.command("demo", epilog=EPILOG)
def demo() -> None:
    """Open the screens on a throw-away catalog that shows every state, and leave nothing behind."""
    raise typer.Exit(open_demo(current().flags))


app.command("resolve", epilog=EPILOG)(resolve.resolve)
app.command("doctor", epilog=EPILOG)(doctor.doctor)
app.command("what-if", epilog=EPILOG)(what_if.what_if)
app.command("settings", epilog=EPILOG)(show_settings.settings)
app.command("keys", epilog=EPILOG)(keys.keys)
app.add_typer(providers.app, name="providers")
models.app.add_typer(lines.app)  # without a name: its commands join those of models
app.add_typer(models.app, name="models")
app.add_typer(db.app, name="db")
