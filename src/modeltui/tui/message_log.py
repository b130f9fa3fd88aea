"""The messages of a session, so that what was said at 03:00 can still be read at 03:05."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

LIMIT = 1_000


class Message(NamedTuple):
    """One thing that was said: its number in the session from 1, when (UTC), on which screen, and whether it failed."""

    number: int
    at: datetime
    place: str
    text: str
    error: bool


class MessageLog:
    """The latest messages, the oldest first; what is older is forgotten and only counted."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._messages: deque[Message] = deque(maxlen=limit)
        self._count = 0

    def add(self, at: datetime, place: str, text: str, *, error: bool = False) -> None:
        """Keeps one message. The text may be anything; it is made displayable when it is shown."""
        self._count += 1
        self._messages.append(Message(self._count, at, place, text, error))

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages)

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def forgotten(self) -> int:
        """How many messages are too old to be kept."""
        return self._count - len(self._messages)
