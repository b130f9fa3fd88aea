"""`modeltui resolve NAME` as a whole process, against Python importing the driver and running the same SQL."""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlalchemy.dialects import sqlite

from catalog import built, model_name
from modeltui.db import queries
from modeltui.db.reading import model_condition
from terminal import interleaved, median

MODELTUI = Path(sys.executable).with_name("modeltui")
DRIVER = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall())"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15, help="runs of each program (15)")
    arguments = parser.parse_args()
    name = model_name(42)
    where = model_condition(name)
    assert where is not None
    sql = queries.model_to_resolve(where).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with tempfile.TemporaryDirectory() as folder:
        environ = built(Path(folder))
        worked = interleaved(
            arguments.runs,
            ours=lambda: _work([MODELTUI, "resolve", name], environ),
            driver=lambda: _work([sys.executable, "-c", DRIVER, Path(folder) / "catalog.db", str(sql)], environ),
        )
    ours, driver = median(worked["ours"]), median(worked["driver"])
    print(f"modeltui resolve ÷ the driver alone, work of the whole process: {ours / driver:.1f}", end="")
    print(f"  ({ours * 1000:.0f} ms, {driver * 1000:.0f} ms)")


def _work(argv: list[str | Path], environ: dict[str, str]) -> float:
    """Seconds of processor time; the clock would tell more of what else the machine does."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, env=environ, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
