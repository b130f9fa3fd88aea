"""Turn SVGs of screens into PNGs, to look at them: `python -m tests.support.picture snapshots/…/….svg`.

Needs rsvg-convert (Debian and Ubuntu: librsvg2-bin; macOS: brew install librsvg). No test uses this.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def picture(svg: Path, folder: Path) -> Path:
    """Draw one SVG as a PNG into a folder; return its path."""
    target = folder / f"{svg.parent.name}-{svg.stem}.png"
    # Without this rsvg-convert drops the blanks at the start of a text; browsers keep them.
    kept = svg.read_text(encoding="utf-8").replace("<svg ", '<svg xml:space="preserve" ', 1)
    subprocess.run(["rsvg-convert", "--output", str(target)], input=kept, encoding="utf-8", check=True)
    return target


def main(arguments: list[str]) -> int:
    """Draw every SVG named, in a new folder outside the repository, and print where."""
    if not arguments:
        print(__doc__)
        return 2
    if shutil.which("rsvg-convert") is None:
        print("rsvg-convert isn't installed: librsvg2-bin (Debian, Ubuntu), librsvg (Homebrew)", file=sys.stderr)
        return 1
    folder = Path(tempfile.mkdtemp(prefix="pictures-"))
    for argument in arguments:
        print(picture(Path(argument), folder))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
