"""`modeltui doctor`: what it prints, for people and programs, and when it fails."""

from __future__ import annotations

import asyncio
import json

import pytest

import modeltui
from modeltui import Ambient, Catalog, Family, ModelCreate, ProviderCreate, open_catalog
from tests.cli.shell import Shell
from tests.services.builders import execute

FOUND = """\
! warning: alone, 2 models
  Only one line can be used: when it fails, all is dark.
  Attach a spare, or make another line usable.
    NAME        FAMILY         WHY
    gpt-5-mini  openai         only openai-us
    llama       openai-compat  only vllm

! warning: first line unusable, 1 model
  Requests go to a line below the first.
  Make the first line usable again, or change the order.
    NAME   FAMILY  WHY
    gpt-5  openai  openai-eu: no API key, now at openai-us

! warning: variable or file missing here, 1 provider
  The variable or file isn't here: the lines are skipped.
  Set it where this runs; another host may well have it.
    NAME       FAMILY  WHY
    openai-eu  openai  $EU_KEY unset
"""


async def two_racks(catalog: Catalog) -> None:
    """One model with two lines that don't fail together."""
    for name in ("rack1", "rack2"):
        await catalog.providers.create(
            ProviderCreate(
                family=Family.OPENAI_COMPAT, name=name, credential=Ambient(), base_url=f"http://{name}.example/v1"
            )
        )
    await catalog.models.create(
        ModelCreate(model="llama", context_limit=1000, provider_config_ids=["rack1", "rack2"], name="llama")
    )


def test_causes_with_what_to_do_and_whom_they_hold_for(shell: Shell) -> None:
    assert shell.done("doctor").out == FOUND


def test_a_key_that_is_set_here_is_not_missing(shell: Shell) -> None:
    out = shell.quick("doctor", env={"EU_KEY": "sk-eu"}).out
    assert "fallback" not in out
    assert "missing" not in out


def test_nothing_to_worry_about(bare: Shell) -> None:
    bare.inside(two_racks, create=True)
    assert bare.quick("doctor").out == "nothing to worry about\n"
    assert bare.quick("doctor", "--json").out == "[]\n"
    bare.quick("doctor", "--fail-on", "info", code=0)


def test_an_empty_catalog_fails_on_info_alone(bare: Shell) -> None:
    bare.quick("db", "create")
    assert bare.quick("doctor").out.startswith("- info: no default model\n")
    bare.quick("doctor", "--fail-on", "warning", code=0)
    bare.quick("doctor", "--fail-on", "info", code=1)


def test_json_is_an_array_of_causes(shell: Shell) -> None:
    found = json.loads(shell.done("doctor", "--json").out)
    assert [(each["cause"], each["level"], each["cure"]) for each in found] == [
        ("alone", "warning", "attach_spare"),
        ("first_line", "warning", "attach_spare"),
        ("key_missing", "warning", None),
    ]
    assert set(found[0]) == {"cause", "level", "title", "meaning", "advice", "cure", "models", "providers"}
    assert found[0]["providers"] == []
    assert [(model["name"], model["family"], model["detail"]) for model in found[0]["models"]] == [
        ("gpt-5-mini", "openai", "only openai-us"),
        ("llama", "openai-compat", "only vllm"),
    ]
    assert [provider["name"] for provider in found[2]["providers"]] == ["openai-eu"]
    assert set(found[2]["providers"][0]) == {"id", "name", "family", "detail"}


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("info", 1)])
def test_fail_on_a_level_or_worse(shell: Shell, level: str, code: int) -> None:
    """It prints all the same."""
    assert shell.quick("doctor", "--fail-on", level, code=code).out == FOUND
    assert len(json.loads(shell.quick("doctor", "--fail-on", level, "--json", code=code).out)) == 3


def test_fail_on_error_once_a_model_is_dark(shell: Shell) -> None:
    shell.quick("providers", "edit", "openai-us", "--disable")
    shell.quick("providers", "edit", "openai-apac", "--disable")
    finished = shell.quick("doctor", "--fail-on", "error", code=1)
    assert "x error: dark, 2 models" in shell.quick("doctor", "--ascii").out
    assert "gpt-5       openai  openai-eu: no API key, openai-us: provider disabled" in finished.out


def test_fail_on_another_word_is_wrong_usage(shell: Shell) -> None:
    finished = shell.quick("doctor", "--fail-on", "fatal", code=2)
    assert "fatal" in finished.err
    assert finished.out == ""


def test_it_works_read_only(shell: Shell) -> None:
    assert shell.quick("--read-only", "doctor").out == FOUND


def test_names_are_made_displayable(shell: Shell) -> None:
    shell.inside(_hostile)
    out = shell.quick("doctor").out
    assert "\x1b" not in out
    assert "\ufffd[2J[red]x" in out


async def _hostile(catalog: Catalog) -> None:
    await execute(catalog, "UPDATE model_config SET name = :name WHERE name = 'llama'", name="\x1b[2J[red]x")


def test_the_python_api_gives_the_same(shell: Shell) -> None:
    async def ask() -> list[modeltui.Diagnosis]:
        async with open_catalog(shell.url, environ=shell.environ) as catalog:
            return await catalog.doctor()

    found = asyncio.run(ask())
    assert [each.cause for each in found] == ["alone", "first_line", "key_missing"]
    assert isinstance(found[0].findings[0], modeltui.Finding)
