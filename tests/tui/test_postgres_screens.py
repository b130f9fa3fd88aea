"""The screens on a PostgreSQL catalog: the first paint says what is waited for, and a server may be away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.stores import PostgresStore, PostgresStores
from tests.support.postgres import PostgresServer
from tests.tui.driver import fill
from tests.tui.test_start_up import HEAVY, first_paint


@pytest.fixture
async def store(postgres_server: PostgresServer) -> Iterator[PostgresStore]:
    """The catalog of `tests.tui.driver.fill` on a server."""
    databases = PostgresStores(postgres_server)
    made = databases.made()
    async with made.open() as catalog:
        await fill(catalog)
    yield made
    databases.close()


def test_the_first_frame_says_what_is_waited_for_and_nothing_heavy_is_loaded(
    store: PostgresStore, tmp_path: Path
) -> None:
    recorded = first_paint(store, tmp_path, (80, 24), {}, "Reading models from")
    assert (HEAVY | {"asyncpg"}) & {name.partition(".")[0] for name in recorded["modules"]} == set()
    assert recorded["frames"] == 0
