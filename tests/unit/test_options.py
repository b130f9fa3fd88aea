"""A model's options: what may be in them, and in which form they are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.options import checked_options, parse_options, parse_provider_options
from modeltui.errors import ValidationError

NAN = float("nan")
INFINITE = float("inf")


@pytest.mark.parametrize(
    "options",
    [
        {"max_output_tokens": 1},
        {"top_k": 40},
        {"temperature": 0.0},
        {"temperature": 2.5},
        {"top_p": 0.0},
        {"top_p": 1.0},
        {"presence_penalty": -2.0, "frequency_penalty": 2.0},
        {"provider_options": {"reasoning": {"effort": "high"}, "tags": [1, None, "x"]}},
    ],
)
def test_good_options_are_kept(options: dict[str, Any]) -> None:
    assert checked_options(options) == options


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"temprature": 1}, "unknown option temprature; known are max_output_tokens, temperature"),
        ({"prices": {"inputs": 1}}, "unknown option prices.inputs; known are input, output"),
        ({"temperature": -1}, "temperature must be a number, 0 or more"),
        ({"temperature": NAN}, "temperature must be a number"),
        ({"temperature": INFINITE}, "temperature must be a number"),
        ({"temperature": "hot"}, "temperature must be a number"),
        ({"temperature": "0.5"}, "temperature must be a number"),
        ({"temperature": True}, "temperature must be a number"),
        ({"top_p": 2}, "top_p must be a number from 0 to 1"),
        ({"top_p": -0.1}, "top_p must be a number from 0 to 1"),
        ({"presence_penalty": 2.1}, "presence_penalty must be a number from -2 to 2"),
        ({"frequency_penalty": -2.1}, "frequency_penalty must be a number from -2 to 2"),
        ({"top_k": 0}, "top_k must be a whole number"),
        ({"top_k": 1.5}, "top_k must be a whole number"),
        ({"top_k": True}, "top_k must be a whole number"),
        ({"max_output_tokens": -1}, "max_output_tokens must be a whole number"),
        ({"prices": {"input": -1}}, "prices.input must be a decimal, 0 or more"),
        ({"prices": {"input": "free"}}, "prices.input must be a decimal"),
        ({"prices": {"input": NAN}}, "prices.input must be a decimal"),
        ({"prices": {"input": True}}, "prices.input must be a decimal"),
        ({"prices": {"input": "1E+999999999"}}, "prices.input must be a decimal"),
        ({"prices": {"input": INFINITE}}, "prices.input must be a decimal"),
        ({"prices": {"input": "1_000"}}, "prices.input must be a decimal"),
        ({"prices": {"input": "\u0967"}}, "prices.input must be a decimal"),
        ({"prices": {"input": "\uff11.5"}}, "prices.input must be a decimal"),
        ({"prices": 3}, "prices must be decimals"),
        ({"provider_options": [1]}, "provider_options must be an object"),
        ({"provider_options": {"x": object()}}, "JSON values only"),
        ({"provider_options": {"x": NAN}}, "JSON values only"),
        ({"provider_options": {"x": "y" * 70_000}}, "over 65536 bytes"),
        ([1], "must be an object"),
        ("x", "must be an object"),
    ],
)
def test_bad_options_are_refused_with_their_reason(options: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says) as raised:
        checked_options(options)
    assert raised.value.field == "options"


@pytest.mark.parametrize(
    ("price", "kept"),
    [(0.1, "0.1"), ("0.10", "0.10"), (Decimal("2.50"), "2.50"), (3, "3"), (0, "0"), ("-0", "0"), (1e-7, "0.0000001")],
)
def test_a_price_is_kept_exactly_and_as_text(price: object, kept: str) -> None:
    assert checked_options({"prices": {"input": price}}) == {"prices": {"input": kept}}


@given(st.decimals(min_value=0, max_value=10**6, allow_nan=False, places=6))
def test_every_price_comes_back(price: Decimal) -> None:
    assert Decimal(checked_options({"prices": {"output": price}})["prices"]["output"]) == price


@pytest.mark.parametrize("nothing", [None, {}, {"prices": {}}, {"prices": {"input": None}}, {"top_k": None}])
def test_what_is_not_given_is_not_kept(nothing: object) -> None:
    assert checked_options(nothing) == {}


def test_options_are_plain_json_as_they_will_be_read_back() -> None:
    kept = checked_options({"provider_options": {"x": {1: (2, 3)}}, "top_p": 1})
    assert kept == json.loads(json.dumps(kept)) == {"provider_options": {"x": {"1": [2, 3]}}, "top_p": 1.0}


def test_options_typed_as_json_keep_prices_exactly_and_the_rest_as_it_is() -> None:
    typed = '{"prices": {"input": 0.10, "output": 1e-3}, "temperature": 0.2, "provider_options": {"x": 0.3}}'
    assert parse_options(typed) == {
        "prices": {"input": "0.10", "output": "0.001"},
        "temperature": 0.2,
        "provider_options": {"x": 0.3},
    }
    assert parse_options("  ") == {}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("{", "not valid JSON at line 1, column 2"),
        ("{'a': 1}", "not valid JSON at line 1, column 2"),
        ("[" * 100_000, "not valid JSON"),
        ("[1]", "must be an object"),
        ("3", "must be an object"),
        ('{"temperature": NaN}', "temperature must be a number"),
        ('{"top_q": 1}', "unknown option top_q"),
        ('{"top_k": 1, "top_p": 1, "top_k": 2}', 'the options give "top_k" twice; keep one of them'),
        ('{"provider_options": {"tier": [{"a": 1, "a": 1}]}}', 'the options give "a" twice'),
    ],
)
def test_what_is_typed_wrong_is_refused(typed: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        parse_options(typed)


def test_provider_options_typed_as_json() -> None:
    assert parse_provider_options('{"reasoning": {"effort": "high"}}') == {"reasoning": {"effort": "high"}}
    assert parse_provider_options("  ") == parse_provider_options("{}") == {}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ('{"a": 1,\n "b" 2}', "the provider options are not valid JSON at line 2, column 6: expecting ':'"),
        ("[" * 100_000, "the provider options are not valid JSON: nested more than 64 levels deep"),
        ('{"a": ' * 65 + "1" + "}" * 65, "provider_options are nested more than 64 levels deep; make them flatter"),
        ('{"a": 1, "a": 2}', 'the provider options give "a" twice; keep one of them'),
        ("[1]", "provider_options must be an object"),
        ('{"a": NaN}', "JSON values only"),
        ('{"a": "' + "x" * 70_000 + '"}', "over 65536 bytes"),
    ],
)
def test_provider_options_typed_wrong_are_refused_with_the_place(typed: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says) as raised:
        parse_provider_options(typed)
    assert raised.value.field == "options"


@pytest.mark.parametrize("kind", [lambda inner: {"a": inner}, lambda inner: [inner, 1], lambda inner: (1, inner)])
def test_provider_options_may_be_nested_64_levels(kind: Callable[[object], object]) -> None:
    inside: object = "x"
    for _ in range(63):
        inside = kind(inside)
    assert checked_options({"provider_options": {"a": inside}})
    for _ in range(900):
        inside = kind(inside)
        with pytest.raises(ValidationError, match="nested more than 64 levels deep") as raised:
            checked_options({"provider_options": {"a": inside}})
        assert raised.value.field == "options"


def test_provider_options_that_hold_themselves_are_refused() -> None:
    round_and_round: dict[str, Any] = {}
    round_and_round["a"] = [round_and_round]
    with pytest.raises(ValidationError, match="nested more than 64 levels deep"):
        checked_options({"provider_options": round_and_round})
