"""Connections to a PostgreSQL server, each with the settings that the program relies on."""

from __future__ import annotations

from typing import Any

from modeltui.database_url import postgres_dsn, postgres_place
from modeltui.db import engine
from modeltui.errors import DatabaseUnavailable

# How long to wait for the server to let us in, in seconds.
CONNECT_SECONDS = 10
# A writer that stops in the middle (suspended, or its machine gone) must not keep the lock from the others.
STALLED_SECONDS = 30


async def connect(url: str, *, answer_seconds: float | None, name: str = "modeltui") -> Any:
    """A connection, which the server lists under `name`. Raises the driver's errors, OSError, DatabaseUnavailable.

    A statement may take `answer_seconds`, or as long as it likes.
    """
    import asyncpg

    settings = {
        "application_name": name,
        # A writer waits for the others in its first statement; with any other level it would go on seeing what was
        # there before it waited.
        "default_transaction_isolation": "read committed",
        "lock_timeout": f"{engine.BUSY_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{STALLED_SECONDS}s",
        "tcp_keepalives_idle": f"{STALLED_SECONDS}",
        # Compiling a listing of many rows takes longer than running it.
        "jit": "off",
    }
    try:
        return await asyncpg.connect(
            postgres_dsn(url), timeout=CONNECT_SECONDS, command_timeout=answer_seconds, server_settings=settings
        )
    except ValueError:
        where = postgres_place(url)
        raise DatabaseUnavailable(
            f"the database URL names no server; check its host, its port and what follows a ? ({where})"
        ) from None
