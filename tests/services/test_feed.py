"""What changes is heard of by every open catalog, whoever changed it, once, and nothing goes unnoticed."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from modeltui import (
    Catalog,
    CatalogChange,
    CatalogError,
    ChangeAction,
    ChangeKind,
    ModelUpdate,
    NotFound,
    ProviderUpdate,
    TurnProviders,
)
from modeltui.domain.changes import RESYNC
from modeltui.services.feed import QUEUE_LIMIT, Changes, Feed
from tests.services.builders import (
    add_model,
    add_provider,
    attach_copies,
    caught_up,
    copy_model,
    eventually,
    subscribed,
    switch,
)
from tests.services.children import Child
from tests.services.hearing import RESYNCED, Heard, collected, heard, killed_unheard, named
from tests.services.stores import Store

WRITES: dict[str, tuple[Any, Heard]] = {
    "provider created": (lambda c: add_provider(c, "x"), [("provider", "x", "created")]),
    "provider renamed": (
        lambda c: c.providers.update("a", ProviderUpdate(name="x")),
        [("provider", "x", "updated")],
    ),
    "provider off": (lambda c: switch(c, "a", on=False), [("provider", "a", "updated")]),
    "provider deleted": (
        lambda c: c.providers.delete("a"),
        [("model", "m", "updated"), ("provider", "gone", "deleted")],
    ),
    "provider deleted with a model and the default": (
        lambda c: c.providers.delete("b"),
        [("model", "m", "updated"), ("model", "n", "deleted"), ("provider", "gone", "deleted")],
    ),
    "model created": (lambda c: add_model(c, "x", "a"), [("model", "x", "created")]),
    "model renamed": (lambda c: c.models.update("m", ModelUpdate(name="x")), [("model", "x", "updated")]),
    "model moved": (lambda c: c.models.move("m", "b", 0), [("model", "m", "updated")]),
    "model attached": (lambda c: c.models.attach("n", "a"), [("model", "n", "updated")]),
    "model detached": (lambda c: c.models.detach("m", "a"), [("model", "m", "updated")]),
    "own upstream id": (lambda c: c.models.set_upstream_model("m", "a", "x"), [("model", "m", "updated")]),
    "default moved": (
        lambda c: c.models.set_default("n"),
        [("model", "m", "updated"), ("model", "n", "updated")],
    ),
    "default taken away": (lambda c: c.models.set_default(None), [("model", "m", "updated")]),
    "model deleted": (lambda c: c.models.delete("n"), [("model", "n", "deleted")]),
    "default deleted": (
        lambda c: c.models.delete("m"),
        [("model", "m", "deleted"), ("model", "n", "updated")],
    ),
    "several providers off": (
        lambda c: turned_off(c, "a", "b"),
        [("provider", "a", "updated"), ("provider", "b", "updated")],
    ),
    "nothing really": (lambda c: c.models.update("m", ModelUpdate(name="m")), []),
}


async def turned_off(catalog: Catalog, *names: str) -> None:
    ids = {row.name: row.id for row in await catalog.providers.list()}
    await catalog.bulk.apply(TurnProviders(tuple(ids[name] for name in names), enabled=False))


@pytest.mark.parametrize("whose", ["own", "another's"])
@pytest.mark.parametrize("write", WRITES)
async def test_every_write_is_reported_once(
    filled_catalog: Catalog, other: Catalog, changes: Changes, write: str, whose: str
) -> None:
    call, expected = WRITES[write]
    await call(filled_catalog if whose == "own" else other)
    assert await heard(filled_catalog, changes) == sorted(expected)
    assert await heard(filled_catalog, changes) == []


@pytest.mark.parametrize("whose", ["own", "another's"])
async def test_a_restored_model_is_reported_as_that(
    filled_catalog: Catalog, other: Catalog, changes: Changes, whose: str
) -> None:
    writer = filled_catalog if whose == "own" else other
    await writer.models.delete("n")
    assert await heard(filled_catalog, changes) == [("model", "n", "deleted")]
    await writer.models.restore("n")
    assert await heard(filled_catalog, changes) == [("model", "n", "restored")]


async def test_an_own_write_is_there_when_the_call_returns(filled_catalog: Catalog, changes: Changes) -> None:
    row = await filled_catalog.models.move("m", "b", 0)
    assert list(changes._queue) == [CatalogChange(ChangeKind.MODEL, row.id, ChangeAction.UPDATED)]


async def test_a_refused_write_is_not_reported(filled_catalog: Catalog, changes: Changes) -> None:
    with pytest.raises(NotFound):
        await filled_catalog.models.delete("nobody")
    with pytest.raises(CatalogError):
        await filled_catalog.models.detach("n", "b")
    assert await heard(filled_catalog, changes) == []


async def test_another_processs_write_is_heard_of_without_asking(
    store: Store, filled_catalog: Catalog, changes: Changes
) -> None:
    child = Child(WRITE_IN_A_CHILD, store)
    await asyncio.to_thread(child.wait_until_ready)
    child.go()
    found = [await anext(changes) for _ in range(2)]
    await asyncio.to_thread(child.finish)
    assert await named(filled_catalog, found) == [("model", "m", "updated"), ("provider", "x", "created")]


WRITE_IN_A_CHILD = """
async def main():
    async with store.open(actor="bob") as catalog:
        await catalog.rows()
        await asyncio.to_thread(wait_for_the_test)
        await add_provider(catalog, "x")
        await catalog.models.attach("m", "x")
asyncio.run(main())
"""


async def test_a_process_that_was_suspended_catches_up(store: Store, filled_catalog: Catalog) -> None:
    child = Child(LISTEN_IN_A_CHILD, store)
    await asyncio.to_thread(child.wait_until_ready)
    child.signal(signal.SIGSTOP)
    await filled_catalog.models.move("m", "b", 0)
    await filled_catalog.models.delete("n")
    await add_provider(filled_catalog, "x")
    child.signal(signal.SIGCONT)
    out = await asyncio.to_thread(child.finish)
    assert sorted(out.split()) == ["created", "deleted", "updated"]


LISTEN_IN_A_CHILD = """
async def main():
    async with store.open(actor="bob") as catalog:
        changes = await subscribed(catalog)
        print("ready", flush=True)
        for _ in range(3):
            print((await anext(changes)).action)
asyncio.run(main())
"""


async def test_a_process_that_was_suspended_while_very_much_changed(store: Store, filled_catalog: Catalog) -> None:
    await copy_model(filled_catalog, "m", 5_000)
    await attach_copies(filled_catalog, "m", "a")
    child = Child(ANSWER_IN_A_CHILD, store)
    await asyncio.to_thread(child.wait_until_ready)
    child.signal(signal.SIGSTOP)
    change = text("UPDATE model_config SET model = 'moved', version = version + 1 WHERE name = :name")
    async with filled_catalog._workspace.database.writing() as connection:
        await connection.execute(change, [{"name": f"m-{number}"} for number in range(1, 5_001)])
    child.signal(signal.SIGCONT)
    child.go()
    assert (await asyncio.to_thread(child.finish)).split() == ["resync", "moved"]


ANSWER_IN_A_CHILD = """
NAMES = [f"m-{number}" for number in range(1, 5_001, 50)]
async def answers(catalog):
    return {(await catalog.resolve(name)).upstream_model for name in NAMES}
async def main():
    async with store.open(actor="bob") as catalog:
        changes = await subscribed(catalog)
        assert await answers(catalog) == {"m"}
        await asyncio.to_thread(wait_for_the_test)
        print((await anext(changes)).kind)
        await caught_up(catalog)
        print(*await answers(catalog))
asyncio.run(main())
"""


async def test_what_happens_from_the_call_on_is_heard_of(filled_catalog: Catalog, other: Catalog) -> None:
    # The watching starts with the call, and the other's write may be done before the rows are known here.
    changes = filled_catalog.changes()
    await other.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) in ([("model", "m", "updated")], RESYNCED)
    await other.models.move("m", "a", 0)
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]


async def test_every_subscriber_hears_everything(filled_catalog: Catalog) -> None:
    subscribers = [await subscribed(filled_catalog) for _ in range(3)]
    await filled_catalog.models.move("m", "b", 0)
    late = filled_catalog.changes()
    await filled_catalog.models.delete("n")
    assert [await heard(filled_catalog, one) for one in subscribers] == [
        [("model", "m", "updated"), ("model", "n", "deleted")]
    ] * 3
    assert await heard(filled_catalog, late) == [("model", "n", "deleted")]


async def test_a_reader_waits_for_what_comes(filled_catalog: Catalog, other: Catalog, changes: Changes) -> None:
    waiting = asyncio.ensure_future(anext(changes))
    await other.models.move("m", "b", 0)
    assert await named(filled_catalog, [await waiting]) == [("model", "m", "updated")]


async def test_a_reader_that_is_cancelled_misses_nothing(filled_catalog: Catalog, changes: Changes) -> None:
    waiting = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await filled_catalog.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) == [("model", "m", "updated")]


async def test_a_subscriber_that_reads_too_slowly_is_told_to_read_all_again(filled_catalog: Catalog) -> None:
    slow = filled_catalog.changes()
    change = CatalogChange(ChangeKind.MODEL, UUID(int=1), ChangeAction.UPDATED)
    for _ in range(QUEUE_LIMIT):
        slow.put(change)
    assert len(slow._queue) == QUEUE_LIMIT
    slow.put(change)
    slow.put(change)
    assert list(slow._queue) == [RESYNC]
    assert await anext(slow) == RESYNC
    slow.put(change)
    assert await anext(slow) == change


async def test_a_subscriber_that_is_dropped_is_forgotten(filled_catalog: Catalog) -> None:
    changes = filled_catalog.changes()
    await caught_up(filled_catalog)
    del changes
    gc.collect()
    assert len(filled_catalog._workspace.feed._subscribers) == 0


# What goes wrong


async def test_a_write_that_is_rolled_back_is_not_heard_of(
    filled_catalog: Catalog, other: Catalog, changes: Changes
) -> None:
    async with other._workspace.database._engine.connect() as connection:
        await connection.execute(text("UPDATE model_config SET version = version + 1"))
        await connection.rollback()
    assert await heard(filled_catalog, changes) == []


async def test_a_writer_killed_in_its_transaction_is_not_heard_of(
    store: Store, filled_catalog: Catalog, changes: Changes
) -> None:
    await killed_unheard(Child(DIE_IN_A_TRANSACTION, store), filled_catalog, changes)


DIE_IN_A_TRANSACTION = """
async def main():
    async with store.open(actor="bob") as catalog:
        async with catalog._workspace.database.writing() as connection:
            await connection.execute(text("UPDATE model_config SET version = version + 1, model = 'x'"))
            await connection.execute(text("UPDATE provider_config SET version = version + 1, enabled = FALSE"))
            await asyncio.to_thread(wait_for_the_test)
asyncio.run(main())
"""


async def test_a_mistake_in_the_feed_is_survived(
    warm: Catalog, other: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = await subscribed(warm)
    monkeypatch.setattr("modeltui.services.feed.RESTART_SECONDS", 0)
    heard_of: list[Any] = []

    def mistaken(model: UUID) -> None:
        heard_of.append(model)
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(warm._resolver.answers, "invalidate_model", mistaken)
        # An own write, whose answer must be right at once for all that.
        row = await warm.models.move("m", "b", 0)
        assert (await warm.resolve("m")).provider_name == "b"
    assert heard_of == [row.id]
    assert await anext(changes) == RESYNC
    assert warm.connection_trouble is None
    await other.models.move("m", "a", 0)
    assert await heard(warm, changes) == [("model", "m", "updated")]


async def test_a_listener_that_fails_ends_nothing(
    warm: Catalog, other: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modeltui.services.feed.RESTART_SECONDS", 0)
    told: list[str | None] = []

    def failing(trouble: CatalogError | None) -> None:
        told.append(trouble and trouble.code)
        raise ZeroDivisionError

    changes = await subscribed(warm)
    warm.on_connection(failing)
    with monkeypatch.context() as patch:
        # A mistake in the feed, which is told as a loss.
        patch.setattr(warm._resolver.answers, "invalidate_model", lambda model: 1 // 0)
        await warm.models.move("m", "b", 0)

    async def is_back() -> bool:
        return told == ["catalog_error", None]

    await eventually(is_back, "a loss and its end, both told once")
    assert await anext(changes) == RESYNC
    await other.models.move("m", "a", 0)
    assert await heard(warm, changes) == [("model", "m", "updated")]


# The end


async def test_closing_ends_the_iteration_and_leaves_nothing_behind(store: Store) -> None:
    tasks, threads = asyncio.all_tasks(), threading.active_count()
    async with store.open() as catalog:
        await add_provider(catalog, "a")
        changes = await subscribed(catalog)
        reading = asyncio.ensure_future(collected(changes))
        await add_provider(catalog, "b")
    assert [change.action for change in await reading] == ["created"]
    assert asyncio.all_tasks() == tasks
    assert [change async for change in catalog.changes()] == []
    # The threads of to_thread belong to the loop; none but those are left.
    assert threading.active_count() <= threads + 8


async def test_closing_at_once_is_clean(store: Store) -> None:
    for _ in range(3):
        async with store.open() as catalog:
            changes = catalog.changes()
        assert [change async for change in changes] == []


async def test_closing_that_is_cancelled_leaves_nothing_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a service that is told to end is told so once more."""
    tasks = asyncio.all_tasks()
    opened: asyncio.Future[Catalog] = asyncio.get_running_loop().create_future()
    closing, may_close, close = asyncio.Event(), asyncio.Event(), Feed.close

    async def held(feed: Feed) -> None:
        closing.set()
        await may_close.wait()
        await close(feed)

    async def use() -> None:
        async with store.open() as catalog:
            await subscribed(catalog)
            opened.set_result(catalog)
            await asyncio.Event().wait()

    monkeypatch.setattr(Feed, "close", held)
    using = asyncio.ensure_future(use())
    catalog = await opened
    using.cancel()
    await closing.wait()
    using.cancel()
    await asyncio.sleep(0)
    assert not using.done()
    may_close.set()
    with pytest.raises(asyncio.CancelledError):
        await using
    assert asyncio.all_tasks() == tasks
    assert [change async for change in catalog.changes()] == []


async def test_what_was_heard_before_the_end_can_still_be_read(store: Store) -> None:
    async with store.open() as catalog:
        changes = await subscribed(catalog)
        await add_provider(catalog, "a")
    assert [change.action async for change in changes] == ["created"]


def test_a_process_that_watches_ends(store: Store) -> None:
    script = (
        "import asyncio, sys\nfrom modeltui import open_catalog\n"
        "async def main():\n"
        "    async with open_catalog(sys.argv[1]) as catalog:\n"
        "        changes = catalog.changes()\n"
        "        await catalog.rows()\n"
        "        raise KeyboardInterrupt\n"
        "asyncio.run(main())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, store.url],
        env=os.environ | store.environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode != 0
    assert ended.stderr.rstrip().endswith("KeyboardInterrupt")
    assert "ResourceWarning" not in ended.stderr


async def test_who_only_writes_or_lists_watches_nothing(filled_catalog: Catalog) -> None:
    await filled_catalog.models.move("m", "b", 0)
    await filled_catalog.rows()
    assert filled_catalog._workspace.feed._task is None
