"""The credentials that a caller can give a provider; their reprs never show a key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from pydantic import SecretStr

from modeltui.domain.families import Family
from modeltui.domain.rows import CredentialKind
from modeltui.domain.text import checked_text
from modeltui.errors import ValidationError

KEY_BYTES_LIMIT = 10_240
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_VARIABLE_LIMIT = 256
_PATH_LIMIT = 1024


@dataclass(frozen=True, slots=True, init=False, repr=False)
class StoredKey:
    """A key kept in the catalog, encrypted. Raises ValidationError when blank or over 10,240 bytes."""

    secret: SecretStr

    kind = CredentialKind.STORED

    def __init__(self, secret: str | SecretStr) -> None:
        plain = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
        problem = _key_problem(plain)
        if problem is not None:
            # A traceback that prints local variables must not print a key.
            del secret, plain
            raise ValidationError("credential", problem)
        object.__setattr__(self, "secret", SecretStr(plain.strip()))

    def __repr__(self) -> str:
        return "StoredKey(**********)"


@dataclass(frozen=True, slots=True)
class EnvKey:
    """A key in an environment variable of the process that resolves. Raises ValidationError on a bad name."""

    name: str

    kind = CredentialKind.ENV

    def __post_init__(self) -> None:
        name = checked_text("credential", self.name, _VARIABLE_LIMIT)
        if not _VARIABLE.match(name):
            raise ValidationError(
                "credential", "a variable's name has letters, digits and _ only, and starts with no digit"
            )
        if name.startswith("MODELTUI_"):
            raise ValidationError("credential", "MODELTUI_ variables are modeltui's own; keep the key in another one")
        object.__setattr__(self, "name", name)


@dataclass(frozen=True, slots=True)
class FileKey:
    """A key in a file, such as a secret mount. Raises ValidationError unless the path is absolute."""

    path: str

    kind = CredentialKind.FILE

    def __post_init__(self) -> None:
        path = checked_text("credential", str(self.path), _PATH_LIMIT)
        if not PurePath(path).is_absolute():
            raise ValidationError("credential", "the key file's path must be absolute, such as /run/secrets/openai")
        object.__setattr__(self, "path", path)


@dataclass(frozen=True, slots=True)
class Ambient:
    """No key needed: a local server, or the host's own cloud credentials."""

    kind = CredentialKind.AMBIENT


CredentialInput = StoredKey | EnvKey | FileKey | Ambient


def checked_credential(family: Family, credential: CredentialInput | None) -> CredentialInput | None:
    """The credential, if its kind suits the family. Raises ValidationError on `credential`."""
    if isinstance(credential, Ambient) and not family.allows_ambient:
        raise ValidationError("credential", f"{family.label} always needs an API key; it can't be ambient")
    return credential


def _key_problem(secret: object) -> str | None:
    if not isinstance(secret, str):
        return "the API key must be text"
    key = secret.strip()
    if not key:
        return "the API key must not be blank; leave it out to keep it as it is"
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        return "the API key is not valid text"
    return f"the API key has over {KEY_BYTES_LIMIT} bytes; that is no API key" if size > KEY_BYTES_LIMIT else None
