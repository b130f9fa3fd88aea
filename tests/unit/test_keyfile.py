"""Where the secret key is found, how its file is made, and what is refused."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from modeltui.errors import SecretKeyUnavailable
from modeltui.services.secrets import create_key_file, load_secret_key
from tests.support.secret_samples import (
    API_KEY,
    KEY,
    MATERIAL,
    OTHER,
    OTHER_SPELLED,
    SPELLED,
    assert_hides,
    link_to_device,
    link_to_itself,
    link_to_nowhere,
    make_fifo,
    make_folder,
    make_large,
    told,
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


def test_from_the_variable(absent: Path) -> None:
    assert load_secret_key({"MODELTUI_SECRET_KEY": f" {SPELLED}\n"}, None, absent) == KEY


def test_from_the_file_named_then_from_the_default_one(tmp_path: Path, key_file: Path, absent: Path) -> None:
    named = write_key(tmp_path / "named", OTHER_SPELLED)
    assert load_secret_key({}, named, key_file) == OTHER
    assert load_secret_key({}, None, key_file) == KEY
    assert load_secret_key({"MODELTUI_SECRET_KEY": SPELLED}, named, absent) == KEY


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_modes_that_are_private(tmp_path: Path, mode: int) -> None:
    assert load_secret_key({}, None, write_key(tmp_path / "k", mode=mode)) == KEY


def test_a_link_to_a_key_file_is_followed(tmp_path: Path, key_file: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(key_file)
    assert load_secret_key({}, link, key_file) == KEY


MALFORMED = [
    pytest.param("", id="empty"),
    pytest.param("  \n", id="blank"),
    pytest.param("not base64!", id="not base64"),
    pytest.param("a" * 32, id="32 characters"),
    pytest.param(MATERIAL.hex(), id="hex"),
    pytest.param(base64.b64encode(bytes(31)).decode(), id="31 bytes"),
    pytest.param(base64.b64encode(bytes(33)).decode(), id="33 bytes"),
    pytest.param(SPELLED[:-1], id="without padding"),
    pytest.param(SPELLED[:20] + "\n" + SPELLED[20:], id="two lines"),
    pytest.param(SPELLED + "\n" + SPELLED, id="two keys"),
    pytest.param(SPELLED[:-2] + "9=", id="stray last bits"),
    pytest.param(base64.urlsafe_b64encode(b"\xff" * 32).decode(), id="url-safe alphabet"),
    pytest.param("ключ", id="not ascii"),
    pytest.param("\udcff", id="not utf-8"),
]


@pytest.mark.parametrize("text", MALFORMED)
def test_malformed_variables(text: str, key_file: Path) -> None:
    environ = {"MODELTUI_SECRET_KEY": text, "OPENAI_API_KEY": API_KEY}
    with pytest.raises(SecretKeyUnavailable) as caught:
        load_secret_key(environ, None, key_file)
    assert "MODELTUI_SECRET_KEY must hold 32 bytes in base64" in caught.value.message
    assert_hides(caught.value, API_KEY, *([text] if len(text) > 5 else []))


@pytest.mark.parametrize("text", MALFORMED)
def test_damaged_files(text: str, tmp_path: Path) -> None:
    path = write_key(tmp_path / "k", text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SecretKeyUnavailable) as caught:
        load_secret_key({"OPENAI_API_KEY": API_KEY}, path, path)
    assert f"{path} is damaged" in caught.value.message
    assert_hides(caught.value, API_KEY, *([text] if len(text) > 5 else []))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o601, 0o666, 0o700 | 0o010])
def test_files_that_others_may_touch(tmp_path: Path, mode: int) -> None:
    path = write_key(tmp_path / "my key", mode=mode)
    with pytest.raises(SecretKeyUnavailable) as caught:
        load_secret_key({}, path, path)
    assert f"mode {mode:04o}" in caught.value.message
    assert f"chmod 600 '{path}'" in caught.value.message
    assert_hides(caught.value)


def test_a_file_of_another_user(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    with pytest.raises(SecretKeyUnavailable, match=rf"another user \(uid {stranger - 1}, this is {stranger}\)"):
        load_secret_key({}, key_file, key_file)


def test_a_missing_file_says_which_and_what_to_do(absent: Path) -> None:
    with pytest.raises(SecretKeyUnavailable) as caught:
        load_secret_key({}, None, absent)
    assert f"{absent} is missing" in caught.value.message
    assert "MODELTUI_SECRET_KEY" in caught.value.message
    assert "--secret-key-file" in caught.value.message


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_folder, "not a regular file"),
        (make_fifo, "not a regular file"),
        (link_to_device, "not a regular file"),
        (make_large, "larger than 1024 bytes"),
        (link_to_nowhere, "is missing"),
        (link_to_itself, "can't be read"),
    ],
)
def test_what_is_no_key_file(tmp_path: Path, make: Callable[[Path], None], words: str) -> None:
    path = tmp_path / "k"
    make(path)
    with pytest.raises(SecretKeyUnavailable) as caught:
        load_secret_key({}, path, path)
    assert str(path) in caught.value.message
    assert words in caught.value.message


def test_a_path_that_is_no_path() -> None:
    with pytest.raises(SecretKeyUnavailable, match="malformed"):
        load_secret_key({}, Path("a\0b"), Path("c"))


def test_a_file_swapped_for_a_fifo_after_the_first_look(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = os.stat(key_file)
    key_file.unlink()
    os.mkfifo(key_file, 0o600)
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", lambda path: look)
        with pytest.raises(SecretKeyUnavailable) as caught:
            load_secret_key({}, key_file, key_file)
    assert "not a regular file" in caught.value.message


# -- making it


def test_a_new_key_file_is_private_whatever_the_umask(absent: Path) -> None:
    before = os.umask(0)
    try:
        key = create_key_file(absent)
    finally:
        os.umask(before)
    assert stat.S_IMODE(absent.stat().st_mode) == 0o600
    assert stat.S_IMODE(absent.parent.stat().st_mode) == 0o700
    assert load_secret_key({}, None, absent) == key
    assert os.listdir(absent.parent) == ["secret.key"]


def test_new_keys_differ(tmp_path: Path) -> None:
    assert create_key_file(tmp_path / "a") != create_key_file(tmp_path / "b")


def test_an_existing_key_file_is_never_replaced(key_file: Path) -> None:
    assert create_key_file(key_file) == KEY
    assert key_file.read_text() == SPELLED + "\n"
    assert os.listdir(key_file.parent).count("secret.key") == 1


def test_an_existing_file_that_is_unusable_is_not_replaced_either(key_file: Path) -> None:
    key_file.chmod(0o644)
    with pytest.raises(SecretKeyUnavailable, match="chmod 600"):
        create_key_file(key_file)
    assert key_file.read_text() == SPELLED + "\n"


def test_a_folder_in_which_nothing_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SecretKeyUnavailable, match="Not a directory"):
        create_key_file(tmp_path / "file" / "secret.key")
    with pytest.raises(SecretKeyUnavailable, match="can't be made"):
        create_key_file(tmp_path / "file" / "folder" / "secret.key")


def test_a_disk_that_fails_leaves_nothing_behind(absent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SecretKeyUnavailable, match="No space left") as caught:
        create_key_file(absent)
    assert list(absent.parent.iterdir()) == []
    assert "material" not in told(caught.value)


def test_processes_that_make_it_at_once_get_the_same_key(absent: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from modeltui.services.secrets import create_key_file\n"
        "print('ready', flush=True); sys.stdin.readline(); print(create_key_file(Path(sys.argv[1])).id)"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(absent)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    ids = {process.communicate()[0].strip() for process in processes}
    assert ids == {load_secret_key({}, None, absent).id}
    assert os.listdir(absent.parent) == ["secret.key"]
