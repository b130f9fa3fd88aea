"""What grows with the number of hosts on one PostgreSQL server: `python bench/hosts.py [--listeners N ...]`.

A host that listens costs the server a process, and every commit that reports wakes all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from typing import Any

import asyncpg

from figures import percentile
from modeltui import open_catalog
from modeltui.database_url import normalised_url, postgres_dsn
from simulated import ENVIRON, FILLERS, build, model
from stores import postgres

COMMITS = 100
AT_ONCE = 64


async def main(url: str, listeners: list[int]) -> None:
    await build(url)
    dsn = postgres_dsn(normalised_url(url))
    writer = await asyncpg.connect(dsn)
    channel = await writer.fetchval("SELECT 'modeltui_' || oid FROM pg_namespace WHERE nspname = current_schema()")
    connections: list[Any] = []
    print("| listeners | commit that reports, p50 | until the last one was told, p50, p99 |\n|---|---|---|")
    for number in listeners:
        while len(connections) < number:
            connections.append(await asyncpg.connect(dsn))
        commits, told = await _commits(writer, connections, channel)
        last = f"{percentile(told, 0.5):.1f}, {percentile(told, 0.99):.1f} ms" if told else "-"
        print(f"| {number} | {statistics.median(commits):.2f} ms | {last} |", flush=True)
    for one in (*connections, writer):
        await one.close()
    await _connections(url, dsn)


async def _commits(writer: Any, connections: list[Any], channel: str) -> tuple[list[float], list[float]]:
    """Milliseconds of each commit, and until everybody was told of it, sorted."""
    arrived: list[float] = []

    def hear(*_: object) -> None:
        arrived.append(time.perf_counter())

    for one in connections:
        await one.add_listener(channel, hear)
    commits, told = [], []
    for number in range(COMMITS):
        arrived.clear()
        began = time.perf_counter()
        await writer.execute(
            "UPDATE model_config SET context_limit = $1, version = version + 1 WHERE name = $2", number + 1, model(0)
        )
        commits.append((time.perf_counter() - began) * 1000)
        while len(arrived) < len(connections):  # noqa: ASYNC110 - the driver calls back
            await asyncio.sleep(0)
        if arrived:
            told.append((arrived[-1] - began) * 1000)
    for one in connections:
        await one.remove_listener(channel, hear)
    return commits, sorted(told)


async def _connections(url: str, dsn: str) -> None:
    """How many connections one process holds that resolves many names at once."""
    looker = await asyncpg.connect(dsn)
    own = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'modeltui%'"
    most = 0
    async with open_catalog(url, environ=ENVIRON) as catalog:

        async def watch() -> None:
            nonlocal most
            while True:
                most = max(most, await looker.fetchval(own))

        watching = asyncio.create_task(watch())
        for _ in range(3):
            catalog._resolver.answers.invalidate_topology()
            await asyncio.gather(*(catalog.resolve(f"filler-{number}") for number in range(FILLERS)))
        watching.cancel()
        await asyncio.wait((watching,))
        # What was asked last may still be under way on the first one.
        looker.terminate()
        looker = await asyncpg.connect(dsn)
        print(f"\nconnections of one process: {most} at most, {await looker.fetchval(own)} at rest")
        await looker.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listeners", type=int, nargs="+", default=[0, 1, 10, 50, 90], help="up to 90, of 100 allowed")
    arguments = parser.parse_args()
    print(f"load before it: {os.getloadavg()[0]:.1f}\n")
    with postgres() as place:
        asyncio.run(main(place(), arguments.listeners))
