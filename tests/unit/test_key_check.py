"""Whether a key could be read here, asked before a provider is saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeltui.domain.rows import CredentialKind
from modeltui.services.key_check import readable_here


@pytest.mark.parametrize(("value", "readable"), [("sk", True), (" ", False), (None, False)])
def test_a_variable(value: str | None, readable: bool) -> None:
    environ = {} if value is None else {"KEY": value}
    assert readable_here(CredentialKind.ENV, "KEY", environ) is readable


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "openai.key"
    assert not readable_here(CredentialKind.FILE, str(path), {})
    path.write_text("sk\n")
    assert readable_here(CredentialKind.FILE, str(path), {})
    assert not readable_here(CredentialKind.FILE, "openai.key", {})
