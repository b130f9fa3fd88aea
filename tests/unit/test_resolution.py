"""The walk down a list: verdicts, reasons and states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.resolution import counts_by_reason, skip_reason, verdicts
from modeltui.domain.rows import KeyState, LineVerdict, ModelState, SkipReason, Verdict
from tests.unit.rows import line, model, provider_id

READY, NONE, MISSING, UNREADABLE = KeyState.READY, KeyState.NONE, KeyState.MISSING, KeyState.UNREADABLE


@pytest.mark.parametrize(
    ("enabled", "key", "reason"),
    [
        (True, READY, None),
        (True, NONE, SkipReason.NO_API_KEY),
        (True, MISSING, SkipReason.NO_API_KEY),
        (True, UNREADABLE, SkipReason.KEY_UNREADABLE),
        (False, READY, SkipReason.PROVIDER_DISABLED),
        (False, NONE, SkipReason.PROVIDER_DISABLED),
        (False, UNREADABLE, SkipReason.PROVIDER_DISABLED),
    ],
)
def test_why_a_line_is_skipped(enabled: bool, key: KeyState, reason: SkipReason | None) -> None:
    assert skip_reason(enabled, key) == reason


def test_the_first_usable_line_wins_and_the_rest_stand_by() -> None:
    lines = [(False, READY), (True, NONE), (True, READY), (True, UNREADABLE), (True, READY)]
    assert [reason or verdict for verdict, reason in verdicts(lines)] == [
        "provider_disabled",
        "no_api_key",
        "wins",
        "key_unreadable",
        "standby",
    ]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(KeyState))))
def test_one_line_wins_wherever_any_is_usable(lines: list[tuple[bool, KeyState]]) -> None:
    judged = [verdict for verdict, _ in verdicts(lines)]
    usable = [enabled and key is READY for enabled, key in lines]
    assert [verdict is not Verdict.SKIPPED for verdict in judged] == usable
    assert judged.count(Verdict.WINS) == any(usable)
    assert Verdict.WINS not in judged or judged.index(Verdict.WINS) == usable.index(True)


@pytest.mark.parametrize(
    ("lines", "enabled", "winner", "state", "spare"),
    [
        ("", True, None, ModelState.DARK, 0),
        ("-", True, None, ModelState.DARK, 0),
        ("--", True, None, ModelState.DARK, 0),
        ("a", True, "a", ModelState.ON, 0),
        ("ab", True, "a", ModelState.ON, 1),
        ("a-c", True, "a", ModelState.ON, 1),
        ("-b", True, "b", ModelState.FALLBACK, 0),
        ("-bcd", True, "b", ModelState.FALLBACK, 2),
        ("ab", False, "a", ModelState.OFF, 1),
        ("-b", False, "b", ModelState.OFF, 0),
        ("--", False, None, ModelState.OFF, 0),
    ],
)
def test_where_a_model_stands(lines: str, enabled: bool, winner: str | None, state: ModelState, spare: int) -> None:
    row = model("m", *(line(name, enabled=name != "-") for name in lines), enabled=enabled)
    assert (row.winner, row.state, row.spare_count) == (winner, state, spare)
    assert (row.winning_line.name if row.winning_line else None) == winner


def test_reasons_are_counted_in_their_order() -> None:
    reasons = [
        SkipReason.KEY_UNREADABLE,
        SkipReason.NO_API_KEY,
        None,
        SkipReason.PROVIDER_DISABLED,
        SkipReason.NO_API_KEY,
    ]
    lines = [LineVerdict(provider_id("a"), "a", 0, Verdict.SKIPPED, reason) for reason in reasons]
    assert list(counts_by_reason(lines).items()) == [("provider_disabled", 1), ("no_api_key", 2), ("key_unreadable", 1)]
    assert counts_by_reason([]) == {}
