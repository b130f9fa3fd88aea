"""What would happen if providers were down: which are meant, and one reading to judge by. It writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modeltui.db import queries
from modeltui.db.reading import Reference
from modeltui.domain.families import Family
from modeltui.domain.rows import ProviderRow
from modeltui.domain.sharing import same_family, same_host, same_key
from modeltui.domain.what_if import WhatIf, what_if
from modeltui.errors import ValidationError
from modeltui.services.workspace import Workspace


async def outage(
    workspace: Workspace,
    providers: Iterable[Reference],
    key_of: Iterable[Reference],
    host_of: Iterable[Reference],
    families: Iterable[Family],
) -> WhatIf:
    """What would happen with these providers down, and with those that share a key, a host or a family.

    Raises NotFound, ValidationError where there is no key or no host to share, and for what is no family.
    """
    whole = [_family(family) for family in families]
    async with workspace.reading() as view:
        named = [[(await view.provider(reference)).id for reference in part] for part in (providers, key_of, host_of)]
        rows = await view.rows(queries.LIVE)
    by_id = {row.id: row for row in rows.providers}
    down, keys, hosts = ([by_id[identity] for identity in part] for part in named)
    for row in keys:
        down += _some("same_key", f"{row.name} has no key of its own", same_key(row, rows.providers))
    for row in hosts:
        down += _some("same_host", f"{row.name} has no host: it goes by region", same_host(row, rows.providers))
    for family in whole:
        down += same_family(family, rows.providers)
    return what_if(rows, {row.id for row in down})


def _family(given: str) -> Family:
    try:
        return Family(given)
    except ValueError:
        raise ValidationError("families", f"no family {given}; there are {', '.join(Family)}") from None


def _some(field: str, why_not: str, found: Sequence[ProviderRow]) -> Sequence[ProviderRow]:
    if not found:
        raise ValidationError(field, f"{why_not}; name the provider itself instead")
    return found
