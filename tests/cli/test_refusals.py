"""Exit codes and error codes: 1 refused, 2 wrong usage, 3 no usable provider; on stderr, as JSON when asked."""

from __future__ import annotations

import os
import subprocess

import pytest

from modeltui import ModelUpdate, ProviderUpdate
from tests.cli.shell import Shell
from tests.support.processes import environment_with, modeltui_argv

ADD = ("providers", "add", "x", "--family")
MODEL = ("models", "add", "m", "--context-limit")

REFUSED = [
    (("providers", "show", "nobody"), "not_found"),
    (("providers", "add", "OPENAI-US", "--family", "openai"), "already_exists"),
    (("providers", "add", "a\tb", "--family", "openai"), "validation_error"),
    (("providers", "add", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "--family", "openai"), "validation_error"),
    ((*ADD, "azure"), "validation_error"),
    ((*ADD, "openai", "--base-url", "ftp://x"), "validation_error"),
    ((*ADD, "openai", "--ambient"), "validation_error"),
    ((*ADD, "openai", "--api-key-env", "MODELTUI_SECRET_KEY"), "validation_error"),
    ((*ADD, "openai", "--api-key-file", "relative/path"), "validation_error"),
    (("providers", "edit", "vllm", "--no-base-url"), "validation_error"),
    (("providers", "edit", "vllm", "--no-base-url", "--dry-run"), "validation_error"),
    (("providers", "edit", "openai-us", "--ambient", "--dry-run"), "validation_error"),
    (("providers", "edit", "openai-us", "--name", "vllm"), "already_exists"),
    (("models", "show", "nothing"), "not_found"),
    ((*MODEL, "1000"), "no_providers"),
    ((*MODEL, "1000", "--provider", "nobody"), "provider_not_found"),
    ((*MODEL, "1000", "--provider", "openai-us", "--provider", "OPENAI-US"), "duplicate_provider"),
    ((*MODEL, "1000", "--provider", "openai-us", "--provider", "vllm"), "family_mismatch"),
    ((*MODEL, "0", "--provider", "openai-us"), "validation_error"),
    ((*MODEL, "1000000000001", "--provider", "openai-us"), "validation_error"),
    ((*MODEL, "1", "--provider", "openai-us", "--compression-threshold", "101"), "validation_error"),
    ((*MODEL, "1", "--provider", "openai-us", "--options", "{"), "validation_error"),
    ((*MODEL, "1", "--provider", "openai-us", "--options", '{"tempo": 1}'), "validation_error"),
    ((*MODEL, "1", "--provider", "openai-us", "--default", "--disabled"), "default_model_disabled"),
    (("models", "edit", "gpt-5", "--disable"), "default_model_disabled"),
    (("models", "edit", "gpt-5", "--disable", "--dry-run"), "default_model_disabled"),
    (("models", "edit", "gpt-5", "--name", "GPT-4O"), "already_exists"),
    (("models", "edit", "gpt-5", "--provider", "vllm", "--dry-run"), "family_mismatch"),
    (("models", "set-default", "gpt-4o"), "default_model_disabled"),
    (("models", "set-default", "gpt-4o", "--dry-run"), "default_model_disabled"),
    (("models", "attach", "gpt-5", "nobody"), "provider_not_found"),
    (("models", "attach", "gpt-5", "openai-us"), "duplicate_provider"),
    (("models", "attach", "gpt-5", "vllm"), "family_mismatch"),
    (("models", "detach", "gpt-5-mini", "openai-us"), "no_providers"),
    (("models", "detach", "gpt-5-mini", "openai-us", "--dry-run"), "no_providers"),
    (("models", "detach", "gpt-5-mini", "openai-apac"), "not_found"),
    (("models", "upstream", "gpt-5", "vllm", "x"), "not_found"),
    (("models", "delete", "nothing", "--yes"), "not_found"),
    (("providers", "delete", "nobody", "--yes"), "not_found"),
    (("resolve", "nothing"), "not_found"),
    (("resolve", "gpt-4o"), "model_disabled"),
    (("resolve", "nothing", "--explain"), "not_found"),
    (("db", "upgrade", "9999"), "validation_error"),
    (("db", "downgrade", "9999", "--yes"), "validation_error"),
]

WRONG_USAGE = [
    ("nonsense",),
    ("providers",),
    ("providers", "list", "--nonsense"),
    ("providers", "show"),
    ("providers", "add", "x"),
    ("providers", "add", "x", "--family", "nonsense"),
    ("providers", "edit", "vllm"),
    ("providers", "edit", "vllm", "--base-url", "http://x", "--no-base-url"),
    ("providers", "edit", "vllm", "--ambient", "--clear-api-key"),
    ("models", "add", "m"),
    ("models", "add", "m", "--context-limit", "12abc"),
    ("models", "edit", "gpt-5"),
    ("models", "edit", "gpt-5", "--compression-threshold", "half"),
    ("models", "list", "--all", "--available"),
    ("models", "move", "gpt-5", "openai-us"),
    ("models", "attach", "gpt-5", "openai-us", "--to", "before:openai-eu"),
    ("resolve", "--explain", "--show-key"),
    ("db", "downgrade", "0001"),
    ("models", "list", "--theme"),
    ("models", "list", "--theme", "nonsense"),
    ("models", "list", "--database", "mysql://x"),
]


def test_every_refusal(shell: Shell) -> None:
    """Each has exit code 1, its own error code, nothing on stdout, no traceback, and changes nothing."""
    before = shell.inside(lambda catalog: catalog.rows(include_deleted=True))
    for arguments, code in REFUSED:
        refused = shell.quick(*arguments, "--json", code=1)
        assert (refused.error["code"], refused.out) == (code, ""), arguments
        plain = shell.quick(*arguments, code=1)
        assert plain.err.splitlines()[-1].startswith("modeltui: "), arguments
        assert refused.error["message"] in plain.err, arguments
    assert shell.inside(lambda catalog: catalog.rows(include_deleted=True)) == before


def test_every_wrong_usage(shell: Shell) -> None:
    """Each has exit code 2 and one line; with --json the same as an object."""
    for arguments in WRONG_USAGE:
        assert shell.quick("--json", *arguments, code=2).error["message"], arguments
        plain = shell.quick(*arguments, code=2)
        assert (plain.out, len(plain.err.splitlines())) == ("", 1), arguments


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_exit_codes_of_the_process(shell: Shell, form: tuple[str, ...]) -> None:
    """One of each, in a process of its own."""
    assert shell("providers", "show", "nobody", *form).code == 1
    assert shell("models", "add", "m", "--context-limit", "12abc", *form).code == 2
    shell.inside(lambda catalog: catalog.providers.update("openai-us", ProviderUpdate(enabled=False)))
    dark = shell("resolve", "gpt-5-mini", *form)
    assert (dark.code, dark.out) == (3, "")
    if form:
        assert dark.error["counts"] == {"provider_disabled": 1}
        assert [line["reason"] for line in dark.error["lines"]] == ["provider_disabled"]
    else:
        assert dark.err.splitlines()[-1].split() == ["1", "openai-us", "skipped:", "provider", "disabled"]


def test_json_is_ascii(shell: Shell) -> None:
    """Whatever the names hold, and in errors too."""
    shell.inside(lambda catalog: catalog.models.update("llama", ModelUpdate(name="läma-模型")))
    listed = shell("models", "list", "--json")
    assert listed.out.isascii()
    assert listed.json[-1]["name"] == "läma-模型"
    missing = shell("models", "show", "ö", "--json")
    assert missing.err.isascii()
    assert missing.error["name"] == "ö"


def test_a_reader_that_goes_away(shell: Shell) -> None:
    """A closed pipe is no reason for a traceback."""
    command = subprocess.Popen(
        modeltui_argv("keys"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment_with(shell.environ)
    )
    assert command.stdout is not None
    command.stdout.close()
    assert command.stderr is not None
    assert command.stderr.read() == b""
    command.stderr.close()
    assert command.wait() == 141


def test_read_only(shell: Shell) -> None:
    """Everything can be looked at; every write is refused, and no stored key is opened."""
    read_only = {"MODELTUI_READ_ONLY": "1"}
    assert shell.done("resolve", "--read-only", "--json").json["api_key"] is None
    for arguments in (
        ("providers", "edit", "openai-us", "--disable"),
        ("providers", "delete", "openai-us", "--yes"),
        ("models", "move", "gpt-5", "openai-us", "--to", "1"),
        ("models", "delete", "gpt-5", "--yes"),
        ("resolve", "--show-key"),
        ("db", "downgrade", "0001", "--yes"),
        ("db", "create"),
    ):
        assert shell.quick(*arguments, "--json", env=read_only, code=1).error["code"] == "read_only", arguments
    assert shell.quick("providers", "delete", "openai-us", "--dry-run", "--json", env=read_only).json["models"]
    assert os.listdir(os.environ["XDG_DATA_HOME"]) == []
