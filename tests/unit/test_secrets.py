"""The keyring of an open catalog, and what this process can do with each kind of credential."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.domain.rows import CredentialKind, KeyState
from modeltui.errors import CatalogError, ReadOnly, SecretDamaged, SecretKeyMismatch, SecretKeyUnavailable
from modeltui.services.secrets import (
    API_KEY_LIMIT,
    TOKEN_PREFIX_LENGTH,
    Keyring,
    create_key_file,
    credential_state,
    read_credential,
)
from tests.support.secret_samples import (
    API_KEY,
    KEY,
    NEIGHBOUR,
    OTHER,
    PROVIDER,
    SPELLED,
    assert_hides,
    link_to_device,
    link_to_itself,
    link_to_nowhere,
    make_fifo,
    make_folder,
    write_key,
)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A good key file."""
    return write_key(tmp_path / "secret.key")


@pytest.fixture
def absent(tmp_path: Path) -> Path:
    """Where a key file could be."""
    return tmp_path / "data" / "secret.key"


# -- the keyring


def test_a_keyring_without_a_key_says_why(absent: Path) -> None:
    keyring = Keyring({}, None, absent)
    assert keyring.current() is None
    assert keyring.problem is not None
    with pytest.raises(SecretKeyUnavailable) as caught:
        keyring.require()
    assert caught.value.message == keyring.problem.message
    assert caught.value is not keyring.problem


def test_a_keyring_with_a_key(key_file: Path) -> None:
    keyring = Keyring({}, None, key_file)
    assert keyring.current() == keyring.require() == KEY
    assert keyring.problem is None


def test_a_keyring_reads_the_file_once(key_file: Path) -> None:
    keyring = Keyring({}, None, key_file)
    assert keyring.current() is keyring.current()


def test_a_keyring_notices_a_key_that_comes_and_goes(absent: Path) -> None:
    environ: dict[str, str] = {}
    keyring = Keyring(environ, None, absent)
    assert keyring.current() is None
    made = create_key_file(absent)
    assert keyring.current() == made
    absent.chmod(0o644)
    assert keyring.current() is None
    environ["MODELTUI_SECRET_KEY"] = SPELLED
    assert keyring.current() == KEY
    environ["MODELTUI_SECRET_KEY"] = ""
    assert keyring.current() is None
    assert "MODELTUI_SECRET_KEY" in str(keyring.problem)


def test_a_keyring_is_of_this_process_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("MODELTUI_SECRET_KEY", raising=False)
    keyring = Keyring()
    assert keyring.default_file.is_relative_to(tmp_path)
    assert keyring.current() is None
    monkeypatch.setenv("MODELTUI_SECRET_KEY", SPELLED)
    assert keyring.current() == KEY


def test_a_keyring_prints_no_secret() -> None:
    keyring = Keyring({"MODELTUI_SECRET_KEY": SPELLED, "OPENAI_API_KEY": API_KEY})
    keyring.current()
    assert SPELLED not in repr(keyring)
    assert API_KEY not in repr(keyring)


def test_the_first_sealing_makes_the_key_file(absent: Path) -> None:
    keyring = Keyring({}, None, absent)
    assert keyring.for_sealing(set()) == keyring.current()
    assert absent.exists()
    assert keyring.for_sealing({keyring.require().id}) == keyring.require()


@pytest.mark.parametrize(
    ("environ", "named"),
    [({"MODELTUI_SECRET_KEY": ""}, False), ({"MODELTUI_SECRET_KEY": "x"}, False), ({}, True)],
)
def test_no_key_file_is_made_where_one_was_named(
    environ: dict[str, str], named: bool, absent: Path, tmp_path: Path
) -> None:
    keyring = Keyring(environ, tmp_path / "named.key" if named else None, absent)
    with pytest.raises(SecretKeyUnavailable):
        keyring.for_sealing(set())
    assert list(tmp_path.rglob("*.key")) == []


def test_no_key_file_is_made_where_keys_are_stored_already(absent: Path) -> None:
    with pytest.raises(SecretKeyUnavailable) as caught:
        Keyring({}, None, absent).for_sealing({KEY.id})
    assert str(absent) in caught.value.message
    assert KEY.id in caught.value.message
    assert not absent.exists()


def test_an_unusable_default_file_is_not_replaced(key_file: Path) -> None:
    key_file.chmod(0o644)
    with pytest.raises(SecretKeyUnavailable, match="chmod 600"):
        Keyring({}, None, key_file).for_sealing(set())


def test_a_link_that_leads_nowhere_is_not_replaced(tmp_path: Path) -> None:
    link = tmp_path / "secret.key"
    link.symlink_to("unmounted")
    with pytest.raises(SecretKeyUnavailable, match="is missing"):
        Keyring({}, None, link).for_sealing(set())
    assert link.is_symlink()
    assert not (tmp_path / "unmounted").exists()


def test_sealing_with_another_key_than_the_stored_ones_is_refused(key_file: Path) -> None:
    keyring = Keyring({}, None, key_file)
    assert keyring.for_sealing({KEY.id}) == KEY
    for stored in ({OTHER.id}, {OTHER.id, KEY.id}):
        with pytest.raises(SecretKeyMismatch) as caught:
            keyring.for_sealing(stored)
        assert OTHER.id in caught.value.message
        assert "MODELTUI_SECRET_KEY" in caught.value.message
        assert_hides(caught.value)


def test_a_damaged_token_counts_as_stored_but_bars_nothing(key_file: Path, absent: Path) -> None:
    assert Keyring({}, None, key_file).for_sealing({""}) == KEY
    assert Keyring({}, None, key_file).for_sealing({"", KEY.id}) == KEY
    with pytest.raises(SecretKeyUnavailable, match="key id unknown"):
        Keyring({}, None, absent).for_sealing({""})
    assert not absent.exists()


def test_read_only_seals_and_makes_nothing(absent: Path, key_file: Path) -> None:
    for path in (absent, key_file):
        with pytest.raises(ReadOnly):
            Keyring({}, None, path, read_only=True).for_sealing(set())
    assert not absent.exists()


# -- the four kinds of credential

STORED, ENV, FILE, AMBIENT = (
    CredentialKind.STORED,
    CredentialKind.ENV,
    CredentialKind.FILE,
    CredentialKind.AMBIENT,
)


def both(kind: CredentialKind | None, ref: str | None, keyring: Keyring) -> tuple[KeyState, str | None]:
    return credential_state(kind, ref, None, keyring), read_credential(kind, ref, PROVIDER, None, keyring)


def test_none_and_ambient(absent: Path) -> None:
    keyring = Keyring({}, None, absent)
    assert both(None, None, keyring) == (KeyState.NONE, None)
    assert both(AMBIENT, None, keyring) == (KeyState.READY, None)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (API_KEY, API_KEY),
        (f" {API_KEY}\n", API_KEY),
        ("a" * API_KEY_LIMIT + "\n", "a" * API_KEY_LIMIT),
        ("a" * (API_KEY_LIMIT + 1), None),
        ("é" * (API_KEY_LIMIT // 2 + 1), None),
        ("", None),
        (" \t\n", None),
        (None, None),
    ],
    ids=["plain", "trimmed", "at the limit", "over it", "over it in bytes", "empty", "blank", "absent"],
)
def test_variables_and_files(value: str | None, key: str | None, absent: Path, tmp_path: Path) -> None:
    path = tmp_path / "mounted"
    if value is not None:
        path.write_text(value)
    keyring = Keyring({} if value is None else {"SOME_KEY": value}, None, absent)
    wanted = (KeyState.READY if key else KeyState.MISSING, key)
    assert both(ENV, "SOME_KEY", keyring) == wanted
    assert both(FILE, str(path), keyring) == wanted


def test_a_variable_is_read_live(absent: Path) -> None:
    environ = {"SOME_KEY": API_KEY}
    keyring = Keyring(environ, None, absent)
    assert both(ENV, "SOME_KEY", keyring) == (KeyState.READY, API_KEY)
    del environ["SOME_KEY"]
    assert both(ENV, "SOME_KEY", keyring) == (KeyState.MISSING, None)


@pytest.mark.parametrize("ref", ["MODELTUI_SECRET_KEY", "MODELTUI_DATABASE_URL", "", None])
def test_the_programs_own_variables_are_never_given_out(ref: str | None, absent: Path) -> None:
    environ = {"MODELTUI_SECRET_KEY": SPELLED, "MODELTUI_DATABASE_URL": "x", "": "x"}
    assert both(ENV, ref, Keyring(environ, None, absent)) == (KeyState.MISSING, None)


@pytest.mark.parametrize("make", [make_folder, make_fifo, link_to_device, link_to_nowhere, link_to_itself])
def test_files_that_are_no_key(make: Callable[[Path], None], tmp_path: Path, absent: Path) -> None:
    path = tmp_path / "mounted"
    make(path)
    assert both(FILE, str(path), Keyring({}, None, absent)) == (KeyState.MISSING, None)


@pytest.mark.parametrize("content", [b"\xff\xfe", b" " * 100_000 + b"x"], ids=["not utf-8", "endless"])
def test_files_without_a_usable_text(content: bytes, tmp_path: Path, absent: Path) -> None:
    path = tmp_path / "mounted"
    path.write_bytes(content)
    assert both(FILE, str(path), Keyring({}, None, absent)) == (KeyState.MISSING, None)


def test_paths_that_are_no_absolute_path(tmp_path: Path, absent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mounted").write_text(API_KEY)
    for ref in ("mounted", "", None, str(tmp_path / "a\0b")):
        assert both(FILE, ref, Keyring({}, None, absent)) == (KeyState.MISSING, None)


def test_a_mounted_secret_may_be_a_link_that_others_can_read(tmp_path: Path, absent: Path) -> None:
    (tmp_path / "data").write_text(API_KEY)
    (tmp_path / "mounted").symlink_to("data")
    assert both(FILE, str(tmp_path / "mounted"), Keyring({}, None, absent)) == (KeyState.READY, API_KEY)


def test_a_stored_key(key_file: Path) -> None:
    keyring = Keyring({}, None, key_file)
    token = KEY.seal(PROVIDER, API_KEY)
    assert credential_state(STORED, None, token[:TOKEN_PREFIX_LENGTH], keyring) is KeyState.READY
    assert credential_state(STORED, None, token, keyring) is KeyState.READY
    assert read_credential(STORED, None, PROVIDER, token, keyring) == API_KEY


def test_a_stored_key_that_is_unreadable_here(key_file: Path, absent: Path) -> None:
    token = KEY.seal(PROVIDER, API_KEY)
    foreign = OTHER.seal(PROVIDER, API_KEY)
    cases: list[tuple[Keyring, str | None, type[CatalogError]]] = [
        (Keyring({}, None, absent), token, SecretKeyUnavailable),
        (Keyring({"MODELTUI_SECRET_KEY": "x"}, None, key_file), token, SecretKeyUnavailable),
        (Keyring({}, None, key_file), foreign, SecretKeyMismatch),
        (Keyring({}, None, key_file), "2" + token[1:], SecretDamaged),
        (Keyring({}, None, key_file), None, SecretDamaged),
        (Keyring({}, None, key_file), "", SecretDamaged),
    ]
    for keyring, stored, error in cases:
        assert credential_state(STORED, None, stored, keyring) is KeyState.UNREADABLE
        with pytest.raises(error) as caught:
            read_credential(STORED, None, PROVIDER, stored, keyring)
        assert_hides(caught.value, API_KEY)
    assert not absent.exists()


def test_the_state_is_judged_without_opening(key_file: Path) -> None:
    keyring = Keyring({}, None, key_file)
    moved = KEY.seal(NEIGHBOUR, API_KEY)
    assert credential_state(STORED, None, moved, keyring) is KeyState.READY
    with pytest.raises(SecretDamaged):
        read_credential(STORED, None, PROVIDER, moved, keyring)


def test_read_only_opens_no_stored_key(key_file: Path) -> None:
    keyring = Keyring({"SOME_KEY": API_KEY}, None, key_file, read_only=True)
    token = KEY.seal(PROVIDER, API_KEY)
    assert credential_state(STORED, None, token, keyring) is KeyState.READY
    assert read_credential(STORED, None, PROVIDER, token, keyring) is None
    assert both(ENV, "SOME_KEY", keyring) == (KeyState.READY, API_KEY)


def test_lists_need_no_cryptography(key_file: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from modeltui.services.secrets import Keyring, credential_state\n"
        "print(credential_state('stored', None, sys.argv[2], Keyring({}, None, Path(sys.argv[1]))))\n"
        "print([name for name in ('cryptography', 'pydantic', 'sqlalchemy', 'textual') if name in sys.modules])"
    )
    token = KEY.seal(PROVIDER, API_KEY)[:TOKEN_PREFIX_LENGTH]
    answer = subprocess.run(
        [sys.executable, "-c", program, str(key_file), token], capture_output=True, text=True, check=True
    )
    assert answer.stdout.splitlines() == ["ready", "[]"]
