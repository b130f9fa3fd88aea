"""A catalog that is open for reading only refuses every write, and leaves no trace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from modeltui import (
    Catalog,
    ModelCreate,
    ModelUpdate,
    ProviderCreate,
    ProviderUpdate,
    ReadOnly,
    StoredKey,
)
from modeltui.paths import default_key_file
from tests.services.builders import stored_state, switch
from tests.services.stores import Store

WRITES: dict[str, Callable[[Catalog], Awaitable[Any]]] = {
    "providers.create": lambda c: c.providers.create(ProviderCreate(family="openai", name="new")),
    "providers.create stored": lambda c: c.providers.create(
        ProviderCreate(family="openai", name="new", credential=StoredKey("sk"))
    ),
    "providers.update": lambda c: c.providers.update("a", ProviderUpdate(enabled=False)),
    "providers.delete": lambda c: c.providers.delete("a"),
    "models.create": lambda c: c.models.create(ModelCreate(model="x", context_limit=1, provider_config_ids=["a"])),
    "models.update": lambda c: c.models.update("m", ModelUpdate(context_limit=1)),
    "models.delete": lambda c: c.models.delete("m"),
    "models.restore": lambda c: c.models.restore("gone"),
    "models.set_default": lambda c: c.models.set_default("m"),
    "models.attach": lambda c: c.models.attach("m", "b"),
    "models.detach": lambda c: c.models.detach("m", "a"),
    "models.move": lambda c: c.models.move("m", "a", 0),
    "models.set_upstream_model": lambda c: c.models.set_upstream_model("m", "a", "x"),
}
READS: dict[str, Callable[[Catalog], Awaitable[Any]]] = {
    "providers.list": lambda c: c.providers.list(),
    "providers.get": lambda c: c.providers.get("a"),
    "providers.impact_of_disabling": lambda c: c.providers.impact_of_disabling("a"),
    "providers.impact_of_deleting": lambda c: c.providers.impact_of_deleting("a"),
    "models.list": lambda c: c.models.list(include_deleted=True),
    "models.available": lambda c: c.models.available(),
    "models.impact_of_lines": lambda c: c.models.impact_of_lines("m", ["b"]),
    "resolve": lambda c: c.resolve("m"),
    "explain": lambda c: c.explain("m"),
}


def test_every_method_that_writes_is_tried() -> None:
    documented = {
        f"{group}.{name}"
        for group, names in {
            "providers": "create update delete",
            "models": "create update delete restore set_default attach detach move set_upstream_model",
        }.items()
        for name in names.split()
    }
    assert documented == {name.split()[0] for name in WRITES}


async def test_reading_only_refuses_every_write_and_changes_nothing(filled: Store) -> None:
    del filled.environ["MODELTUI_SECRET_KEY"]
    before = filled.content()
    async with filled.open(read_only=True) as catalog:
        state = await stored_state(catalog)
        for write in WRITES.values():
            with pytest.raises(ReadOnly) as raised:
                await write(catalog)
            assert raised.value.reason == "it was opened read-only"
        with pytest.raises(ReadOnly):
            await catalog._workspace.database.migrate()
        for read in READS.values():
            await read(catalog)
        assert await stored_state(catalog) == state
    assert filled.content() == before
    assert not default_key_file().exists()


async def test_a_variable_holds_whatever_url_is_given(filled: Store) -> None:
    """Its reason names it; a catalog that another variable chooses is set aside by the URL."""
    filled.environ["MODELTUI_READ_ONLY"] = "1"
    filled.environ["MODELTUI_CATALOG"] = "nowhere"
    async with filled.open() as catalog:
        with pytest.raises(ReadOnly) as raised:
            await switch(catalog, "a", on=False)
        assert raised.value.reason == "MODELTUI_READ_ONLY is set"
    filled.environ["MODELTUI_READ_ONLY"] = "0"
    async with filled.open() as catalog:
        await switch(catalog, "a", on=False)
    async with filled.open(read_only=True) as catalog:
        assert catalog.read_only_reason == "it was opened read-only"


async def test_a_reader_sees_what_a_writer_commits_meanwhile(filled: Store) -> None:
    async with filled.open(read_only=True) as reader, filled.open() as writer:
        await switch(writer, "a", on=False)
        assert (await reader.resolve("m")).provider_name == "b"
