"""A server that restarts, dies or falls silent while others listen and resolve: it is said, and no answer is wrong."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from modeltui import Catalog, DatabaseUnavailable, open_catalog
from modeltui.db import postgres_feed, postgres_store
from modeltui.db.schema import HEAD
from modeltui.domain.changes import RESYNC
from modeltui.services.feed import Changes
from tests.services.builders import LAST_RESORT_SECONDS, caught_up, eventually, query, subscribed
from tests.services.children import Child
from tests.services.hearing import Gate, heard, told, uncached
from tests.services.stores import POSTGRES_ONLY, PostgresStore
from tests.support.postgres_relay import Relay

pytestmark = POSTGRES_ONLY

MOVED = [("model", "m", "updated")]


def end_listeners(store: PostgresStore) -> None:
    """End the connections that hear of changes, and no other."""
    store.server.sql(
        store.name,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'modeltui changes' AND datname = current_database()",
    )


def troubles_of(catalog: Catalog) -> list[str | None]:
    told: list[str | None] = []
    catalog.on_connection(lambda trouble: told.append(trouble and trouble.message))
    return told


async def trouble_is_told(catalog: Catalog) -> None:
    async def is_told() -> bool:
        return catalog.connection_trouble is not None

    await eventually(is_told, "the lost connection")
    assert catalog.connection_trouble is not None
    assert catalog.connection_trouble.code == "database_unavailable"


async def is_heard_again(catalog: Catalog) -> None:
    """Wait until changes are reported again. A listener that is just connecting could be ended as well."""

    async def is_back() -> bool:
        # Nothing is told where the end of the last one has not been noticed yet.
        await caught_up(catalog)
        return catalog.connection_trouble is None

    await eventually(is_back, "the listener")


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_a_server_that_is_restarted_while_subscribers_listen(
    store: PostgresStore, filled_catalog: Catalog, other: Catalog, changes: Changes, end: str
) -> None:
    second = await subscribed(filled_catalog)
    told_of = troubles_of(filled_catalog)
    waiting = asyncio.ensure_future(anext(second))
    await asyncio.to_thread(getattr(store.server, end))
    await trouble_is_told(filled_catalog)
    assert not changes._queue
    assert not waiting.done()
    await asyncio.to_thread(store.server.start)
    assert await anext(changes) == RESYNC
    assert await waiting == RESYNC
    assert filled_catalog.connection_trouble is None
    assert [message is None for message in told_of] == [False, True]
    await other.models.move("m", "b", 0)
    assert await heard(filled_catalog, changes) == MOVED
    assert await heard(filled_catalog, second) == MOVED


async def test_a_server_that_is_away_when_the_first_one_listens(store: PostgresStore, filled_catalog: Catalog) -> None:
    await asyncio.to_thread(store.server.stop)
    try:
        changes = filled_catalog.changes()
        with pytest.raises(DatabaseUnavailable):
            await filled_catalog.resolve("m")
        await trouble_is_told(filled_catalog)
    finally:
        await asyncio.to_thread(store.server.start)
    assert await anext(changes) == RESYNC
    assert (await filled_catalog.resolve("m")).provider_name == "a"


async def test_a_server_that_goes_away_after_a_migration_is_said_to_be_away(
    store: PostgresStore, filled_catalog: Catalog, changes: Changes
) -> None:
    told_of: list[str | None] = []
    filled_catalog.on_connection(lambda trouble: told_of.append(trouble and trouble.code))

    async def is_told(code: str) -> None:
        async def is_so() -> bool:
            return bool(told_of) and told_of[-1] == code

        await eventually(is_so, code)

    # Emptied tables are a reason to look at the schema at once.
    store.server.sql(store.name, "UPDATE alembic_version SET version_num = '9999'", "TRUNCATE model_config CASCADE")
    await is_told("schema_outdated")
    await asyncio.to_thread(store.server.stop)
    await is_told("database_unavailable")
    await asyncio.to_thread(store.server.start)
    await is_told("schema_outdated")
    store.server.sql(store.name, f"UPDATE alembic_version SET version_num = '{HEAD}'")
    assert await anext(changes) == RESYNC
    assert told_of == ["schema_outdated", "database_unavailable", "schema_outdated", None]


async def test_a_role_that_may_no_longer_log_in_is_not_said_to_meet_a_server_that_is_away(
    store: PostgresStore, filled_catalog: Catalog
) -> None:
    """Both are `database_unavailable`, and only one of them passes by itself."""
    role = f"lost_{store.name}"
    store.server.sql(store.name, f"CREATE ROLE {role} LOGIN", f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    try:
        async with open_catalog(store.server.url(store.name, role), environ=store.environ) as locked_out:
            assert await anext(locked_out.changes()) == RESYNC
            told_of = troubles_of(locked_out)
            store.server.sql(
                store.name,
                f"ALTER ROLE {role} NOLOGIN",
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'",
            )

            async def is_told() -> bool:
                return "refuses this user or password" in (told_of[-1] or "") if told_of else False

            await eventually(is_told, "why it can't connect")
            assert len(told_of) == 2
            assert locked_out.connection_trouble is not None
            assert locked_out.connection_trouble.message == told_of[-1]
    finally:
        store.server.sql(store.name, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


async def test_the_listening_connection_alone_is_ended(
    store: PostgresStore, filled_catalog: Catalog, other: Catalog, changes: Changes
) -> None:
    told_of = troubles_of(filled_catalog)
    for first in "bab":
        await asyncio.to_thread(end_listeners, store)
        assert await anext(changes) == RESYNC
        await other.models.move("m", first, 0)
        assert await heard(filled_catalog, changes) == MOVED
    assert [message is None for message in told_of] == [False, True] * 3


async def test_with_the_server_away_the_last_answer_is_given_to_who_asks_for_that(
    store: PostgresStore, warm: Catalog
) -> None:
    last = await warm.resolve("m")
    await asyncio.to_thread(store.server.kill)
    try:
        await trouble_is_told(warm)
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable):
                await warm.resolve("m")
            assert await warm.resolve("m", allow_stale=True) == replace(last, stale=True)
        for name in ("nobody", "never asked for"):
            with pytest.raises(DatabaseUnavailable):
                await warm.resolve(name, allow_stale=True)
    finally:
        await asyncio.to_thread(store.server.start)

    async def is_back() -> bool:
        return not (await warm.resolve("m", allow_stale=True)).stale

    await eventually(is_back, "a fresh answer")
    assert (await warm.resolve("m")).as_of > last.as_of


# Own writes


async def test_an_own_write_while_the_listener_dies_is_seen_at_once(store: PostgresStore, warm: Catalog) -> None:
    changes = await subscribed(warm)
    for number in range(20):
        await is_heard_again(warm)
        first = "ba"[number % 2]
        ending = asyncio.ensure_future(asyncio.to_thread(end_listeners, store))
        # At another moment of the dying each time.
        for _ in range(number):
            await asyncio.sleep(0)
        await warm.models.move("m", first, 0)
        assert (await warm.resolve("m")).provider_name == first
        await ending
        assert (await warm.resolve("m")).provider_name == first
    # What was reported before the last gap is left out: a resync stands for it.
    assert await anext(changes) == RESYNC
    assert warm._workspace.feed._watcher._waiting == {}  # type: ignore[attr-defined]


async def test_an_own_write_while_the_listener_is_dead_is_seen_at_once(
    relay: Relay, store: PostgresStore, warm: Catalog
) -> None:
    relay.accepting.clear()
    end_listeners(store)
    await trouble_is_told(warm)
    gate = Gate(warm)
    early = asyncio.ensure_future(told(warm, "m"))
    await gate.reached()
    gate.open_for_new()
    # Who asks after the write must not be given what was read before it, though nobody reports of anything.
    await warm.models.move("m", "b", 0)
    later = asyncio.ensure_future(warm.resolve("m"))
    await asyncio.sleep(0)
    gate.open()
    assert (await later).provider_name == "b"
    await early
    assert (await warm.resolve("m")).provider_name == "b"
    relay.accepting.set()


async def test_what_others_change_while_the_listener_is_dead_is_seen_at_once(
    relay: Relay, store: PostgresStore, warm: Catalog, other: Catalog
) -> None:
    # So that both have the connections that they need; there are no new ones for a while.
    await other.models.move("m", "a", 0)
    await caught_up(warm)
    assert (await warm.resolve("m")).provider_name == "a"
    relay.accepting.clear()
    end_listeners(store)
    await trouble_is_told(warm)
    for first in "ba":
        await other.models.move("m", first, 0)
        assert (await warm.resolve("m")).provider_name == first
    relay.accepting.set()


async def test_who_waits_for_a_connection_that_is_lost_goes_on(store: PostgresStore, warm: Catalog) -> None:
    watcher: Any = warm._workspace.feed._watcher
    async with watcher._speaking:
        waiting = [asyncio.ensure_future(watcher.catch_up()) for _ in range(3)]
        await asyncio.to_thread(end_listeners, store)
        await trouble_is_told(warm)
    await asyncio.gather(*waiting)
    await watcher.catch_up()
    assert watcher._waiting == {}


async def test_many_own_writes_at_once_while_the_listener_dies_all_return(store: PostgresStore, warm: Catalog) -> None:
    await subscribed(warm)
    for _ in range(5):
        writes = [asyncio.ensure_future(warm.models.move("m", "ab"[number % 2], 0)) for number in range(6)]
        waits = [asyncio.ensure_future(caught_up(warm)) for _ in range(50)]
        await asyncio.to_thread(end_listeners, store)
        await asyncio.gather(*writes, *waits)
        async with uncached(store) as truth:
            assert await told(warm, "m") == await told(truth, "m")


# Silence


async def test_a_network_that_falls_silent_is_noticed(
    relay: Relay, store: PostgresStore, warm: Catalog, other: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_feed, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(postgres_feed, "PATIENCE_SECONDS", 1.0)
    changes = await subscribed(warm)
    # The connection takes its patience along. Only the next one's silence is what is to be noticed.
    end_listeners(store)
    assert await anext(changes) == RESYNC
    assert warm.connection_trouble is None
    relay.be_silent()
    await trouble_is_told(warm)
    relay.speak_again()
    assert await anext(changes) == RESYNC
    await other.models.move("m", "b", 0)
    assert await heard(warm, changes) == MOVED
    assert (await warm.resolve("m")).provider_name == "b"


async def test_a_server_that_says_nothing_does_not_keep_who_takes_the_last_answer(
    relay: Relay, store: PostgresStore, warm: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when its host is gone: nothing is refused, and connections seem to be there."""
    monkeypatch.setattr(postgres_feed, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(postgres_feed, "PATIENCE_SECONDS", 0.2)
    # Who waits for the server waits for ever.
    monkeypatch.setattr(postgres_store, "ANSWER_SECONDS", None)
    async with store.open() as catalog:
        last = await catalog.resolve("m")
        relay.be_silent()
        try:
            early = asyncio.ensure_future(catalog.resolve("n", allow_stale=True))
            await trouble_is_told(catalog)
            async with asyncio.timeout(LAST_RESORT_SECONDS):
                for _ in range(2):
                    assert await catalog.resolve("m", allow_stale=True) == replace(last, stale=True)
            patient = asyncio.ensure_future(catalog.resolve("m"))
            await asyncio.sleep(0)
            # Of n nothing is known.
            assert not early.done()
        finally:
            relay.speak_again()
        assert [(await task).stale for task in (early, patient)] == [False, False]


async def test_a_network_that_falls_silent_at_the_end_does_not_keep_it_from_ending(
    relay: Relay, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_feed, "PATIENCE_SECONDS", 0.1)
    async with store.open() as catalog:
        await subscribed(catalog)
        relay.be_silent()
        await catalog._workspace.feed.close()
        watcher: Any = catalog._workspace.feed._watcher
        assert watcher._connection is None
        relay.speak_again()


# Under load


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_a_server_that_is_restarted_under_load_makes_no_answer_wrong(
    store: PostgresStore, warm: Catalog, other: Catalog, end: str
) -> None:
    """A number goes up in a provider's address and in a model's id; whoever asks must never see it go down."""
    changes = await subscribed(warm)
    writer = Child(COUNT_IN_A_CHILD, store)
    await asyncio.to_thread(writer.wait_until_ready)
    ended, seen = asyncio.Event(), 0

    async def numbers_of(catalog: Catalog) -> tuple[int, int]:
        m, n = await catalog.resolve("m"), await catalog.resolve("n")
        return int(m.base_url.partition("-")[2] or 0), int(n.upstream_model.partition("-")[2] or 0)

    async def ask_all_the_time() -> None:
        last = (0, 0)
        while not ended.is_set():
            with suppress(DatabaseUnavailable):
                now = await numbers_of(warm)
                assert now[0] >= last[0]
                assert now[1] >= last[1]
                last = now
            await asyncio.sleep(0)

    async def compare_all_the_time() -> None:
        nonlocal seen
        while not ended.is_set():
            with suppress(DatabaseUnavailable):
                rows = await query(
                    other,
                    "SELECT p.base_url, m.model FROM provider_config p, model_config m"
                    " WHERE p.name = 'a' AND m.name = 'n'",
                )
                url, model = rows[0]
                await caught_up(warm)
                least = int((url or "").partition("-")[2] or 0), int(model.partition("-")[2] or 0)
                now = await numbers_of(warm)
                assert now[0] >= least[0]
                assert now[1] >= least[1]
                seen = now[1]
            await asyncio.sleep(0.001)

    async def has_counted_on(by: int) -> None:
        start = seen

        async def has() -> bool:
            for task in tasks:
                if task.done():
                    task.result()
            return seen >= start + by

        await eventually(has, "numbers that go up")

    tasks = [asyncio.ensure_future(ask_all_the_time()) for _ in range(4)]
    tasks.append(asyncio.ensure_future(compare_all_the_time()))
    try:
        await has_counted_on(10)
        await asyncio.to_thread(getattr(store.server, end))
        await trouble_is_told(warm)
        changes._queue.clear()
        await asyncio.to_thread(store.server.start)
        assert await anext(changes) == RESYNC
        await has_counted_on(10)
        assert warm.connection_trouble is None
    finally:
        ended.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results == [None] * len(tasks)
    writer.go()
    assert int(await asyncio.to_thread(writer.finish)) >= seen
    await caught_up(warm)
    async with uncached(store) as truth:
        assert await numbers_of(warm) == await numbers_of(truth)


COUNT_IN_A_CHILD = """
async def main():
    async with store.open(actor="bob") as catalog:
        print("ready", flush=True)
        ended = asyncio.ensure_future(asyncio.to_thread(sys.stdin.readline))
        number = 0
        while not ended.done():
            number += 1
            for write in (
                lambda: catalog.providers.update("a", ProviderUpdate(base_url=f"https://x-{number}")),
                lambda: catalog.models.update("n", ModelUpdate(model=f"n-{number}")),
            ):
                while True:
                    try:
                        await write()
                        break
                    except DatabaseUnavailable:
                        await asyncio.sleep(0.01)
            await asyncio.sleep(0.005)
        print(number)
asyncio.run(main())
"""
