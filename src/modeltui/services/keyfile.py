"""Where the secret key comes from: the variable, else a key file that nobody else can read."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from shlex import quote

from modeltui.errors import SecretKeyUnavailable
from modeltui.services.secret_key import KEY_SIZE, SecretKey, decoded_key, encoded_key
from modeltui.settings import SECRET_KEY_VARIABLE

_KEY_FILE_LIMIT = 1024  # bytes; a key and its line break need 45
_FORM = "32 bytes in base64, as `openssl rand -base64 32` prints them"


class FileRefused(Exception):
    """A file that is there but must not be used; the message goes on after its name."""


def load_secret_key(environ: Mapping[str, str], key_file: Path | None, default_file: Path) -> SecretKey:
    """The secret key from the variable, else from the file named, else from the default one.

    A variable that is set but blank or malformed is an error, not a reason to look further: sealing with
    another key than the one that was meant would be worse. Raises SecretKeyUnavailable.
    """
    text = environ.get(SECRET_KEY_VARIABLE)
    del environ  # A traceback that prints local variables must not print what is in it.
    if text is None:
        return _from_file(key_file or default_file)
    key = decoded_key(text.encode("utf-8", "replace"))
    del text
    if key is None:
        raise SecretKeyUnavailable(f"{SECRET_KEY_VARIABLE} must hold {_FORM}; correct it or unset it")
    return key


def create_key_file(path: Path) -> SecretKey:
    """Make a key file with a new key, readable by its owner alone from its first byte.

    Where there is one already, or another process is quicker, that one's key is given. Raises
    SecretKeyUnavailable.
    """
    temporary = path.with_name(f".{path.name}.{token_hex(8)}")
    material = os.urandom(KEY_SIZE)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _write_private(temporary, encoded_key(material))
            # A link appears whole or not at all, and never replaces a file that is there.
            os.link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except FileExistsError:
        del material
        return _from_file(path)
    except OSError as error:
        del material
        raise SecretKeyUnavailable(
            f"the key file {path} can't be made ({error.strerror}); make its folder writable, "
            f"or give the secret key in {SECRET_KEY_VARIABLE}"
        ) from None
    return SecretKey(material)


def read_regular_file(path: Path, limit: int, *, private: bool = False) -> bytes:
    """The content of a regular file of at most `limit` bytes, without ever waiting for a FIFO or device.

    With `private` its owner must be this user, and nobody else may have any right to it. Links are followed,
    since secret mounts are made of them; what counts is the file that was opened. Raises FileRefused, OSError.
    """
    # Looked at before opening as well, because opening a device can have effects.
    _check_regular(os.stat(path))
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        _check_regular(status)
        if private:
            _check_private(status, path)
        if status.st_size > limit:
            raise FileRefused(f"is larger than {limit} bytes")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limit)
    finally:
        os.close(descriptor)


def _check_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise FileRefused("is not a regular file; name a file")


def _check_private(status: os.stat_result, path: Path) -> None:
    user = os.geteuid()
    if status.st_uid != user:
        raise FileRefused(
            f"belongs to another user (uid {status.st_uid}, this is {user}); "
            f"run as that user, or: chown {user} {quote(str(path))}"
        )
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise FileRefused(f"is open to other users (mode {mode:04o}); run: chmod 600 {quote(str(path))}")


def _from_file(path: Path) -> SecretKey:
    key = None
    try:
        key = decoded_key(read_regular_file(path, _KEY_FILE_LIMIT, private=True))
        problem = f"is damaged: it must hold {_FORM}; bring the right one back"
    except FileNotFoundError:
        problem = f"is missing; bring it back, or give the secret key in {SECRET_KEY_VARIABLE} or --secret-key-file"
    except FileRefused as error:
        problem = str(error)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is malformed"
        problem = f"can't be read ({reason}); correct that, or give the secret key in {SECRET_KEY_VARIABLE}"
    if key is None:
        raise SecretKeyUnavailable(f"the key file {path} {problem}")
    return key


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a new name in the folder last through a power cut, where the folder and file system allow it."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
