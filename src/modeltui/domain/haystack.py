"""What a filter looks through: for each row of a list, the texts and flags that its fields compare.

Made once per reading of the catalog; each column is worked out when a filter first asks for it and then kept,
so that a key press costs one substring search per row.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Generic, TypeVar

from modeltui.domain.rows import Credential, CredentialKind, ModelRow, ModelState, ProviderRow

Row = TypeVar("Row", bound=ModelRow | ProviderRow)

# Names, ids and URLs refuse line breaks, so no search text runs over from one into the next.
SEPARATOR = "\n"
ANY_TEXT = ""
"""The column that words without a field are looked for in."""


class Haystack(Generic[Row]):
    """The rows of one reading in their order, with a column for each field of a filter."""

    def __init__(
        self,
        rows: Sequence[Row],
        texts: Mapping[str, Callable[[Row], str]],
        flags: Mapping[str, Callable[[Row], bool]],
    ) -> None:
        self.rows = rows
        self._text_of = texts
        self._flag_of = flags
        self._texts: dict[tuple[str, bool], list[str]] = {}
        self._flags: dict[str, list[bool]] = {}

    def texts(self, field: str, *, sensitive: bool) -> list[str]:
        """Each row's values of a field, every one between two separators; casefolded unless sensitive."""
        column = self._texts.get((field, sensitive))
        if column is None:
            text_of, normalise = self._text_of[field], unicodedata.normalize
            column = [normalise("NFC", f"{SEPARATOR}{text_of(row)}{SEPARATOR}") for row in self.rows]
            if not sensitive:
                column = [text.casefold() for text in column]
            self._texts[field, sensitive] = column
        return column

    def has_flag(self, flag: str) -> bool:
        """Whether `is:` knows the word."""
        return flag in self._flag_of

    def flags(self, flag: str) -> list[bool]:
        """Whether each row is what `is:` asks for."""
        column = self._flags.get(flag)
        if column is None:
            flag_of = self._flag_of[flag]
            column = self._flags[flag] = [flag_of(row) for row in self.rows]
        return column


def models_haystack(models: Sequence[ModelRow], providers: Iterable[ProviderRow]) -> Haystack[ModelRow]:
    """What a filter of models looks through; the providers of the same reading give the lines' base URLs."""
    # Looked up by name: it is as unique as the id, and hashing a UUID runs Python code.
    urls: dict[str, str] = {}
    credentials: dict[str, str] = {}
    named_urls: dict[str, str] = {}
    for provider in providers:
        urls[provider.name] = _url(provider)
        credentials[provider.name] = _key_words(provider.credential)
        named_urls[provider.name] = _joined(provider.name, urls[provider.name])

    def any_text(row: ModelRow) -> str:
        parts = [row.name, row.model, row.family]
        for line in row.provider_configs:
            name = line.name
            parts.append(named_urls.get(name, name))
            if line.upstream_model is not None:
                parts.append(line.upstream_model)
        return SEPARATOR.join(parts)

    return Haystack(
        models,
        {
            ANY_TEXT: any_text,
            "name": lambda row: row.name,
            "model": lambda row: _joined(row.model, *(line.upstream_model for line in row.provider_configs)),
            "family": lambda row: row.family,
            "provider": lambda row: SEPARATOR.join([line.name for line in row.provider_configs]),
            "first": lambda row: row.provider_configs[0].name if row.provider_configs else "",
            "wins": lambda row: row.winner or "",
            "url": lambda row: SEPARATOR.join([urls.get(line.name, "") for line in row.provider_configs]),
            "key": lambda row: SEPARATOR.join(
                [credentials.get(line.name) or _key_words(line.credential) for line in row.provider_configs]
            ),
        },
        {
            "on": lambda row: row.state is ModelState.ON,
            "off": lambda row: row.state is ModelState.OFF,
            "dark": lambda row: row.state is ModelState.DARK,
            "fallback": lambda row: row.state is ModelState.FALLBACK,
            "alone": lambda row: row.alone,
            "default": lambda row: row.is_default,
            "nokey": lambda row: any(not line.has_api_key for line in row.provider_configs),
        },
    )


def providers_haystack(providers: Sequence[ProviderRow]) -> Haystack[ProviderRow]:
    """What a filter of providers looks through."""
    return Haystack(
        providers,
        {
            ANY_TEXT: lambda row: _joined(row.name, row.family, _url(row), *_key_references(row.credential)),
            "name": lambda row: row.name,
            "provider": lambda row: row.name,
            "family": lambda row: row.family,
            "url": _url,
            "key": lambda row: _key_words(row.credential),
        },
        {
            "on": lambda row: row.enabled,
            "off": lambda row: not row.enabled,
            "alone": lambda row: row.alone_model_count > 0,
            "nokey": lambda row: not row.has_api_key,
        },
    )


def _joined(*parts: str | None) -> str:
    return SEPARATOR.join([part for part in parts if part])


def _url(provider: ProviderRow) -> str:
    """Where the provider's requests go: its own base URL, else the family's, else nothing (by region)."""
    return provider.base_url or provider.family.default_base_url or ""


def _key_words(credential: Credential | None) -> str:
    """What `key:` compares: the words of the key's badge, its kind first."""
    return _joined("none" if credential is None else credential.kind, *_key_references(credential))


def _key_references(credential: Credential | None) -> tuple[str | None, ...]:
    """Which key it is, without saying of which kind: a variable also as a shell writes it."""
    if credential is None:
        return ()
    if credential.kind is CredentialKind.ENV:
        return credential.name, f"${credential.name}"
    if credential.kind is CredentialKind.FILE:
        return (PurePath(credential.path or "").name,)
    return (credential.fingerprint,)
