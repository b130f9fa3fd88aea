"""Runs the program as it is, and writes down what was loaded when it first drew rows.

    python tests/support/first_paint.py FILE TEXT

FILE gets a JSON object: `modules`, those loaded when a frame with TEXT was handed to the terminal, and `frames`, how
many frames had been handed to it before.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from textual.app import App

FRAME_BYTES = 256
"""What is shorter are single settings of the terminal."""


def main(report: Path, text: str) -> None:
    """Open the screens; the recorder only listens to what Textual's driver is given."""
    build_driver = App._build_driver

    def build_and_listen(app: App[object], **options: object) -> object:
        driver = build_driver(app, **options)  # type: ignore[arg-type]
        write = driver.write
        frames = 0

        def write_and_listen(data: str) -> None:
            nonlocal frames
            if text in data and not report.exists():
                report.write_text(json.dumps({"modules": sorted(sys.modules), "frames": frames}), encoding="utf-8")
            frames += len(data) > FRAME_BYTES
            write(data)

        driver.write = write_and_listen  # type: ignore[method-assign]
        return driver

    App._build_driver = build_and_listen  # type: ignore[assignment,method-assign]
    sys.argv = ["modeltui"]
    from modeltui.__main__ import main as run

    run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
