"""Numbers as they are typed, and two states of a row side by side."""

from __future__ import annotations

import pytest

from modeltui.domain.rows import Credential, CredentialKind
from modeltui.tui.presentation.form_text import FormStates, conflict_lines, credential_text, parse_tokens


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


@pytest.mark.parametrize(
    ("credential", "text"),
    [
        (None, "none"),
        (Credential(CredentialKind.STORED, fingerprint="a41f09c2"), "stored a41f09c2"),
        (Credential(CredentialKind.ENV, name="KEY"), "env KEY"),
        (Credential(CredentialKind.FILE, path="/run/key"), "file /run/key"),
        (Credential(CredentialKind.AMBIENT), "ambient"),
    ],
)
def test_credentials_in_words(credential: Credential | None, text: str) -> None:
    assert credential_text(credential) == text


OPENED = {"Name": "a", "Base URL": "", "State": "on", "API key": "none"}


def _states(saved: dict[str, str], yours: dict[str, str]) -> FormStates:
    return FormStates(OPENED, OPENED | saved, OPENED | yours)


def _words(states: FormStates) -> list[str]:
    return [" ".join("".join(cell.text for cell in line).split()) for line in conflict_lines(states, "bob", 120)]


def test_changes_of_different_fields_can_be_merged() -> None:
    states = _states({"Base URL": "https://x"}, {"Name": "b"})
    assert (states.conflict, states.mine, states.theirs, states.both) == (True, ["Name"], ["Base URL"], [])
    assert _words(states) == [
        "m saves your Name and keeps bob's Base URL.",
        "R drops yours; O saves yours and undoes bob's.",
        "FIELD WHEN OPENED AS SAVED NOW YOURS",
        "Name a a b",
        "Base URL (empty) https://x (empty)",
    ]


def test_changes_of_the_same_field_clash() -> None:
    states = _states({"Name": "c", "State": "off"}, {"Name": "b"})
    assert (states.conflict, states.mine, states.theirs, states.both) == (True, ["Name"], ["State"], ["Name"])
    assert _words(states)[0] == "Both changed Name. R drops what you typed, O saves it over bob's."


@pytest.mark.parametrize("saved", [{}, {"Name": "b"}], ids=["nobody else changed it", "to the same"])
def test_what_undoes_nothing_is_no_conflict(saved: dict[str, str]) -> None:
    assert not _states(saved, {"Name": "b", "State": "off"}).conflict
