"""What an environment offers: the keys that vendors' own tools would find, and every variable that may hold one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from modeltui.domain.families import Family

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_KEY_WORDS = frozenset({"KEY", "APIKEY", "TOKEN", "SECRET"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider that needs nothing but a variable that is set: its key is read from there, never copied."""

    family: Family
    variable: str

    @property
    def name(self) -> str:
        """What the provider will be called."""
        return str(self.family)


def offers(environ: Mapping[str, str]) -> tuple[Offer, ...]:
    """One provider for each family whose usual variable holds something."""
    return tuple(offer for offer in _set(environ) if not offer.family.needs_base_url)


def incomplete_offers(environ: Mapping[str, str]) -> tuple[Offer, ...]:
    """Those that are left out because their family has no endpoint of its own, and the key alone doesn't say where."""
    return tuple(offer for offer in _set(environ) if offer.family.needs_base_url)


def variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that hold something and may hold a key, those that are named like one first; never their values."""
    names = [
        name
        for name, value in environ.items()
        if _VARIABLE.match(name) and not name.startswith("MODELTUI_") and value.strip()
    ]
    return tuple(sorted(names, key=lambda name: (_KEY_WORDS.isdisjoint(name.upper().split("_")), name)))


def _set(environ: Mapping[str, str]) -> list[Offer]:
    return [Offer(family, family.usual_variable) for family in Family if environ.get(family.usual_variable, "").strip()]
