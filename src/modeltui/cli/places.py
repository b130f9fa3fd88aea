"""Places in a priority list as people write them: counted from 1, `first`, `last`, `before:P`, `after:P`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from modeltui.cli.invocation import UsageProblem
from modeltui.domain.rows import LineRow, ModelRow
from modeltui.domain.text import name_key, parse_uuid
from modeltui.errors import NotFound, ValidationError


@dataclass(frozen=True)
class Place:
    """A place that was asked for: a number from 1, else a word, perhaps with the provider that it is about."""

    word: str
    number: int = 0
    provider: str = ""


def attaching_place(text: str) -> Place:
    """A place for a new line: N, first or last. Raises UsageProblem."""
    if text in ("first", "last"):
        return Place(text)
    try:
        return Place("number", number=int(text))
    except ValueError:
        raise UsageProblem(f"--to {text}: this is neither a number from 1 nor first or last") from None


def moving_place(text: str) -> Place:
    """A place for a line that is there: N, first, last, before:P or after:P. Raises UsageProblem."""
    word, colon, provider = text.partition(":")
    if colon and provider and word in ("before", "after"):
        return Place(word, provider=provider)
    try:
        return attaching_place(text)
    except UsageProblem:
        raise UsageProblem(
            f"--to {text}: this is neither a number from 1 nor first, last, before:P or after:P"
        ) from None


def line_of(row: ModelRow, provider: str) -> LineRow:
    """The model's line of a provider, by name or id. Raises NotFound."""
    identity, key = parse_uuid(provider), name_key(provider.strip())
    for line in row.provider_configs:
        if line.provider_config_id == identity or name_key(line.name) == key:
            return line
    raise NotFound("line", provider, f"{provider} is not attached to {row.name}; see: modeltui models show {row.name}")


def index_of(place: Place, row: ModelRow, others: Sequence[LineRow]) -> int:
    """Where a line goes among the others, counted from 0. Raises ValidationError on `to`, NotFound."""
    if place.word == "first":
        return 0
    if place.word == "last":
        return len(others)
    if place.word == "number":
        if not 1 <= place.number <= len(others) + 1:
            _refuse(f"place {place.number} is not in the list of {row.name}; places go from 1 to {len(others) + 1}")
        return place.number - 1
    neighbour = line_of(row, place.provider)
    if neighbour not in others:
        _refuse(f"{neighbour.name} can't stand before or after itself")
    return others.index(neighbour) + (place.word == "after")


def _refuse(message: str) -> NoReturn:
    raise ValidationError("to", message)
