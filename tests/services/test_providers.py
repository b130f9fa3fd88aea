"""Provider configs: creating, changing, listing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from modeltui import (
    AlreadyExists,
    Ambient,
    Catalog,
    Credential,
    EnvKey,
    Family,
    FileKey,
    NotFound,
    ProviderUpdate,
    StaleVersion,
    StoredKey,
    ValidationError,
)
from tests.services.builders import KEYED, add_model, add_provider, add_providers, query, switch
from tests.services.stores import Store

NOBODY = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    ("actor", "kept"),
    [("gateway\0", "gateway?"), ("\udcff", "?"), ("x" * 300, "x" * 256), ("José", "José")],
    ids=["control", "surrogate", "long", "plain"],
)
async def test_whoever_is_said_to_be_at_work_can_be_written_down(store: Store, actor: str, kept: str) -> None:
    async with store.open(actor=actor) as catalog:
        assert (await add_provider(catalog, "p")).updated_by == kept


async def test_a_new_provider_has_what_was_given_and_what_it_gets_by_itself(catalog: Catalog) -> None:
    row = await add_provider(catalog, "azure-eu", family="azure", base_url="https://eu.example/v1", credential=KEYED)
    assert (row.family, row.name, row.base_url) == (Family.AZURE, "azure-eu", "https://eu.example/v1")
    assert (row.enabled, row.version, row.updated_by, row.has_api_key, row.usable) == (True, 1, "alice", True, True)
    assert row.credential == Credential("env", name="KEY")
    assert row.created_at == row.updated_at
    assert row.created_at.utcoffset() is not None
    assert (row.bound_model_count, row.winning_model_count, row.alone_model_count) == (0, 0, 0)
    assert await catalog.providers.get("azure-eu") == await catalog.providers.get(row.id) == row
    assert await catalog.providers.get(str(row.id)) == row


@pytest.mark.parametrize(
    ("first", "second"), [("openai", "OpenAI"), ("É", "é"), ("É", "E\u0301"), ("straße", "STRASSE")]
)
async def test_a_name_is_taken_whatever_its_case(catalog: Catalog, first: str, second: str) -> None:
    row = await add_provider(catalog, first)
    with pytest.raises(AlreadyExists) as raised:
        await add_provider(catalog, second, family="anthropic")
    assert (raised.value.kind, raised.value.name, raised.value.field) == ("provider", second, "name")
    other = await add_provider(catalog, "other")
    with pytest.raises(AlreadyExists):
        await catalog.providers.update(other.id, ProviderUpdate(name=second))
    assert (await catalog.providers.get(second)).id == row.id


async def test_a_provider_may_change_the_case_of_its_own_name(catalog: Catalog) -> None:
    await add_provider(catalog, "openai")
    row = await catalog.providers.update("OPENAI", ProviderUpdate(name="OpenAI"))
    assert (row.name, row.version) == ("OpenAI", 2)


@pytest.mark.parametrize("name", ["nothing", "", " ", "a\0b", "\ud800", NOBODY, UUID(NOBODY)])
async def test_what_is_not_there_is_not_found(catalog: Catalog, name: Any) -> None:
    for call in (
        catalog.providers.get(name),
        catalog.providers.update(name, ProviderUpdate(enabled=False)),
        catalog.providers.delete(name),
        catalog.providers.impact_of_enabling(name),
        catalog.providers.impact_of_deleting(name),
    ):
        with pytest.raises(NotFound) as raised:
            await call
        assert (raised.value.kind, raised.value.name) == ("provider", str(name))


async def test_lists_are_ordered_by_family_and_name_whatever_its_case(catalog: Catalog) -> None:
    for name, family in [("b", "openai"), ("C", "openai"), ("a", "openai"), ("z", "anthropic"), ("É", "openai")]:
        await add_provider(catalog, name, family=family)
    assert [row.name for row in await catalog.providers.list()] == ["z", "a", "b", "C", "É"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "new"},
        {"base_url": "https://new.example/v1"},
        {"enabled": False},
        {"credential": EnvKey("OTHER")},
        {"credential": FileKey("/run/secrets/openai")},
        {"credential": None},
        {"name": "new", "base_url": "https://new.example", "enabled": False, "credential": None},
    ],
)
async def test_an_update_changes_what_is_given_and_nothing_else(
    catalog: Catalog, other: Catalog, changes: dict[str, Any]
) -> None:
    before = await add_provider(catalog, "openai", base_url="https://old.example/v1")
    after = await other.providers.update("openai", ProviderUpdate(**changes), version=1)
    for field in ("name", "base_url", "enabled"):
        assert getattr(after, field) == changes.get(field, getattr(before, field))
    assert (after.version, after.updated_by, after.id, after.family) == (2, "bob", before.id, before.family)
    assert after.updated_at > before.updated_at
    assert after.created_at == before.created_at
    if "credential" not in changes:
        assert after.credential == before.credential


@pytest.mark.parametrize(
    "changes",
    [{}, {"name": "openai"}, {"base_url": "https://x.example"}, {"enabled": True}, {"credential": KEYED}],
)
async def test_an_update_that_changes_nothing_writes_nothing(
    catalog: Catalog, other: Catalog, changes: dict[str, Any]
) -> None:
    before = await add_provider(catalog, "openai", base_url="https://x.example")
    assert await other.providers.update("openai", ProviderUpdate(**changes), version=1) == before


async def test_a_base_url_is_cleared_by_none_where_the_family_has_its_own(catalog: Catalog) -> None:
    await add_provider(catalog, "openai", base_url="https://x.example")
    assert (await catalog.providers.update("openai", ProviderUpdate(base_url=None))).base_url is None
    await add_provider(catalog, "azure", family="azure", base_url="https://x.example")
    for nothing in (None, "  "):
        with pytest.raises(ValidationError, match="give a base URL") as raised:
            await catalog.providers.update("azure", ProviderUpdate(base_url=nothing))
        assert raised.value.field == "base_url"
        with pytest.raises(ValidationError, match="give a base URL"):
            await catalog.providers.impact_of_updating("azure", ProviderUpdate(base_url=nothing))


async def test_a_credential_must_suit_the_family(catalog: Catalog) -> None:
    await add_provider(catalog, "openai")
    for call in (catalog.providers.update, catalog.providers.impact_of_updating):
        with pytest.raises(ValidationError, match="can't be ambient") as raised:
            await call("openai", ProviderUpdate(credential=Ambient()))
        assert raised.value.field == "credential"


async def test_every_kind_of_credential_can_follow_every_other(catalog: Catalog, tmp_path: Any) -> None:
    (tmp_path / "key").write_text("sk-from-file\n")
    kinds = {
        "stored": StoredKey("sk-stored"),
        "env": EnvKey("KEY"),
        "file": FileKey(str(tmp_path / "key")),
        "ambient": Ambient(),
        "none": None,
    }
    await add_provider(catalog, "local", family="openai-compat", base_url="http://localhost:8000", credential=None)
    for first in kinds:
        for second in kinds:
            await catalog.providers.update("local", ProviderUpdate(credential=kinds[first]))
            row = await catalog.providers.update("local", ProviderUpdate(credential=kinds[second]))
            assert (row.credential.kind if row.credential else "none") == second
            assert row.has_api_key == (second != "none")
            assert (row.credential is not None and row.credential.fingerprint is not None) == (second == "stored")
            stored = await query(
                catalog, "SELECT api_key_token IS NULL, credential_reference IS NULL FROM provider_config"
            )
            assert [tuple(map(bool, one)) for one in stored] == [(second != "stored", second not in ("env", "file"))]


async def test_equal_keys_have_equal_fingerprints_and_other_keys_others(catalog: Catalog) -> None:
    rows = [
        await add_provider(catalog, f"p{n}", credential=StoredKey(key))
        for n, key in enumerate(["sk-1", " sk-1\n", "sk-2"])
    ]
    prints = [row.credential.fingerprint for row in rows if row.credential]
    assert prints[0] == prints[1] != prints[2]
    assert all(len(one or "") == 8 for one in prints)


async def test_a_stored_key_stays_until_it_is_replaced_or_cleared(catalog: Catalog) -> None:
    await add_provider(catalog, "openai", credential=StoredKey("sk-1"))
    await add_model(catalog, "gpt-5", "openai")

    async def key() -> str | None:
        answer = await catalog.resolve("gpt-5")
        return answer.api_key.get_secret_value() if answer.api_key else None

    row = await catalog.providers.update("openai", ProviderUpdate(base_url="https://x.example"))
    assert (row.version, await key()) == (2, "sk-1")
    row = await catalog.providers.update("openai", ProviderUpdate(credential=StoredKey("sk-2")))
    assert (row.version, await key()) == (3, "sk-2")
    row = await catalog.providers.update("openai", ProviderUpdate(credential=None))
    assert (row.version, row.credential, row.has_api_key) == (4, None, False)


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
async def test_a_blank_key_is_refused_and_the_old_one_stays(catalog: Catalog, blank: str) -> None:
    before = await add_provider(catalog, "openai", credential=StoredKey("sk-1"))
    with pytest.raises(ValidationError, match="blank"):
        await catalog.providers.update("openai", ProviderUpdate(credential=StoredKey(blank)))
    assert await catalog.providers.get("openai") == before


async def test_whether_there_is_a_key_follows_the_variables_and_files_of_this_process(
    catalog: Catalog, store: Store, tmp_path: Any
) -> None:
    path = tmp_path / "openai.key"
    await add_provider(catalog, "by-variable", credential=EnvKey("OPENAI_EU"))
    await add_provider(catalog, "by-file", credential=FileKey(str(path)))

    async def has() -> dict[str, bool]:
        return {row.name: row.has_api_key for row in await catalog.providers.list()}

    assert await has() == {"by-file": False, "by-variable": False}
    store.environ["OPENAI_EU"] = "sk"
    path.write_text("sk\n")
    assert await has() == {"by-file": True, "by-variable": True}
    store.environ["OPENAI_EU"] = " "
    path.write_text(" \n")
    assert await has() == {"by-file": False, "by-variable": False}
    del store.environ["OPENAI_EU"]
    path.unlink()
    assert await has() == {"by-file": False, "by-variable": False}


async def test_counts_cover_live_models_and_wins_only_those_that_are_on(catalog: Catalog) -> None:
    await add_providers(catalog, "a", "b", "off")
    await switch(catalog, "off", on=False)
    await add_model(catalog, "alone", "a")
    await add_model(catalog, "alone-behind", "off", "a")
    await add_model(catalog, "with-spare", "a", "b")
    await add_model(catalog, "second", "b", "a")
    await add_model(catalog, "disabled", "a", "b", enabled=False)
    await add_model(catalog, "dark", "off")
    await add_model(catalog, "gone", "a")
    await catalog.models.delete("gone")
    found = {
        row.name: (row.bound_model_count, row.winning_model_count, row.alone_model_count)
        for row in await catalog.providers.list()
    }
    assert found == {"a": (5, 3, 2), "b": (3, 1, 0), "off": (2, 0, 0)}
    for name, counts in found.items():
        row = await catalog.providers.get(name)
        assert (row.bound_model_count, row.winning_model_count, row.alone_model_count) == counts
    assert await catalog.providers.list() == list((await catalog.rows()).providers)


async def test_a_stale_row_is_never_written(catalog: Catalog) -> None:
    """The version stands in the statement too, for programs that don't take the catalog's lock."""
    await add_provider(catalog, "openai")
    async with catalog._workspace.writing("test", "stale") as change:
        record = await change.provider("openai")
        with pytest.raises(StaleVersion) as raised:
            await change.save_provider(record._replace(version=7), enabled=False)
    assert raised.value.current_version == 1
    assert (await catalog.providers.get("openai")).enabled
