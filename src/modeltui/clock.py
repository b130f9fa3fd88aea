"""The time, as something that can be handed in: stored in UTC, shown in local time with its offset."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment in UTC, the clock of everything that is stored."""
    return datetime.now(UTC)


def local(moment: datetime, zone: tzinfo | None = None) -> datetime:
    """The same moment in `zone`, or in this machine's zone. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone can't be shown; make it with utc_now()")
    return moment.astimezone(zone)


def local_text(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment for people, such as `2026-03-01 03:04:05+01:00`: local, with its offset, to the second."""
    return local(moment, zone).isoformat(sep=" ", timespec="seconds")


def utc_text(moment: datetime) -> str:
    """A moment for programs, such as `2026-03-01T02:04:05.123456Z`: ISO 8601 in UTC, always to the microsecond."""
    return local(moment, UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
