"""The priority list as a plain tuple."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.ordering import checked_place, first_double, inserted, moved, removed
from modeltui.errors import ValidationError

LETTERS = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


@pytest.mark.parametrize(("at", "expected"), [(None, "abcx"), (0, "xabc"), (1, "axbc"), (3, "abcx")])
def test_insert(at: int | None, expected: str) -> None:
    assert inserted("abc", "x", at) == tuple(expected)


@pytest.mark.parametrize(
    ("item", "to", "expected"),
    [("a", 0, "abc"), ("a", 1, "bac"), ("a", 2, "bca"), ("c", 0, "cab"), ("c", 2, "abc"), ("b", 0, "bac")],
)
def test_move(item: str, to: int, expected: str) -> None:
    assert moved("abc", item, to) == tuple(expected)


@pytest.mark.parametrize("place", [-1, 3, "1", 1.0, None, True])
def test_a_place_outside_the_list_is_refused(place: object) -> None:
    with pytest.raises(ValidationError, match="places go from 0 to 2") as raised:
        checked_place("to", place, 2)
    assert raised.value.field == "to"


def test_inserting_may_go_one_further_than_moving() -> None:
    with pytest.raises(ValidationError) as raised:
        inserted("abc", "x", 4)
    assert raised.value.field == "at"
    with pytest.raises(ValidationError):
        moved("abc", "a", 3)


@pytest.mark.parametrize(("items", "double"), [("", None), ("abc", None), ("abca", "a"), ("abbaa", "b")])
def test_the_first_double(items: str, double: str | None) -> None:
    assert first_double(items) == double


@given(LETTERS, st.data())
def test_moving_keeps_the_others_in_their_order(order: list[str], data: st.DataObject) -> None:
    if order:
        item = data.draw(st.sampled_from(order))
        to = data.draw(st.integers(0, len(order) - 1))
        after = moved(order, item, to)
        assert after[to] == item
        assert removed(after, item) == removed(order, item)


@given(LETTERS, st.integers(0, 8))
def test_removing_undoes_inserting(order: list[str], at: int) -> None:
    if at <= len(order):
        assert removed(inserted(order, "x", at), "x") == tuple(order)
