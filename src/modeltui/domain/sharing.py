"""What providers have in common, so that one failure takes all of them: a key, a host, a family."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from modeltui.domain.families import Family
from modeltui.domain.rows import CredentialKind, ProviderRow


def host_of(row: ProviderRow) -> str | None:
    """The host that a provider's requests are sent to, its family's where it has none; None where a region decides."""
    try:
        return urlsplit(row.base_url or row.family.default_base_url or "").hostname
    except ValueError:
        return None  # a damaged row must not take the screen with it


def has_own_key(row: ProviderRow) -> bool:
    """Whether there is a key that others could share: stored, or named by a variable or a path."""
    return row.credential is not None and row.credential.kind is not CredentialKind.AMBIENT


def same_key(row: ProviderRow, providers: Iterable[ProviderRow]) -> list[ProviderRow]:
    """Every provider with this one's key, itself too: the same fingerprint, variable or file; none without a key."""
    return [other for other in providers if other.credential == row.credential] if has_own_key(row) else []


def same_host(row: ProviderRow, providers: Iterable[ProviderRow]) -> list[ProviderRow]:
    """Every provider whose requests go to this one's host, whatever the port, itself too; none without a host."""
    host = host_of(row)
    return [other for other in providers if host_of(other) == host] if host is not None else []


def same_family(family: Family, providers: Iterable[ProviderRow]) -> list[ProviderRow]:
    """Every provider of a family."""
    return [other for other in providers if other.family is family]
