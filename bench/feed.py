"""From a commit in another process to the first fresh answer in this one: `python bench/feed.py [--models N]`.

The other process writes with the driver itself and takes the time when its COMMIT returns; this one asks for the same
model all the time. Both clocks are the machine's.
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
from pathlib import Path

from catalog import build, environment, model_name
from modeltui import open_catalog
from modeltui.db.sqlite_feed import POLL_SECONDS

ASK_SECONDS = 0.001
# Far enough apart that no commit hides the one before it, and at any phase of the polling.
APART_SECONDS = (0.3, 0.5)


def write(path: str, name: str, commits: int) -> None:
    """The other process: gives the model another upstream id again and again, and prints when that was committed."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    for number in range(commits):
        time.sleep(random.uniform(*APART_SECONDS))
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "UPDATE model_config SET model = ?, version = version + 1 WHERE name = ?", (str(number), name)
        )
        connection.execute("COMMIT")
        print(time.monotonic(), flush=True)


async def measure(models: int, commits: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await build(folder, models)
        environ = environment(folder)
        async with open_catalog(environ["MODELTUI_DATABASE_URL"], environ=environ) as catalog:
            model = next(row.name for row in await catalog.models.available() if row.name >= model_name(models // 2))
            await catalog.resolve(model)
            writer = _writer(folder / "catalog.db", model, commits)
            fresh: dict[str, float] = {}
            while str(commits - 1) not in fresh:
                answer = await catalog.resolve(model)
                fresh.setdefault(answer.upstream_model, time.monotonic())
                await asyncio.sleep(ASK_SECONDS)
            committed = [float(line) for line in writer.communicate()[0].split()]
    took = sorted(fresh[str(number)] - moment for number, moment in enumerate(committed))
    print(
        f"{models} models, polled every {POLL_SECONDS * 1000:.0f} ms, {commits} commits: "
        f"p50 {_at(took, 0.50):.0f} ms, p99 {_at(took, 0.99):.0f} ms, most {took[-1] * 1000:.0f} ms"
    )


def _writer(path: Path, model: str, commits: int) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--write", str(path), model, "--commits", str(commits)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _at(ordered: list[float], share: float) -> float:
    """Milliseconds below which a share of them lies."""
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))] * 1000


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=1_000)
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--write", nargs=2, metavar=("FILE", "MODEL"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        write(*arguments.write, arguments.commits)
    else:
        asyncio.run(measure(arguments.models, arguments.commits))
