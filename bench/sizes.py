"""What grows with the catalog and what doesn't: the start, a step of the cursor, memory."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from catalog import built, model_name
from terminal import DOWN, UP, Program, Step, interleaved, median

HERE = Path(__file__).parent
MODELTUI = (Path(sys.executable).with_name("modeltui"),)
TABLE = (sys.executable, HERE / "reference_table.py", "100")
SMALL, LARGE, HUGE = 100, 10_000, 100_000
ROW = model_name(30)
Argv = tuple[str | Path, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15, help="starts of each program (15)")
    parser.add_argument("--presses", type=int, default=200, help="presses of the arrow in each program (200)")
    parser.add_argument("--folder", type=Path, help="where the catalogs are kept for the next time")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = arguments.folder or Path(name)
        small, large = (built(folder / str(models), models) for models in (SMALL, LARGE))
        _starts(small, large, arguments.runs)
        _steps(small, large, arguments.presses)
        _memory(small, large)


def _starts(small: Mapping[str, str], large: Mapping[str, str], runs: int) -> None:
    def started(argv: Argv, environ: Mapping[str, str]) -> float:
        with Program(argv, environ) as program:
            return program.start(ROW)

    times = interleaved(
        runs,
        small=lambda: started(MODELTUI, small),
        large=lambda: started(MODELTUI, large),
        table=lambda: started(TABLE, small),
    )
    middle = {name: median(found) for name, found in times.items()}
    least = {name: min(found) for name, found in times.items()}
    print(f"start with {LARGE} models ÷ with {SMALL}:           {middle['large'] / middle['small']:.2f}", end="")
    print(f"  (least {least['large'] / least['small']:.2f})")
    print(f"start with {LARGE} models ÷ DataTable of 100 rows: {middle['large'] / middle['table']:.2f}", end="")
    print(f"  (least {least['large'] / least['table']:.2f})")


def _steps(small: Mapping[str, str], large: Mapping[str, str], presses: int) -> None:
    with ExitStack() as running:
        opened = {
            "small": running.enter_context(Program(MODELTUI, small)),
            "large": running.enter_context(Program(MODELTUI, large)),
            **{
                f"{rows} rows": running.enter_context(
                    Program((sys.executable, HERE / "reference_rows.py", str(rows)), small)
                )
                for rows in (SMALL, HUGE)
            },
        }
        for program in opened.values():
            program.start(ROW)
        for program in opened.values():
            program.settle(2.0)
            program.press(DOWN)
        found: dict[str, list[Step]] = {name: [] for name in opened}
        for number in range(-4, presses):
            for name, program in opened.items():
                step = program.press((DOWN, UP)[number % 2])
                if number >= 0:
                    found[name].append(step)
    print(f"step on Models with {LARGE} ÷ with {SMALL}:         {_ratio(found['large'], found['small'])}")
    print(f"step in the list, {HUGE} rows ÷ {SMALL}:            ", end="")
    print(_ratio(found[f"{HUGE} rows"], found[f"{SMALL} rows"]))


def _ratio(mine: list[Step], other: list[Step]) -> str:
    time = median([step.seconds for step in mine]) / median([step.seconds for step in other])
    work = median([step.worked for step in mine]) / median([step.worked for step in other])
    return f"{time:.2f}  (work of the process {work:.2f})"


def _memory(small: Mapping[str, str], large: Mapping[str, str]) -> None:
    table, _ = _resident(TABLE, small)
    for environ, models in ((small, SMALL), (large, LARGE)):
        painted, loaded = _resident(MODELTUI, environ)
        print(f"memory with {models} models ÷ DataTable of 100 rows: at first paint {painted / table:.2f}", end="")
        print(f", everything loaded {loaded / table:.2f}  ({painted // 1024}, {loaded // 1024} MiB)")


def _resident(argv: Argv, environ: Mapping[str, str]) -> tuple[int, int]:
    """KiB when the rows are painted, and when nothing more happens."""
    painted: list[int] = []
    with Program(argv, environ) as program:
        program.start(ROW, when_sent=lambda: painted.append(program.resident()))
        program.settle(3.0)
        return painted[0], program.resident()


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
