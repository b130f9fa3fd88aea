"""Typing a filter over 10,000 models, against a step of the cursor in the same list."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from catalog import built, model_name
from terminal import DOWN, UP, Program, Step, median

MODELTUI = Path(sys.executable).with_name("modeltui")
# All models hold the first letters; then they get fewer, to one. The last words ask for more than names.
WORDS = ("model-0123", "provider-01", "is:dark", "!bedrock")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=10_000, help="models in the catalog (10,000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each word is typed (5)")
    parser.add_argument(
        "--folder", type=Path, help="where the catalog is kept for the next time; else it is thrown away"
    )
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        Program([MODELTUI], built(arguments.folder or Path(name), arguments.models)) as program,
    ):
        program.start(model_name(30))
        program.settle(2.0)
        steps: list[Step] = []
        letters: list[Step] = []
        for number in range(arguments.rounds * len(WORDS)):
            program.press(DOWN)
            steps += [program.press(key) for key in (DOWN, UP) * 5]
            program.press(b"/")
            letters += [program.press(letter.encode()) for letter in WORDS[number % len(WORDS)]]
            program.press(b"\x1b", quiet=0.3)
            program.settle()
    _report(steps, letters, arguments.models)


def _report(steps: list[Step], letters: list[Step], models: int) -> None:
    step = median([one.seconds for one in steps])
    first = median([one.seconds for one in letters])
    last = median([one.all_seconds for one in letters])
    worst = max(one.all_seconds for one in letters)
    worked = median([one.worked for one in letters]) / median([one.worked for one in steps])
    print(f"medians of {len(letters)} keys of filters over {models} models, {len(steps)} steps, by turns")
    print(f"first visible change ÷ cursor step, time:     {first / step:.2f}")
    print(f"the last change, with the rows ÷ cursor step: {last / step:.2f}")
    print(f"work of the process ÷ that of a cursor step:  {worked:.2f}")
    print(f"milliseconds: step {step * 1000:.1f}, first {first * 1000:.1f}, last {last * 1000:.1f}", end="")
    print(f", the slowest {worst * 1000:.0f}")


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
