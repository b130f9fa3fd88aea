"""The program as a whole: what it imports, options in every place, settings, completion, secrets in arguments."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from modeltui.cli.invocation import UsageProblem, hoisted
from tests.cli.shell import APAC_KEY, SQLITE_ONLY, US_KEY, Shell, SqliteShell
from tests.support.processes import environment_with, modeltui_argv, run_modeltui, run_program

HEAVY = {"textual", "sqlalchemy", "sqlmodel", "alembic", "aiosqlite", "cryptography"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["models", "move", "--help"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    """They answer at once, without the screens, the database or cryptography."""
    done = run_program([sys.executable, "-X", "importtime", *modeltui_argv(*arguments)[1:]])
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.err.splitlines()}
    assert done.code == 0
    assert "typer" in imported
    assert not imported & HEAVY


def test_resolving_loads_no_screens(shell: Shell) -> None:
    done = run_program(
        [sys.executable, "-X", "importtime", *modeltui_argv("resolve", "gpt-5")[1:]],
        env=shell.environ | {"MODELTUI_DATABASE_URL": shell.url},
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.err.splitlines()}
    assert done.code == 0
    assert "sqlalchemy" in imported
    assert "textual" not in imported


def test_help_names_every_command() -> None:
    """Also the options of the whole program; markup in a help text is text."""
    shown = run_modeltui("--help").out
    for word in (
        "providers",
        "models",
        "resolve",
        "db",
        "settings",
        "keys",
        "demo",
        "--version",
        "--install-completion",
    ):
        assert word in shown
    assert re.fullmatch(r"modeltui \d+\.\d+\.\d+\n", run_modeltui("--version").out)


@SQLITE_ONLY
def test_without_a_terminal_there_are_no_screens(bare: SqliteShell) -> None:
    """Bare, with options only, and the demo: exit code 2 and one line; a wrong setting is said first."""
    for arguments in ((), ("--theme", "light"), ("demo",)):
        finished = bare(*arguments)
        assert (finished.code, finished.out) == (2, "")
        assert "terminal" in finished.err
    assert "MODELTUI_THEME" in bare(env={"MODELTUI_THEME": "nonsense"}).err
    assert not bare.path.exists()


def test_options_of_the_whole_program_are_hoisted() -> None:
    """They may stand anywhere before a `--`, with a blank or an equals sign."""
    assert hoisted(["models", "list", "--theme", "light", "--json"]) == (
        ["--theme=light", "--json"],
        ["models", "list"],
    )
    assert hoisted(["--database=x", "resolve", "--ascii", "m"]) == (["--database=x", "--ascii"], ["resolve", "m"])
    assert hoisted(["models", "show", "--", "--json"]) == ([], ["models", "show", "--", "--json"])
    assert hoisted(["models", "show", "--jsonx"]) == ([], ["models", "show", "--jsonx"])
    with pytest.raises(UsageProblem, match="--label needs a value"):
        hoisted(["models", "list", "--label"])


def test_options_before_and_after_the_command(shell: Shell) -> None:
    """Both reach the same database; a name that looks like an option goes after `--`."""
    url = {"MODELTUI_DATABASE_URL": None}
    before = shell.quick("--database", shell.url, "--json", "models", "list", env=url)
    after = shell.quick("models", "list", "--json", f"--database={shell.url}", env=url)
    assert len(before.json) == 4
    assert before.out == after.out
    assert shell.quick("models", "show", "--", "--json", code=1).err.startswith("modeltui: no model named --json")


@SQLITE_ONLY
def test_completion_answers_the_shell(bare: Shell) -> None:
    """A shell asks through a variable, without arguments; that opens no screens."""
    asked = {"_MODELTUI_COMPLETE": "complete_bash", "COMP_WORDS": "modeltui mod", "COMP_CWORD": "1"}
    assert bare.done(env=asked).lines == ["models"]


def test_no_secret_in_any_output(shell: Shell) -> None:
    """No command but `resolve --show-key` prints a stored key; none prints the secret key."""
    secrets = (US_KEY, APAC_KEY, shell.environ["MODELTUI_SECRET_KEY"])
    for arguments in (
        ("providers", "list"),
        ("providers", "show", "openai-us"),
        ("providers", "edit", "openai-us", "--disable", "--dry-run"),
        ("providers", "edit", "openai-us", "--name", "vllm"),
        ("models", "list"),
        ("models", "show", "gpt-5"),
        ("resolve", "gpt-5"),
        ("resolve", "gpt-5", "--explain"),
        ("settings",),
        ("db", "current"),
    ):
        for form in ((), ("--json",)):
            printed = shell.quick(*arguments, *form, code=None)
            assert not any(secret in printed.out + printed.err for secret in secrets), arguments
    if isinstance(shell, SqliteShell):
        assert US_KEY.encode() not in shell.path.read_bytes()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
@SQLITE_ONLY
def test_a_key_on_stdin_is_in_no_argument_or_variable(shell: Shell) -> None:
    """While the program waits for the key, nobody else sees anything; afterwards it is stored."""
    command = subprocess.Popen(
        modeltui_argv("providers", "edit", "openai-us", "--api-key-stdin"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment_with(shell.environ),
    )
    assert command.stdin is not None
    command.stdin.write(b"sk-piped-secret\n")
    command.stdin.flush()
    for name in ("cmdline", "environ"):
        assert b"sk-piped" not in Path(f"/proc/{command.pid}/{name}").read_bytes()
    out, _ = command.communicate()
    assert command.returncode == 0
    assert b"sk-piped" not in out
    assert shell.quick("resolve", "gpt-5-mini", "--show-key", "--json").json["api_key"] == "sk-piped-secret"
