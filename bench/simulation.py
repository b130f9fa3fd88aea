"""Resolvers and writers in processes of their own, on one PostgreSQL and on one SQLite file.

    python bench/simulation.py [--resolvers 1 2 4 8] [--stores sqlite postgres] [--break]

Two writers reorder lists and turn providers off and on. Every resolver checks each answer for what the writers
changed: once it was told of a change, or has answered with it, an older answer is stale, and counted. `--break` leaves
the feed out of the kept answers, to see that the check can fail. It ends with 1 if an answer was stale.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable, Coroutine
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from typing import Any, NamedTuple

from figures import percentile
from simulated import ENDED, FLAT_OUT, QUIET, STOPPING, WRITERS, Board, Commit, Found, build, resolve, write
from stores import STORES

LONGEST_SECONDS = 600.0
Work = Callable[..., Coroutine[Any, Any, Any]]


class Row(NamedTuple):
    """What is found with so many resolvers; latencies in milliseconds, sorted."""

    resolvers: int
    quiet: list[float]
    busy: list[float]
    rates: list[float]
    cold: int
    checked: int
    stale: int
    wrong: int
    resyncs: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resolvers", type=int, nargs="+", default=[1, 2, 4, 8], help="how many processes (1 2 4 8)")
    parser.add_argument("--stores", nargs="+", choices=list(STORES), default=list(STORES))
    parser.add_argument("--commits", type=int, default=100, help="of each writer, to measure how soon they show (100)")
    parser.add_argument("--seconds", type=float, default=8.0, help="of resolving flat out (8)")
    parser.add_argument("--break", action="store_true", dest="broken", help="leave the feed out: answers must be stale")
    arguments = parser.parse_args()
    harm = 0
    for store in arguments.stores:
        print(f"\n{store}; load before it: {os.getloadavg()[0]:.1f}\n")
        with STORES[store]() as made:
            rows = [_simulated(made(), resolvers, arguments) for resolvers in arguments.resolvers]
        _print(rows)
        harm += sum(row.stale + row.wrong for row in rows)
    sys.exit(1 if harm else 0)


# One run


def _simulated(url: str, resolvers: int, arguments: argparse.Namespace) -> Row:
    asyncio.run(build(url))
    context = multiprocessing.get_context("spawn")
    board, queue = Board(context, resolvers), context.Queue()
    processes = [
        *(
            context.Process(target=_run, args=(queue, write, url, board, writer, arguments.commits, arguments.broken))
            for writer in range(WRITERS)
        ),
        *(
            context.Process(target=_run, args=(queue, resolve, url, board, resolver, arguments.broken))
            for resolver in range(resolvers)
        ),
    ]
    try:
        for process in processes:
            process.start()
        _wait(lambda: all(board.ready), processes)
        board.part.value = QUIET
        _wait(lambda: all(board.written), processes)
        board.part.value = FLAT_OUT
        time.sleep(arguments.seconds)
        board.part.value = STOPPING
        commits = [commit for done in _taken(queue, WRITERS, processes) for commit in done]
        board.part.value = ENDED
        found = _taken(queue, resolvers, processes)
        for process in processes:
            process.join()
    finally:
        for process in processes:
            process.kill()
    return _row(commits, found)


def _run(queue: Queue[Any], work: Work, *arguments: Any) -> None:
    """What runs in a process of its own."""
    queue.put(asyncio.run(work(*arguments)))


def _wait(done: Callable[[], bool], processes: list[BaseProcess]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not done():
        if any(process.exitcode for process in processes):
            raise SystemExit("a process failed; its error is above")
        if time.monotonic() > deadline:
            raise SystemExit("the processes take too long")
        time.sleep(0.05)


def _taken(queue: Queue[Any], number: int, processes: list[BaseProcess]) -> list[Any]:
    """So many results. They are taken before processes are waited for, since a full pipe would hold these up."""
    results: list[Any] = []
    while len(results) < number:
        _wait(lambda: not queue.empty(), processes)
        results.append(queue.get())
    return results


def _row(commits: list[Commit], found: list[Found]) -> Row:
    def latencies(part: int) -> list[float]:
        return sorted(
            (one.fresh[commit.target, commit.number] - commit.moment) * 1000
            for commit in commits
            for one in found
            if commit.part == part and (commit.target, commit.number) in one.fresh
        )

    return Row(
        resolvers=len(found),
        quiet=latencies(QUIET),
        busy=latencies(FLAT_OUT),
        rates=[one.calls / one.seconds for one in found],
        cold=sum(one.cold for one in found),
        checked=sum(one.checked for one in found),
        stale=sum(one.stale for one in found),
        wrong=sum(one.wrong for one in found),
        resyncs=sum(one.resyncs for one in found),
    )


# The table


COLUMNS = (
    "resolvers",
    "p50, p99",
    "÷ first row",
    "flat out p50, p99",
    "a second, each",
    "together",
    "÷ first row",
    "cold",
    "checked",
    "stale",
    "torn",
    "resyncs",
)


def _print(rows: list[Row]) -> None:
    print(f"| {' | '.join(COLUMNS)} |")
    print("|---" * len(COLUMNS) + "|")
    first = rows[0]
    first_quiet, first_late = _middle_and_late(first.quiet)
    for row in rows:
        each, together = statistics.mean(row.rates), sum(row.rates)
        (quiet, late), (busy, late_busy) = _middle_and_late(row.quiet), _middle_and_late(row.busy)
        cells = (
            str(row.resolvers),
            f"{quiet:.1f}, {late:.1f} ms",
            f"{quiet / first_quiet:.2f}, {late / first_late:.2f}",
            f"{busy:.1f}, {late_busy:.1f} ms",
            f"{each:,.0f}",
            f"{together:,.0f}",
            f"{together / sum(first.rates):.2f}",
            f"{row.cold:,}",
            f"{row.checked:,}",
            str(row.stale),
            str(row.wrong),
            str(row.resyncs),
        )
        print(f"| {' | '.join(cells)} |")


def _middle_and_late(ordered: list[float]) -> tuple[float, float]:
    """The 50th and the 99th percentile."""
    return percentile(ordered, 0.5), percentile(ordered, 0.99)


if __name__ == "__main__":
    main()
