"""Commands that are given several names: one change of all of them, or of none."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui import Impact
from modeltui.services.bulk import Bulk
from modeltui.services.models import Models
from tests.cli.shell import Shell


def test_turning_models_off_and_on(shell: Shell) -> None:
    """One impact for the set; the rows come back as a list, and those that are so already stay as they are."""
    dry = shell.quick("models", "edit", "gpt-5-mini", "llama", "gpt-4o", "--disable", "--dry-run", "--json").json
    assert [(row["name"], row["winner_after"]) for row in dry["models"]] == [
        ("gpt-4o", "openai-us"),
        ("gpt-5-mini", None),
        ("llama", None),
    ]
    off = shell.done("models", "edit", "gpt-5-mini", "llama", "gpt-4o", "--disable", "--json").json
    assert [(row["name"], row["enabled"], row["version"]) for row in off] == [
        ("gpt-4o", False, 1),
        ("gpt-5-mini", False, 2),
        ("llama", False, 2),
    ]
    on = shell.quick("models", "edit", "LLAMA", "gpt-4o", "--enable")
    assert on.err.splitlines() == [
        "turning 2 models on: 1 model moves to openai-us, 1 model moves to vllm",
        "  gpt-4o: off → openai-us",
        "  llama: off → vllm",
    ]
    assert [line.split()[:4] for line in on.lines[1:]] == [
        ["gpt-4o", "openai", "✓", "on"],
        ["llama", "openai-compat", "✓", "on"],
    ]


def test_what_was_written_is_printed_even_if_somebody_deleted_it_since(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a script reads doesn't depend on others: several names give an array of as many."""
    applied = Bulk.apply

    async def apply_and_lose_one(bulk: Bulk, *arguments: Any, **options: Any) -> Impact:
        impact = await applied(bulk, *arguments, **options)
        await Models(bulk._workspace).delete("llama")
        return impact

    monkeypatch.setattr(Bulk, "apply", apply_and_lose_one)
    off = shell.quick("models", "edit", "gpt-5-mini", "llama", "--disable", "--json").json
    assert [(row["name"], row["deleted_at"] is None) for row in off] == [("gpt-5-mini", True), ("llama", False)]


def test_one_refusal_refuses_all(shell: Shell) -> None:
    """Each cause is named, for people and for programs; nothing is written."""
    refused = shell("models", "edit", "gpt-5", "llama", "--disable")
    assert refused.err == (
        "modeltui: nothing was changed. gpt-5: it is the default model and can't be turned off; make another model "
        "the default first\n"
    )
    error = shell.quick("models", "detach", "gpt-5", "gpt-5-mini", "llama", "openai-us", "--json", code=1).error
    assert error["code"] == "bulk_refused"
    assert [(cause["name"], cause["error"]["code"]) for cause in error["causes"]] == [
        ("gpt-5-mini", "no_providers"),
        ("llama", "not_found"),
    ]
    assert shell.order("gpt-5") == ["openai-eu", "openai-us", "openai-apac"]
    missing = shell.quick("models", "delete", "llama", "nobody", "nothing", "--yes", code=1)
    assert "nobody, nothing: there is no such model" in missing.err
    gone = shell.quick("models", "attach", "gpt-5", "gpt-5-mini", "nobody", "--json", code=1).error
    assert gone["code"] == "provider_not_found"


def test_attach_detach_and_swap(shell: Shell) -> None:
    """The provider is named last; swapping names both."""
    shell.quick("models", "attach", "gpt-5-mini", "gpt-4o", "openai-eu")
    assert shell.order("gpt-4o") == ["openai-us", "openai-apac", "openai-eu"]
    top = shell.quick("models", "detach", "gpt-5-mini", "gpt-4o", "openai-eu", "--json").json
    assert [row["name"] for row in top] == ["gpt-4o", "gpt-5-mini"]
    shell.quick("models", "attach", "gpt-5-mini", "gpt-4o", "openai-eu", "--to", "first")
    assert shell.order("gpt-5-mini") == ["openai-eu", "openai-us"]

    every = ("gpt-5", "gpt-5-mini", "gpt-4o")
    dry = shell.done("models", "swap", *every, "--from", "openai-us", "--to", "openai-apac", "--dry-run")
    assert "swapping openai-us for openai-apac in 3 models: 2 models move to openai-apac" in dry.err
    assert shell.order("gpt-5") == ["openai-eu", "openai-us", "openai-apac"]
    shell.done("models", "swap", *every, "--from", "openai-us", "--to", "openai-apac")
    assert shell.order("gpt-5") == ["openai-eu", "openai-apac"]
    assert shell.order("gpt-5-mini") == ["openai-eu", "openai-apac"]
    one = shell.quick("models", "swap", "gpt-5", "--from", "openai-eu", "--to", "openai-us", "--json").json
    assert [line["name"] for line in one["provider_configs"]] == ["openai-us", "openai-apac"]
    assert (
        shell.quick("models", "swap", "gpt-5", "--from", "vllm", "--to", "openai-us", "--json", code=1).error["causes"][
            0
        ]["error"]["kind"]
        == "line"
    )


def test_turning_and_deleting_providers(shell: Shell) -> None:
    """Off and on as a set; deleting says what the set takes with it."""
    both = ("openai-us", "openai-apac")
    off = shell.quick("providers", "edit", *both, "--disable")
    assert "turning 2 providers off: 2 models go dark" in off.err
    assert [line.split()[2:4] for line in off.lines[1:]] == [["-", "off"], ["-", "off"]]
    rows = shell.quick("providers", "edit", *both, "--enable", "--json").json
    assert [(row["name"], row["enabled"]) for row in rows] == [("openai-apac", True), ("openai-us", True)]

    dry = shell.quick("providers", "delete", *both, "--dry-run", "--json").json
    assert {row["name"]: row["deleted"] for row in dry["models"]} == {
        "gpt-4o": True,
        "gpt-5": False,
        "gpt-5-mini": True,
    }
    shell.quick("providers", "delete", *both, code=2)
    happened = shell.done("providers", "delete", *both, "--yes", "--json").json
    assert happened == dry
    assert shell.order("gpt-5") == ["openai-eu"]
    done = shell.quick("models", "delete", "gpt-5", "llama", "--yes")
    assert done.lines == ["deleted 2 models; bring one back with: modeltui models restore NAME"]
    assert shell.quick("models", "list", "--json").json == []


def test_last_resort(shell: Shell) -> None:
    """The lines go to the bottom of every list, after a question."""
    shell.quick("providers", "last-resort", "openai-us", code=2)
    dry = shell.quick("providers", "last-resort", "openai-us", "--dry-run")
    assert "making openai-us the last resort: 1 model moves to openai-apac" in dry.err
    with shell.terminal("providers", "last-resort", "openai-us", "openai-eu") as terminal:
        terminal.wait_for("Move openai-us, openai-eu to the bottom of every list? [y/N]")
        terminal.send(b"y\r")
        assert terminal.wait_exit() == 0
        assert "openai-us, openai-eu: last in every list" in terminal.text()
    assert shell.order("gpt-5") == ["openai-apac", "openai-eu", "openai-us"]
    assert shell.order("gpt-4o") == ["openai-apac", "openai-us"]
    again = shell.done("providers", "last-resort", "openai-us", "--yes", "--json").json
    assert {row["winner_after"] for row in again["models"]} == {"openai-apac", "openai-us"}


def test_what_changed_while_asking_is_not_done(shell: Shell) -> None:
    """The impact that was shown no longer holds for one of the set: refused, and the new one is there to look at."""
    with shell.terminal("providers", "delete", "openai-us", "openai-apac") as terminal:
        terminal.wait_for("Delete 2 providers? [y/N]")
        shell.inside(lambda catalog: catalog.models.attach("gpt-5-mini", "openai-eu"))
        terminal.send(b"y\r")
        assert terminal.wait_exit() == 1
        assert "1 more were not saved" in terminal.text()
        assert "now it would be: 2 models go dark, 1 model is deleted" in terminal.text()
    assert shell.order("gpt-5-mini") == ["openai-us", "openai-eu"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("models", "edit", "gpt-5", "llama", "--name", "x"),
        ("models", "edit", "gpt-5", "llama", "--compression-threshold", "0", "--enable"),
        ("models", "edit", "gpt-5", "llama", "--provider", "vllm"),
        ("models", "edit", "gpt-5", "llama"),
        ("models", "attach", "gpt-5", "llama", "vllm", "--to", "2"),
        ("models", "attach", "gpt-5", "llama", "vllm", "--upstream-model", "x"),
        ("models", "attach", "gpt-5"),
        ("models", "swap", "gpt-5", "--from", "openai-us"),
        ("models", "swap", "--from", "openai-us", "--to", "openai-eu"),
        ("models", "delete", "--yes"),
        ("providers", "edit", "openai-us", "openai-eu", "--clear-api-key"),
        ("providers", "edit", "openai-us", "openai-eu", "--disable", "--base-url", "https://x.example"),
        ("providers", "edit", "openai-us", "openai-eu"),
        ("providers", "last-resort", "--yes"),
    ],
)
def test_what_makes_sense_for_one_name_only_is_wrong_usage(shell: Shell, arguments: tuple[str, ...]) -> None:
    """Exit code 2 with a word that says what is allowed."""
    error = shell.quick(*arguments, "--json", code=2).error
    assert error["code"] == "usage_error"
    assert len(error["message"]) > 20


def test_what_is_allowed_is_said(shell: Shell) -> None:
    """The word names the option, and what several names may have instead."""
    wrong = shell.quick("models", "edit", "gpt-5", "llama", "--name", "x", code=2)
    assert "--name changes one at a time; with several names give --enable or --disable" in wrong.err
