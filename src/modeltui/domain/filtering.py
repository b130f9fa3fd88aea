"""The language of the filters: words to look for, fields to look in, and what is wrong with a filter.

    word      := ["!"] ( value | field ":" ["="] value )
    value     := characters without a blank | '"' characters, a quote written twice '"'

- All words must hold; `!` turns one round. A value is found anywhere in a text, after `:=` it is the whole text.
  `family:` with a family's whole word also means that family alone (openai isn't openai-compat).
- A value with an upper-case letter is case-sensitive. Texts are compared in their NFC form.
- A quote counts only at the start of a value. What is quoted is taken as it stands: no field, no `!`, no `=`.
- A field or `!` without a value yet says nothing.

A word with a colon, when its first part `x` isn't a field of the list:

- A part with anything but ASCII letters belongs to the word: `llama3:8b`, `meta/llama:free`, `模型:大`.
- So do http and https, and any part before `//`: `https://x`.
- A field of the other list, or one slip away from a field (`provder:`, `proivder:`), is a mistake: `no field x`.
  So is all that only a field has: `:=`, and a quote after the colon.
- Else it depends on the rest. It can't be a field's value, and belongs to the word, if it starts with a digit or a
  slash or has a colon of its own: `mistral:7b`, `localhost:8000`, `ft:gpt-5:eu`, `arn:aws:bedrock`.
- All others are mistakes (`state:dark`): quoting makes them a word (`"phi:latest"`).

A filter with a mistake finds nothing, so that no action can hit rows that were believed to be filtered out. Only
while it is being typed, and no action can, the others still filter without that word: half a word empties no list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from modeltui.domain.families import Family
from modeltui.domain.haystack import ANY_TEXT, SEPARATOR, Haystack, Row
from modeltui.domain.text import name_key

Kind = Literal["models", "providers"]

FIELDS: dict[Kind, tuple[str, ...]] = {
    "models": ("name", "model", "family", "provider", "first", "wins", "url", "key", "is"),
    "providers": ("name", "provider", "family", "url", "key", "is"),
}
FLAGS: dict[Kind, tuple[str, ...]] = {
    "models": ("on", "off", "dark", "fallback", "alone", "default", "nokey"),
    "providers": ("on", "off", "alone", "nokey"),
}
_ALL_FIELDS = frozenset(field for fields in FIELDS.values() for field in fields)
_FAMILIES = frozenset(Family)
_SCHEMES = frozenset({"http", "https"})

_WORD = re.compile(
    r"(?P<negated>!?)"
    r"(?P<prefix>(?P<field>[A-Za-z]+):(?P<whole>=?))?"
    r'(?:"(?P<quoted>(?:[^"]|"")*)(?P<closed>"?)|(?P<bare>\S*))'
)
_BARE_VALUE = re.compile(r"[\w./+@-]+")
_NO_VALUE = re.compile(r"[0-9/]|.*:")


class Term(NamedTuple):
    """One word of a filter: a value, the field that it is looked for in, and how."""

    field: str
    value: str
    whole: bool = False
    negated: bool = False

    @property
    def sensitive(self) -> bool:
        """Whether case counts: only where someone took the trouble to type an upper-case letter."""
        return self.field != "family" and any(character.isupper() for character in self.value)

    @property
    def needle(self) -> str:
        """What to look for in the column of the field."""
        value = self.value if self.sensitive else self.value.casefold()
        whole = self.whole or (self.field == "family" and value in _FAMILIES)
        return f"{SEPARATOR}{value}{SEPARATOR}" if whole else value


class Filter(NamedTuple):
    """A filter as read; `problem` says what is wrong with the first word that can't be read."""

    terms: tuple[Term, ...] = ()
    problem: str | None = None

    def apply(self, haystack: Haystack[Row], *, being_typed: bool = False) -> tuple[Row, ...]:
        """The rows that match, those first whose whole name was typed, else in their order.

        With a problem none does, unless the filter is still being typed.
        """
        if self.problem is not None and not being_typed:
            return ()
        places: Sequence[int] = range(len(haystack.rows))
        for term in self.terms:
            negated = term.negated
            if term.field == "is":
                flags = haystack.flags(term.value)
                places = [place for place in places if flags[place] is not negated]
            else:
                needle, texts = term.needle, haystack.texts(term.field, sensitive=term.sensitive)
                places = [place for place in places if (needle in texts[place]) is not negated]
        return tuple([haystack.rows[place] for place in self._exact_first(places, haystack)])

    def meant_state(self, haystack: Haystack[Row]) -> str | None:
        """The first plain word that is in no text, but is what `is:` asks for, such as dark."""
        for term in self.terms:
            flag = term.value.casefold()
            if term.field == ANY_TEXT and not term.negated and haystack.has_flag(flag):
                needle, texts = term.needle, haystack.texts(ANY_TEXT, sensitive=term.sensitive)
                if not any(needle in text for text in texts):
                    return flag
        return None

    def _exact_first(self, places: Sequence[int], haystack: Haystack[Row]) -> Sequence[int]:
        wanted = self._typed_names()
        if not wanted:
            return places
        names = haystack.texts("name", sensitive=False)
        first = [place for place in places if names[place] in wanted]
        return first + [place for place in places if names[place] not in wanted] if first else places

    def _typed_names(self) -> frozenset[str]:
        """Every name that the filter spells: in one word, or in all of them when it has blanks."""
        words = [term.value for term in self.terms if term.field == ANY_TEXT and not term.negated]
        named = [term.value for term in self.terms if term.field == "name" and not term.negated]
        spelt = {*words, *named, " ".join(words)} - {""}
        return frozenset(f"{SEPARATOR}{name_key(name)}{SEPARATOR}" for name in spelt)


def parse(text: str, kind: Kind) -> Filter:
    """Reads a filter of one of the lists; it never fails, `problem` says what is wrong."""
    read = [_read(word, kind) for word in _words(text)]
    terms = tuple(term for term in read if isinstance(term, Term))
    return Filter(terms, next((problem for problem in read if isinstance(problem, str)), None))


def quote(value: str) -> str:
    """The value as it can stand behind a field, or alone as a word: in quotes unless it is plain."""
    return value if _BARE_VALUE.fullmatch(value) else '"' + value.replace('"', '""') + '"'


def _words(text: str) -> Iterator[re.Match[str]]:
    # A line break is pasted, not meant; inside quotes it must not be taken for the separator.
    text = " ".join(text.splitlines())
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        # The pattern matches anywhere, and takes at least the character that isn't blank.
        word = _WORD.match(text, position)
        assert word is not None
        yield word
        position = word.end()


def _read(word: re.Match[str], kind: Kind) -> Term | str | None:
    """One word's term, or what is wrong with it, or None while it says nothing."""
    quoted, bare, negated = word["quoted"], word["bare"], bool(word["negated"])
    if quoted is not None and not word["closed"]:
        return "unclosed quote"
    value = unicodedata.normalize("NFC", bare if quoted is None else quoted.replace('""', '"'))
    if word["prefix"] is None:
        return Term(ANY_TEXT, value, negated=negated) if value else None
    field = word["field"].lower()
    if field in FIELDS[kind]:
        return _field_term(kind, field, value, whole=bool(word["whole"]), negated=negated)
    if quoted is not None or word["whole"] or _is_mistyped(field, bare):
        return f"no field {word['field']}" + (f" on {kind}" if field in _ALL_FIELDS else "")
    return Term(ANY_TEXT, unicodedata.normalize("NFC", word["prefix"] + bare), negated=negated)


def _field_term(kind: Kind, field: str, value: str, *, whole: bool, negated: bool) -> Term | str | None:
    if field == "is":
        flag = value.casefold()
        return Term(field, flag, negated=negated) if flag in FLAGS[kind] else f"is: knows {' '.join(FLAGS[kind])}"
    return Term(field, value, whole, negated) if value else None


def _is_mistyped(prefix: str, rest: str) -> bool:
    """Whether letters before a colon were meant as a field, by the rule of the module's docstring."""
    if prefix in _SCHEMES or rest.startswith("//"):
        return False
    return any(_one_slip(prefix, field) for field in _ALL_FIELDS) or not _NO_VALUE.match(rest)


def _one_slip(typed: str, field: str) -> bool:
    """Whether one letter more, less or other, or two swapped, lie between them; `is` is too short to tell."""
    if len(field) < 3:
        return False
    start = 0
    while typed[start : start + 1] == field[start : start + 1] != "":
        start += 1
    typed, field = typed[start:], field[start:]
    while typed and field and typed[-1] == field[-1]:
        typed, field = typed[:-1], field[:-1]
    return (len(typed) <= 1 and len(field) <= 1) or (len(typed) == 2 and typed == field[::-1])
