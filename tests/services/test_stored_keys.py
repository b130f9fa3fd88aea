"""The secret key of a catalog, as storing keys meets it: made once, never replaced by accident."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from modeltui import (
    Catalog,
    CatalogError,
    EnvKey,
    ProviderUpdate,
    SecretKeyMismatch,
    SecretKeyUnavailable,
    StoredKey,
)
from modeltui.paths import default_key_file
from tests.services.builders import add_model, add_provider, execute, stored_state
from tests.services.stores import OTHER_SECRET_KEY, SECRET_KEY, Store


@pytest.fixture
async def keyless(catalog: Catalog, store: Store) -> Catalog:
    """A catalog in a process that was given no secret key."""
    del store.environ["MODELTUI_SECRET_KEY"]
    return catalog


async def refused(catalog: Catalog, expected: type[CatalogError]) -> str:
    """Try to store a key, in a new row and in an old one; nothing may be written."""
    before = await stored_state(catalog)
    with pytest.raises(expected) as raised:
        await add_provider(catalog, "new", credential=StoredKey("sk-new"))
    with pytest.raises(expected):
        await catalog.providers.update("plain", ProviderUpdate(name="x", credential=StoredKey("sk-new")))
    assert await stored_state(catalog) == before
    return raised.value.message


async def test_the_first_stored_key_makes_the_key_file_and_nothing_else_does(keyless: Catalog) -> None:
    await add_provider(keyless, "plain")
    await keyless.providers.list()
    assert not default_key_file().exists()
    await add_provider(keyless, "stored", credential=StoredKey("sk"))
    made = default_key_file().read_bytes()
    await add_provider(keyless, "stored-too", credential=StoredKey("sk"))
    assert default_key_file().read_bytes() == made
    await add_model(keyless, "m", "stored")
    answer = await keyless.resolve("m")
    assert answer.api_key is not None
    assert answer.api_key.get_secret_value() == "sk"


async def test_a_key_file_that_is_missing_wrong_damaged_or_open_to_others_is_never_replaced(keyless: Catalog) -> None:
    await add_provider(keyless, "plain")
    await add_provider(keyless, "stored", credential=StoredKey("sk"))
    path = default_key_file()
    good = path.read_bytes()

    async def unreadable() -> bool:
        return not (await keyless.providers.get("stored")).has_api_key

    path.unlink()
    assert "bring back" in await refused(keyless, SecretKeyUnavailable)
    assert not path.exists()
    assert await unreadable()

    write(path, b"not a key\n")
    assert "is damaged" in await refused(keyless, SecretKeyUnavailable)
    assert await unreadable()

    write(path, OTHER_SECRET_KEY.encode())
    assert "is not the one" in await refused(keyless, SecretKeyMismatch)
    assert await unreadable()

    write(path, good)
    path.chmod(0o644)
    assert "chmod 600" in await refused(keyless, SecretKeyUnavailable)
    assert await unreadable()

    path.chmod(0o600)
    assert not await unreadable()
    await add_provider(keyless, "new", credential=StoredKey("sk-new"))


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)


async def test_another_key_in_the_variable_seals_nothing_beside_the_old_ones(catalog: Catalog, store: Store) -> None:
    await add_provider(catalog, "plain")
    await add_provider(catalog, "stored", credential=StoredKey("sk"))
    store.environ["MODELTUI_SECRET_KEY"] = OTHER_SECRET_KEY
    await refused(catalog, SecretKeyMismatch)
    store.environ["MODELTUI_SECRET_KEY"] = "damaged"
    await refused(catalog, SecretKeyUnavailable)
    store.environ["MODELTUI_SECRET_KEY"] = SECRET_KEY
    await add_provider(catalog, "new", credential=StoredKey("sk-new"))


async def test_the_only_stored_key_can_be_replaced_under_another_secret_key(catalog: Catalog, store: Store) -> None:
    await add_provider(catalog, "stored", credential=StoredKey("sk"))
    store.environ["MODELTUI_SECRET_KEY"] = OTHER_SECRET_KEY
    row = await catalog.providers.update("stored", ProviderUpdate(credential=StoredKey("sk-new")))
    assert row.has_api_key


async def test_an_unreadable_key_can_be_cleared_or_replaced_by_another_kind_without_a_secret_key(
    catalog: Catalog, store: Store
) -> None:
    await add_provider(catalog, "a", credential=StoredKey("sk"))
    await add_provider(catalog, "b", credential=StoredKey("sk"))
    del store.environ["MODELTUI_SECRET_KEY"]
    assert (await catalog.providers.update("a", ProviderUpdate(credential=None))).credential is None
    assert (await catalog.providers.update("b", ProviderUpdate(credential=EnvKey("KEY")))).has_api_key
    assert not default_key_file().exists()


async def test_a_damaged_token_is_replaced_by_storing_the_key_again(catalog: Catalog) -> None:
    await add_provider(catalog, "a", credential=StoredKey("sk"))
    await execute(catalog, "UPDATE provider_config SET api_key_token = 'damaged'")
    assert not (await catalog.providers.get("a")).has_api_key
    assert (await catalog.providers.update("a", ProviderUpdate(credential=StoredKey("sk")))).has_api_key


async def test_two_that_store_the_first_key_at_once_use_one_key_file(keyless: Catalog, other: Catalog) -> None:
    await asyncio.gather(
        *(add_provider(one, f"p{n}", credential=StoredKey(f"sk-{n}")) for n, one in enumerate([keyless, other] * 3))
    )
    assert all(row.has_api_key for row in await keyless.providers.list())
