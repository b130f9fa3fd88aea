"""What is shown on and on: after reading only what changed, it is what reading everything would give."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from modeltui import Catalog, DatabaseUnavailable, FileKey, ModelUpdate, ProviderUpdate, StoredKey
from modeltui.domain.rows import KeyState
from modeltui.services.listing import Listing
from tests.services.builders import add_model, add_provider, counted_statements, switch
from tests.services.stores import SqliteStore

Step = Callable[[Catalog], Awaitable[Any]]

STEPS: dict[str, Step] = {
    "a field": lambda c: c.models.update("m2", ModelUpdate(context_limit=7)),
    "another name": lambda c: c.models.update("m1", ModelUpdate(name="zz")),
    "a name in other letters": lambda c: c.models.update("m3", ModelUpdate(name="M3")),
    "a new model": lambda c: add_model(c, "a-new", "b", "a"),
    "a model deleted": lambda c: c.models.delete("m2"),
    "a model restored": lambda c: _restored(c),
    "a line moved": lambda c: c.models.move("m3", "c", 0),
    "a line detached": lambda c: c.models.detach("m3", "a"),
    "another default": lambda c: c.models.set_default("m3"),
    "a provider off": lambda c: switch(c, "a", on=False),
    "a provider renamed": lambda c: c.providers.update("b", ProviderUpdate(name="aa")),
    "a key cleared": lambda c: c.providers.update("a", ProviderUpdate(credential=None)),
    "a provider added": lambda c: add_provider(c, "d"),
    "a provider deleted": lambda c: c.providers.delete("a"),
}


async def _restored(catalog: Catalog) -> None:
    await catalog.models.delete("m1")
    await catalog.models.restore("m1")


async def changed_models(catalog: Catalog, before: dict[UUID, int]) -> set[UUID]:
    """The models whose version is another than before, as the feed would name them."""
    rows = (await catalog.rows(include_deleted=True)).models
    return {row.id for row in rows if before.get(row.id) != row.version}


async def versions(catalog: Catalog) -> dict[UUID, int]:
    return {row.id: row.version for row in (await catalog.rows(include_deleted=True)).models}


@pytest.fixture
async def filled(catalog: Catalog) -> Catalog:
    """Three providers, and models with one, two and three of them."""
    for name in "abc":
        await add_provider(catalog, name)
    await add_model(catalog, "m1", "a")
    await add_model(catalog, "m2", "a", "b")
    await add_model(catalog, "m3", "a", "b", "c")
    return catalog


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
async def test_reading_what_changed_gives_what_reading_all_gives(filled: Catalog, step: Step) -> None:
    listing = filled.listing()
    assert await listing.read() == await filled.rows(include_deleted=True)
    before = await versions(filled)
    await step(filled)
    assert await listing.read_again(await changed_models(filled, before)) == await filled.rows(include_deleted=True)


async def test_one_change_after_the_other(filled: Catalog) -> None:
    listing = filled.listing()
    await listing.read()
    for name in ("a field", "a new model", "a provider off", "a model deleted", "a provider added", "another default"):
        before = await versions(filled)
        await STEPS[name](filled)
        changed = await changed_models(filled, before)
        assert await listing.read_again(changed) == await filled.rows(include_deleted=True), name


async def test_rows_that_cannot_differ_are_the_same_objects(filled: Catalog) -> None:
    listing = filled.listing()
    before = {row.name: row for row in (await listing.read()).models}
    await switch(filled, "b", on=False)
    after = {row.name: row for row in (await listing.read_again(())).models}
    assert after["m1"] is before["m1"]
    assert after["m2"] is not before["m2"]


async def test_a_change_that_nobody_named_has_all_read(filled: Catalog) -> None:
    """A line to a provider that is gone can't be shown: more has changed than was said."""
    listing = filled.listing()
    await listing.read()
    await filled.providers.delete("b")
    assert await listing.read_again(()) == await filled.rows(include_deleted=True)


async def test_a_reading_that_failed_leaves_what_was_known(filled: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of parts that don't fit nothing is kept: what is read after them has to notice the same change."""
    listing = filled.listing()
    await listing.read()
    await filled.providers.delete("b")
    with monkeypatch.context() as patched:
        patched.setattr(listing, "read", _refused)
        with pytest.raises(DatabaseUnavailable):
            await listing.read_again(())
    assert await listing.read_again(()) == await filled.rows(include_deleted=True)


async def _refused() -> None:
    raise DatabaseUnavailable("the database is gone")


async def test_statements_do_not_grow(filled: Catalog) -> None:
    listing = filled.listing()
    rows = await listing.read()
    for models in ((), [rows.models[0].id], [row.id for row in rows.models]):
        with counted_statements(filled) as counts:
            await listing.read_again(models)
        assert counts["SELECT"] == 3


async def test_keys_are_looked_at_without_asking_the_database(filled: Catalog, tmp_path: Path) -> None:
    file = tmp_path / "a.key"
    await filled.providers.update("a", ProviderUpdate(credential=FileKey(str(file))))
    listing = filled.listing()
    assert (await listing.read()).providers[0].key is KeyState.MISSING
    for text, state in (("sk-1", KeyState.READY), (" \n", KeyState.MISSING), ("sk-2", KeyState.READY)):
        file.write_text(text)
        with counted_statements(filled) as counts:
            rows = await listing.keys_again()
            assert await listing.keys_again() is None
        assert counts == {}
        assert rows is not None
        assert rows.providers[0].key is state
        assert rows == await filled.rows(include_deleted=True)


async def test_nothing_was_read_yet(filled: Catalog) -> None:
    listing = filled.listing()
    assert await listing.keys_again() is None
    assert await listing.read_again(()) == await filled.rows(include_deleted=True)
    assert isinstance(listing, Listing)


async def test_stored_keys_follow_the_secret_key(store: SqliteStore, filled: Catalog) -> None:
    await filled.providers.update("a", ProviderUpdate(credential=StoredKey("sk-stored")))
    listing = filled.listing()
    assert (await listing.read()).providers[0].key is KeyState.READY
    del store.environ["MODELTUI_SECRET_KEY"]
    rows = await listing.keys_again()
    assert rows is not None
    assert rows.providers[0].key is KeyState.UNREADABLE
    assert await listing.keys_again() is None
