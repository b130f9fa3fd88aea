"""Who is at work."""

from __future__ import annotations

import getpass

import pytest

from modeltui.services.actor import current_actor


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "alice"),
        ({"SSH_CONNECTION": "203.0.113.7 52100 198.51.100.2 22"}, "alice (203.0.113.7)"),
        ({"SSH_CONNECTION": "\x1b[31m 1 2 3"}, "alice (?[31m)"),
        ({"SSH_CONNECTION": "x" * 300}, ("alice (" + "x" * 300)[:256]),
    ],
)
def test_the_user_and_over_ssh_the_clients_address(environ: dict[str, str], expected: str) -> None:
    assert current_actor(environ) == expected


def test_a_user_without_a_name_is_known_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("no such uid")

    monkeypatch.setattr(getpass, "getuser", nobody)
    monkeypatch.setattr("os.geteuid", lambda: 4711)
    assert current_actor({}) == "uid 4711"
