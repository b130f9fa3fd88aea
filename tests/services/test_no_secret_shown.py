"""A secret is in the answer of a resolution and nowhere else: no repr, error, log, traceback or file shows it."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import pickle
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

import pytest

from modeltui import (
    Catalog,
    CatalogError,
    EnvKey,
    FileKey,
    Impact,
    LineVerdict,
    ModelRow,
    ModelUpdate,
    ProviderCreate,
    ProviderRow,
    ProviderUpdate,
    StoredKey,
)
from tests.services.builders import add_model, add_provider, execute, refuse, switch
from tests.services.stores import OTHER_SECRET_KEY, SECRET_KEY, Store
from tests.support.tracebacks import shown_locals

MARKER = "sk-marker-0123456789-abcdef"
STORED, VARIABLE, FILE = f"{MARKER}-stored", f"{MARKER}-variable", f"{MARKER}-file"


def every_form(value: object) -> str:
    """Everything that printing, logging or exporting a value could show."""
    forms = [repr(value), str(value), format(value)]
    if isinstance(value, ProviderRow | ModelRow | Impact | LineVerdict):
        forms.append(repr(asdict(value)))
    if isinstance(value, CatalogError):
        forms += [value.message, repr(value.attributes), repr(value.args), repr(vars(value)), shown_locals(value)]
        forms += traceback.format_exception(value)
        chained = value.__cause__ or value.__context__
        forms += [every_form(chained)] if chained is not None else []
    return "\n".join(forms)


def assert_hidden(value: object) -> None:
    shown = every_form(value)
    for secret in (MARKER, base64.b64encode(MARKER.encode()).decode()[:-4], SECRET_KEY, OTHER_SECRET_KEY):
        assert secret not in shown, f"{type(value).__name__} shows a secret"


@pytest.fixture
async def full(catalog: Catalog, store: Store, tmp_path: Any) -> Catalog:
    """A catalog with a key of every kind."""
    store.environ["MARKED"] = VARIABLE
    (tmp_path / "marked.key").write_text(FILE)
    await add_provider(catalog, "stored", credential=StoredKey(STORED))
    await add_provider(catalog, "variable", credential=EnvKey("MARKED"))
    await add_provider(catalog, "file", credential=FileKey(str(tmp_path / "marked.key")))
    await add_provider(catalog, "off", credential=StoredKey(STORED), enabled=False)
    await add_model(catalog, "m", "off", "stored", "variable", "file")
    return catalog


async def test_no_row_impact_or_verdict_shows_a_key(full: Catalog) -> None:
    for value in (
        full,
        full._workspace,
        full._workspace.keyring,
        await full.rows(),
        *await full.providers.list(),
        *await full.models.list(),
        *await full.models.available(),
        await full.providers.get("stored"),
        await full.models.get("m"),
        *await full.explain("m"),
        await full.providers.impact_of_deleting("stored"),
        await full.providers.impact_of_updating("stored", ProviderUpdate(credential=StoredKey(STORED))),
        await full.models.impact_of_deleting("m"),
        ProviderCreate(family="openai", name="p", credential=StoredKey(STORED)),
        ProviderUpdate(credential=StoredKey(STORED)),
        StoredKey(STORED),
    ):
        assert_hidden(value)


async def test_an_answer_holds_the_key_and_does_not_print_it(full: Catalog) -> None:
    answers = await full.candidates("m")
    assert [answer.api_key.get_secret_value() for answer in answers if answer.api_key] == [STORED, VARIABLE, FILE]
    for answer in answers:
        assert_hidden(answer)


async def lose_the_secret_key(catalog: Catalog, store: Store) -> None:
    store.environ["MODELTUI_SECRET_KEY"] = OTHER_SECRET_KEY


async def turn_all_off(catalog: Catalog, store: Store) -> None:
    for name in ("stored", "variable", "file"):
        await switch(catalog, name, on=False)


async def damage(catalog: Catalog, store: Store) -> None:
    await turn_all_off(catalog, store)
    await switch(catalog, "stored", on=True)
    await execute(catalog, "UPDATE provider_config SET api_key_token = substr(api_key_token, 1, 50)")


async def lose_a_table(catalog: Catalog, store: Store) -> None:
    await execute(catalog, "DROP TABLE attachment")
    await refuse(catalog, "INSERT", "provider_config")
    await refuse(catalog, "UPDATE", "provider_config")


async def nothing(catalog: Catalog, store: Store) -> None:
    pass


KEY = StoredKey(STORED)
FAILURES: dict[str, tuple[Any, Callable[[Catalog], Awaitable[Any]]]] = {
    "name taken": (nothing, lambda c: add_provider(c, "stored", credential=KEY)),
    "stale": (nothing, lambda c: c.providers.update("stored", ProviderUpdate(credential=KEY), version=7)),
    "not found": (nothing, lambda c: c.providers.update("x", ProviderUpdate(credential=KEY))),
    "renamed to a taken name": (
        nothing,
        lambda c: c.providers.update("stored", ProviderUpdate(name="off", credential=KEY)),
    ),
    "stale model": (nothing, lambda c: c.models.update("m", ModelUpdate(context_limit=1), version=7)),
    "wrong family": (nothing, lambda c: add_model(c, "x", "stored", family="anthropic")),
    "another secret key, sealing": (lose_the_secret_key, lambda c: add_provider(c, "new", credential=KEY)),
    "no provider usable": (turn_all_off, lambda c: c.resolve("m")),
    "a damaged key": (damage, lambda c: c.resolve("m")),
    "the database refuses a new row": (lose_a_table, lambda c: add_provider(c, "new", credential=KEY)),
    "the database refuses a change": (
        lose_a_table,
        lambda c: c.providers.update("stored", ProviderUpdate(credential=KEY)),
    ),
    "the tables are gone": (lose_a_table, lambda c: c.resolve("m")),
}


@pytest.mark.parametrize(("prepare", "fail"), FAILURES.values(), ids=FAILURES)
async def test_no_error_shows_a_key(
    full: Catalog,
    store: Store,
    prepare: Callable[[Catalog, Store], Awaitable[None]],
    fail: Callable[[Catalog], Awaitable[Any]],
) -> None:
    await prepare(full, store)
    with pytest.raises(CatalogError) as raised:
        await fail(full)
    assert_hidden(raised.value)


async def test_no_log_shows_a_key(full: Catalog, caplog: pytest.LogCaptureFixture) -> None:
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    root, engine = logging.getLogger(), logging.getLogger("sqlalchemy.engine")
    before = root.level, engine.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    engine.setLevel(logging.DEBUG)
    try:
        await add_provider(full, "logged", credential=StoredKey(STORED))
        await full.providers.update("logged", ProviderUpdate(credential=StoredKey(STORED)))
        await full.resolve("m")
        with pytest.raises(CatalogError):
            await add_provider(full, "logged", credential=StoredKey(STORED))
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        engine.setLevel(before[1])
    assert output.getvalue()
    assert MARKER not in output.getvalue() + caplog.text


async def test_nothing_that_the_store_keeps_holds_a_key(full: Catalog, store: Store) -> None:
    await full.providers.update("off", ProviderUpdate(credential=StoredKey(f"{STORED}-2")))
    content = await asyncio.to_thread(store.content)
    assert b"variable" in content
    assert MARKER.encode() not in content
    assert base64.b64encode(MARKER.encode())[:-4] not in content


async def test_fingerprints_depend_on_the_secret_key(full: Catalog, store: Store) -> None:
    first = (await full.providers.get("stored")).credential
    await full.providers.update("stored", ProviderUpdate(credential=None))
    await full.providers.update("off", ProviderUpdate(credential=None))
    store.environ["MODELTUI_SECRET_KEY"] = OTHER_SECRET_KEY
    second = (await full.providers.update("stored", ProviderUpdate(credential=KEY))).credential
    assert first is not None
    assert second is not None
    assert first.fingerprint != second.fingerprint


async def test_rows_can_be_sent_elsewhere_without_a_key(full: Catalog) -> None:
    sent = pickle.dumps((await full.rows(), await full.providers.impact_of_deleting("stored")))
    assert MARKER.encode() not in sent
