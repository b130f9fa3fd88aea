"""What an environment offers to an empty catalog."""

from __future__ import annotations

import pytest

from modeltui.domain.families import Family
from modeltui.domain.offers import Offer, incomplete_offers, offers, variables

EVERYTHING = {family.usual_variable: "key" for family in Family}


def test_nothing_set_offers_nothing() -> None:
    assert offers({}) == incomplete_offers({}) == ()


def test_a_family_whose_variable_is_set() -> None:
    (offer,) = offers({"OPENAI_API_KEY": "sk", "OPENAI_KEY": "sk"})
    assert offer == Offer(Family.OPENAI, "OPENAI_API_KEY")
    assert offer.name == "openai"


@pytest.mark.parametrize("value", ["", "  ", "\n"])
def test_a_blank_variable_is_not_set(value: str) -> None:
    assert offers({"OPENAI_API_KEY": value}) == ()


def test_each_family_is_offered_or_said_to_be_incomplete() -> None:
    complete = [offer.family for offer in offers(EVERYTHING)]
    incomplete = [offer.family for offer in incomplete_offers(EVERYTHING)]
    assert incomplete == [Family.AZURE, Family.OPENAI_COMPAT]
    assert sorted(complete + incomplete) == sorted(Family)


def test_variables_that_are_named_like_a_key_come_first() -> None:
    environ = {
        "PATH": "/bin",
        "HOME": "/root",
        "OPENAI_API_KEY": "sk",
        "groq_token": "gsk",
        "KEYBOARD": "de",
        "EMPTY_KEY": " ",
        "MODELTUI_SECRET_KEY": "AAAA",
        "BASH_FUNC_x%%": "() { :; }",
    }
    assert variables(environ) == ("OPENAI_API_KEY", "groq_token", "HOME", "KEYBOARD", "PATH")
