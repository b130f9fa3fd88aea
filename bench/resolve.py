"""A kept answer against the least that an awaited look-up can cost, and against the pick of LiteLLM's Router.

    python bench/resolve.py [--rounds N] [--litellm PYTHON]

LiteLLM is no dependency; PYTHON is an interpreter that has it: `python3 -m venv ll && ll/bin/pip install litellm`, then
`--litellm ll/bin/python`. Without one that part is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

from catalog import build, environment, model_name
from modeltui import Catalog, open_catalog
from reference_router import DEPLOYMENTS

CALLS = 1_000
MODELS = 100
PART = 50
ROUTER = Path(__file__).with_name("reference_router.py")
# Groups, and picks of one round: the Router's pick looks at all groups.
PICKS = {1: 100, 1_000: 20}
ROUTER_ROUNDS = 25


async def measure(rounds: int) -> None:
    async with _opened(MODELS) as catalog:
        names = await _resolvable(catalog, MODELS)
        answers = {name: await catalog.resolve(name) for name in names}

        async def reference(name: str) -> object:
            return answers[name]

        turns: dict[str, list[float]] = {"resolve": [], "reference": []}
        for _ in range(rounds):
            await _keep(catalog, names)
            turns["reference"].append(await _time(reference, names))
            turns["resolve"].append(await _time(catalog.resolve, names))
    ours, theirs = (statistics.median(turns[what]) for what in ("resolve", "reference"))
    ratio = statistics.median(a / b for a, b in zip(turns["resolve"], turns["reference"], strict=True))
    print(f"kept resolve ÷ awaited look-up in a dictionary: {ratio:.2f}  ({ours:.0f} ns, {theirs:.0f} ns)")


def _router(python: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [python, ROUTER, *map(str, PICKS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


async def measure_router(router: subprocess.Popen[str]) -> None:
    """The Router runs beside, in a process of its own, and picks only while it is told to."""
    assert router.stdin is not None
    assert router.stdout is not None
    with router:
        if router.stdout.readline() != "ready\n":
            sys.exit("LiteLLM's Router can't be made; its error is above")
        for groups, picks in PICKS.items():
            async with _opened(groups, lines=DEPLOYMENTS) as catalog:
                # One that has a key must be among them.
                names = await _resolvable(catalog, groups)
                turns: dict[str, list[float]] = {"resolve": [], "pick": []}
                for _ in range(ROUTER_ROUNDS):
                    print(groups, picks, file=router.stdin, flush=True)
                    turns["pick"].append(float(router.stdout.readline()))
                    turns["resolve"].append(await _time_kept(catalog, names))
            ours, theirs = (statistics.median(turns[what]) for what in ("resolve", "pick"))
            ratio = statistics.median(a / b for a, b in zip(turns["pick"], turns["resolve"], strict=True))
            print(
                f"kept resolve ÷ LiteLLM Router's pick, groups of {DEPLOYMENTS}, {groups}: 1/{ratio:,.0f}"
                f"  ({ours:.0f} ns, {theirs / 1000:,.0f} µs)"
            )
        router.stdin.close()


@asynccontextmanager
async def _opened(models: int, *, lines: int | None = None) -> AsyncIterator[Catalog]:
    with tempfile.TemporaryDirectory() as folder:
        await build(Path(folder), models, lines=lines)
        environ = environment(Path(folder))
        async with open_catalog(environ["MODELTUI_DATABASE_URL"], environ=environ) as catalog:
            yield catalog


async def _resolvable(catalog: Catalog, models: int) -> list[str]:
    rows = {row.name: row for row in await catalog.models.list()}
    return [name for name in map(model_name, range(models)) if rows[name].winner is not None]


async def _keep(catalog: Catalog, names: list[str]) -> None:
    """Where answers must be looked at again meanwhile, that is not what is measured."""
    for name in names:
        await catalog.resolve(name)


async def _time_kept(catalog: Catalog, names: list[str]) -> float:
    """Nanoseconds a call over many names, some at a time: looking at all again may take longer than that lasts."""
    parts = [names[start : start + PART] for start in range(0, len(names), PART)]
    taken = []
    for part in parts:
        await _keep(catalog, part)
        taken.append(await _time(catalog.resolve, part, max(CALLS // len(parts), len(part))))
    return statistics.mean(taken)


async def _time(call: Callable[[str], Awaitable[object]], names: list[str], calls: int = CALLS) -> float:
    """Nanoseconds a call."""
    asked = (names * (calls // len(names) + 1))[:calls]
    began = time.perf_counter_ns()
    for name in asked:
        await call(name)
    return (time.perf_counter_ns() - began) / len(asked)


async def main(arguments: argparse.Namespace) -> None:
    await measure(arguments.rounds)
    if arguments.litellm:
        await measure_router(_router(arguments.litellm))
    else:
        print("LiteLLM isn't here, so its Router isn't compared; --help says how to install it")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1_000)
    parser.add_argument("--litellm", metavar="PYTHON", default=sys.executable if find_spec("litellm") else None)
    asyncio.run(main(parser.parse_args()))
