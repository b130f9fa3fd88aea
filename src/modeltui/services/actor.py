"""Who is at work, as written into `updated_by`."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping

from modeltui.domain.text import is_forbidden

ACTOR_LIMIT = 256


def current_actor(environ: Mapping[str, str] | None = None) -> str:
    """The user, and over SSH the client's address, such as `alice (203.0.113.7)`."""
    variables = os.environ if environ is None else environ
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = f"uid {os.geteuid()}"
    client = variables.get("SSH_CONNECTION", "").split(" ")[0]
    return storable_actor(f"{user} ({client})" if client else user)


def storable_actor(named: str) -> str:
    """Who is at work in a form that every database can keep: visible characters, and not too many."""
    return "".join("?" if is_forbidden(character) else character for character in named)[:ACTOR_LIMIT]
