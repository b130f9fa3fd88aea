"""The program `modeltui`: without arguments straight to the screens, otherwise the command line."""

from __future__ import annotations

import os
import sys

# Set by a shell that asks for completions; it gives no arguments.
_COMPLETION_VARIABLE = "_MODELTUI_COMPLETE"


def main() -> None:
    """Runs the program and ends the process with its exit code."""
    if len(sys.argv) == 1 and _COMPLETION_VARIABLE not in os.environ:
        from modeltui.cli.screens import open_screens

        sys.exit(open_screens({}))
    from modeltui.cli.app import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
