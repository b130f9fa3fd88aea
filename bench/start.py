"""The cold start: from running `modeltui` to the rows of its models, against a bare DataTable of 100 rows."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from catalog import build, environment, model_name
from terminal import Program, interleaved, median

HERE = Path(__file__).parent
MODELTUI = Path(sys.executable).with_name("modeltui")
# A row in the lower half of the screen: when it is there, the others are.
ROW = model_name(30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15, help="starts of each program (15)")
    parser.add_argument("--models", type=int, default=100, help="models in the catalog (100)")
    parser.add_argument(
        "--folder", type=Path, help="where the catalog is kept for the next time; else it is thrown away"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = (arguments.folder or Path(name)).absolute()
        folder.mkdir(exist_ok=True)
        asyncio.run(build(folder, arguments.models))
        environ = environment(folder)

        def started(*argv: str | Path) -> float:
            with Program(argv, environ) as program:
                return program.start(ROW)

        times = interleaved(
            arguments.runs,
            ours=lambda: started(MODELTUI),
            table=lambda: started(sys.executable, HERE / "reference_table.py", "100"),
        )
    ours, table = median(times["ours"]), median(times["table"])
    print(f"start to the rows of {arguments.models} models ÷ DataTable of 100 rows: {ours / table:.2f}")
    print(f"  medians of {arguments.runs}: {ours * 1000:.0f} ms, {table * 1000:.0f} ms")
    print(f"  least:          {min(times['ours']) * 1000:.0f} ms, {min(times['table']) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
