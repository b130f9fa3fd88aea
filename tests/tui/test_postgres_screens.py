"""The screens on a PostgreSQL catalog: the first paint says what is waited for, and a server may be away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from modeltui.tui import connection
from modeltui.tui.session import CONNECTED_AGAIN, Phase
from tests.services.builders import switch
from tests.services.stores import PostgresStore, PostgresStores
from tests.support.postgres import PostgresServer
from tests.support.wait import words
from tests.tui.driver import NARROW, fill, open_room
from tests.tui.test_start_up import HEAVY, first_paint


@pytest.fixture
async def store(postgres_server: PostgresServer) -> AsyncIterator[PostgresStore]:
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


async def test_a_server_that_is_away_and_back(store: PostgresStore) -> None:
    async with open_room(store, size=NARROW) as room:
        before = room.rows
        await asyncio.to_thread(store.server.stop)
        await room.press("r")
        await room.wait_until(lambda: "can't be reached" in room.flash, "the failure")
        assert room.rows == before
        await asyncio.to_thread(store.server.start)
        await room.press("r")
        await room.wait_until(lambda: room.app.session.error is None, "the catalog again")
        assert room.rows == before
        assert "can't be reached" not in room.flash


async def test_a_server_that_is_away_at_the_start(store: PostgresStore) -> None:
    await asyncio.to_thread(store.server.stop)
    async with open_room(store, ready=False, size=NARROW) as room:
        await room.wait_until(lambda: room.app.session.phase is Phase.FAILED, "the failure")
        await room.pass_messages()
        assert "can't be reached" in words(" ".join(room.empty))
        await asyncio.to_thread(store.server.start)
        await room.press("r")
        await room.wait_for_flash(CONNECTED_AGAIN)
        assert "not connected" not in room.top


async def test_a_server_that_comes_back_after_the_start(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "AGAIN_SECONDS", 0.05)
    await asyncio.to_thread(store.server.stop)
    async with open_room(store, ready=False, size=NARROW) as room:
        await room.wait_for("It is tried again every few seconds; r tries at once, q quits.")
        await asyncio.to_thread(store.server.start)
        await room.wait_for_flash(CONNECTED_AGAIN)
        await room.wait_for("gpt-5-nano")
        # Said once, not at each attempt.
        said = [message.text for message in room.app.session.log]
        assert [text for text, before in zip(said, ["", *said], strict=False) if text == before] == []


async def test_a_user_whom_the_server_refuses_is_not_tried_again_by_itself(store: PostgresStore) -> None:
    """That could lock the account."""
    store.url = store.server.url(store.name, "nobody")
    async with open_room(store, ready=False, size=NARROW) as room:
        await room.wait_until(lambda: room.app.session.phase is Phase.FAILED, "the failure")
        await room.wait_for("r tries again, q quits.")
        assert "refuses this user or password" in words(" ".join(room.empty))
        task = room.app.connection._task
        assert task is not None
        await room.wait_until(task.done, "the end of the attempt")


async def test_what_others_do_appears_by_itself(store: PostgresStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-nano")
        await other.models.move("gpt-5-nano", "openai-apac", 0)
        await room.wait_for("gpt-5-nano ✓ on openai-apac 1/2")
        await switch(other, "openai-apac", on=False)
        await room.wait_for("gpt-5-nano ! fallback openai-us 2/2")
        assert room.cursor.startswith("gpt-5-nano")


async def test_a_role_that_may_only_read_says_so_at_the_top(store: PostgresStore) -> None:
    store.server.sql(store.name, "CREATE ROLE viewer LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO viewer")
    store.url = store.server.url(store.name, "viewer")
    async with open_room(store, size=NARROW) as room:
        assert "READ ONLY" in room.top
        await room.press("t")
        assert "role viewer has no right to change the tables" in room.flash
    store.server.sql(store.name, "DROP OWNED BY viewer", "DROP ROLE viewer")


async def test_the_top_line_names_the_database_alone(store: PostgresStore) -> None:
    async with open_room(store, size=NARROW) as room:
        assert f"testhost/{store.name} " in room.top
        assert "?" not in room.top
