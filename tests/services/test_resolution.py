"""Rule 10 and the walk down a list: where a request goes, and every way in which it goes nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modeltui import (
    Ambient,
    Catalog,
    EnvKey,
    FileKey,
    ModelDeleted,
    ModelDisabled,
    NoAttachments,
    NoDefaultModel,
    NotFound,
    NoUsableProvider,
    ProviderUpdate,
    Resolution,
    StoredKey,
)
from tests.services.builders import (
    add_model,
    add_provider,
    add_providers,
    execute,
    let_variables_be_looked_at,
    switch,
    verdicts,
)
from tests.services.stores import OTHER_SECRET_KEY, Store


def key_of(answer: Resolution) -> str | None:
    return answer.api_key.get_secret_value() if answer.api_key is not None else None


async def test_an_answer_has_all_that_a_caller_needs(catalog: Catalog) -> None:
    await add_provider(catalog, "off", enabled=False)
    us = await add_provider(catalog, "us", base_url="https://us.example/v1")
    model = await add_model(catalog, "gpt-5", "off", "us", model="gpt-5-2026")
    answer = await catalog.resolve("GPT-5")
    assert (answer.model_name, answer.model_config_id, answer.upstream_model) == ("gpt-5", model.id, "gpt-5-2026")
    assert (answer.family, answer.provider_name, answer.provider_config_id) == ("openai", "us", us.id)
    assert (answer.base_url, key_of(answer), answer.priority) == ("https://us.example/v1", "sk-from-variable", 1)
    assert [(line.name, line.priority, line.verdict, line.reason) for line in answer.skipped] == [
        ("off", 0, "skipped", "provider_disabled")
    ]
    assert answer.stale is False
    assert answer.as_of > model.created_at
    assert (
        (await catalog.resolve(model.id)).provider_name == (await catalog.resolve(str(model.id))).provider_name == "us"
    )
    assert (await catalog.resolve("gpt-5", allow_stale=True)).provider_name == "us"


async def test_a_base_url_belongs_to_its_provider_alone(catalog: Catalog) -> None:
    await add_provider(catalog, "eu", base_url="https://eu.example/v1")
    await add_provider(catalog, "us", base_url="https://us.example/v1")
    await add_provider(catalog, "own")
    await add_model(catalog, "gpt-5", "eu", "us", "own")
    assert [answer.base_url for answer in await catalog.candidates("gpt-5")] == [
        "https://eu.example/v1",
        "https://us.example/v1",
        "https://api.openai.com/v1",
    ]
    await switch(catalog, "eu", on=False)
    assert (await catalog.resolve("gpt-5")).base_url == "https://us.example/v1"
    await switch(catalog, "us", on=False)
    assert (await catalog.resolve("gpt-5")).base_url == "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("family", "base_url"),
    [
        ("anthropic", "https://api.anthropic.com"),
        ("bedrock", None),
        ("google", "https://generativelanguage.googleapis.com"),
        ("openai", "https://api.openai.com/v1"),
        ("openrouter", "https://openrouter.ai/api/v1"),
        ("vercel", "https://ai-gateway.vercel.sh/v1"),
    ],
)
async def test_an_empty_base_url_means_the_familys_own(catalog: Catalog, family: str, base_url: str | None) -> None:
    await add_provider(catalog, "p", family=family)
    await add_model(catalog, "m", "p")
    assert (await catalog.resolve("m")).base_url == base_url


async def test_a_lines_own_upstream_id_goes_before_the_models(catalog: Catalog) -> None:
    await add_providers(catalog, "a", "b")
    await add_model(catalog, "m", "a", "b", model="upstream", upstream_models={"a": "deployment"})
    assert [answer.upstream_model for answer in await catalog.candidates("m")] == ["deployment", "upstream"]


async def test_an_ambient_credential_gives_no_key(catalog: Catalog) -> None:
    await add_provider(catalog, "p", family="bedrock", credential=Ambient())
    await add_model(catalog, "m", "p")
    assert (await catalog.resolve("m")).api_key is None


async def test_candidates_are_the_usable_lines_in_order_each_with_what_was_skipped_before_it(catalog: Catalog) -> None:
    await add_providers(catalog, "a", "c", "e")
    await add_provider(catalog, "b", enabled=False)
    await add_provider(catalog, "d", credential=None)
    await add_model(catalog, "m", *"abcde")
    answers = await catalog.candidates("m")
    assert [(answer.provider_name, answer.priority) for answer in answers] == [("a", 0), ("c", 2), ("e", 4)]
    assert [[line.name for line in answer.skipped] for answer in answers] == [[], ["b"], ["b", "d"]]
    assert (await catalog.resolve("m")).provider_config_id == answers[0].provider_config_id


async def test_without_a_name_the_default_is_meant(catalog: Catalog) -> None:
    for call in (catalog.resolve, catalog.candidates, catalog.explain):
        with pytest.raises(NoDefaultModel) as raised:
            await call()
        assert raised.value.code == "no_default_model"
    await add_provider(catalog, "a")
    await add_model(catalog, "m", "a")
    assert (await catalog.resolve()).model_name == "m"
    assert [answer.model_name for answer in await catalog.candidates()] == ["m"]
    assert [line.name for line in await catalog.explain()] == ["a"]


@pytest.mark.parametrize("name", ["nothing", "", "a\0b", "\ud800", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"])
async def test_what_is_not_there_is_not_found(catalog: Catalog, name: str) -> None:
    for call in (catalog.resolve, catalog.candidates, catalog.explain):
        with pytest.raises(NotFound) as raised:
            await call(name)
        assert (raised.value.kind, raised.value.name) == ("model", name)


async def test_disabled_deleted_and_empty_models_are_refused_each_with_its_own_error(catalog: Catalog) -> None:
    await add_providers(catalog, "a", "b")
    off = await add_model(catalog, "off", "a", "b", enabled=False)
    gone = await add_model(catalog, "gone", "b", "a")
    empty = await add_model(catalog, "empty", "a")
    await catalog.models.delete("gone")
    await execute(
        catalog, "DELETE FROM attachment WHERE model_config_id = (SELECT id FROM model_config WHERE name = 'empty')"
    )
    for name, expected in (
        (off.id, ModelDisabled),
        ("off", ModelDisabled),
        (gone.id, ModelDeleted),
        ("empty", NoAttachments),
    ):
        for call in (catalog.resolve, catalog.candidates):
            with pytest.raises(expected) as raised:
                await call(name)
            assert raised.value.model in ("off", "gone", "empty")
    with pytest.raises(NotFound):
        await catalog.resolve("gone")
    with pytest.raises(NoAttachments, match="no explicit provider attachments configured"):
        await catalog.resolve("empty")
    explained = {name: [line.name for line in await catalog.explain(name)] for name in ("off", gone.id, empty.id)}
    assert explained == {"off": ["a", "b"], gone.id: ["b", "a"], empty.id: []}
    assert [line.verdict for line in await catalog.explain("off")] == ["wins", "standby"]


async def test_a_dark_model_says_why_for_every_line(catalog: Catalog, store: Store) -> None:
    store.environ["B_KEY"] = "sk"
    await add_provider(catalog, "a", enabled=False)
    await add_provider(catalog, "b", credential=EnvKey("B_KEY"))
    await add_provider(catalog, "c", credential=None)
    await add_model(catalog, "m", "a", "b", "c")
    assert (await catalog.resolve("m")).provider_name == "b"
    del store.environ["B_KEY"]
    let_variables_be_looked_at(catalog)
    for call in (catalog.resolve, catalog.candidates):
        with pytest.raises(NoUsableProvider) as raised:
            await call("m")
        error = raised.value
        assert error.model == "m"
        assert [(line.name, line.reason) for line in error.lines] == [
            ("a", "provider_disabled"),
            ("b", "no_api_key"),
            ("c", "no_api_key"),
        ]
        assert error.counts == {"provider_disabled": 1, "no_api_key": 2}
        assert "1 provider disabled, 2 no API key" in error.message
    assert list(error.lines) == await catalog.explain("m")


async def test_all_lines_disabled(catalog: Catalog) -> None:
    await add_providers(catalog, "a", "b", enabled=False)
    await add_model(catalog, "m", "a", "b")
    with pytest.raises(NoUsableProvider) as raised:
        await catalog.resolve("m")
    assert raised.value.counts == {"provider_disabled": 2}


async def test_a_key_file_is_read_anew_and_a_bad_one_skipped(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "openai.key"
    path.write_text(" sk-1\n")
    await add_provider(catalog, "file", credential=FileKey(str(path)))
    await add_provider(catalog, "next")
    await add_model(catalog, "m", "file", "next")
    assert key_of(await catalog.resolve("m")) == "sk-1"
    path.write_text("sk-2")
    let_variables_be_looked_at(catalog)
    assert key_of(await catalog.resolve("m")) == "sk-2"
    for content in (b"", b" \n", b"\xff\xfe", b"x" * 10_241):
        path.write_bytes(content)
        let_variables_be_looked_at(catalog)
        answer = await catalog.resolve("m")
        assert (answer.provider_name, answer.skipped[0].reason) == ("next", "no_api_key")
    path.unlink()
    let_variables_be_looked_at(catalog)
    assert (await catalog.resolve("m")).provider_name == "next"
    path.mkdir()
    let_variables_be_looked_at(catalog)
    assert (await catalog.resolve("m")).provider_name == "next"


@pytest.fixture
async def stored(catalog: Catalog) -> Catalog:
    """A catalog with two providers whose keys are stored, on which model m stands."""
    await add_provider(catalog, "a", credential=StoredKey("sk-a"))
    await add_provider(catalog, "b", credential=StoredKey("sk-b"))
    await add_model(catalog, "m", "a", "b")
    return catalog


async def test_a_stored_key_is_opened(stored: Catalog) -> None:
    assert [key_of(answer) for answer in await stored.candidates("m")] == ["sk-a", "sk-b"]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE provider_config SET api_key_token = substr(api_key_token, 1, 40) WHERE name = 'a'",
        "UPDATE provider_config SET api_key_token = 'nothing' WHERE name = 'a'",
        "UPDATE provider_config SET api_key_token = '' WHERE name = 'a'",
        "UPDATE provider_config SET api_key_token = (SELECT api_key_token FROM provider_config WHERE name = 'b')"
        " WHERE name = 'a'",
    ],
    ids=["cut", "not a token", "empty", "copied from another row"],
)
async def test_a_damaged_or_moved_ciphertext_is_skipped(stored: Catalog, damage: str) -> None:
    await execute(stored, damage)
    answer = await stored.resolve("m")
    assert (answer.provider_name, key_of(answer)) == ("b", "sk-b")
    assert [(line.name, line.reason) for line in answer.skipped] == [("a", "key_unreadable")]
    assert [line.reason for line in await stored.explain("m")] == ["key_unreadable", None]
    assert len(await stored.models.list()) == 1
    await stored.providers.update("a", ProviderUpdate(credential=StoredKey("sk-new")))
    assert key_of(await stored.resolve("m")) == "sk-new"


@pytest.mark.parametrize("secret_key", [OTHER_SECRET_KEY, "damaged", "", None])
async def test_with_another_secret_key_or_none_stored_keys_are_unreadable_and_lists_still_work(
    stored: Catalog, store: Store, secret_key: str | None
) -> None:
    await add_provider(stored, "c")
    await stored.models.attach("m", "c")
    if secret_key is None:
        del store.environ["MODELTUI_SECRET_KEY"]
    else:
        store.environ["MODELTUI_SECRET_KEY"] = secret_key
    answer = await stored.resolve("m")
    assert [line.reason for line in answer.skipped] == ["key_unreadable", "key_unreadable"]
    assert answer.provider_name == "c"
    rows = {row.name: (row.key, row.has_api_key) for row in await stored.providers.list()}
    assert rows == {"a": ("unreadable", False), "b": ("unreadable", False), "c": ("ready", True)}
    assert verdicts(await stored.models.get("m")) == ["key_unreadable", "key_unreadable", "wins"]


async def test_a_disabled_provider_is_skipped_for_that_first(stored: Catalog, store: Store) -> None:
    await switch(stored, "a", on=False)
    del store.environ["MODELTUI_SECRET_KEY"]
    assert [line.reason for line in await stored.explain("m")] == ["provider_disabled", "key_unreadable"]


async def test_the_verdicts_of_lists_and_of_resolution_agree(catalog: Catalog, store: Store) -> None:
    store.environ["HERE"] = "sk"
    credentials: dict[str, Any] = {
        "off": EnvKey("HERE"),
        "none": None,
        "unset": EnvKey("NOT_HERE"),
        "set": EnvKey("HERE"),
        "stored": StoredKey("sk"),
        "file": FileKey("/nowhere"),
    }
    for name, credential in credentials.items():
        await add_provider(catalog, name, credential=credential, enabled=name != "off")
    row = await add_model(catalog, "m", *credentials)
    explained = [line.reason or line.verdict for line in await catalog.explain("m")]
    assert (
        verdicts(row) == explained == ["provider_disabled", "no_api_key", "no_api_key", "wins", "standby", "no_api_key"]
    )


async def test_read_only_opens_no_stored_key_but_says_where_a_request_goes(stored: Catalog, store: Store) -> None:
    await add_provider(stored, "c")
    await stored.models.attach("m", "c")
    async with store.open(read_only=True) as reader:
        answers = await reader.candidates("m")
    assert [(answer.provider_name, key_of(answer)) for answer in answers] == [
        ("a", None),
        ("b", None),
        ("c", "sk-from-variable"),
    ]
