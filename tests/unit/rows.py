"""Model rows made by hand, for the pure rules."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from modeltui.domain.families import Family
from modeltui.domain.impact import judged
from modeltui.domain.rows import KeyState, LineRow, ModelRow, ModelState, Verdict

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


def provider_id(name: str) -> UUID:
    """Return the id that a provider of this name has in these tests."""
    return UUID(bytes=name.encode().ljust(16, b"\0")[:16])


def line(name: str, *, enabled: bool = True, key: KeyState = KeyState.READY) -> LineRow:
    """Make a line to a provider that is on and has a key, unless told otherwise."""
    return LineRow(provider_id(name), name, Family.OPENAI, 0, None, enabled, None, key, Verdict.SKIPPED, None)


def model(name: str, *lines: LineRow, enabled: bool = True) -> ModelRow:
    """Make a model with these lines, judged."""
    bare = ModelRow(
        id=provider_id(name),
        family=Family.OPENAI,
        name=name,
        model=name,
        enabled=enabled,
        is_default=False,
        context_limit=1,
        compression_threshold=70,
        options={},
        deleted_at=None,
        created_at=MOMENT,
        updated_at=MOMENT,
        updated_by="alice",
        version=1,
        winner=None,
        state=ModelState.DARK,
        provider_configs=(),
    )
    return judged(bare, lines)
