"""Cloning: a new form filled from the row under the cursor, its name to be typed over."""

from __future__ import annotations

import pytest

from modeltui import FileKey, ModelUpdate, ProviderUpdate
from modeltui.domain.rows import Credential, CredentialKind
from tests.services.builders import add_model, default_of, order
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, Room, open_room
from tests.tui.forms import at, enter, form, go_to, note, open_form, shown

SMALL = (60, 15)
BY_SIZE = pytest.mark.parametrize("size", [NARROW, SMALL], ids=["80x24", "60x15"])


async def clone_model(room: Room, name: str) -> None:
    """Press c on a model."""
    await room.go_to_row(name)
    await open_form(room, "c", f"Models / new, a copy of {name}")


async def clone_provider(room: Room, name: str) -> None:
    """Press c on a provider."""
    await room.go_to_providers()
    await room.go_to_row(name)
    await open_form(room, "c", f"Providers / new, a copy of {name}")


@BY_SIZE
async def test_clone_a_model(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    """Its lines come with their order and own ids; the name is selected, so that typing replaces it."""
    async with store.open() as catalog:
        await catalog.models.update("gpt-5-nano", ModelUpdate(options={"temperature": 0.5}, compression_threshold=80))
    async with open_room(store, size=size) as room:
        await clone_model(room, "gpt-5-nano")
        assert at(room) == "Name"
        assert room.place.endswith("nothing changed")
        assert shown(room)["Name"] == "gpt-5-nano-copy"
        assert shown(room)["Temperature"] == "0.5"
        assert (
            room.rows
            == [
                "1 openai-us ✓ on ✓ stored wins",
                "2 openai-apac ✓ on ✓ env standby",
                "own id nano-apac",
            ]
            or size == SMALL
        )
        await snap(room.pilot)
        await room.type("gpt-6-nano")
        assert shown(room)["Name"] == "gpt-6-nano"
        async with store.open() as catalog:
            assert len(await catalog.models.list()) == 7
        await room.press("ctrl+s")
        await room.wait_for_flash("gpt-6-nano is added: requests go to openai-us")
        assert room.cursor.startswith("gpt-6-nano ")
    async with store.open() as catalog:
        old, new = await catalog.models.get("gpt-5-nano"), await catalog.models.get("gpt-6-nano")
    assert order(new) == order(old)
    assert [line.upstream_model for line in new.provider_configs] == [None, "nano-apac"]
    for field in ("model", "family", "context_limit", "compression_threshold", "options", "enabled"):
        assert getattr(new, field) == getattr(old, field)


async def test_a_clone_is_never_the_default(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await clone_model(room, "claude-sonnet-4-5")
        assert shown(room)["Default"] == "[no] yes"
        await room.press("ctrl+s")
        await room.wait_for_flash("claude-sonnet-4-5-copy is added: requests go to anthropic-main")
    async with store.open() as catalog:
        assert await default_of(catalog) == "claude-sonnet-4-5"


async def test_a_clone_of_what_is_off_is_off(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await clone_model(room, "gpt-4.1")
        assert shown(room)["State"] == "on [off]"
        await room.press("ctrl+s")
        await room.wait_for_flash("gpt-4.1-copy is added: it is off")


async def test_the_name_of_a_clone_is_free_and_fits(store: SqliteStore) -> None:
    async with store.open() as catalog:
        await add_model(catalog, "GPT-5-Copy", "openai-us")
        await add_model(catalog, "x" * 128, "openai-us")
    async with open_room(store) as room:
        await clone_model(room, "gpt-5")
        assert shown(room)["Name"] == "gpt-5-copy-2"
        await room.press("escape")
        await room.wait_for_place("Models 9")
        while "xxx" not in room.cursor:
            await room.press("down")
        await open_form(room, "c", "Models / new, a copy of xxx")
        assert form(room).fields["name"].value == "x" * 123 + "-copy"


async def test_a_deleted_model_is_not_cloned(store: SqliteStore) -> None:
    async with store.open() as catalog:
        await catalog.models.delete("gpt-5")
    async with open_room(store) as room:
        await room.press("D", "c")
        await room.wait_for_flash("gpt-5 is deleted and can't be cloned; R brings it back")


async def test_leaving_a_clone_asks_only_for_what_was_typed(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await clone_model(room, "gpt-5")
        await room.press("escape")
        await room.wait_for_place("Models 7")
        await clone_model(room, "gpt-5")
        await room.type("x")
        await room.press("escape")
        await room.asked("Leave without saving the new model?")


@BY_SIZE
async def test_clone_a_provider_with_a_stored_key(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    """The key can't be copied: the form says so, and doesn't save without one."""
    async with open_room(store, size=size) as room:
        await clone_provider(room, "openai-us")
        assert at(room) == "Name"
        assert shown(room)["Name"] == "openai-us-copy"
        assert shown(room)["API key"] == "[stored] env file none"
        assert shown(room)["Key"] == ""
        await go_to(room, "Key")
        assert note(room, "Key") == "the key of openai-us is not copied; type it again"
        await snap(room.pilot)
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: Key")
        await enter(room, "Key", "sk-second")
        assert note(room, "Key") == ""
        await room.press("ctrl+s")
        await room.wait_for_flash("openai-us-copy is added")
    async with store.open() as catalog:
        old, new = await catalog.providers.get("openai-us"), await catalog.providers.get("openai-us-copy")
    assert old.credential != new.credential


@pytest.mark.parametrize(
    ("name", "credential", "url"),
    [
        ("openai-apac", Credential(CredentialKind.ENV, name="KEY"), "https://apac.example/v1"),
        ("vllm-rack2", Credential(CredentialKind.AMBIENT), "http://rack2.example:8000/v1"),
        ("openai-us", Credential(CredentialKind.FILE, path="/run/secrets/us"), None),
        ("groq", None, "https://groq.example/v1"),
    ],
    ids=["env", "ambient", "file", "none"],
)
async def test_clone_a_provider_with_a_reference(
    store: SqliteStore, name: str, credential: Credential | None, url: str | None
) -> None:
    async with store.open() as catalog:
        await catalog.providers.update("openai-us", ProviderUpdate(credential=FileKey("/run/secrets/us")))
    async with open_room(store) as room:
        await clone_provider(room, name)
        await room.type("second")
        await room.press("ctrl+s")
        await room.wait_for_flash("second is added")
        assert room.cursor.startswith("second ")
    async with store.open() as catalog:
        old, new = await catalog.providers.get(name), await catalog.providers.get("second")
    assert (new.credential, new.base_url, new.family) == (credential, url, old.family)


@pytest.mark.parametrize("key", ["1", "2"], ids=["models", "providers"])
async def test_a_read_only_catalog_refuses(store: SqliteStore, key: str) -> None:
    async with open_room(store, read_only=True) as room:
        await room.press(key, "c")
        await room.wait_until(lambda: room.flash.startswith("ERROR clone is refused, the catalog is read-only"), "it")
