"""The credentials that a caller can give; none of them ever shows a key."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from modeltui.domain.credentials import Ambient, EnvKey, FileKey, StoredKey, checked_credential
from modeltui.domain.families import Family
from modeltui.errors import ValidationError
from tests.support.tracebacks import shown_locals

MARKER = "sk-marker-0123456789"


def test_a_key_is_trimmed_and_hidden() -> None:
    for given in (f"  {MARKER}\n", SecretStr(f" {MARKER} ")):
        key = StoredKey(given)
        assert key.secret.get_secret_value() == MARKER
        assert MARKER not in f"{key!r} {key}"


def test_a_key_may_have_10_240_bytes_and_no_more() -> None:
    assert len(StoredKey("é" * 5_120).secret.get_secret_value()) == 5_120
    with pytest.raises(ValidationError, match="10240 bytes"):
        StoredKey("é" * 5_120 + "x")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "blank"),
        (" \n\t ", "blank"),
        (SecretStr(""), "blank"),
        (None, "must be text"),
        (b"sk-marker-0123456789", "must be text"),
        (f"{MARKER}\ud800", "not valid text"),
        (MARKER * 600, "10240 bytes"),
    ],
    ids=["empty", "blank", "hidden", "nothing", "bytes", "surrogate", "long"],
)
def test_other_keys_are_refused_without_being_shown(given: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says) as raised:
        StoredKey(given)  # type: ignore[arg-type]
    error = raised.value
    assert error.field == "credential"
    assert MARKER not in f"{error!r} {shown_locals(error)}"


@pytest.mark.parametrize("name", ["KEY", "_key9", "OPENAI_API_KEY", "Modeltui_KEY"])
def test_a_variables_name(name: str) -> None:
    assert EnvKey(f" {name} ") == EnvKey(name)
    assert EnvKey(name).name == name


@pytest.mark.parametrize(
    "name", ["", "9KEY", "A-B", "A B", "A\n", "É", "$KEY", "MODELTUI_SECRET_KEY", "MODELTUI_", "x" * 257]
)
def test_other_names_of_variables_are_refused(name: str) -> None:
    if name == "A\n":  # trimmed
        assert EnvKey(name).name == "A"
        return
    with pytest.raises(ValidationError) as raised:
        EnvKey(name)
    assert raised.value.field == "credential"


def test_a_key_file_is_named_by_an_absolute_path() -> None:
    assert FileKey("/run/secrets/openai").path == "/run/secrets/openai"
    assert FileKey(Path("/run/x")).path == "/run/x"  # type: ignore[arg-type]
    for path in ("openai.key", "./x", "~/x", "", "/a\nb"):
        with pytest.raises(ValidationError):
            FileKey(path)


@pytest.mark.parametrize("family", Family)
def test_only_some_families_can_do_without_a_key(family: Family) -> None:
    allowed = {Family.BEDROCK, Family.AZURE, Family.GOOGLE, Family.OPENAI_COMPAT}
    assert checked_credential(family, EnvKey("KEY")) == EnvKey("KEY")
    assert checked_credential(family, None) is None
    if family in allowed:
        assert checked_credential(family, Ambient()) == Ambient()
    else:
        with pytest.raises(ValidationError, match="can't be ambient"):
            checked_credential(family, Ambient())
