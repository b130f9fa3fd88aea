"""How much is read to follow others, and the keys of providers, which are looked at without reading."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widget import Widget

from modeltui import FileKey, ModelUpdate, ProviderUpdate
from modeltui.domain.changes import RESYNC
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.widgets.text_lines import TextLine
from tests.services.builders import caught_up, counted_statements, execute
from tests.services.stores import SqliteStore
from tests.tui.driver import NARROW, Room, open_room
from tests.tui.live import followed


@pytest.fixture(autouse=True)
def others_unheard() -> None:
    """Let the feed look all the time."""


async def readings(room: Room, act: Callable[[], Awaitable[Any]]) -> int:
    """How many readings it takes to follow something."""
    await followed(room)
    before = room.app.session.begun
    await act()
    await followed(room)
    return room.app.session.begun - before


# How much is read


@pytest.mark.usefixtures("looks_when_told")
async def test_a_burst_is_one_reading(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:

        async def burst() -> None:
            for number in range(20):
                await other.models.update("gpt-5-nano", ModelUpdate(context_limit=1_000 + number))
                await other.models.update("gpt-5", ModelUpdate(context_limit=1_000 + number))

        with counted_statements(room.app.session.catalog) as counts:
            assert await readings(room, burst) == 1
        assert counts["SELECT"] == 3


async def test_never_two_readings_at_once(store: SqliteStore) -> None:
    """What comes while one is under way is one more, however much it is."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:

        async def while_reading() -> None:
            async with room.app.session._reading:
                for number in range(20):
                    await other.models.update("gpt-5-nano", ModelUpdate(context_limit=1_000 + number))
                    await caught_up(room.app.session.catalog)

        assert await readings(room, while_reading) <= 2
        await room.wait_for("gpt-5-nano ✓ on openai-us 1/2 1 1.02k")


@pytest.mark.parametrize("key", ["t", "r"])
async def test_what_is_done_here_is_read_once(store: SqliteStore, key: str) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("gpt-4.1")

        async def press() -> None:
            await room.press(key)
            await room.settle()

        assert await readings(room, press) == 1


async def test_many_at_once_are_read_in_one_go(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:

        async def everything() -> None:
            async with other._workspace.database.writing() as connection:
                await connection.exec_driver_sql("UPDATE model_config SET context_limit = 5, version = version + 1")

        assert await readings(room, everything) == 1
        assert all(" 5" in row for row in room.rows)


async def test_only_what_changed_is_read(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await followed(room)
        listing: Any = room.app.session._listing
        read_again, asked = listing.read_again, []

        async def noting(models: Any) -> Any:
            asked.append(set(models))
            return await read_again(models)

        listing.read_again = noting
        row = await other.models.move("gpt-5-nano", "openai-apac", 0)
        await room.wait_for("gpt-5-nano ✓ on openai-apac")
        assert asked == [{row.id}]


async def test_more_than_is_named_one_by_one(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modeltui.db.sqlite_rows.BATCH_LIMIT", 3)
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        changes = other.changes()
        await caught_up(other)
        await execute(other, "UPDATE model_config SET context_limit = 5, version = version + 1")
        await room.wait_until(lambda: all(" 5" in row for row in room.rows), "every model as it is now")
        await caught_up(other)
        assert changes._queue[-1] == RESYNC


@pytest.mark.usefixtures("looks_often")
async def test_nothing_is_read_while_nothing_changes(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        looks = 0
        look = room.app.session.look_at_keys

        async def counting() -> None:
            nonlocal looks
            await look()
            looks += 1

        room.app.session.look_at_keys = counting  # type: ignore[method-assign]
        told: list[None] = []
        room.app.session.listen(lambda: told.append(None))
        with counted_statements(room.app.session.catalog) as counts:
            await room.wait_until(lambda: looks > 5, "some looks")
        assert counts == {}
        assert told == []


async def test_it_ends_with_the_program(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        assert following() == {"changes", "rows", "keys"}
        await room.press("q")
        await room.wait_for_end()
    assert following() == set()


@pytest.mark.parametrize("asked_for", [True, False], ids=["quit", "broken off"])
async def test_what_is_heard_while_the_program_ends_is_shown_nowhere(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, asked_for: bool
) -> None:
    rows_were_there: list[bool] = []
    async with open_room(store, size=NARROW) as room:
        session = room.app.session

        def tell(widget: Widget) -> None:
            rows_were_there.append(bool(widget.screen.query("#rows")))
            session._tell()

        for kind in (RowList, TextLine):
            monkeypatch.setattr(kind, "on_unmount", tell, raising=False)
        if asked_for:
            await room.press("q")
            await room.wait_for_end()
    assert set(rows_were_there) == {True, False}


def following() -> set[str]:
    """What of the following is under way."""
    names = [task.get_name() for task in asyncio.all_tasks()]
    return {name.removeprefix("modeltui following: ") for name in names if name.startswith("modeltui following: ")}


# Keys of providers


@pytest.mark.usefixtures("looks_often")
async def test_a_key_file_that_appears_becomes_blank_and_vanishes(store: SqliteStore, tmp_path: Path) -> None:
    file = tmp_path / "groq.key"
    async with store.open() as catalog:
        await catalog.providers.update("groq", ProviderUpdate(credential=FileKey(str(file))))
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("deepseek-v3")
        assert room.cursor.startswith("deepseek-v3 ✗ dark")
        file.write_text("sk-groq")
        await room.wait_for("deepseek-v3 ✓ on groq 1/1 0 !")
        await room.wait_for("deepseek-v3 openai-compat requests go to groq")
        assert "dark" not in room.place
        assert room.cursor.startswith("deepseek-v3")
        file.write_text(" \n")
        await room.wait_for("deepseek-v3 ✗ dark")
        file.write_text("sk-groq")
        await room.wait_for("deepseek-v3 ✓ on groq")
        await room.go_to_providers()
        await room.wait_for("groq openai-compat ✓ on ✓ file groq.key 1 1 1")
        file.unlink()
        await room.wait_for("groq openai-compat ✓ on ✗ no file 1 0 0")
        await room.wait_for("Providers 7 1 off 2 without key")


@pytest.mark.usefixtures("looks_often")
async def test_the_secret_key_file_vanishes_and_comes_back(store: SqliteStore, tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    key.write_text(store.environ.pop("MODELTUI_SECRET_KEY"))
    key.chmod(0o600)
    async with open_room(store, size=NARROW, secret_key_file=key) as room:
        await room.go_to_providers()
        await room.wait_for("anthropic-main anthropic ✓ on ✓ stored")
        kept = key.read_text()
        key.unlink()
        await room.wait_for("anthropic-main anthropic ✓ on ✗ unreadable here")
        key.write_text(base64.b64encode(os.urandom(32)).decode())
        key.chmod(0o600)
        key.write_text(kept)
        await room.wait_for("anthropic-main anthropic ✓ on ✓ stored")


@pytest.mark.usefixtures("looks_often")
async def test_a_variable(store: SqliteStore) -> None:
    """That of another process can't be changed from outside, but what reads them is the same for all."""
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        store.environ["BATCH_KEY"] = "sk-batch"
        await room.wait_for("openai-batch openai ✓ on ✓ env BATCH_KEY")
        del store.environ["BATCH_KEY"]
        await room.wait_for("openai-batch openai ✓ on ✗ unset $BATCH_KEY")
