"""From a commit in another process to the first fresh answer in this one: `python bench/feed.py [--models N]`.

The other process writes with the driver itself and takes the time when its COMMIT returns; this one asks for the same
model all the time. Both clocks are the machine's. First a SQLite file is measured, then a PostgreSQL server.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from catalog import environment, fill, model_name
from figures import percentile
from modeltui import open_catalog
from modeltui.db.sqlite_feed import POLL_SECONDS
from stores import STORES

ASK_SECONDS = 0.001
# Far enough apart that no commit hides the one before it, and at any phase of the polling.
APART_SECONDS = (0.3, 0.5)


def write_file(url: str, name: str, commits: int) -> None:
    """The other process: gives the model another upstream id again and again, and prints when that was committed."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=10)
    for number in range(commits):
        time.sleep(random.uniform(*APART_SECONDS))
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "UPDATE model_config SET model = ?, version = version + 1 WHERE name = ?", (str(number), name)
        )
        connection.execute("COMMIT")
        print(time.monotonic(), flush=True)


async def write_server(url: str, name: str, commits: int) -> None:
    """The same with a server."""
    connection = await asyncpg.connect(url)
    for number in range(commits):
        await asyncio.sleep(random.uniform(*APART_SECONDS))
        await connection.execute(
            "UPDATE model_config SET model = $1, version = version + 1 WHERE name = $2", str(number), name
        )
        print(time.monotonic(), flush=True)
    await connection.close()


async def measure(what: str, environ: Mapping[str, str], models: int, commits: int) -> None:
    """Fills the catalog that the variables name, lets another process write to it, and prints how long it took."""
    await fill(environ, models)
    async with open_catalog(environ["MODELTUI_DATABASE_URL"], environ=environ) as catalog:
        model = next(row.name for row in await catalog.models.available() if row.name >= model_name(models // 2))
        await catalog.resolve(model)
        writer = _writer(environ["MODELTUI_DATABASE_URL"], model, commits)
        fresh: dict[str, float] = {}
        while str(commits - 1) not in fresh:
            answer = await catalog.resolve(model)
            fresh.setdefault(answer.upstream_model, time.monotonic())
            await asyncio.sleep(ASK_SECONDS)
        committed = [float(line) for line in writer.communicate()[0].split()]
    took = sorted((fresh[str(number)] - moment) * 1000 for number, moment in enumerate(committed))
    print(
        f"{what}, {models} models, {commits} commits: "
        f"p50 {percentile(took, 0.50):.1f} ms, p99 {percentile(took, 0.99):.1f} ms, most {took[-1]:.1f} ms",
        flush=True,
    )


def _writer(url: str, model: str, commits: int) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--write", url, model, "--commits", str(commits)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def main(models: int, commits: int) -> None:
    """Measures both stores, one after the other."""
    told = {"sqlite": f"SQLite, polled every {POLL_SECONDS * 1000:.0f} ms", "postgres": "PostgreSQL"}
    with tempfile.TemporaryDirectory() as name:
        environ = environment(Path(name))
        for store, what in told.items():
            with STORES[store]() as place:
                environ["MODELTUI_DATABASE_URL"] = place()
                asyncio.run(measure(what, environ, models, commits))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=1_000)
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--write", nargs=2, metavar=("URL", "MODEL"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.write:
        main(arguments.models, arguments.commits)
    elif arguments.write[0].startswith("sqlite"):
        write_file(*arguments.write, arguments.commits)
    else:
        asyncio.run(write_server(*arguments.write, arguments.commits))
