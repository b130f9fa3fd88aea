"""A kept answer against the least that an awaited look-up can cost: `python bench/resolve.py [--rounds N]`."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from catalog import build, environment, model_name
from modeltui import open_catalog

CALLS = 1_000
MODELS = 100


async def measure(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await build(Path(folder), MODELS)
        environ = environment(Path(folder))
        async with open_catalog(environ["MODELTUI_DATABASE_URL"], environ=environ) as catalog:
            names = []
            for number in range(MODELS):
                name = model_name(number)
                if (await catalog.models.get(name)).winner is not None:
                    names.append(name)
            answers = {name: await catalog.resolve(name) for name in names}

            async def reference(name: str) -> object:
                return answers[name]

            turns: dict[str, list[float]] = {"resolve": [], "reference": []}
            for _ in range(rounds):
                # Where answers must be looked at again meanwhile, that is not what is measured.
                for name in names:
                    await catalog.resolve(name)
                turns["reference"].append(await _time(reference, names))
                turns["resolve"].append(await _time(catalog.resolve, names))
    ours, theirs = (statistics.median(turns[what]) for what in ("resolve", "reference"))
    ratio = statistics.median(a / b for a, b in zip(turns["resolve"], turns["reference"], strict=True))
    print(f"kept resolve ÷ awaited look-up in a dictionary: {ratio:.2f}  ({ours:.0f} ns, {theirs:.0f} ns)")


async def _time(call: Callable[[str], Awaitable[object]], names: list[str]) -> float:
    """Nanoseconds a call."""
    asked = (names * (CALLS // len(names) + 1))[:CALLS]
    began = time.perf_counter_ns()
    for name in asked:
        await call(name)
    return (time.perf_counter_ns() - began) / len(asked)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1_000)
    asyncio.run(measure(parser.parse_args().rounds))
