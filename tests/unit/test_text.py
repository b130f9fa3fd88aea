"""What names, ids and URLs may contain, how names are compared, and numbers of tokens as they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.families import Family
from modeltui.domain.text import (
    checked_base_url,
    checked_name,
    checked_text,
    is_forbidden,
    name_key,
    parse_tokens,
    parse_uuid,
)
from modeltui.errors import ValidationError

A_UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    "character",
    [
        "\n",
        "\r",
        "\t",
        "\0",
        "\x1b",
        "\x7f",
        "\x85",
        "\x9b",
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u2028",
        "\u034f",
        "\u115f",
        "\u1160",
        "\u17b4",
        "\u17b5",
        "\u180b",
        "\u180f",
        "\u2800",
        "\u3164",
        "\ufe00",
        "\ufe0f",
        "\uffa0",
        "\U000e0100",
        "\U000e01ef",
    ],
)
def test_a_name_with_a_control_line_break_or_invisible_character_is_refused(character: str) -> None:
    with pytest.raises(ValidationError, match="position 3") as raised:
        checked_text("name", f"ab{character}c", 64)
    assert raised.value.field == "name"
    assert character not in raised.value.message


@pytest.mark.parametrize(
    "name", ["gpt-5", "[/]", "[red]x", "模型", "שלום", "É", "a b", "x" * 64, "llama3:8b", "ft:a/b"]
)
def test_any_other_text_is_kept_as_typed(name: str) -> None:
    assert checked_text("name", name, 64) == name


def test_text_is_trimmed() -> None:
    assert checked_text("name", "  gpt-5\n", 64) == "gpt-5"


@pytest.mark.parametrize(
    ("value", "says"), [("", "empty"), (" \n ", "empty"), (None, "must be text"), (5, "must be text")]
)
def test_an_empty_name_or_one_that_is_no_text_is_refused(value: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        checked_text("name", value, 64)


def test_the_limit_counts_characters_after_trimming() -> None:
    assert len(checked_text("name", f" {'é' * 64} ", 64)) == 64
    with pytest.raises(ValidationError, match="65 characters; at most 64"):
        checked_text("name", "é" * 65, 64)


@pytest.mark.parametrize(
    "name", [A_UUID, A_UUID.upper(), A_UUID.replace("-", ""), f"{{{A_UUID}}}", f"urn:uuid:{A_UUID}"]
)
def test_a_name_in_the_form_of_an_id_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="UUID"):
        checked_name("name", name, 128)


@pytest.mark.parametrize(
    ("one", "two"),
    [("GPT-5", "gpt-5"), ("É", "é"), ("É", "e\u0301"), ("E\u0301", "é"), ("STRASSE", "straße"), ("Σ", "ς")],
)
def test_names_that_differ_in_case_or_composition_only_are_equal(one: str, two: str) -> None:
    assert name_key(one) == name_key(two)


def test_an_accent_makes_another_name() -> None:
    assert name_key("é") != name_key("e")


@given(st.text(max_size=80))
def test_what_is_accepted_is_trimmed_and_has_nothing_forbidden(value: str) -> None:
    try:
        text = checked_text("name", value, 64)
    except ValidationError:
        return
    assert text == text.strip()
    assert 0 < len(text) <= 64
    assert not any(is_forbidden(character) for character in text)


@given(st.text(min_size=1, max_size=128))
def test_the_key_of_a_name_fits_its_column(name: str) -> None:
    assert len(name_key(name)) <= 4 * len(name)


@given(st.uuids())
def test_every_id_is_read_back(identity: object) -> None:
    assert parse_uuid(str(identity)) == identity


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_a_blank_base_url_means_the_familys_own_endpoint(family: Family, blank: str | None) -> None:
    if family in (Family.AZURE, Family.OPENAI_COMPAT):
        with pytest.raises(ValidationError, match="give a base URL") as raised:
            checked_base_url(family, blank)
        assert raised.value.field == "base_url"
    else:
        assert checked_base_url(family, blank) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://llm.example",
        "http://localhost:8000/v1",
        "https://LLM.example/V1/",
        "http://[::1]:8080/v1",
        "https://my-resource.openai.azure.com/openai/deployments/a%20b",
        "HTTPS://llm.example/v1",
    ],
)
def test_a_base_url_is_kept_as_typed(url: str) -> None:
    assert checked_base_url(Family.AZURE, f" {url} ") == url


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://llm.example", "http"),
        ("llm.example/v1", "http"),
        ("//llm.example/v1", "http"),
        ("https://", "host"),
        ("https:///v1", "host"),
        ("https://:443/v1", "host"),
        ("https://llm example/v1", "blanks"),
        ("https://llm.example\\v1", "host and no blanks"),
        ("https://user@llm.example", "user or password"),
        ("https://user:secret@llm.example", "user or password"),
        ("https://llm.example/v1?key=1", "query"),
        ("https://llm.example/v1?", "query"),
        ("https://llm.example/v1#top", "query"),
        ("https://llm.example:port/v1", "malformed"),
        ("https://llm.example:99999/v1", "malformed"),
        ("https://[::1/v1", "malformed"),
        ("https://llm.exa\u200bmple/v1", "invisible"),
        ("https://llm.example/" + "v" * 2048, "at most 2048"),
        (5, "must be text"),
    ],
)
def test_other_base_urls_are_refused_with_their_reason(url: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says) as raised:
        checked_base_url(Family.OPENAI, url)
    assert raised.value.field == "base_url"
    assert "secret" not in raised.value.message


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("128000", 128_000),
        (" 1 ", 1),
        ("128k", 128_000),
        ("128 K", 128_000),
        ("1M", 1_000_000),
        ("1.05M", 1_050_000),
        ("1T", 10**12),
        ("2g", 2 * 10**9),
        ("1.0", 1),
        ("0", 0),
    ],
)
def test_tokens(text: str, count: int) -> None:
    assert parse_tokens(text) == count


@pytest.mark.parametrize("text", ["", "k", "-1", "12abc", "1.5", "0.0001k", "1e3", "١٢", "1_000", "9" * 31, "1 2"])
def test_no_tokens(text: str) -> None:
    assert parse_tokens(text) is None
