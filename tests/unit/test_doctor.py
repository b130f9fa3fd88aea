"""What the doctor finds: each cause, what is next to it and isn't one, and what a spare would cure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modeltui import Credential, CredentialKind, Family, ModelRow, ProviderRow
from modeltui.domain.doctor import Cause, Cure, Diagnosis, Level, examine, failing
from modeltui.domain.impact import judged
from modeltui.domain.records import Rows
from modeltui.domain.rows import KeyState, LineRow
from modeltui.domain.spare import spare_plan, spares_for
from tests.unit.rows import MOMENT, model, provider_id
from tests.unit.rows import line as bare_line


def stored(fingerprint: str) -> Credential:
    return Credential(CredentialKind.STORED, fingerprint=fingerprint)


def provider(
    name: str,
    base_url: str | None = None,
    *,
    credential: Credential | None = None,
    key: KeyState = KeyState.READY,
    enabled: bool = True,
    bound: int = 1,
    family: Family = Family.OPENAI,
) -> ProviderRow:
    """Make a provider with a key of its own at a host of its own, unless told otherwise."""
    return ProviderRow(
        id=provider_id(name),
        family=family,
        name=name,
        base_url=base_url or f"https://{name}.example/v1",
        credential=credential or stored(name),
        enabled=enabled,
        created_at=MOMENT,
        updated_at=MOMENT,
        updated_by="alice",
        version=1,
        key=key,
        bound_model_count=bound,
        winning_model_count=0,
        alone_model_count=0,
    )


def line(of: ProviderRow) -> LineRow:
    """Make a line to a provider."""
    made = bare_line(of.name, enabled=of.enabled, key=of.key)
    return replace(made, family=of.family, credential=of.credential)


def to(name: str, *providers: ProviderRow, default: bool = True, **values: bool) -> ModelRow:
    """Make a model with lines to providers; it is the default one, so that nothing is found for want of one."""
    made = model(name, *map(line, providers), **values)
    return replace(made, is_default=default, family=providers[0].family if providers else Family.OPENAI)


A, B, C = provider("a"), provider("b"), provider("c")
OFF = provider("off", enabled=False)
KEYLESS = provider("keyless", key=KeyState.MISSING, credential=Credential(CredentialKind.ENV, name="KEY"))


def found(*models: ModelRow, providers: tuple[ProviderRow, ...] = (A, B, C, OFF, KEYLESS)) -> dict[str, Diagnosis]:
    """Examine, and leave out what the fixed providers are for."""
    ignored = () if providers != (A, B, C, OFF, KEYLESS) else (Cause.KEY_MISSING,)
    return {each.cause: each for each in examine(Rows(providers, models)) if each.cause not in ignored}


def details(diagnosis: Diagnosis) -> list[str]:
    return [f"{finding.name} ({finding.detail})" for finding in diagnosis.findings]


def test_nothing_where_every_model_has_a_first_line_and_a_spare_that_works() -> None:
    assert found(to("m", A, B)) == {}
    assert found(to("m", A, B, OFF), to("off", OFF, default=False, enabled=False)) == {}


# Models


def test_dark_with_the_reason_of_each_line() -> None:
    diagnoses = found(to("d", OFF, KEYLESS, default=False), to("none", default=False), to("m", A, B))
    assert list(diagnoses) == ["dark"]
    dark = diagnoses["dark"]
    assert (dark.level, dark.cure, dark.providers) == (Level.ERROR, Cure.SPARE, ())
    assert details(dark) == ["d (off: provider disabled, keyless: no API key)", "none (no lines)"]
    assert [finding.family for finding in dark.models] == ["openai", "openai"]


def test_alone_with_one_usable_line_wherever_it_stands() -> None:
    diagnoses = found(to("one", A), to("second", OFF, B, default=False), to("m", A, B, default=False))
    assert details(diagnoses["alone"]) == ["one (only a)", "second (only b)"]
    assert diagnoses["alone"].level is Level.WARNING


def test_first_line_unusable_says_where_requests_go() -> None:
    diagnoses = found(to("m", OFF, A, B), to("fine", A, OFF, B, default=False))
    assert list(diagnoses) == ["first_line"]
    assert details(diagnoses["first_line"]) == ["m (off: provider disabled, now at a)"]


def test_a_model_stands_in_each_group_that_it_belongs_to() -> None:
    assert list(found(to("m", OFF, A))) == ["alone", "first_line"]


def test_models_that_are_off_are_left_out() -> None:
    assert found(to("m", A, B), to("off", A, default=False, enabled=False)) == {}


# False spares


def twins(**values: object) -> tuple[ProviderRow, ProviderRow]:
    return replace(A, **values), replace(B, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "credential",
    [
        stored("a41f09c2"),
        Credential(CredentialKind.ENV, name="KEY"),
        Credential(CredentialKind.FILE, path="/run/key"),
        Credential(CredentialKind.AMBIENT),
    ],
    ids=lambda credential: str(credential.kind),
)
def test_the_same_key_at_the_same_base_url_is_a_false_spare(credential: Credential) -> None:
    pair = twins(credential=credential, base_url="https://one.example/v1")
    diagnoses = found(to("m", *pair), providers=pair)
    assert list(diagnoses) == ["false_spare"]
    assert diagnoses["false_spare"].level is Level.WARNING
    assert details(diagnoses["false_spare"]) == ["m (same key and base URL, one.example: a, b)"]


def test_the_same_key_at_the_vendors_own_endpoint_is_a_false_spare() -> None:
    """Also where one spells out the URL that the other leaves to the family."""
    first, second = twins(credential=stored("x"))
    pair = (replace(first, base_url=None), replace(second, base_url="https://api.openai.com/v1/"))
    assert details(found(to("m", *pair), providers=pair)["false_spare"]) == [
        "m (same key and base URL, api.openai.com: a, b)"
    ]


def test_the_same_key_in_the_same_region_is_a_false_spare() -> None:
    pair = twins(credential=Credential(CredentialKind.AMBIENT), base_url=None, family=Family.BEDROCK)
    assert list(found(to("m", *pair), providers=pair)) == ["false_spare"]
    others = (pair[0], replace(pair[1], credential=stored("x")))
    assert found(to("m", *others), providers=others) == {}


def test_the_same_host_is_a_false_spare_whatever_port_path_and_key() -> None:
    pair = (provider("a", "http://rack2.example:8000/v1"), provider("b", "http://RACK2.example:8001/v2"))
    assert details(found(to("m", *pair), providers=pair)["false_spare"]) == ["m (same host, rack2.example: a, b)"]


def test_the_same_key_elsewhere_is_no_false_spare() -> None:
    pair = twins(credential=stored("x"))
    assert found(to("m", *pair), providers=pair) == {}


def test_one_line_that_fails_by_itself_makes_the_spares_true() -> None:
    trio = (*twins(base_url="https://one.example/v1"), C)
    assert found(to("m", *trio), providers=trio) == {}


def test_only_lines_that_can_be_used_count() -> None:
    trio = (*twins(base_url="https://one.example/v1"), replace(C, enabled=False))
    assert list(found(to("m", *trio), providers=trio)) == ["false_spare"]
    pair = (trio[0], replace(trio[1], enabled=False))
    assert list(found(to("m", *pair), providers=pair)) == ["alone"]


@pytest.mark.parametrize("url", [None, "https://api.openai.com/v1", "https://eu.api.openai.com/v1"])
def test_keys_of_their_own_at_one_vendor_are_only_worth_knowing(url: str | None) -> None:
    pair = twins(base_url=url)
    diagnoses = found(to("m", *pair), providers=pair)
    assert list(diagnoses) == ["one_vendor"]
    assert diagnoses["one_vendor"].level is Level.INFO


def test_a_host_that_only_ends_like_the_vendors_is_none_of_it() -> None:
    pair = twins(base_url="https://fakeapi.openai.com/v1")
    assert list(found(to("m", *pair), providers=pair)) == ["false_spare"]


def test_a_base_url_that_cannot_be_read_stops_nothing() -> None:
    pair = twins(base_url="http://[::1")
    assert found(to("m", *pair), providers=pair) == {}


# The default model


def test_no_default_model() -> None:
    (diagnosis,) = found(to("m", A, B, default=False)).values()
    assert (diagnosis.cause, diagnosis.level, diagnosis.findings) == (Cause.NO_DEFAULT, Level.WARNING, ())


def test_an_empty_catalog_is_only_told_what_comes_next() -> None:
    (diagnosis,) = examine(Rows((), ()))
    assert (diagnosis.cause, diagnosis.level) == (Cause.NO_DEFAULT, Level.INFO)
    assert "no models yet" in diagnosis.advice


def test_the_default_model_is_dark() -> None:
    diagnoses = found(to("m", OFF))
    assert list(diagnoses) == ["dark", "default_dark"]
    assert diagnoses["default_dark"].level is Level.ERROR
    assert details(diagnoses["default_dark"]) == ["m (off: provider disabled)"]


def test_the_default_model_is_off() -> None:
    """No rule allows it, but a database that was changed behind the services' back may hold it."""
    diagnoses = found(to("m", A, B, enabled=False))
    assert list(diagnoses) == ["default_off"]
    assert diagnoses["default_off"].level is Level.ERROR


# Providers


def test_a_variable_or_file_that_is_missing_here() -> None:
    file = Credential(CredentialKind.FILE, path="/run/secrets/x")
    providers = (A, B, KEYLESS, provider("file", key=KeyState.MISSING, credential=file))
    diagnosis = found(to("m", A, B), providers=providers)["key_missing"]
    assert diagnosis.level is Level.WARNING
    assert diagnosis.models == ()
    assert details(diagnosis) == ["keyless ($KEY unset)", "file (no key file /run/secrets/x)"]


def test_a_stored_key_that_is_unreadable_here() -> None:
    providers = (A, B, provider("sealed", key=KeyState.UNREADABLE, credential=stored("a41f09c2")))
    diagnosis = found(to("m", A, B), providers=providers)["key_unreadable"]
    assert diagnosis.level is Level.ERROR
    assert details(diagnosis) == ["sealed (stored a41f09c2)"]


def test_no_key_at_all_is_no_missing_one() -> None:
    providers = (A, B, replace(provider("none", key=KeyState.NONE), credential=None))
    assert found(to("m", A, B), providers=providers) == {}


def test_providers_that_no_model_is_bound_to() -> None:
    providers = (A, B, provider("unused", bound=0), provider("parked", bound=0, enabled=False))
    diagnosis = found(to("m", A, B), providers=providers)["unbound"]
    assert diagnosis.level is Level.INFO
    assert details(diagnosis) == ["unused (on)", "parked (off)"]


# All of it


def test_the_worst_comes_first_and_every_cause_has_its_words() -> None:
    providers = (A, B, OFF, KEYLESS, provider("unused", bound=0))
    diagnoses = examine(Rows(providers, (to("d", OFF, default=False), to("one", A, default=False))))
    assert [(each.level, each.cause) for each in diagnoses] == [
        ("error", "dark"),
        ("warning", "alone"),
        ("warning", "no_default"),
        ("warning", "key_missing"),
        ("info", "unbound"),
    ]
    for each in diagnoses:
        assert each.title
        assert each.meaning.endswith(".")
        assert each.advice.endswith(".")


def test_levels_reach_down() -> None:
    info, warning, error = Level.INFO, Level.WARNING, Level.ERROR
    assert [error.reaches(least) for least in (error, warning, info)] == [True, True, True]
    assert [warning.reaches(least) for least in (error, warning, info)] == [False, True, True]
    alone = examine(Rows((A,), (to("one", A),)))
    assert failing(alone, warning)
    assert not failing(alone, error)
    assert not failing((), info)


def test_long_reasons_are_counted_instead_of_listed() -> None:
    many = tuple(provider(f"p{number}", enabled=False) for number in range(6))
    (diagnosis,) = found(to("m", *many, default=False), to("fine", A, B), providers=(A, B, *many)).values()
    assert diagnosis.models[0].detail.endswith("p3: provider disabled and 2 more")


# A spare for all


def test_a_spare_goes_where_it_fits_and_is_lacking() -> None:
    claude = provider("claude", family=Family.ANTHROPIC)
    models = (to("one", A), to("has", OFF, B, default=False), to("other", claude, default=False))
    rows = Rows((A, B, OFF, claude), models)
    alone = next(each for each in examine(rows) if each.cause is Cause.ALONE)
    plan = spare_plan(alone, B, rows)
    assert plan == ((models[0].id,), 1, 0, 1, 1)
    assert (plan.cured, plan.have_it, plan.other_family) == (1, 1, 1)


def test_a_spare_that_cannot_be_used_cures_nothing() -> None:
    rows = Rows((A, OFF), (to("one", A),))
    plan = spare_plan(next(iter(examine(rows))), OFF, rows)
    assert (len(plan.models), plan.cured) == (1, 0)


def test_a_spare_at_the_same_host_is_told_to_be_false() -> None:
    pair = twins(base_url="https://one.example/v1")
    rows = Rows(pair, (to("one", pair[0]),))
    plan = spare_plan(next(iter(examine(rows))), pair[1], rows)
    assert (plan.cured, plan.false_spare) == (1, 1)


def test_a_spare_below_leaves_the_first_line_as_it_is() -> None:
    rows = Rows((A, B, C, OFF), (to("m", OFF, A, B),))
    plan = spare_plan(next(each for each in examine(rows) if each.cause is Cause.FIRST_LINE), C, rows)
    assert (len(plan.models), plan.cured) == (1, 0)


def test_spares_are_the_providers_that_some_model_lacks() -> None:
    claude = provider("claude", family=Family.ANTHROPIC)
    rows = Rows((replace(A, enabled=False), B, claude), (to("one", A), to("two", B, default=False)))
    alone = next(each for each in examine(rows) if each.cause is Cause.ALONE)
    assert [(row.name, held, count) for row, held, count in spares_for(alone, rows)] == [("b", 1, 2), ("a", 1, 2)]
    gone = Rows(rows.providers, ())
    assert spares_for(alone, gone) == ()
    assert spare_plan(alone, A, gone).models == ()


def test_a_cured_model_is_judged_anew() -> None:
    """The rows that a plan is made on stay as they were."""
    row = to("one", A)
    rows = Rows((A, B), (row,))
    spare_plan(next(iter(examine(rows))), B, rows)
    assert rows.models[0] == judged(row, row.provider_configs)
