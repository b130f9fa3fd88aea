"""The 32-byte secret key: it seals API keys to their row, opens them, and tells equal ones apart."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field
from uuid import UUID

from modeltui.domain.secret_token import KEY_ID_LENGTH, PREFIX_LENGTH, VERSION, token_key_id
from modeltui.errors import SecretDamaged, SecretKeyMismatch, ValidationError

KEY_SIZE = 32  # bytes

_NONCE_SIZE = 12  # bytes, as AES-GCM wants it
_TAG_SIZE = 16
_ID_LABEL = b"modeltui secret key id"
_FINGERPRINT_LABEL = b"modeltui api key fingerprint"


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A secret key of 32 bytes; nothing that prints it shows more than its id."""

    _material: bytes = field(repr=False)
    id: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if len(self._material) != KEY_SIZE:
            raise ValueError(f"a secret key has {KEY_SIZE} bytes")
        digest = hmac.digest(self._material, _ID_LABEL, hashlib.sha256)
        object.__setattr__(self, "id", digest.hex()[:KEY_ID_LENGTH])

    def seal(self, provider_id: UUID, secret: str) -> str:
        """The token to store for this provider: `1:<key id>:<base64 of nonce and AES-256-GCM ciphertext>`."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not _is_unicode(secret):
            del secret
            raise ValidationError("api_key", "the API key has characters that are not text; paste it again")
        nonce = os.urandom(_NONCE_SIZE)
        sealed = AESGCM(self._material).encrypt(nonce, secret.encode("utf-8"), _row(provider_id))
        return f"{VERSION}:{self.id}:{base64.b64encode(nonce + sealed).decode('ascii')}"

    def open(self, provider_id: UUID, token: str) -> str:
        """The secret in a token of this provider. Raises SecretKeyMismatch or SecretDamaged."""
        key_id = token_key_id(token)
        if key_id is not None and key_id != self.id:
            raise SecretKeyMismatch(
                f"the API key of provider {provider_id} was sealed with another secret key (key id {key_id}, here "
                f"{self.id}); give that one in MODELTUI_SECRET_KEY or --secret-key-file, or store the API key again"
            )
        secret = None if key_id is None else self._opened(provider_id, token[PREFIX_LENGTH:])
        if secret is None:
            raise SecretDamaged(
                f"the stored API key of provider {provider_id} is damaged, or was moved here from another provider; "
                f"store it again with: modeltui providers edit {provider_id} --api-key-stdin"
            )
        return secret

    def fingerprint(self, secret: str) -> str:
        """Eight hex digits that are equal for equal secrets under this key, and useless to guess from."""
        # HKDF-SHA256 (RFC 5869) without salt, one block: enough for a 32-byte sub-key.
        extracted = hmac.digest(bytes(32), self._material, hashlib.sha256)
        sub_key = hmac.digest(extracted, _FINGERPRINT_LABEL + b"\x01", hashlib.sha256)
        return hmac.digest(sub_key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()[:8]

    def _opened(self, provider_id: UUID, payload: str) -> str | None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            sealed = base64.b64decode(payload, validate=True)
            if len(sealed) < _NONCE_SIZE + _TAG_SIZE:
                return None
            secret = AESGCM(self._material).decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], _row(provider_id))
            return secret.decode("utf-8")
        except (ValueError, InvalidTag):
            return None


def decoded_key(text: bytes) -> SecretKey | None:
    """The key that a line of base64 spells, or None for anything but exactly 32 bytes of it."""
    line = text.strip()
    try:
        material = base64.b64decode(line, validate=True)
    except ValueError:
        return None
    # Compared with its own spelling, because the decoder lets stray last bits and padding pass.
    return SecretKey(material) if len(material) == KEY_SIZE and base64.b64encode(material) == line else None


def encoded_key(material: bytes) -> bytes:
    """The line of base64 that goes into a key file."""
    return base64.b64encode(material) + b"\n"


def _row(provider_id: UUID) -> bytes:
    """What ties a ciphertext to its row: it opens nowhere else."""
    return f"provider_config:api_key:{provider_id}".encode("ascii")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
