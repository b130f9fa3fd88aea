"""What a change does to traffic, from rows alone."""

from __future__ import annotations

from modeltui.domain import impact as impacts
from modeltui.domain.credentials import EnvKey
from modeltui.domain.impact import Impact, ModelImpact, impact_of
from modeltui.domain.rows import KeyState, ModelState
from tests.unit.rows import line, model, provider_id


def seen(impact: Impact) -> dict[str, tuple[str | None, str | None, bool, bool]]:
    return {row.name: (row.winner_before, row.winner_after, row.goes_dark, row.deleted) for row in impact.models}


def test_turning_a_provider_off_moves_or_darkens_its_models() -> None:
    models = [
        model("alone", line("a")),
        model("behind", line("b"), line("a")),
        model("moves", line("a"), line("b")),
        model("moves-too", line("a"), line("c"), line("b")),
        model("off", line("a"), line("b"), enabled=False),
        model("off-alone", line("a"), enabled=False),
        model("dark", line("x", enabled=False), line("a", key=KeyState.NONE)),
    ]
    change = impacts.provider_changed(provider_id("a"), enabled=False, credential=None, key=KeyState.READY)
    impact = impact_of(models, change, "alone", "alone")
    assert seen(impact) == {
        "alone": ("a", None, True, False),
        "behind": ("b", "b", False, False),
        "moves": ("a", "b", False, False),
        "moves-too": ("a", "c", False, False),
        "off": ("a", "b", False, False),
        "off-alone": ("a", None, False, False),
        "dark": (None, None, False, False),
    }
    assert [row.name for row in impact.dark] == ["alone"]
    assert [row.name for row in impact.moving] == ["moves", "moves-too"]
    assert impact.destinations == {"b": 1, "c": 1}
    assert not impact.harmless


def test_turning_a_provider_on_brings_its_models_back() -> None:
    models = [model("m", line("a", enabled=False), line("b")), model("dark", line("a", enabled=False))]
    change = impacts.provider_changed(provider_id("a"), enabled=True, credential=None, key=KeyState.READY)
    assert seen(impact_of(models, change, None, None)) == {
        "m": ("b", "a", False, False),
        "dark": (None, "a", False, False),
    }


def test_a_line_keeps_what_the_change_gives_it() -> None:
    credential = EnvKey("KEY")
    change = impacts.provider_changed(provider_id("a"), enabled=True, credential=credential, key=KeyState.MISSING)  # type: ignore[arg-type]
    after = change(model("m", line("b"), line("a")))
    assert after is not None
    assert (after.provider_configs[1].credential, after.provider_configs[1].key) == (credential, KeyState.MISSING)
    assert after.provider_configs[0] == model("m", line("b")).provider_configs[0]


def test_a_model_that_is_turned_off_wins_nothing_and_is_not_dark() -> None:
    on = model("m", line("a"))
    off = impacts.model_disabled(on)
    assert (off.enabled, off.state) == (False, ModelState.OFF)
    assert seen(impact_of([on], impacts.model_disabled, None, None)) == {"m": ("a", None, False, False)}
    assert seen(impact_of([off], impacts.model_disabled, None, None)) == {"m": ("a", "a", False, False)}


def test_harmless_is_what_moves_nothing_deletes_nothing_and_keeps_the_default() -> None:
    stays = ModelImpact("m", True, "a", "a", goes_dark=False, deleted=False)
    off = ModelImpact("m", False, "a", "b", goes_dark=False, deleted=False)
    gone = ModelImpact("m", False, "a", None, goes_dark=False, deleted=True)
    assert Impact((stays, off), "x", "x").harmless
    assert not Impact((stays,), "x", None).harmless
    assert not Impact((gone,), "x", "x").harmless
    assert Impact((stays, off), "x", "x").moving == ()


def test_destinations_come_the_most_first_then_by_name() -> None:
    rows = tuple(ModelImpact(f"m{n}", True, "a", to, goes_dark=False, deleted=False) for n, to in enumerate("cbbdccx"))
    assert list(Impact(rows, None, None).destinations.items()) == [("c", 3), ("b", 2), ("d", 1), ("x", 1)]


def test_lines_are_renumbered_and_judged_again() -> None:
    row = model("m", line("a"), line("b"), line("c"))
    after = impacts.judged(row, reversed(row.provider_configs))
    assert [(one.priority, one.name, one.verdict) for one in after.provider_configs] == [
        (0, "c", "wins"),
        (1, "b", "standby"),
        (2, "a", "standby"),
    ]
    assert after.winner == "c"
