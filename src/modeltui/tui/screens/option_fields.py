"""A model's options in its form: each in a field of its own, what may be typed there, and what it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from modeltui.domain.text import parse_tokens
from modeltui.errors import ValidationError
from modeltui.json_form import json_line
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.fields import words
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.field import Field
from modeltui.tui.widgets.text_lines import TextLine

PROVIDER_OPTIONS = "provider_options"
TOKENS = "max_output_tokens"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?\Z", re.IGNORECASE)
_ENTRIES_SHOWN = 4


class Option(NamedTuple):
    """One option: its key and label, the words for the pane, and the price that it is, if it is one."""

    key: str
    label: str
    words: tuple[str, ...]
    price: str = ""


OPTIONS = (
    Option(TOKENS, "Max output", ("The most tokens of an answer: 8000, or 8k. Empty: the provider's own limit.",)),
    Option("temperature", "Temperature", ("0 or more, such as 0.2; empty: the provider's default.",)),
    Option("top_p", "Top P", ("From 0 to 1; empty: the provider's default.",)),
    Option("top_k", "Top K", ("A whole number, 1 or more; empty: the provider's default.",)),
    Option("presence_penalty", "Presence penalty", ("From -2 to 2; empty: the provider's default.",)),
    Option("frequency_penalty", "Frequency penalty", ("From -2 to 2; empty: the provider's default.",)),
    Option("price_input", "Input price", ("US dollars per million tokens, such as 1.25.",), "input"),
    Option("price_output", "Output price", ("US dollars per million tokens, such as 10.",), "output"),
    Option("price_cache_read", "Cache read price", ("US dollars per million tokens, such as 0.125.",), "cache_read"),
    Option("price_cache_write", "Cache write price", ("US dollars per million tokens, such as 1.25.",), "cache_write"),
    Option(
        PROVIDER_OPTIONS,
        "Provider options",
        ('A JSON object for the provider as it is, such as {"service_tier": "flex"}.', "Several lines may be pasted."),
    ),
)
BY_KEY = {option.key: option for option in OPTIONS}


def option_fields() -> Iterable[Field | TextLine]:
    """The fields under their heading."""
    heading = TextLine(classes="form-heading")
    heading.show(spans(Cell("  Options, each of which may stay empty", Tone.MUTED)))
    yield heading
    for option in OPTIONS:
        yield Field(option.key, option.label, Entry(), words(*option.words))


def typed_options(options: Mapping[str, Any]) -> dict[str, str]:
    """Saved options as they would be typed, by the keys of their fields; empty where there is none."""
    return {option.key: _typed(option, options) for option in OPTIONS}


def _typed(option: Option, options: Mapping[str, Any]) -> str:
    if option.price:
        return str(options.get("prices", {}).get(option.price, ""))
    value = options.get(option.key)
    if value is None:
        return ""
    if option.key == PROVIDER_OPTIONS:
        return json_line(value)
    return str(value).removesuffix(".0")


def options_of(typed: Mapping[str, str]) -> dict[str, Any]:
    """The options that were typed. Raises ValidationError with the field that it is about."""
    options: dict[str, Any] = {}
    for key, option in BY_KEY.items():
        if not (text := typed[key].strip()):
            continue
        value = _value(option, text)
        if option.price:
            options.setdefault("prices", {})[option.price] = value
        elif value or key != PROVIDER_OPTIONS:
            options[key] = value
    return _checked(options, PROVIDER_OPTIONS)


def check_option(key: str, text: str) -> None:
    """Raises ValidationError where a text is no value of its option."""
    options_of(dict.fromkeys(BY_KEY, "") | {key: text})


def _value(option: Option, text: str) -> Any:
    from modeltui.domain.options import parse_provider_options

    if option.key == PROVIDER_OPTIONS:
        try:
            return parse_provider_options(text)
        except ValidationError as error:
            raise ValidationError(PROVIDER_OPTIONS, error.message) from None
    value: Any = text
    if option.price:
        value = text.removeprefix("$").strip()
    elif option.key == TOKENS:
        value = text if (count := parse_tokens(text)) is None else count
    elif option.key == "top_k":
        value = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else text
    elif _NUMBER.match(text):
        value = float(text)
    # What is no number is refused by the rule itself, which says what it wants.
    _checked({"prices": {option.price: value}} if option.price else {option.key: value}, option.key)
    return value


def _checked(options: dict[str, Any], field: str) -> dict[str, Any]:
    from modeltui.domain.options import checked_options

    try:
        return checked_options(options)
    except ValidationError as error:
        message = error.message
    raise ValidationError(field, message)


def option_note(key: str, text: str) -> Spans:
    """What follows from a typed option, for the line under its field; nothing where it needs no word."""
    if key == TOKENS:
        return tokens_note(text)
    if key != PROVIDER_OPTIONS or not text:
        return ()
    try:
        entries = list(_value(BY_KEY[key], text))
    except ValidationError:
        return ()
    more = f" and {len(entries) - _ENTRIES_SHOWN} more" if len(entries) > _ENTRIES_SHOWN else ""
    shown = f"{counted(len(entries), 'option')}: {', '.join(entries[:_ENTRIES_SHOWN])}{more}"
    return spans(Cell(shown, Tone.MUTED)) if entries else ()


def tokens_note(text: str) -> Spans:
    """The number that a spelling such as 128k stands for."""
    count = parse_tokens(text)
    spelled = count is not None and not text.isdecimal()
    return spans(Cell(f"{count:,} tokens", Tone.MUTED)) if spelled else ()
