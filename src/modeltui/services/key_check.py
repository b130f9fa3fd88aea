"""Whether a variable or a key file could be read by this process now, asked before a provider is saved."""

from __future__ import annotations

from collections.abc import Mapping

from modeltui import paths
from modeltui.domain.rows import CredentialKind, KeyState
from modeltui.services.secrets import Keyring, credential_state


def readable_here(kind: CredentialKind, reference: str, environ: Mapping[str, str]) -> bool:
    """Whether a key is there, by the rule that badges and resolution go by. May read a file: not for the event loop."""
    keyring = Keyring(environ, None, paths.default_key_file(), read_only=True)
    return credential_state(kind, reference, None, keyring) is KeyState.READY
