"""The few signs that the screens use beside letters, in two sets: Unicode, and ASCII for plain terminals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_UTF8 = re.compile(r"utf-?8", re.IGNORECASE)


class Glyphs(NamedTuple):
    """One set of signs. None of them is an emoji; all but the ASCII arrow are one cell wide."""

    ok: str
    bad: str
    off: str
    warn: str
    rule: str
    side: str
    arrow: str
    cursor: str
    mark: str
    default: str
    ellipsis: str
    missing: str


UNICODE = Glyphs(
    ok="✓",
    bad="✗",
    off="-",
    warn="!",
    rule="─",
    side="│",
    arrow="→",
    cursor=">",
    mark="+",
    default="*",
    ellipsis="…",
    missing="\ufffd",
)

ASCII = Glyphs(
    ok="+",
    bad="x",
    off="-",
    warn="!",
    rule="-",
    side="|",
    arrow="->",
    cursor=">",
    mark="#",
    default="*",
    ellipsis="~",
    missing="?",
)

_current = UNICODE


def current() -> Glyphs:
    """The set in use: a fact about the terminal, hence one for the whole process."""
    return _current


def use(glyphs: Glyphs) -> None:
    """Choose the set. The app does so once, before its first paint."""
    global _current
    _current = glyphs


def ascii_wanted(flag: bool, environ: Mapping[str, str]) -> bool:
    """Whether only ASCII may be drawn: asked for, the Linux console, or a locale that isn't UTF-8.

    An environment that names no locale at all says nothing, so it counts as UTF-8.
    """
    if flag or environ.get("TERM") == "linux":
        return True
    locale = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), None)
    return locale is not None and _UTF8.search(locale) is None
