"""Changes of several rows, from rows alone: what they do to lists and traffic, and what refuses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from modeltui.domain.bulk import (
    AttachProvider,
    BulkChange,
    DeleteModels,
    DeleteProviders,
    DetachProvider,
    LastResort,
    SwapProvider,
    TurnModels,
    TurnProviders,
    impact_of_bulk,
    plan_of,
)
from modeltui.domain.families import Family
from modeltui.domain.records import Rows
from modeltui.domain.rows import Credential, CredentialKind, KeyState, ModelRow, ProviderRow
from modeltui.errors import BulkRefused, ProviderNotFound, ValidationError
from tests.unit.rows import MOMENT, line, model, provider_id

KEYED = Credential(CredentialKind.AMBIENT)


def provider(
    name: str, *, family: Family = Family.OPENAI, enabled: bool = True, key: KeyState = KeyState.READY
) -> ProviderRow:
    return ProviderRow(provider_id(name), family, name, None, KEYED, enabled, MOMENT, MOMENT, "alice", 1, key, 0, 0, 0)


PROVIDERS = (
    provider("a"),
    provider("b"),
    provider("c"),
    provider("off", enabled=False),
    provider("keyless", key=KeyState.NONE),
    provider("foreign", family=Family.GOOGLE),
)


def bound(name: str, lines: str, *, enabled: bool = True, default: bool = False) -> ModelRow:
    """Make a model with lines to the named providers; those in capitals are off."""
    made = [replace(line(one.lower(), enabled=one.islower()), credential=KEYED) for one in lines.split()]
    return replace(model(name, *made, enabled=enabled), is_default=default)


def rows(*models: ModelRow) -> Rows:
    return Rows(PROVIDERS, models)


def ids(*names: str) -> tuple[UUID, ...]:
    return tuple(provider_id(name) for name in names)


def told(change: BulkChange, given: Rows) -> list[str]:
    """Say of each model in the impact what becomes of it."""
    words = []
    for one in impact_of_bulk(change, given).models:
        after = "deleted" if one.deleted else "dark" if one.goes_dark else one.winner_after or "refused"
        words.append(f"{one.name}: {one.winner_before} > {after}{'' if one.moves else ' (stays)'}")
    return words


def defaults(change: BulkChange, given: Rows) -> tuple[str | None, str | None]:
    impact = impact_of_bulk(change, given)
    return impact.default_before, impact.default_after


def orders(change: BulkChange, *models: ModelRow) -> list[str]:
    """Give the list that each model would have."""
    plan = plan_of(change, rows(*models))
    assert plan.causes == ()
    lists = {row.id: row.provider_configs for row in models} | {key: new for key, (_, new) in plan.lists.items()}
    return [" ".join(one.name for one in lists[row.id]) for row in models]


def causes(change: BulkChange, given: Rows, versions: dict[UUID, int] | None = None) -> dict[str, str]:
    with pytest.raises(BulkRefused) as raised:
        impact_of_bulk(change, given, versions or {})
    return {name: error.code for name, error in raised.value.causes}


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        (["a b c"], ["x b c"]),
        (["b a"], ["b x"]),
        (["a"], ["x"]),
        (["a b x"], ["x b"]),
        (["x b a"], ["x b"]),
        (["b a c x"], ["b x c"]),
        (["b x c a"], ["b x c"]),
        (["a x", "x a", "b a"], ["x", "x", "b x"]),
    ],
)
def test_a_swap_takes_the_better_place(lists: Sequence[str], expected: Sequence[str]) -> None:
    models = [bound(f"m{place}", one.replace("x", "keyless")) for place, one in enumerate(lists)]
    change = SwapProvider(tuple(row.id for row in models), *ids("a", "keyless"))
    assert orders(change, *models) == [one.replace("x", "keyless") for one in expected]


def test_a_swap_drops_the_old_own_id_and_keeps_the_new_ones() -> None:
    old, new = replace(line("a"), upstream_model="ft:a"), replace(line("b"), upstream_model="ft:b")
    fresh, there = model("fresh", old), model("there", old, new)
    plan = plan_of(SwapProvider((fresh.id, there.id), *ids("a", "b")), rows(fresh, there))
    assert [[one.upstream_model for one in lines] for _, lines in plan.lists.values()] == [[None], ["ft:b"]]


def test_attaching_at_the_top_moves_requests_and_at_the_end_brings_dark_models_back() -> None:
    given = rows(bound("m", "b"), bound("dark", "OFF"), bound("asleep", "b", enabled=False))
    models = tuple(row.id for row in given.models)
    assert told(AttachProvider(models, *ids("a"), at_top=True), given) == [
        "m: b > a",
        "dark: None > a",
        "asleep: b > a (stays)",
    ]
    assert told(AttachProvider(models, *ids("a")), given) == [
        "m: b > b (stays)",
        "dark: None > a",
        "asleep: b > b (stays)",
    ]
    assert told(AttachProvider(models, *ids("keyless"), at_top=True), given)[0] == "m: b > b (stays)"
    assert orders(AttachProvider(models, *ids("c"), at_top=True), *given.models) == ["c b", "c off", "c b"]
    assert orders(AttachProvider(models, *ids("c")), *given.models) == ["b c", "off c", "b c"]


def test_detaching() -> None:
    given = rows(bound("moves", "a b"), bound("goes", "a OFF"), bound("behind", "b a"))
    change = DetachProvider(tuple(row.id for row in given.models), *ids("a"))
    assert told(change, given) == ["moves: a > b", "goes: a > dark", "behind: b > b (stays)"]
    assert orders(change, *given.models) == ["b", "off", "b"]


def test_the_last_resort_keeps_the_order_of_those_that_sink() -> None:
    given = [bound("m1", "a b c"), bound("m2", "b c a"), bound("m3", "c a b"), bound("m4", "a"), bound("m5", "c")]
    change = LastResort(ids("a", "b"))
    assert orders(change, *given) == ["c a b", "c b a", "c a b", "a", "c"]
    assert told(change, rows(*given)) == [
        "m1: a > c",
        "m2: b > c",
        "m3: c > c (stays)",
        "m4: a > a (stays)",
    ]
    assert plan_of(change, rows(*given)).changed == tuple(row.id for row in given[:2])


def test_turning_models_off_and_on() -> None:
    given = rows(bound("on", "a"), bound("off", "a", enabled=False), bound("unusable", "OFF", enabled=False))
    every = tuple(row.id for row in given.models)
    assert told(TurnModels(every, False), given) == [
        "on: a > refused",
        "off: a > a (stays)",
        "unusable: None > refused (stays)",
    ]
    assert told(TurnModels(every, True), given) == [
        "on: a > a (stays)",
        "off: None > a",
        "unusable: None > dark (stays)",
    ]
    assert [one.turned_on for one in impact_of_bulk(TurnModels(every, True), given).models] == [False, True, True]
    assert plan_of(TurnModels(every, True), given).changed == every[1:]
    assert plan_of(TurnModels(every, False), given).changed == every[:1]


def test_turning_several_providers_counts_what_each_of_them_held_up() -> None:
    given = rows(
        bound("both", "a b"),
        bound("third", "a b c"),
        bound("other", "c a"),
        bound("elsewhere", "c"),
        bound("asleep", "a", enabled=False),
    )
    assert told(TurnProviders(ids("a", "b"), False), given) == [
        "both: a > dark",
        "third: a > c",
        "other: c > c (stays)",
        "asleep: a > refused (stays)",
    ]


def test_turning_providers_on_needs_their_keys() -> None:
    given = rows(bound("m", "OFF a"), bound("dark", "OFF"), bound("locked", "keyless"))
    assert told(TurnProviders(ids("off"), True), given) == ["m: a > off", "dark: None > off"]
    keyless = Rows((provider("off", enabled=False, key=KeyState.MISSING),), given.models)
    assert told(TurnProviders(ids("off"), True), keyless) == ["m: a > a (stays)", "dark: None > refused (stays)"]


def test_deleting_several_providers_deletes_models_that_lose_every_line() -> None:
    given = rows(bound("both", "a b"), bound("one", "a c"), bound("dark", "b OFF"), bound("none", "c"))
    assert told(DeleteProviders(ids("a", "b")), given) == [
        "both: a > deleted",
        "one: a > c",
        "dark: b > dark",
    ]


def test_the_default_is_promoted_once_and_to_one_that_stays() -> None:
    given = rows(
        bound("dies-too", "a b"),
        bound("asleep", "c", enabled=False),
        bound("default", "b", default=True),
        bound("unset", "OFF"),
        bound("next", "a c"),
    )
    assert defaults(DeleteProviders(ids("a", "b")), given) == ("default", "next")
    assert defaults(DeleteProviders(ids("a")), given) == ("default", "default")
    assert defaults(DeleteProviders(ids("a", "b", "c")), given) == ("default", None)
    assert defaults(DeleteModels((given.models[2].id,)), given) == ("default", "dies-too")
    assert defaults(DeleteModels((given.models[0].id, given.models[2].id)), given) == ("default", "next")
    assert defaults(DeleteModels((given.models[0].id,)), given) == ("default", "default")
    assert defaults(TurnProviders(ids("a", "b"), False), given) == ("default", "default")


def test_a_default_without_lines_outlives_every_provider() -> None:
    given = rows(bound("bare", "", default=True), bound("m", "a"))
    assert defaults(DeleteProviders(ids("a")), given) == ("bare", "bare")


def test_without_a_default_the_first_model_that_is_turned_on_becomes_it() -> None:
    given = rows(bound("m", "a"), bound("x", "a", enabled=False), bound("y", "a", enabled=False))
    on, first, second = (row.id for row in given.models)
    assert defaults(TurnModels((second, first, on), True), given) == (None, "x")
    assert defaults(TurnModels((on,), True), given) == (None, None)
    assert defaults(TurnModels((first,), False), given) == (None, None)


def test_every_row_that_stands_against_it_is_named() -> None:
    given = rows(
        bound("fine", "b"),
        bound("has-it", "a b"),
        replace(bound("google", "foreign"), family=Family.GOOGLE),
        replace(bound("gone", "b"), deleted_at=MOMENT),
        bound("newer", "b"),
    )
    every = (*(row.id for row in given.models), provider_id("nobody"))
    assert causes(AttachProvider(every, *ids("a")), given, {provider_id("newer"): 7, provider_id("fine"): 1}) == {
        str(provider_id("nobody")): "not_found",
        "has-it": "duplicate_provider",
        "google": "family_mismatch",
        "gone": "model_deleted",
        "newer": "stale_version",
    }


def test_other_refusals() -> None:
    given = rows(bound("only", "a"), bound("without", "b c"), bound("fine", "a b", default=True))
    every = tuple(row.id for row in given.models)
    assert causes(DetachProvider(every, *ids("a")), given) == {"only": "no_providers", "without": "not_found"}
    assert causes(SwapProvider(every, *ids("a", "c")), given) == {"without": "not_found"}
    assert causes(SwapProvider(every, *ids("a", "foreign")), given) == dict.fromkeys(
        ("only", "without", "fine"), "family_mismatch"
    )
    assert causes(TurnModels(every, False), given) == {"fine": "default_model_disabled"}
    assert causes(TurnProviders(ids("a", "nobody"), False), given, {provider_id("a"): 3}) == {
        str(provider_id("nobody")): "not_found",
        "a": "stale_version",
    }
    with pytest.raises(ProviderNotFound):
        impact_of_bulk(AttachProvider(every, *ids("nobody")), given)
    with pytest.raises(ValidationError, match="swapped for itself"):
        impact_of_bulk(SwapProvider(every, *ids("a", "a")), given)


def test_the_message_groups_what_is_alike_and_says_what_to_do() -> None:
    given = rows(*(bound(f"m{number}", "a b") for number in range(7)), bound("last", "c"), bound("other", "b a"))
    with pytest.raises(BulkRefused) as raised:
        impact_of_bulk(DetachProvider(tuple(row.id for row in given.models), *ids("c")), given)
    assert raised.value.message == (
        "nothing was changed. m0, m1, m2, m3, m4 and 3 more: c is not attached to it; leave it out; "
        "and last: it would lose its last provider; attach another one first, or delete it"
    )
    assert len(raised.value.causes) == 9


def test_nothing_at_all_does_nothing() -> None:
    given = rows(bound("m", "a", default=True))
    for change in (TurnModels((), False), DeleteModels(()), DeleteProviders(()), LastResort(())):
        impact = impact_of_bulk(change, given)
        assert (impact.models, impact.harmless) == ((), True)


def test_naming_a_row_twice_is_naming_it_once() -> None:
    given = rows(bound("m", "a b"))
    change = AttachProvider((given.models[0].id,) * 2, *ids("c"))
    assert told(change, given) == ["m: a > a (stays)"]
