"""Answers are asked for once, kept for a short time, and never kept when they may be older than a change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from modeltui.errors import CatalogError, DatabaseUnavailable
from modeltui.services.answers import LIFE_SECONDS, LOOK_SECONDS, Answers

A, B = UUID(int=1), UUID(int=2)


class Store:
    """A store that answers when it is told to; an answer is (model, what the store held when it was asked)."""

    def __init__(self) -> None:
        self.now = 100.0
        self.holds = "old"
        self.fetches: list[str | None] = []
        self.looks = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: CatalogError | None = None
        self.models: dict[str | None, UUID | None] = {"a": A, "A": A, "b": B, None: A}
        self.answers = Answers(self.fetch, self.look, lambda answer: answer[0], limit=4, monotonic=lambda: self.now)
        self.answers.feed_up()

    async def fetch(self, name: str | None) -> tuple[UUID | None, str]:
        self.fetches.append(name)
        held = self.holds
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return self.models.get(name), held

    async def look(self, answer: tuple[UUID | None, str]) -> tuple[UUID | None, str]:
        self.looks += 1
        await self.gate.wait()
        return answer

    async def get(self, name: str | None = "a") -> str:
        """What is answered, without the model."""
        return (await self.answers.get(name))[1]


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    made = Store()
    yield made
    made.gate.set()
    await made.answers.close()


async def waiting(store: Store, *names: str | None) -> list[asyncio.Task[str]]:
    """Callers whose fetches stand at the gate."""
    store.gate.clear()
    tasks = [asyncio.ensure_future(store.get(name)) for name in names]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_an_answer_is_kept(store: Store) -> None:
    assert [await store.get(), await store.get()] == ["old", "old"]
    assert store.fetches == ["a"]


async def test_a_thousand_callers_at_once_ask_once(store: Store) -> None:
    callers = await waiting(store, *["a"] * 1000)
    store.gate.set()
    assert set(await asyncio.gather(*callers)) == {"old"}
    assert store.fetches == ["a"]


async def test_a_cancelled_caller_harms_no_other(store: Store) -> None:
    first, second = await waiting(store, "a", "a")
    first.cancel()
    store.gate.set()
    assert await second == "old"
    assert first.cancelled()
    assert await store.get() == "old"
    assert store.fetches == ["a"]


async def test_when_all_callers_are_cancelled_the_fetch_still_ends_well(store: Store) -> None:
    (only,) = await waiting(store, "a")
    only.cancel()
    store.error = DatabaseUnavailable("gone")
    store.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await only
    store.error = None
    assert await store.get() == "old"


async def test_a_failure_is_each_callers_own_and_is_not_kept(store: Store) -> None:
    callers = await waiting(store, "a", "a", "a")
    store.error = DatabaseUnavailable("gone", missing=True)
    store.gate.set()
    errors = await asyncio.gather(*callers, return_exceptions=True)
    assert [(type(error), str(error), getattr(error, "missing", None)) for error in errors] == [
        (DatabaseUnavailable, "gone", True)
    ] * 3
    assert len({id(error) for error in errors} | {id(store.error)}) == 4
    store.error = None
    assert await store.get() == "old"
    assert store.fetches == ["a", "a"]


async def test_the_time_limit(store: Store) -> None:
    await store.get()
    store.holds = "new"
    store.now += LIFE_SECONDS - 0.001
    assert await store.get() == "old"
    store.now += 0.001
    assert await store.get() == "new"


async def test_variables_and_files_are_looked_at_again_without_asking_the_store(store: Store) -> None:
    await store.get()
    store.now += LOOK_SECONDS
    for _ in range(2):
        assert await store.get() == "old"
    assert (store.looks, store.fetches) == (1, ["a"])


async def test_looking_again_does_not_prolong_an_answers_life(store: Store) -> None:
    await store.get()
    store.now += LIFE_SECONDS - 0.5
    await store.get()
    store.holds = "new"
    store.now += 0.5
    assert await store.get() == "new"


async def test_the_least_recently_used_goes_first(store: Store) -> None:
    for name in ("a", "b", "c", "d", "a", "e"):
        store.now += 0.001
        await store.get(name)
    store.fetches.clear()
    for name in ("a", "c", "d", "e"):
        await store.get(name)
    assert store.fetches == []
    await store.get("b")
    assert store.fetches == ["b"]


async def test_an_answer_that_is_looked_at_again_counts_as_used(store: Store) -> None:
    for name in ("a", "b", "c", "d"):
        store.now += 0.001
        await store.get(name)
    store.now += LOOK_SECONDS
    await store.get("a")
    assert store.looks == 1
    await store.get("e")
    assert "a" in store.answers.entries
    assert "b" not in store.answers.entries


async def test_made_up_names_are_bounded(store: Store) -> None:
    for number in range(100):
        await store.get(f"nobody-{number}")
    assert len(store.answers.entries) == 4


@pytest.mark.parametrize("name", ["a", "A", None])
async def test_a_changed_model_is_fetched_anew_by_every_name_of_it(store: Store, name: str | None) -> None:
    await store.get(name)
    await store.get("b")
    store.holds = "new"
    store.answers.invalidate_model(A)
    assert [await store.get(name), await store.get("b")] == ["new", "old"]


@pytest.mark.parametrize("name", ["a", "b", None, "nobody"])
async def test_a_changed_topology_is_fetched_anew_for_all(store: Store, name: str | None) -> None:
    await store.get(name)
    store.holds = "new"
    store.answers.invalidate_topology()
    assert await store.get(name) == "new"


@pytest.mark.parametrize("change", ["model", "topology"])
async def test_a_fetch_that_began_before_a_change_is_never_kept(store: Store, change: str) -> None:
    (before,) = await waiting(store, "a")
    store.holds = "new"
    store.answers.invalidate_model(A) if change == "model" else store.answers.invalidate_topology()
    after = asyncio.ensure_future(store.get())
    await asyncio.sleep(0)
    store.gate.set()
    assert [await before, await after] == ["old", "new"]
    assert await store.get() == "new"
    assert store.fetches == ["a", "a"]


async def test_an_older_fetch_that_ends_last_never_replaces_a_newer_answer(store: Store) -> None:
    (before,) = await waiting(store, "a")
    store.answers.invalidate_model(A)
    store.holds, slow, store.gate = "new", store.gate, asyncio.Event()
    store.gate.set()
    assert await store.get() == "new"
    slow.set()
    await before
    assert await store.get() == "new"
    assert store.fetches == ["a", "a"]


async def test_an_older_fetch_is_not_kept_though_no_other_is_under_way(store: Store) -> None:
    slow = (await waiting(store, "a"))[0]
    store.answers.invalidate_model(A)
    gate, store.gate = store.gate, asyncio.Event()
    store.gate.set()
    # The change's number must outlive the newer fetch of the same name.
    await store.get()
    store.answers.entries.clear()
    store.answers.fresh.clear()
    store.holds = "new"
    gate.set()
    assert await slow == "old"
    assert await store.get() == "new"


async def test_a_change_of_another_model_lets_a_fetch_be_kept(store: Store) -> None:
    (caller,) = await waiting(store, "a")
    store.answers.invalidate_model(B)
    store.gate.set()
    await caller
    await store.get()
    assert store.fetches == ["a"]


async def test_what_is_looked_at_while_the_model_changes_is_not_kept(store: Store) -> None:
    await store.get()
    store.now += LOOK_SECONDS
    (caller,) = await waiting(store, "a")
    store.holds = "new"
    store.answers.invalidate_model(A)
    store.gate.set()
    await caller
    assert await store.get() == "new"


async def test_without_a_feed_every_call_asks_and_the_last_answer_is_known(store: Store) -> None:
    store.answers.feed_down()
    assert await store.get() == "old"
    store.holds = "new"
    assert await store.get() == "new"
    known = store.answers.last_known("a")
    assert known is not None
    assert known[1] == "new"


@pytest.mark.parametrize("gap", [("feed_down",), ("feed_up",), ("feed_down", "feed_up")])
async def test_what_was_kept_or_asked_for_before_a_gap_is_not_given_after_it(
    store: Store, gap: tuple[str, ...]
) -> None:
    """A feed that comes up again without having been down has missed something all the same."""
    assert await store.get() == "old"
    (caller,) = await waiting(store, "b")
    for call in gap:
        getattr(store.answers, call)()
    store.holds = "new"
    store.gate.set()
    assert await caller == "old"
    assert [await store.get("a"), await store.get("b")] == ["new", "new"]


async def test_a_fetch_from_before_the_feed_was_lost_is_not_kept_when_it_is_back(store: Store) -> None:
    (caller,) = await waiting(store, "a")
    store.answers.feed_down()
    store.answers.feed_up()
    store.holds = "new"
    store.gate.set()
    assert await caller == "old"
    assert await store.get() == "new"


async def test_a_cancelled_fetch_is_made_anew_for_who_still_waits(store: Store) -> None:
    callers = await waiting(store, "a", "a")
    store.gate.set()
    for task in list(store.answers._running):
        task.cancel()
    assert await asyncio.gather(*callers) == ["old", "old"]
    assert store.fetches == ["a", "a"]


async def test_a_caller_and_its_fetch_cancelled_together_end(store: Store) -> None:
    (caller,) = await waiting(store, "a")
    for task in list(store.answers._running):
        task.cancel()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_made_up_names_push_out_no_answer_that_means_a_model(store: Store) -> None:
    store.answers._unknown_limit = 2
    for name in ("a", "b"):
        await store.get(name)
    for number in range(100):
        await store.get(f"nobody-{number}")
    assert list(store.answers.entries) == ["a", "b", "nobody-98", "nobody-99"]


async def test_who_waits_while_the_catalog_is_closed_is_told_so(store: Store) -> None:
    (caller,) = await waiting(store, "a")
    await store.answers.close()
    for late in (caller, asyncio.ensure_future(store.get("b"))):
        with pytest.raises(DatabaseUnavailable, match="closed"):
            await late
