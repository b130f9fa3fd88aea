"""Credentials in words, and two states of a row side by side."""

from __future__ import annotations

import pytest

from modeltui.domain.rows import Credential, CredentialKind
from modeltui.tui.presentation.form_text import FormStates, conflict_lines, credential_text


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
