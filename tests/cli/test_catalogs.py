"""Catalogs by name from config.toml, on every command; and what the program says of names that aren't there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.shell import SQLITE_ONLY, Shell
from tests.support.processes import modeltui_argv
from tests.support.terminal import Terminal

UNSET = {"MODELTUI_DATABASE_URL": None}

pytestmark = SQLITE_ONLY


@pytest.fixture
def named(shell: Shell) -> Shell:
    """A small catalog that config.toml calls prod, beside one that isn't there."""
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "modeltui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        f'[catalogs.prod]\ndatabase = "{shell.url}"\nlabel = "PROD"\nlabel_color = "red"\n'
        f'[catalogs.audit]\ndatabase = "{shell.url}"\nread_only = true\n'
        f'[catalogs.lab]\ndatabase = "sqlite:///{shell.path.parent}/lab.db"\n',
        encoding="utf-8",
    )
    return shell


@pytest.mark.parametrize(
    "arguments",
    [
        ("-c", "prod", "models", "list"),
        ("models", "list", "-c", "prod"),
        ("models", "--catalog", "prod", "list"),
        ("models", "list", "--catalog=prod"),
        ("-cprod", "models", "list"),
    ],
)
def test_before_and_after_every_command(named: Shell, arguments: tuple[str, ...]) -> None:
    listed = named.quick(*arguments, "--json", env=UNSET)
    assert [row["name"] for row in listed.json] == ["gpt-4o", "gpt-5", "gpt-5-mini", "llama"]


def test_by_a_variable(named: Shell) -> None:
    chosen = UNSET | {"MODELTUI_CATALOG": "prod"}
    assert named.done("db", "path", env=chosen).lines == [str(named.path)]
    assert named.quick("db", "path", "-c", "lab", env=chosen).lines == [str(named.path.parent / "lab.db")]


def test_what_is_asked_for_by_name_opens_whatever_the_variables_say(named: Shell) -> None:
    other = {"MODELTUI_DATABASE_URL": "sqlite:////nowhere/x.db"}
    assert named.quick("db", "path", "-c", "prod", env=other).lines == [str(named.path)]


@pytest.mark.parametrize("command", [("models", "list"), ("settings",), ()])
def test_an_unknown_one_names_those_there_are(named: Shell, command: tuple[str, ...]) -> None:
    refused = named.quick(*command, "-c", "prd", env=UNSET, code=2)
    assert refused.err.endswith("names no catalog prd; it names prod, audit, lab\n")
    assert len(refused.err.splitlines()) == 1


def test_only_the_default_catalog_is_made_on_first_use(named: Shell) -> None:
    refused = named.quick("models", "list", "-c", "lab", "--json", env=UNSET, code=1)
    assert refused.error["message"] == f"no database at {named.path.parent}/lab.db; make one with: modeltui db create"
    assert named.quick("db", "create", "-c", "lab", env=UNSET).lines == [f"made {named.path.parent}/lab.db"]


def test_a_read_only_one_says_what_makes_it_so(named: Shell) -> None:
    refused = named.quick("providers", "edit", "vllm", "--disable", "-c", "audit", env=UNSET, code=1)
    assert refused.err.endswith("\nmodeltui: nothing can be changed here: config.toml [catalogs.audit] says so\n")
    for extra, env, words in (
        (("--read-only",), {}, "--read-only was given"),
        ((), {"MODELTUI_READ_ONLY": "1"}, "MODELTUI_READ_ONLY is set"),
    ):
        refused = named.quick("providers", "edit", "vllm", "--disable", *extra, env=env, code=1)
        assert refused.err.endswith(f"\nmodeltui: nothing can be changed here: {words}\n")


def test_settings_shows_where_each_value_came_from_and_lists_them(named: Shell) -> None:
    shown = named.done("settings", "-c", "prod", env=UNSET)
    table, _, catalogs = shown.out.partition("\n\n")
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in table.splitlines()}
    assert rows["catalog"] == "prod flag --catalog"
    assert rows["label"] == "PROD file config.toml [catalogs.prod]"
    assert rows["database"].endswith("file config.toml [catalogs.prod]")
    assert [line.split()[:2] for line in catalogs.splitlines()] == [
        ["CATALOG", "LABEL"],
        ["*", "prod"],
        ["audit", "audit"],
        ["lab", "lab"],
    ]
    listed = named.quick("settings", "--json", env=UNSET).json
    assert [row["name"] for row in listed[-3:]] == ["catalogs.prod", "catalogs.audit", "catalogs.lab"]
    assert listed[-3]["source"] == "file config.toml [catalogs.prod]"


def test_the_screens_say_which_one_it_is(named: Shell) -> None:
    """The word always; its colour only repeats it."""
    with Terminal.start(modeltui_argv("-c", "prod"), env=named.environ | UNSET, size=(80, 24)) as terminal:
        terminal.wait_for("gpt-5-mini")
        assert terminal.lines()[0].startswith("PROD  ")
        assert terminal.lines()[0].split()[1].endswith("/catalog")
        terminal.send(b"q")
        assert terminal.wait_exit() == 0


def test_the_demo_is_no_named_catalog(named: Shell) -> None:
    with Terminal.start(modeltui_argv("-c", "prod", "demo"), env=named.environ | UNSET, size=(80, 24)) as terminal:
        terminal.wait_for("claude-sonnet-4-5")
        assert terminal.lines()[0].startswith("DEMO  ")


# Close names, and a catalog that was made


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("providers", "show", "opnai-eu"), "not_found", "no provider named opnai-eu; did you mean openai-eu or "),
        (("models", "show", "GPT5"), "not_found", "no model named GPT5; did you mean gpt-5 or "),
        (("models", "attach", "gpt-5", "vlm"), "provider_not_found", "did you mean vllm?"),
        (("resolve", "lama"), "not_found", "did you mean llama?"),
        (("models", "delete", "lama", "--yes"), "not_found", "did you mean llama?"),
    ],
)
def test_a_name_that_nearly_is_one(shell: Shell, arguments: tuple[str, ...], code: str, words: str) -> None:
    refused = shell.quick(*arguments, code=1)
    assert words in refused.err
    typed = shell.quick(*arguments, "--json", code=1).error
    assert typed["code"] == code
    assert words in typed["message"]


def test_a_name_like_no_other_says_where_all_are(shell: Shell) -> None:
    refused = shell.quick("models", "show", "zzz", code=1)
    assert refused.err == "modeltui: no model named zzz; list them with: modeltui models list\n"
    refused = shell.quick("models", "restore", "gpt-5x", code=1)
    assert "did you mean" not in refused.err


def test_a_new_default_catalog_is_said_once(bare: Shell) -> None:
    path = bare.done("db", "path", env=UNSET).lines[0]
    made = bare.done("providers", "add", "vllm", "--family", "bedrock", "--ambient", env=UNSET)
    assert made.err == f"modeltui: made a new catalog, {path}\n"
    assert bare.done("providers", "list", env=UNSET).err == ""


def test_programs_are_not_told_of_it(bare: Shell) -> None:
    assert bare.done("providers", "list", "--json", env=UNSET).err == ""
