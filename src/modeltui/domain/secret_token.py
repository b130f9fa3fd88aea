"""The written form of a sealed key: `1:<id of the sealing key>:<base64 of nonce and ciphertext>`."""

from __future__ import annotations

import re

VERSION = "1"
KEY_ID_LENGTH = 16
PREFIX_LENGTH = len(f"{VERSION}:{'0' * KEY_ID_LENGTH}:")
_PREFIX = re.compile(rf"{VERSION}:([0-9a-f]{{{KEY_ID_LENGTH}}}):")


def token_key_id(token: str) -> str | None:
    """The id of the key that a token, or its first PREFIX_LENGTH characters, was sealed with; None if malformed."""
    match = _PREFIX.match(token)
    return match[1] if match else None
