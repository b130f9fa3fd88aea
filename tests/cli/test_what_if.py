"""`modeltui what-if`: where requests would go if providers were down, and that nothing is written."""

from __future__ import annotations

from typing import Any, cast

import pytest

from modeltui import Catalog, EnvKey, Family, ModelCreate, NotFound, ProviderCreate, ProviderUpdate, ValidationError
from tests.cli.shell import Shell
from tests.cli.test_hostile import SMUGGLED
from tests.services.builders import stored_state

US_DOWN = [
    "down: openai-us",
    "1 model goes dark",
    "1 model moves to openai-apac",
    "2 models not affected",
    "unnamed requests: openai-us → openai-apac",
    "",
    "STATE       MODEL       REQUESTS GO TO           SPARE",
    "✗ dark      gpt-5-mini  openai-us → nowhere          0",
    "! fallback  gpt-5       openai-us → openai-apac      0",
]


def state(shell: Shell) -> dict[str, list[Any]]:
    """Read all tables."""
    found: dict[str, list[Any]] = shell.inside(stored_state)
    return found


def test_it_says_what_goes_dark_and_what_moves_and_exits_with_4(shell: Shell) -> None:
    """For people: totals first, then every affected model, the worst first."""
    before = state(shell)
    finished = shell("what-if", "--down", "openai-us")
    assert finished.code == 4
    assert finished.lines == US_DOWN
    assert finished.err == ""
    assert state(shell) == before


def test_as_json(shell: Shell) -> None:
    """For programs, with the same exit code."""
    answer = shell.quick("what-if", "--down", "openai-us", "--json", code=4).json
    assert answer["down"] == ["openai-us"]
    assert [(row["name"], row["winner_before"], row["winner_after"], row["goes_dark"]) for row in answer["models"]] == [
        ("gpt-5-mini", "openai-us", None, True),
        ("gpt-5", "openai-us", "openai-apac", False),
    ]
    assert set(answer["models"][0]) == {
        "id",
        "name",
        "is_default",
        "winner_before",
        "winner_after",
        "goes_dark",
        "state_after",
        "spare_before",
        "spare_after",
    }
    assert (answer["destinations"], answer["dark"], answer["dark_before"], answer["unaffected"]) == (
        {"openai-apac": 1},
        1,
        0,
        2,
    )


def test_a_model_that_only_loses_a_spare_is_told_and_no_reason_to_fail(shell: Shell) -> None:
    lines = shell.quick("what-if", "--down", "openai-apac").lines
    assert lines[:4] == [
        "down: openai-apac",
        "no model goes dark",
        "1 model stays and loses a spare",
        "3 models not affected",
    ]
    assert lines[-1].split() == ["!", "fallback", "gpt-5", "openai-us,", "as", "now", "0"]


def test_models_that_are_dark_already_do_not_count(shell: Shell) -> None:
    """What this question adds is what a script is told by 4; the rest is said beside it."""
    shell.quick("providers", "edit", "vllm", "--disable")
    finished = shell.quick("what-if", "--down", "vllm")
    assert finished.lines == ["down: vllm", "no model goes dark; 1 more is dark already", "4 models not affected"]
    assert shell.quick("what-if", "--down", "openai-us", code=4).lines[1] == "1 model goes dark; 1 more is dark already"


def test_several_providers_down_together(shell: Shell) -> None:
    answer = shell.quick("what-if", "--down", "openai-us", "--down", "openai-apac", "--json", code=4).json
    assert answer["down"] == ["openai-apac", "openai-us"]
    assert [row["name"] for row in answer["models"] if row["goes_dark"]] == ["gpt-5", "gpt-5-mini"]


async def two_more(catalog: Catalog) -> None:
    """Add one with the key of openai-eu at another host, and two without a key or a host to share."""
    await catalog.providers.create(
        ProviderCreate(
            family=Family.OPENAI_COMPAT, name="proxy", credential=EnvKey("EU_KEY"), base_url="http://rack2.example:9000"
        )
    )
    await catalog.providers.create(ProviderCreate(family=Family.BEDROCK, name="aws"))


@pytest.mark.parametrize(
    ("arguments", "down"),
    [
        (("--same-key", "openai-eu"), ["openai-eu", "proxy"]),
        (("--same-host", "openai-eu"), ["openai-eu", "openai-us"]),
        (("--same-host", "VLLM"), ["proxy", "vllm"]),
        (("--family", "openai"), ["openai-apac", "openai-eu", "openai-us"]),
        (("--family", "azure"), []),
        (("--down", "aws", "--same-key", "proxy"), ["aws", "openai-eu", "proxy"]),
    ],
)
def test_all_that_share_a_key_a_host_or_a_family(shell: Shell, arguments: tuple[str, ...], down: list[str]) -> None:
    shell.inside(two_more)
    assert shell.quick("what-if", *arguments, "--json", code=None).json["down"] == down


def test_where_there_is_nothing_to_share_it_says_so(shell: Shell) -> None:
    shell.inside(two_more)
    keyless = shell.quick("what-if", "--same-key", "vllm", code=1)
    assert keyless.err == "modeltui: vllm has no key of its own; name the provider itself instead\n"
    homeless = shell.quick("what-if", "--same-host", "aws", code=1)
    assert homeless.err == "modeltui: aws has no host: it goes by region; name the provider itself instead\n"


def test_wrong_usage(shell: Shell) -> None:
    assert "--down P" in shell.quick("what-if", code=2).err
    assert shell.quick("what-if", "--family", "opnai", code=2).out == ""
    assert "nobody" in shell.quick("what-if", "--down", "nobody", code=1).err


def test_it_works_read_only(shell: Shell) -> None:
    assert shell.quick("what-if", "--down", "openai-us", "--read-only", code=4).lines == US_DOWN


def test_nobody_being_down_is_said(shell: Shell) -> None:
    lines = shell.quick("what-if", "--family", "azure").lines
    assert lines == ["down: no provider", "no model goes dark", "4 models not affected"]


def test_the_services_answer_and_write_nothing(shell: Shell) -> None:
    """What other programs call: one reading, and the rows stay as they are."""

    async def ask(catalog: Catalog) -> None:
        before = await stored_state(catalog)
        rows = await catalog.rows()
        answer = await catalog.what_if(["openai-us"])
        assert [row.name for row in answer.dark] == ["gpt-5-mini"]
        assert answer == await catalog.what_if([next(row.id for row in rows.providers if row.name == "openai-us")])
        assert (await catalog.what_if(families=[Family.OPENAI])).down == ("openai-apac", "openai-eu", "openai-us")
        with pytest.raises(NotFound):
            await catalog.what_if(["nobody"])
        with pytest.raises(ValidationError) as refused:
            await catalog.what_if(same_key=["vllm"])
        assert refused.value.field == "same_key"
        with pytest.raises(ValidationError, match="no family grok; there are anthropic, azure") as refused:
            await catalog.what_if(families=[cast("Family", "grok")])
        assert refused.value.field == "families"
        assert await stored_state(catalog) == before
        # What it foretold is what happens.
        await catalog.providers.update("openai-us", ProviderUpdate(enabled=False))
        after = {row.name: row.winner for row in await catalog.models.list()}
        assert {row.name: row.winner_after for row in answer.models}.items() <= after.items()

    shell.inside(ask)


def test_hostile_names_are_data(bare: Shell) -> None:
    """They are printed as they are, one row a line; what steers a terminal is replaced."""

    async def fill(catalog: Catalog) -> None:
        for name in ("[red]a", "$(b)", "p"):
            await catalog.providers.create(
                ProviderCreate(family=Family.OPENAI, name=name, credential=EnvKey("MODEL_KEY"))
            )
            await catalog.models.create(ModelCreate(model=name, context_limit=1, provider_config_ids=[name]))

    bare.inside(fill, create=True)
    bare.execute(f"UPDATE provider_config SET name = '{SMUGGLED}' WHERE name = 'p'")
    bare.execute(f"UPDATE model_config SET name = '{SMUGGLED}' WHERE name = 'p'")
    printed = bare.quick("what-if", "--family", "openai", env={"MODEL_KEY": "k"}, code=4)
    assert not (set(SMUGGLED) - set("[31mgpt2J\n")) & set(printed.out)
    assert any(line.split()[2:] == ["[red]a", "[red]a", "→", "nowhere", "0"] for line in printed.lines)
    assert printed.lines[1] == "3 models go dark"
