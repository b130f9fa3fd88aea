"""Numbers as they are typed, and two states of a row side by side."""

from __future__ import annotations

import pytest

from modeltui.domain.rows import Credential, CredentialKind
from modeltui.tui.presentation.form_text import credential_text, difference_lines, parse_tokens


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


def test_only_what_differs_is_listed() -> None:
    yours = {"Name": "a", "Base URL": "", "State": "on"}
    saved = {"Name": "b", "Base URL": "https://x", "State": "on"}
    lines = ["".join(cell.text for cell in line).split() for line in difference_lines(yours, saved, 80)]
    assert lines == [
        ["FIELD", "YOURS", "AS", "SAVED", "NOW"],
        ["Name", "a", "b"],
        ["Base", "URL", "(empty)", "https://x"],
    ]
