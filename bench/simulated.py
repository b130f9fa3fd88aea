"""The processes of the simulation: resolvers that check every answer, writers, and the board that they share.

A writer announces the number of a change before it writes it, and begins the next change of the same row only when
every resolver has been told of this one and has answered with it. So a report that arrives at a resolver is always
that of the number announced last, and every answer tells its number: there is no guessing what it ought to be.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.context import SpawnContext
from typing import Any, NamedTuple

from modeltui import (
    Catalog,
    EnvKey,
    Family,
    ModelCreate,
    ModelUpdate,
    ProviderCreate,
    ProviderUpdate,
    Resolution,
    open_catalog,
)

WRITERS = 2
# Of each writer: models whose lists it reorders, and after them one whose first provider it turns off and on.
TARGETS_EACH = 4
TARGETS = WRITERS * TARGETS_EACH
FILLERS = 192
LIST = tuple(f"list-{place}" for place in range(4))
ALWAYS_ON = LIST[0]
ENVIRON = {"KEY": "sk-simulation", "MODELTUI_SECRET_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}

WAITING, QUIET, FLAT_OUT, STOPPING, ENDED = range(5)
LOOK_SECONDS = 0.002
"""Between two questions for the same model in the quiet part."""
APART_SECONDS = (0.01, 0.05)
FLAT_OUT_APART_SECONDS = (0.8, 1.2)
ROUND = 5
"""Times that all other names are asked for before other tasks have their turn."""
PATIENCE_SECONDS = 20.0
BROKEN_PATIENCE_SECONDS = 0.5


class Board:
    """Numbers in memory that all processes share, each of which one process alone writes."""

    def __init__(self, context: SpawnContext, resolvers: int) -> None:
        self.resolvers = resolvers
        self.part = context.RawValue("q", WAITING)
        self.announced = context.RawArray("q", TARGETS)
        self.heard = context.RawArray("q", resolvers * TARGETS)
        self.answered = context.RawArray("q", resolvers * TARGETS)
        self.ready = context.RawArray("q", WRITERS + resolvers)
        self.written = context.RawArray("q", WRITERS)

    def places(self, target: int) -> Iterator[int]:
        """Where the resolvers put what they know of a target."""
        return (resolver * TARGETS + target for resolver in range(self.resolvers))

    async def reach(self, part: int) -> None:
        """Waits until it is time for a part."""
        while self.part.value < part:  # noqa: ASYNC110 - another process says so
            await asyncio.sleep(LOOK_SECONDS)


class Commit(NamedTuple):
    """When a writer's COMMIT of a change returned, by the clock that all processes of the machine share."""

    target: int
    number: int
    part: int
    moment: float


@dataclass
class Found:
    """What one resolver saw; `fresh` is the moment of the first answer with a number, by target and number."""

    fresh: dict[tuple[int, int], float] = field(default_factory=dict)
    checked: int = 0
    stale: int = 0
    wrong: int = 0
    resyncs: int = 0
    cold: int = 0
    calls: int = 0
    seconds: float = 0.0


def is_toggle(target: int) -> bool:
    """Whether a target changes by its first provider, not by its list."""
    return target % TARGETS_EACH == TARGETS_EACH - 1


def model(target: int) -> str:
    """The name of the model that a target is about."""
    return f"target-{target}"


def switched(target: int) -> str:
    """The name of the provider that is turned off and on."""
    return f"switched-{target}"


async def build(url: str) -> None:
    """Makes a catalog in an empty place, with every target at number 0."""
    async with open_catalog(url, create=True, environ=ENVIRON, actor="bench") as catalog:
        for name in (*LIST, *(switched(target) for target in range(TARGETS) if is_toggle(target))):
            await catalog.providers.create(
                ProviderCreate(family=Family.OPENAI, name=name, base_url="https://0", credential=EnvKey("KEY"))
            )
        for target in range(TARGETS):
            lines = (switched(target), ALWAYS_ON) if is_toggle(target) else LIST
            await _add(catalog, model(target), "0", lines)
        for number in range(FILLERS):
            await _add(catalog, f"filler-{number}", "filler", LIST)


async def _add(catalog: Catalog, name: str, upstream: str, lines: tuple[str, ...]) -> None:
    await catalog.models.create(
        ModelCreate(family=Family.OPENAI, name=name, model=upstream, context_limit=1_000, provider_config_ids=lines)
    )


# Writers


async def write(url: str, board: Board, writer: int, commits: int, broken: bool) -> list[Commit]:
    """One writer: so many changes in the quiet part, and on at leisure until the other part ends."""
    mine = range(writer * TARGETS_EACH, (writer + 1) * TARGETS_EACH)
    done: list[Commit] = []
    async with open_catalog(url, environ=ENVIRON, actor=f"writer-{writer}") as catalog:
        committed = _clock_of_commits(catalog)
        board.ready[writer] = True
        await board.reach(QUIET)
        while board.part.value < STOPPING:
            for target in mine:
                part = board.part.value
                await asyncio.sleep(random.uniform(*(APART_SECONDS if part == QUIET else FLAT_OUT_APART_SECONDS)))
                await _everybody_knows(board, target, broken)
                if board.part.value == STOPPING:
                    break
                number = board.announced[target] + 1
                board.announced[target] = number
                await _change(catalog, target, number)
                done.append(Commit(target, number, part, committed()))
                if len(done) == commits:
                    for one in mine:
                        await _everybody_knows(board, one, broken)
                    board.written[writer] = True
                    await board.reach(FLAT_OUT)
        for target in mine:
            await _everybody_knows(board, target, broken)
    return done


async def _change(catalog: Catalog, target: int, number: int) -> None:
    """An odd number turns the provider off, an even one on; a list begins with the provider of its number."""
    if is_toggle(target):
        values = ProviderUpdate(enabled=number % 2 == 0, base_url=f"https://{number}")
        await catalog.providers.update(switched(target), values)
        return
    first = number % len(LIST)
    lines = (*LIST[first:], *LIST[:first])
    await catalog.models.update(model(target), ModelUpdate(model=str(number), provider_config_ids=lines))


async def _everybody_knows(board: Board, target: int, broken: bool) -> None:
    """Waits until every resolver was told of the last change and has answered with it."""
    number, places = board.announced[target], list(board.places(target))
    deadline = time.monotonic() + (BROKEN_PATIENCE_SECONDS if broken else PATIENCE_SECONDS)
    while time.monotonic() < deadline:
        if all(board.heard[place] >= number and board.answered[place] >= number for place in places):
            return
        await asyncio.sleep(LOOK_SECONDS)
    if not all(board.heard[place] >= number for place in places):
        raise RuntimeError(f"change {number} of {model(target)} was not reported to every resolver")
    if not broken:
        raise RuntimeError(f"change {number} of {model(target)} was not answered by every resolver")


def _clock_of_commits(catalog: Catalog) -> Callable[[], float]:
    """The moment at which the driver's last COMMIT returned: a service's call goes on a little after it."""
    dialect = catalog._workspace.database._engine.sync_engine.dialect
    commit = dialect.do_commit
    moment = 0.0

    def timed(connection: Any) -> None:
        nonlocal moment
        commit(connection)
        moment = time.monotonic()

    dialect.do_commit = timed  # type: ignore[method-assign]
    return lambda: moment


# Resolvers


async def resolve(url: str, board: Board, resolver: int, broken: bool) -> Found:
    """One resolver; a broken one is told of changes, but its answers aren't."""
    found = Found()
    floors = [0] * TARGETS
    async with open_catalog(url, environ=ENVIRON, actor="resolver") as catalog:
        names = [f"filler-{number}" for number in range(FILLERS)]
        changes = catalog.changes()
        for name in (*names, *(model(target) for target in range(TARGETS))):
            await catalog.resolve(name)
        if broken:
            catalog._workspace.feed._kept.clear()
        _count_cold(catalog, found)
        targets = await _targets_by_id(catalog)

        async def hear() -> None:
            async for change in changes:
                target = targets.get(change.id)
                if target is not None:
                    floors[target] = board.heard[resolver * TARGETS + target] = board.announced[target]
                found.resyncs += change.kind == "resync"

        async def ask(target: int) -> None:
            name, place = model(target), resolver * TARGETS + target
            while board.part.value < ENDED:
                floor = floors[target]
                answer = await catalog.resolve(name)
                number = _number(answer, target, board)
                found.checked += 1
                found.stale += number < floor
                found.wrong += not _is_whole(answer, target, number)
                if number > board.answered[place]:
                    found.fresh[target, number] = time.monotonic()
                    board.answered[place] = number
                    floors[target] = max(number, floors[target])
                found.calls += board.part.value == FLAT_OUT
                await asyncio.sleep(0 if board.part.value == FLAT_OUT else LOOK_SECONDS)

        async def ask_flat_out() -> None:
            await board.reach(FLAT_OUT)
            began = time.monotonic()
            while board.part.value == FLAT_OUT:
                for _ in range(ROUND):
                    for name in names:
                        await catalog.resolve(name)
                found.calls += ROUND * len(names)
                await asyncio.sleep(0)
            found.seconds = time.monotonic() - began

        hearing = asyncio.create_task(hear())
        board.ready[WRITERS + resolver] = True
        await asyncio.gather(ask_flat_out(), *(ask(target) for target in range(TARGETS)))
        hearing.cancel()
    return found


async def _targets_by_id(catalog: Catalog) -> dict[Any, int]:
    """Which target the change of a row is about."""
    ids: dict[Any, int] = {}
    for target in range(TARGETS):
        row = await (
            catalog.providers.get(switched(target)) if is_toggle(target) else catalog.models.get(model(target))
        )
        ids[row.id] = target
    return ids


def _number(answer: Resolution, target: int, board: Board) -> int:
    """The number of the change that an answer shows.

    Where the provider is off the answer is the same for every odd number; it counts as the last one announced, so
    that it is stale only if it is wrong.
    """
    if not is_toggle(target):
        return int(answer.upstream_model)
    if answer.provider_name == ALWAYS_ON:
        announced: int = board.announced[target]
        return announced if announced % 2 else announced - 1
    return int((answer.base_url or "").removeprefix("https://"))


def _is_whole(answer: Resolution, target: int, number: int) -> bool:
    """Whether all parts of an answer are those of one number."""
    if is_toggle(target):
        return answer.provider_name == (ALWAYS_ON if number % 2 else switched(target))
    return answer.provider_name == LIST[number % len(LIST)]


def _count_cold(catalog: Catalog, found: Found) -> None:
    answers = catalog._resolver.answers
    fetch = answers._fetch

    async def counted(name: Any) -> Any:
        found.cold += 1
        return await fetch(name)

    answers._fetch = counted
