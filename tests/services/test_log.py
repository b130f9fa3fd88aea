"""The log file says who changed what, and holds no key."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from modeltui import NotFound, ProviderCreate, StoredKey, ValidationError
from modeltui.database_url import sqlite_url
from modeltui.log import log_to, logger
from modeltui.services.catalog import open_settled
from modeltui.settings import load_settings


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    before, level, propagate = list(logger.handlers), logger.level, logger.propagate
    yield
    for handler in set(logger.handlers) - set(before):
        handler.close()
        logger.removeHandler(handler)
    logger.setLevel(level)
    logger.propagate = propagate


async def test_writes_and_refusals_are_logged_without_the_key(tmp_path: Path) -> None:
    log = tmp_path / "modeltui.log"
    settings = replace(load_settings(environ={}), database=sqlite_url(tmp_path / "c.db"), log_file=log)

    async with open_settled(settings, create=True, environ={}, actor="alice") as catalog:
        await catalog.providers.create(
            ProviderCreate(family="openai", name="openai-eu", credential=StoredKey("sk-marker-4711"))
        )
        with pytest.raises(NotFound):
            await catalog.providers.delete("gone\x1b[2J")

    text = log.read_text(encoding="utf-8")
    assert "INFO providers.create 'openai-eu' by 'alice'" in text
    assert r"WARNING providers.delete 'gone\x1b[2J' by 'alice' refused: not_found" in text
    assert "4711" not in text
    assert "\x1b" not in text


def test_asked_twice_it_is_opened_once(tmp_path: Path) -> None:
    log_to(tmp_path / "a.log")
    log_to(tmp_path / "a.log")

    assert sum(isinstance(handler, logging.FileHandler) for handler in logger.handlers) == 1


def test_an_impossible_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="can't write the log file") as caught:
        log_to(tmp_path / "missing" / "a.log")

    assert caught.value.field == "log_file"
