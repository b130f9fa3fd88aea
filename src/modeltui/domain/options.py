"""A model's options: checked once on the way in, kept as plain JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic import ValidationError as PydanticError

from modeltui.errors import ValidationError

OPTIONS_BYTES_LIMIT = 65_536
PRICE_DIGITS_LIMIT = 30
LEVELS_LIMIT = 64
"""Objects and lists within each other in the provider options; far deeper ones can't be written out again."""
# Decimal itself would also take 1_000, and the digits of every script.
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?", re.IGNORECASE)
_TOO_DEEP = f"nested more than {LEVELS_LIMIT} levels deep; make them flatter"


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("not a number")
    return value


def _price(value: object) -> Decimal:
    # By way of its text, so that 0.1 stays 0.1.
    text = str(_no_flag(value)).strip()
    if not _DECIMAL.fullmatch(text):
        raise ValueError("not a number")
    try:
        price = Decimal(text)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if price < 0:
        raise ValueError("negative")
    # 1E+999999999 is short to type and long to write out.
    if price and not -PRICE_DIGITS_LIMIT <= price.adjusted() <= PRICE_DIGITS_LIMIT:
        raise ValueError("out of range")
    return price.copy_abs()


Count = Annotated[int, Field(strict=True, ge=1, le=10**12)]
Price = Annotated[Decimal, BeforeValidator(_price)]


def _between(low: float, high: float | None) -> Any:
    def check(value: float) -> float:
        if value != value or value < low or (high is not None and value > high) or value == float("inf"):
            raise ValueError("out of range")
        return value

    return Annotated[float, Field(strict=True), BeforeValidator(_no_flag), AfterValidator(check)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Prices(_Part):
    """US dollars per million tokens."""

    input: Price | None = None
    output: Price | None = None
    cache_read: Price | None = None
    cache_write: Price | None = None


class ModelOptions(_Part):
    """What a model's `options` may hold; every one may be left out."""

    max_output_tokens: Count | None = None
    temperature: _between(0, None) | None = None  # type: ignore[valid-type]
    top_p: _between(0, 1) | None = None  # type: ignore[valid-type]
    top_k: Count | None = None
    presence_penalty: _between(-2, 2) | None = None  # type: ignore[valid-type]
    frequency_penalty: _between(-2, 2) | None = None  # type: ignore[valid-type]
    prices: Prices | None = None
    provider_options: dict[str, Any] | None = None


_REQUIREMENTS = {
    "max_output_tokens": "must be a whole number, 1 or more",
    "top_k": "must be a whole number, 1 or more",
    "temperature": "must be a number, 0 or more",
    "top_p": "must be a number from 0 to 1",
    "presence_penalty": "must be a number from -2 to 2",
    "frequency_penalty": "must be a number from -2 to 2",
    "prices": "must be decimals, 0 or more, under input, output, cache_read, cache_write",
    "provider_options": "must be an object",
}


def checked_options(value: object) -> dict[str, Any]:
    """The options as plain JSON with prices as strings. Raises ValidationError on `options`."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValidationError("options", 'the options must be an object, such as {"temperature": 0.2}')
    try:
        options = ModelOptions.model_validate(dict(value))
    except PydanticError as error:
        problem = _explain(error)
    else:
        return _as_plain_json(options)
    # Raised from here, because pydantic's error holds what was given.
    raise ValidationError("options", problem)


def _as_plain_json(options: ModelOptions) -> dict[str, Any]:
    plain = options.model_dump(exclude_none=True, exclude={"provider_options", "prices"})
    if options.prices is not None:
        prices = {name: format(price, "f") for name, price in options.prices if price is not None}
        plain |= {"prices": prices} if prices else {}
    if options.provider_options:
        if _is_too_deep(options.provider_options):
            raise ValidationError("options", f"provider_options are {_TOO_DEEP}")
        plain["provider_options"] = options.provider_options
    try:
        written = json.dumps(plain, allow_nan=False)
    except (TypeError, ValueError):
        raise ValidationError("options", "provider_options must hold JSON values only") from None
    if len(written) > OPTIONS_BYTES_LIMIT:
        raise ValidationError("options", f"the options have over {OPTIONS_BYTES_LIMIT} bytes")
    # As they will be read back, so that equal options are seen to be equal.
    checked: dict[str, Any] = json.loads(written)
    return checked


def _is_too_deep(value: object) -> bool:
    """Whether lists and objects stand in more levels than are allowed, without following them any further."""
    level = [value]
    for _ in range(LEVELS_LIMIT):
        inside: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inside += item.values()
            elif isinstance(item, list | tuple):
                inside += item
        # One object that stands in many places is looked at once.
        level = list({id(item): item for item in inside if isinstance(item, dict | list | tuple)}.values())
        if not level:
            return False
    return True


def parse_options(text: str) -> dict[str, Any]:
    """Options typed as JSON, numbers kept exactly. Raises ValidationError on `options`."""
    if not text.strip():
        return {}
    value = _json("options", text)
    # Decimals only where exactness counts: the rest of the object must stay plain JSON.
    exact = json.loads(text, parse_float=Decimal)
    if isinstance(value, dict) and isinstance(exact.get("prices"), dict):
        value["prices"] = exact["prices"]
    return checked_options(value)


def parse_provider_options(text: str) -> dict[str, Any]:
    """The free object of the options, typed as JSON. Raises ValidationError on `options`."""
    if not text.strip():
        return {}
    checked = checked_options({"provider_options": _json("provider options", text)})
    given: dict[str, Any] = checked.get("provider_options", {})
    return given


def _json(what: str, text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                raise ValidationError("options", f'the {what} give "{name}" twice; keep one of them')
            found[name] = value
        return found

    try:
        return json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        problem = f" at line {error.lineno}, column {error.colno}: {reason}"
    except RecursionError:
        problem = f": {_TOO_DEEP}"
    except ValueError:
        problem = ""
    raise ValidationError("options", f"the {what} are not valid JSON{problem}")


def _explain(error: PydanticError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = [str(part) for part in first["loc"]]
    name = place[0] if place else "options"
    if first["type"] == "extra_forbidden":
        known = Prices.model_fields if name == "prices" else ModelOptions.model_fields
        return f"unknown option {'.'.join(place)}; known are {', '.join(known)}"
    if name == "prices" and len(place) > 1:
        return f"option {'.'.join(place[:2])} must be a decimal, 0 or more"
    return f"option {'.'.join(place[:2])} {_REQUIREMENTS.get(name, 'is not valid')}"
