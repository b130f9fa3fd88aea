"""The orders of the lists, without a screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from modeltui.domain.families import Family
from modeltui.domain.rows import ModelRow
from modeltui.domain.sorting import SORT_KEYS, Order, chosen, in_order, said
from tests.unit.rows import MOMENT, line, model

OFF = line("off", enabled=False)


def names(rows: object, order: Order) -> list[str]:
    return [row.name for row in in_order(rows, "models", order)]  # type: ignore[type-var]


@pytest.fixture
def rows() -> tuple[ModelRow, ...]:
    """As a reading gives them: by family, then by name."""
    return (
        replace(model("Zeta", line("b")), family=Family.ANTHROPIC, context_limit=5, updated_at=MOMENT),
        model("alpha", OFF),
        replace(model("Beta", OFF, line("a"), line("b")), context_limit=9, updated_at=MOMENT + timedelta(1)),
        replace(model("gamma", line("A"), enabled=False), updated_at=MOMENT - timedelta(1)),
        replace(model("ähre", line("b"), line("c")), context_limit=5),
    )


@pytest.mark.parametrize(
    ("by", "forward", "backward"),
    [
        ("family", "Zeta alpha Beta gamma ähre", "alpha Beta gamma ähre Zeta"),
        ("name", "alpha Beta gamma Zeta ähre", "ähre Zeta gamma Beta alpha"),
        ("state", "alpha Beta Zeta ähre gamma", "gamma Zeta ähre Beta alpha"),
        # Who goes nowhere stands last, whichever way round; a and A are one name's key.
        ("winner", "Beta gamma Zeta ähre alpha", "Zeta ähre Beta gamma alpha"),
        ("spare", "alpha gamma Zeta Beta ähre", "Beta ähre alpha gamma Zeta"),
        ("context", "Beta Zeta ähre alpha gamma", "alpha gamma Zeta ähre Beta"),
        ("changed", "Beta alpha Zeta ähre gamma", "gamma alpha Zeta ähre Beta"),
    ],
)
def test_both_ways_round_and_equal_ones_by_name(
    rows: tuple[ModelRow, ...], by: str, forward: str, backward: str
) -> None:
    assert names(rows, Order(by)) == forward.split()
    assert names(rows, Order(by, reverse=True)) == backward.split()


def test_the_order_of_a_reading_is_the_usual_one(rows: tuple[ModelRow, ...]) -> None:
    assert in_order(rows, "models", Order()) is rows


def test_rows_of_one_name_stand_by_their_ids() -> None:
    """Deleted models may share a name."""
    twins = [replace(model("m", line("a")), id=UUID(int=number)) for number in (3, 1, 2)]
    assert [row.id.int for row in in_order(twins, "models", Order("name"))] == [1, 2, 3]


def test_choosing_the_same_turns_it_round() -> None:
    order = chosen(Order(), "name")
    assert (order, said("models", order)) == (Order("name"), "name")
    order = chosen(order, "name")
    assert (order, said("models", order)) == (Order("name", reverse=True), "name, Z to A")
    assert chosen(order, "name") == Order("name")
    assert chosen(order, "state") == Order("state")
    assert said("providers", Order("state", reverse=True)) == "state, on first"


@pytest.mark.parametrize("kind", ["models", "providers"])
def test_each_has_a_letter_of_its_own_that_answers_nothing_else(kind: str) -> None:
    letters = [key.letter for key in SORT_KEYS[kind]]  # type: ignore[index]
    assert len(set(letters)) == len(letters)
    assert not {"q", "y"} & set(letters)
