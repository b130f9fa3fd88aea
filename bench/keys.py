"""Key presses: time to the changed frame and bytes sent, against a bare DataTable and Textual's smallest repaint.

A step is one press of an arrow key in the middle of a page, half of them down and half up. Scrolling is a run
of steps down through all rows, so that the lines that come into view are counted too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from catalog import build, environment, model_name, provider_name
from terminal import DOWN, UP, Program, Step, median

HERE = Path(__file__).parent
MODELTUI = Path(sys.executable).with_name("modeltui")
ROWS = 250
SCROLLED = 200
MIDDLE = 10
# Models with four lines, next to each other in the catalog: every fourth has one line, then two, three, four.
EDITED = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presses", type=int, default=200, help="presses of each kind (200)")
    parser.add_argument("--truecolor", action="store_true", help="a terminal that announces true colour")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        asyncio.run(build(folder, ROWS, ROWS))
        environ = environment(folder) | ({"COLORTERM": "truecolor"} if arguments.truecolor else {})
        opened = {
            "providers": _providers(environ),
            "models": _models(environ),
            "editor": _editor(environ),
            "table": _table(environ),
            "line": _line(environ),
        }
        for program in opened.values():
            running.enter_context(program)
        _report(opened, arguments.presses)


def _report(opened: Mapping[str, Program], presses: int) -> None:
    steps = _by_turns(opened, dict.fromkeys(("providers", "models", "editor", "table"), (DOWN, UP)), presses)
    least = _by_turns(opened, {"line": (DOWN, DOWN)}, presses)["line"]
    moves = _by_turns(opened, {"editor": (b"J", b"K"), "table": (b"J", UP)}, presses)
    swaps = moves["table"][::2]
    scrolled = {name: [opened[name].press(DOWN) for _ in range(SCROLLED)] for name in ("providers", "models", "table")}

    def seconds(found: list[Step]) -> float:
        return median([step.seconds for step in found])

    def size(found: list[Step]) -> float:
        return median([step.size for step in found])

    def mean(found: list[Step]) -> float:
        return sum(step.size for step in found) / len(found)

    table, providers, editor = steps["table"], steps["providers"], steps["editor"]
    print(f"medians of {presses} presses by turns")
    print(f"step on Providers ÷ step in a DataTable, time:       {seconds(providers) / seconds(table):.2f}")
    print(f"step on Providers ÷ Textual's smallest repaint, time: {seconds(providers) / seconds(least):.2f}")
    print(f"step on Providers ÷ step in a DataTable, bytes:      {size(providers) / size(table):.2f}")
    print(f"the same, mean of {SCROLLED} steps down with scrolling:    ", end="")
    print(f"{mean(scrolled['providers']) / mean(scrolled['table']):.3f}")
    print(f"moving a line in the editor ÷ a step there, time:    {seconds(moves['editor']) / seconds(editor):.2f}")
    print(f"moving a line in the editor ÷ swap in a DataTable, bytes: {size(moves['editor']) / size(swaps):.3f}")
    print("bytes: " + ", ".join(f"{name} step {size(found):.0f}" for name, found in steps.items()))
    print(f"       smallest repaint {size(least):.0f}, move {size(moves['editor']):.0f}, swap {size(swaps):.0f}")
    print("       scrolling, mean: " + ", ".join(f"{name} {mean(found):.0f}" for name, found in scrolled.items()))
    print("milliseconds: " + ", ".join(f"{name} step {seconds(found) * 1000:.1f}" for name, found in steps.items()))
    print(f"       smallest repaint {seconds(least) * 1000:.1f}, move {seconds(moves['editor']) * 1000:.1f}", end="")
    print(f", swap {seconds(swaps) * 1000:.1f}")


def _by_turns(
    opened: Mapping[str, Program], keys: Mapping[str, tuple[bytes, bytes]], presses: int
) -> dict[str, list[Step]]:
    """The presses of each program's two keys in turn, and the programs by turns; a few first aren't counted."""
    found: dict[str, list[Step]] = {name: [] for name in keys}
    for number in range(-6, presses):
        for name, pair in keys.items():
            step = opened[name].press(pair[number % 2])
            if number >= 0:
                found[name].append(step)
    return found


def _to_the_middle(program: Program) -> Program:
    for _ in range(MIDDLE):
        program.press(DOWN)
    return program


def _started(environ: Mapping[str, str]) -> Program:
    program = Program([MODELTUI], environ)
    program.start(model_name(30))
    # Only when the services have been imported, the catalog opened and read, is it as it stays.
    program.settle(2.0)
    return program


def _models(environ: Mapping[str, str]) -> Program:
    return _to_the_middle(_started(environ))


def _providers(environ: Mapping[str, str]) -> Program:
    program = _started(environ)
    program.press(b"2")
    program.wait_for(provider_name(30))
    program.settle()
    return _to_the_middle(program)


def _editor(environ: Mapping[str, str]) -> Program:
    program = _started(environ)
    for _ in range(EDITED):
        program.press(DOWN)
    program.press(b"\r")
    program.wait_for("/ lines")
    program.settle()
    program.press(DOWN)
    return program


def _table(environ: Mapping[str, str]) -> Program:
    program = Program([sys.executable, HERE / "reference_table.py", str(ROWS)], environ)
    program.start(model_name(30))
    program.settle()
    return _to_the_middle(program)


def _line(environ: Mapping[str, str]) -> Program:
    program = Program([sys.executable, HERE / "reference_line.py"], environ)
    program.start("count 0")
    program.settle()
    return program


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
