"""What a name, an id or a URL may contain, how names are compared, and how a number of tokens is typed."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from urllib.parse import urlsplit
from uuid import UUID

from modeltui.domain.families import Family
from modeltui.errors import ValidationError

PROVIDER_NAME_LIMIT = 64
MODEL_NAME_LIMIT = 128
UPSTREAM_ID_LIMIT = 256
BASE_URL_LIMIT = 2048

# Controls, invisible format characters (bidirectional controls, zero-width characters), lone
# surrogates, and the two Unicode line breaks.
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Characters of other categories that nobody sees: Unicode's other default-ignorable ones (the combining
# grapheme joiner, Hangul fillers, Khmer inherent vowels, variation selectors), and the blank of Braille.
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2065\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9))))
)
_FIRST_OF_TAGS, _LAST_OF_TAGS = "\U000e0000", "\U000e0fff"

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_TOKENS = re.compile(r"([0-9]{1,30}(?:\.[0-9]{1,30})?) ?([kmgt]?)\Z", re.IGNORECASE)


def is_forbidden(character: str) -> bool:
    """Whether a character may neither be stored in a name nor reach a terminal raw."""
    if " " <= character <= "~":
        return False
    return (
        unicodedata.category(character) in _FORBIDDEN_CATEGORIES
        or character in _INVISIBLE
        # Tags and the variation selectors after the sixteenth.
        or _FIRST_OF_TAGS <= character <= _LAST_OF_TAGS
    )


def name_key(name: str) -> str:
    """The form under which a name is unique, looked up and sorted: NFC, then casefolded."""
    return unicodedata.normalize("NFC", name).casefold()


def parse_uuid(value: str) -> UUID | None:
    """The id that a text spells, or None when it is a name."""
    try:
        return UUID(value)
    except ValueError:
        return None


def parse_tokens(text: str) -> int | None:
    """A number of tokens as typed: `128000`, `128k` or `1.05M`, where k is 1000; None for anything else."""
    found = _TOKENS.match(text.strip())
    if found is None:
        return None
    count = Decimal(found[1]) * _UNITS[found[2].lower()]
    return int(count) if count == count.to_integral_value() else None


def checked_text(field: str, value: object, limit: int) -> str:
    """A trimmed single line of 1 to `limit` characters. Raises ValidationError on `field`."""
    label = field.replace("_", " ")
    if not isinstance(value, str):
        raise ValidationError(field, f"the {label} must be text")
    text = value.strip()
    if not text:
        raise ValidationError(field, f"the {label} must not be empty")
    if len(text) > limit:
        raise ValidationError(field, f"the {label} has {len(text)} characters; at most {limit} are allowed")
    for position, character in enumerate(text, start=1):
        if is_forbidden(character):
            raise ValidationError(
                field,
                f"the {label} has a control, line-break or invisible character at position {position} "
                f"(U+{ord(character):04X}); remove it",
            )
    return text


def checked_name(field: str, value: object, limit: int) -> str:
    """A name: a checked text that can't be taken for an id. Raises ValidationError on `field`."""
    name = checked_text(field, value, limit)
    if parse_uuid(name) is not None:
        raise ValidationError(field, "a name can't have the form of an id (UUID); choose another name")
    return name


def checked_base_url(family: Family, value: object) -> str | None:
    """A provider's own base URL as typed, or None for the family's. Raises ValidationError on `base_url`."""
    url = checked_url(value)
    if url is None and family.needs_base_url:
        raise ValidationError("base_url", f"{family.label} has no endpoint of its own; give a base URL")
    return url


def checked_url(value: object) -> str | None:
    """A base URL as typed, None for a blank one. Raises ValidationError on `base_url`."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    url = checked_text("base_url", value, BASE_URL_LIMIT)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValidationError("base_url", "the base URL has a malformed host or port") from None
    if parts.scheme not in ("http", "https"):
        raise ValidationError("base_url", "the base URL must start with http:// or https://")
    if not host or any(character.isspace() or character == "\\" for character in url):
        raise ValidationError("base_url", "the base URL needs a host and no blanks, such as https://llm.example/v1")
    if "@" in parts.netloc:
        raise ValidationError("base_url", "the base URL must not hold a user or password; use the API key instead")
    if "?" in url or "#" in url:
        raise ValidationError("base_url", "the base URL must not have a query or fragment (? or #)")
    return url
