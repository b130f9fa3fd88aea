"""What would happen if providers were down, from rows alone, and who shares a key, a host or a family."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modeltui.domain import impact as impacts
from modeltui.domain.families import Family
from modeltui.domain.impact import impact_of
from modeltui.domain.records import Rows
from modeltui.domain.rows import Credential, CredentialKind, KeyState, ModelRow, ModelState, ProviderRow
from modeltui.domain.sharing import host_of, same_family, same_host, same_key
from modeltui.domain.what_if import ModelWhatIf, destinations, weighed, what_if
from tests.unit.rows import MOMENT, line, model, provider_id

A, B = provider_id("a"), provider_id("b")

MODELS = (
    model("alone", line("a")),
    model("behind", line("b"), line("a")),
    model("moves", line("a"), line("b"), line("c")),
    model("falls", line("x", enabled=False), line("a"), line("c")),
    model("off", line("a"), line("b"), enabled=False),
    model("elsewhere", line("c")),
    model("dark", line("x", enabled=False), line("a", key=KeyState.NONE)),
    model("lineless"),
)


def provider(name: str, **values: object) -> ProviderRow:
    bare = ProviderRow(
        provider_id(name),
        Family.OPENAI,
        name,
        None,
        Credential(CredentialKind.STORED, fingerprint="a41f09c2"),
        True,
        MOMENT,
        MOMENT,
        "alice",
        1,
        KeyState.READY,
        0,
        0,
        0,
    )
    return replace(bare, **values)  # type: ignore[arg-type]


def seen(models: tuple[ModelWhatIf, ...]) -> list[tuple[str, str | None, str | None, str, int, int]]:
    return [
        (row.name, row.winner_before, row.winner_after, row.state_after, row.spare_before, row.spare_after)
        for row in models
    ]


def catalog(*models: ModelRow) -> Rows:
    return Rows(tuple(provider(name) for name in "abcx"), models)


def test_what_goes_dark_comes_first_then_what_moves_then_what_only_loses_a_spare() -> None:
    answer = what_if(catalog(*MODELS), {A})
    assert seen(answer.models) == [
        ("alone", "a", None, "dark", 0, 0),
        ("moves", "a", "b", "fallback", 2, 1),
        ("falls", "a", "c", "fallback", 1, 0),
        ("behind", "b", "b", "on", 1, 0),
    ]
    assert [row.name for row in answer.dark] == ["alone"]
    assert [row.name for row in answer.moving] == ["moves", "falls"]
    assert [row.name for row in answer.staying] == ["behind"]
    assert (answer.down, answer.dark_before, answer.unaffected) == (("a",), 2, 4)


def test_those_that_were_dark_already_are_counted_and_not_affected() -> None:
    answer = what_if(catalog(*MODELS), {A})
    assert not {"dark", "lineless", "off"} & {row.name for row in answer.models}
    assert answer.dark_before == 2


def test_several_providers_go_down_together() -> None:
    answer = what_if(catalog(*MODELS), {A, B})
    assert seen(answer.models) == [
        ("alone", "a", None, "dark", 0, 0),
        ("behind", "b", None, "dark", 1, 0),
        ("moves", "a", "c", "fallback", 2, 0),
        ("falls", "a", "c", "fallback", 1, 0),
    ]
    assert answer.down == ("a", "b")
    assert answer.destinations == {"c": 2}


def test_nothing_down_affects_nothing() -> None:
    answer = what_if(catalog(*MODELS), set())
    assert (answer.down, answer.models, answer.unaffected, answer.destinations) == ((), (), len(MODELS), {})


def test_from_the_bound_models_alone_the_answer_is_the_same() -> None:
    bound = [row for row in MODELS if any(line.name == "a" for line in row.provider_configs)]
    assert what_if(catalog(*MODELS), {A}, bound) == what_if(catalog(*MODELS), {A})


def test_a_provider_that_is_off_already_affects_nothing() -> None:
    assert what_if(catalog(*MODELS), {provider_id("x")}).models == ()


def test_deleted_models_are_no_part_of_it() -> None:
    gone = replace(model("gone", line("a")), deleted_at=MOMENT)
    answer = what_if(catalog(gone, model("alone", line("a"))), {A})
    assert [row.name for row in answer.models] == ["alone"]
    assert answer.unaffected == 0


def test_the_default_model_is_named_where_it_is_affected() -> None:
    default = replace(model("moves", line("a"), line("b")), is_default=True)
    answer = what_if(catalog(default), {A})
    assert answer.default is not None
    assert (answer.default.winner_before, answer.default.winner_after) == ("a", "b")
    assert what_if(catalog(default), {provider_id("c")}).default is None


def test_destinations_come_the_most_first_then_by_name() -> None:
    models = [model(f"m{n}", line("a"), line(to)) for n, to in enumerate("cbbdccx")]
    assert list(destinations(weighed(models, {A})).items()) == [("c", 3), ("b", 2), ("d", 1), ("x", 1)]


@pytest.mark.parametrize("enabled", [True, False])
def test_it_says_of_winners_what_an_impact_says(enabled: bool) -> None:
    """The quick rule and the one that a write is held to are the same, for turning off and for turning on."""
    models = [
        model(f"{first}{second}{third}", *lines)
        for first in (True, False)
        for second in "abx"
        for third in "cdy"
        for lines in (
            [line("a", enabled=enabled), line(second + "2"), line(third)],
            [line(second + "2", enabled=first), line("a", enabled=enabled), line(third, key=KeyState.NONE)],
            [line(third, enabled=first), line("a", enabled=enabled, key=KeyState.UNREADABLE)],
        )
    ]
    for one in models:
        change = impacts.provider_changed(A, enabled=not enabled, credential=None, key=_key(one))
        (expected,) = impact_of([one], change, None, None).models
        found = weighed([one], {A}, down=enabled)
        before, after = (one.winner, one.winner) if not found else (found[0].winner_before, found[0].winner_after)
        assert (before, after) == (expected.winner_before, expected.winner_after)
        assert any(row.goes_dark for row in found) == expected.goes_dark
        assert any(row.moves for row in found) == (expected.moves and expected.winner_after is not None)


def _key(one: ModelRow) -> KeyState:
    return next(row.key for row in one.provider_configs if row.provider_config_id == A)


def test_turned_on_a_provider_without_a_key_brings_nothing_back() -> None:
    models = [model("m", line("a", enabled=False, key=KeyState.MISSING), line("b"))]
    assert weighed(models, {A}, down=False) == ()


def test_turned_on_a_provider_brings_its_models_back() -> None:
    models = [model("m", line("a", enabled=False), line("b")), model("dark", line("a", enabled=False))]
    assert seen(weighed(models, {A}, down=False)) == [
        ("m", "b", "a", "on", 0, 1),
        ("dark", None, "a", "on", 0, 0),
    ]


def test_the_state_after_is_that_of_the_first_line_or_a_later_one() -> None:
    (found,) = weighed([model("m", line("b"), line("a"))], {A})
    assert found.state_after is ModelState.ON
    assert found.stays


# Who shares what


def test_the_same_key_is_the_same_fingerprint_variable_or_file() -> None:
    stored = [provider("a"), provider("b"), provider("c", credential=None)]
    env = [provider(name, credential=Credential(CredentialKind.ENV, name=key)) for name, key in ("dX", "eX", "fY")]
    ambient = [provider(name, credential=Credential(CredentialKind.AMBIENT)) for name in "gh"]
    every = [*stored, *env, *ambient]
    assert [row.name for row in same_key(stored[0], every)] == ["a", "b"]
    assert [row.name for row in same_key(env[0], every)] == ["d", "e"]
    assert same_key(stored[2], every) == []
    assert same_key(ambient[0], every) == []


def test_the_same_host_is_the_family_s_where_there_is_no_url_of_its_own() -> None:
    every = [
        provider("own"),
        provider("written", base_url="https://API.OpenAI.com:8443/other"),
        provider("eu", base_url="https://eu.api.openai.com/v1"),
        provider("claude", family=Family.ANTHROPIC),
    ]
    assert host_of(every[0]) == "api.openai.com"
    assert [row.name for row in same_host(every[0], every)] == ["own", "written"]
    assert [row.name for row in same_host(every[3], every)] == ["claude"]


def test_bedrock_has_no_host_and_a_damaged_url_none_either() -> None:
    bedrock = provider("b", family=Family.BEDROCK)
    assert host_of(bedrock) is None
    assert same_host(bedrock, [bedrock, provider("other", family=Family.BEDROCK)]) == []
    assert host_of(provider("x", base_url="http://[::1")) is None


def test_the_same_family() -> None:
    every = [provider("a"), provider("b", family=Family.GOOGLE)]
    assert [row.name for row in same_family(Family.GOOGLE, every)] == ["b"]
