"""From a commit in one process to the changed badge on another's terminal: `python bench/live.py [--models N]`.

The screens run on a pseudo-terminal, on Models. The other process turns a model in view off and on again with the
driver itself and takes the time when its COMMIT returns; a change is there with the frame that shows the other badge.
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
from figures import percentile
from modeltui.db.sqlite_feed import POLL_SECONDS
from terminal import Program, median

MODELTUI = Path(sys.executable).with_name("modeltui")
CHANGED = 5
# Far enough apart that each is a change of its own, and at any phase of the polling.
APART_SECONDS = (0.7, 1.1)
ON, OFF = "on", "off"


def write(path: str, name: str, commits: int) -> None:
    """The other process: turns the model off and on again and again, and prints when that was committed."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    for number in range(commits):
        time.sleep(random.uniform(*APART_SECONDS))
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "UPDATE model_config SET enabled = ?, version = version + 1 WHERE name = ?", (number % 2, name)
        )
        connection.execute("COMMIT")
        print(time.perf_counter(), flush=True)


def measure(models: int, commits: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(build(folder, models))
        with Program([MODELTUI], environment(folder)) as screens:
            screens.start(model_name(CHANGED))
            screens.settle(2.0)
            before, worked = screens.size, screens.cpu()
            writer = _writer(folder / "catalog.db", model_name(CHANGED), commits)
            seen = screens.watch(lambda: _badge(screens), commits)
            committed = [float(line) for line in writer.communicate()[0].split()]
            worked = (screens.cpu() - worked) / commits
            size = (screens.size - before) / commits
    took = sorted((shown - moment) * 1000 for shown, moment in zip(seen, committed, strict=True))
    print(
        f"{models} models, polled every {POLL_SECONDS * 1000:.0f} ms, {commits} commits: "
        f"p50 {median(took):.0f} ms, p99 {percentile(took, 0.99):.0f} ms, most {took[-1]:.0f} ms; "
        f"{size:.0f} bytes and {worked * 1000:.0f} ms of work a change"
    )


def _badge(screens: Program) -> str:
    """What the changed model's line says of it."""
    words = next(line for line in screens.lines() if model_name(CHANGED) in line).split()
    return OFF if OFF in words else ON


def _writer(path: Path, model: str, commits: int) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--write", str(path), model, "--commits", str(commits)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=1_000)
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--write", nargs=2, metavar=("FILE", "MODEL"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        write(*arguments.write, arguments.commits)
    else:
        measure(arguments.models, arguments.commits)
