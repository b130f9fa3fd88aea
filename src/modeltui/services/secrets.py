"""How stored API keys are sealed, and whether this process can use a provider's credential.

`SecretKey` seals and opens, `Keyring` finds the one of an open catalog, `credential_state` and
`read_credential` answer for the four kinds of credential. Everything here reads files and blocks: call it
in a thread. The key file itself is the business of `keyfile`.

No frame that raises holds a secret in a local variable, since a crash report may print those.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from uuid import UUID

from modeltui.domain.rows import CredentialKind, KeyState
from modeltui.domain.secret_token import PREFIX_LENGTH as TOKEN_PREFIX_LENGTH
from modeltui.domain.secret_token import token_key_id
from modeltui.errors import ReadOnly, SecretDamaged, SecretKeyMismatch, SecretKeyUnavailable
from modeltui.paths import default_key_file
from modeltui.services.keyfile import FileRefused, create_key_file, load_secret_key, read_regular_file
from modeltui.services.secret_key import SecretKey
from modeltui.settings import SECRET_KEY_VARIABLE

__all__ = [
    "API_KEY_LIMIT",
    "SECRET_KEY_VARIABLE",
    "TOKEN_PREFIX_LENGTH",
    "Keyring",
    "SecretKey",
    "create_key_file",
    "credential_state",
    "load_secret_key",
    "read_credential",
    "token_key_id",
]

API_KEY_LIMIT = 10_240  # bytes, after trimming

# A key may be surrounded by blanks and line breaks, but no file is read without end.
_FILE_READ_LIMIT = 4 * API_KEY_LIMIT


class Keyring:
    """The secret key of one open catalog, looked for again when the variable or the key file changes."""

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        key_file: Path | None = None,
        default_file: Path | None = None,
        *,
        read_only: bool = False,
    ) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self.key_file = key_file
        self.default_file = default_key_file() if default_file is None else default_file
        self.read_only = read_only
        self._loaded: tuple[object, SecretKey | None, SecretKeyUnavailable | None] | None = None

    def __repr__(self) -> str:
        return f"Keyring(key_file={self.key_file!r}, read_only={self.read_only})"

    def current(self) -> SecretKey | None:
        """The secret key, or None where none is configured or it is unusable (`problem` says why)."""
        return self._look()[0]

    @property
    def problem(self) -> SecretKeyUnavailable | None:
        """Why there is no usable secret key, or None when there is one."""
        return self._look()[1]

    def require(self) -> SecretKey:
        """The secret key. Raises SecretKeyUnavailable."""
        key, problem = self._look()
        if key is None:
            # A new error each time: one that is raised again drags its old traceback along.
            raise SecretKeyUnavailable(problem.message if problem else "there is no secret key")
        return key

    def for_sealing(self, stored_key_ids: AbstractSet[str]) -> SecretKey:
        """The key to seal with, given the ids of those that the other stored API keys were sealed with.

        Among them "" stands for a damaged token: something is stored, but no key is known to open it.
        A key file is made here, the first time that anything is stored, and only where no variable and no
        other file was named. Raises ReadOnly, SecretKeyUnavailable or SecretKeyMismatch.
        """
        if self.read_only:
            raise ReadOnly
        if self._has_no_key_yet():
            if stored_key_ids:
                raise SecretKeyUnavailable(
                    f"API keys are stored already, and the secret key that they were sealed with is missing: bring "
                    f"back {self.default_file}, or give it in {SECRET_KEY_VARIABLE} or --secret-key-file "
                    f"(key id {_listed(stored_key_ids)})"
                )
            return create_key_file(self.default_file)
        key = self.require()
        if others := stored_key_ids - {key.id, ""}:
            raise SecretKeyMismatch(
                f"the secret key here (key id {key.id}) is not the one that the stored API keys were sealed with "
                f"(key id {_listed(others)}); give that one in {SECRET_KEY_VARIABLE} or --secret-key-file, "
                "or clear those API keys first"
            )
        return key

    def _has_no_key_yet(self) -> bool:
        # A dangling link counts as a file: somebody meant a key to be there.
        return (
            SECRET_KEY_VARIABLE not in self.environ and self.key_file is None and not os.path.lexists(self.default_file)
        )

    def _look(self) -> tuple[SecretKey | None, SecretKeyUnavailable | None]:
        """The key and the problem, read again only if what they came from has changed."""
        seen = self._signature()
        loaded = self._loaded
        if loaded is None or loaded[0] != seen:
            try:
                loaded = (seen, load_secret_key(self.environ, self.key_file, self.default_file), None)
            except SecretKeyUnavailable as error:
                loaded = (seen, None, error.with_traceback(None))
            self._loaded = loaded
        return loaded[1], loaded[2]

    def _signature(self) -> object:
        if SECRET_KEY_VARIABLE in self.environ:
            return self.environ[SECRET_KEY_VARIABLE]
        try:
            status = os.stat(self.key_file or self.default_file)
        except (OSError, ValueError):
            return None
        return status.st_dev, status.st_ino, status.st_mode, status.st_uid, status.st_size, status.st_ctime_ns


def credential_state(
    kind: CredentialKind | None, ref: str | None, token_prefix: str | None, keyring: Keyring
) -> KeyState:
    """What this process can do with a credential, now, without opening anything; never raises.

    `ref` is the variable's name or the file's path. Of a stored key only the first TOKEN_PREFIX_LENGTH
    characters of its token are needed: it counts as readable when it was sealed with this process's key.
    """
    if kind is None:
        return KeyState.NONE
    if kind == CredentialKind.AMBIENT:
        return KeyState.READY
    if kind == CredentialKind.STORED:
        key = keyring.current()
        key_id = token_key_id(token_prefix or "")
        return KeyState.READY if key is not None and key.id == key_id else KeyState.UNREADABLE
    return KeyState.MISSING if _outside_key(kind, ref, keyring.environ) is None else KeyState.READY


def read_credential(
    kind: CredentialKind | None, ref: str | None, provider_id: UUID, token: str | None, keyring: Keyring
) -> str | None:
    """The API key itself, for resolution alone.

    None where no key is needed, where the variable or file is gone or blank, and, in a catalog opened
    read-only, where the key is stored. Raises SecretKeyUnavailable, SecretKeyMismatch or SecretDamaged.
    """
    if kind is None or kind == CredentialKind.AMBIENT:
        return None
    if kind != CredentialKind.STORED:
        return _outside_key(kind, ref, keyring.environ)
    if keyring.read_only:
        return None
    if not token:
        raise SecretDamaged(f"provider {provider_id} has no stored API key left; give it one again")
    return keyring.require().open(provider_id, token)


def _outside_key(kind: CredentialKind, ref: str | None, environ: Mapping[str, str]) -> str | None:
    """The key in a variable or file, trimmed, or None where there is none that can be used."""
    if not ref:
        return None
    if kind == CredentialKind.ENV:
        # This program's own variables are refused when a provider is saved; a row that was changed behind
        # its back must not give away the secret key either.
        return None if ref.startswith("MODELTUI_") else _usable(environ.get(ref, ""))
    if not os.path.isabs(ref):
        return None
    try:
        return _usable(read_regular_file(Path(ref), _FILE_READ_LIMIT).decode("utf-8"))
    except (OSError, ValueError, FileRefused):
        return None


def _usable(text: str) -> str | None:
    key = text.strip()
    # Bytes that are not UTF-8 arrive in variables as lone surrogates.
    size = len(key.encode("utf-8", "surrogatepass"))
    return key if 0 < size <= API_KEY_LIMIT else None


def _listed(key_ids: AbstractSet[str]) -> str:
    return ", ".join(key_id or "unknown" for key_id in sorted(key_ids))
