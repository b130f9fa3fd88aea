"""One line at a time: attach, detach, move, and a line's own upstream id."""

from __future__ import annotations

from typing import Any

import pytest

from modeltui import (
    Catalog,
    CatalogError,
    DuplicateProvider,
    FamilyMismatch,
    NoProviders,
    NotFound,
    ProviderNotFound,
    ValidationError,
)
from tests.services.builders import add_model, add_provider, add_providers, order, stored_orders, stored_state


@pytest.fixture
async def abc(catalog: Catalog) -> Catalog:
    """A catalog with model m and its lines a, b, c, and one more provider x."""
    await add_providers(catalog, *"abcx")
    await add_model(catalog, "m", *"abc")
    return catalog


@pytest.mark.parametrize(("at", "expected"), [(None, "abcx"), (0, "xabc"), (1, "axbc"), (2, "abxc"), (3, "abcx")])
async def test_attach(abc: Catalog, at: int | None, expected: str) -> None:
    row = await abc.models.attach("m", "X", at, "own-x")
    assert order(row) == list(expected)
    assert [line.upstream_model for line in row.provider_configs if line.name == "x"] == ["own-x"]
    assert row.version == 2
    assert await stored_orders(abc) == {"m": list(enumerate(expected))}


@pytest.mark.parametrize(("provider", "expected"), [("a", "bc"), ("b", "ac"), ("c", "ab")])
async def test_detach(abc: Catalog, provider: str, expected: str) -> None:
    row = await abc.models.detach("m", provider.upper())
    assert order(row) == list(expected)
    assert row.version == 2
    assert await stored_orders(abc) == {"m": list(enumerate(expected))}


@pytest.mark.parametrize(
    ("provider", "to", "expected"),
    [("a", 1, "bac"), ("a", 2, "bca"), ("b", 0, "bac"), ("b", 2, "acb"), ("c", 0, "cab"), ("c", 1, "acb")],
)
async def test_move(abc: Catalog, provider: str, to: int, expected: str) -> None:
    row = await abc.models.move("m", provider, to)
    assert order(row) == list(expected)
    assert (row.version, row.winner) == (2, expected[0])
    assert await stored_orders(abc) == {"m": list(enumerate(expected))}


@pytest.mark.parametrize(("provider", "to"), [("a", 0), ("b", 1), ("c", 2)])
async def test_moving_a_line_to_where_it_is_writes_nothing(abc: Catalog, provider: str, to: int) -> None:
    before = await stored_state(abc)
    assert (await abc.models.move("m", provider, to)).version == 1
    assert await stored_state(abc) == before


async def test_a_lines_own_upstream_id(abc: Catalog) -> None:
    row = await abc.models.set_upstream_model("m", "b", "  own-b ")
    assert [line.upstream_model for line in row.provider_configs] == [None, "own-b", None]
    assert row.version == 2
    assert (await abc.models.set_upstream_model("m", "b", "own-b")).version == 2
    row = await abc.models.set_upstream_model("m", "b", None)
    assert [line.upstream_model for line in row.provider_configs] == [None, None, None]
    assert row.version == 3
    assert order(row) == ["a", "b", "c"]


async def test_every_line_keeps_its_own_upstream_id_wherever_it_goes(abc: Catalog) -> None:
    for name in "abc":
        await abc.models.set_upstream_model("m", name, f"own-{name}")
    await abc.models.move("m", "c", 0)
    await abc.models.attach("m", "x", 1)
    row = await abc.models.detach("m", "a")
    assert [(line.name, line.upstream_model) for line in row.provider_configs] == [
        ("c", "own-c"),
        ("x", None),
        ("b", "own-b"),
    ]


REFUSALS: list[tuple[str, type[CatalogError], str | None, Any]] = [
    ("attach one that is in the list", DuplicateProvider, None, lambda m: m.attach("m", "B")),
    ("attach an unknown one", ProviderNotFound, None, lambda m: m.attach("m", "nothing")),
    ("attach one of another family", FamilyMismatch, None, lambda m: m.attach("m", "claude")),
    ("attach before the first", ValidationError, "at", lambda m: m.attach("m", "x", -1)),
    ("attach behind the end", ValidationError, "at", lambda m: m.attach("m", "x", 4)),
    ("attach with a blank own id", ValidationError, "upstream_model", lambda m: m.attach("m", "x", 0, " ")),
    ("attach to an unknown model", NotFound, None, lambda m: m.attach("nothing", "x")),
    ("detach one that isn't in the list", NotFound, None, lambda m: m.detach("m", "x")),
    ("detach an unknown one", NotFound, None, lambda m: m.detach("m", "nothing")),
    ("detach the last line", NoProviders, None, lambda m: m.detach("single", "a")),
    ("detach from a single line what isn't there", NotFound, None, lambda m: m.detach("single", "b")),
    ("move before the first", ValidationError, "to", lambda m: m.move("m", "a", -1)),
    ("move behind the last", ValidationError, "to", lambda m: m.move("m", "a", 3)),
    ("move to no number", ValidationError, "to", lambda m: m.move("m", "a", "first")),
    ("move one that isn't in the list", NotFound, None, lambda m: m.move("m", "x", 0)),
    ("own id of one that isn't in the list", NotFound, None, lambda m: m.set_upstream_model("m", "x", "y")),
    ("own id with a line break", ValidationError, "upstream_model", lambda m: m.set_upstream_model("m", "a", "x\ny")),
    ("own id that is too long", ValidationError, "upstream_model", lambda m: m.set_upstream_model("m", "a", "x" * 257)),
]


@pytest.mark.parametrize(("expected", "field", "call"), [one[1:] for one in REFUSALS], ids=[one[0] for one in REFUSALS])
async def test_what_is_refused_changes_nothing(
    abc: Catalog, expected: type[CatalogError], field: str | None, call: Any
) -> None:
    await add_provider(abc, "claude", family="anthropic")
    await add_model(abc, "single", "a")
    before = await stored_state(abc)
    with pytest.raises(expected) as raised:
        await call(abc.models)
    assert getattr(raised.value, "field", None) == field
    assert await stored_state(abc) == before


async def test_detaching_what_is_not_attached_names_the_line(abc: Catalog) -> None:
    with pytest.raises(NotFound) as raised:
        await abc.models.detach("m", "X")
    assert (raised.value.kind, raised.value.name) == ("line", "x")
    assert raised.value.message == "x is not attached to m; see: modeltui models show m"
