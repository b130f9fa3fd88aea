"""One test sees nothing of the machine that it runs on, and nothing of the test before it."""

from __future__ import annotations

import os
import platform
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ORIGINAL_ENVIRONMENT = dict(os.environ)
"""The variables that the test run was started with, for tools (pip, git) that need the developer's own settings."""

REAL_HOST_NAME = socket.gethostname()
HOST_NAME = "testhost"
USER_NAME = "alice"

FOREIGN_VARIABLE = re.compile(
    r"MODELTUI_.*|DEMO_.*|.*_API_KEY|AWS_.*|AZURE_.*|GOOGLE_.*"
    r"|TEXTUAL_(?!SNAPSHOT_).*|ESCDELAY|NO_COLOR|FORCE_COLOR|CLICOLOR.*|COLORTERM|TERMINAL_WIDTH|COLUMNS|LINES"
    r"|GITHUB_ACTIONS|PY_COLORS|TERM_PROGRAM.*|TMUX.*|STY|SSH_.*|SUDO_.*|LC_.*|XDG_.*|GIT_.*|PG[A-Z]+"
)
"""Variables that would change what the program shows or reads."""

FIXED_VARIABLES = {
    "TEXTUAL_ANIMATIONS": "none",
    "TZ": "UTC",
    "LANG": "C.UTF-8",
    "TERM": "xterm-256color",
}


def clean_process() -> None:
    """Clean this process's environment once, before the program is imported."""
    if "TEXTUAL_THEME" in os.environ:
        _forget_theme()
    for name in [name for name in os.environ if FOREIGN_VARIABLE.fullmatch(name)]:
        del os.environ[name]
    os.environ.update(FIXED_VARIABLES)
    time.tzset()
    # The snapshot plugin imports Textual before any conftest can run, and Textual reads its variables on import.
    from textual import constants

    constants.TEXTUAL_ANIMATIONS = "none"  # type: ignore[misc]
    constants.COLOR_SYSTEM = "auto"  # type: ignore[misc]
    socket.gethostname = lambda: HOST_NAME
    socket.getfqdn = lambda name="": name or HOST_NAME
    platform.node = lambda: HOST_NAME


def _forget_theme() -> None:
    from textual.app import App

    App.theme._default = "textual-dark"


@contextmanager
def isolated_environment(home: Path) -> Iterator[None]:
    """Give the test its own home folder, and undo whatever it does to the environment."""
    before = dict(os.environ)
    os.environ.update(folders_of(home))
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys() - {"PYTEST_CURRENT_TEST"}:
            del os.environ[name]
        os.environ.update({name: value for name, value in before.items() if name != "PYTEST_CURRENT_TEST"})
        time.tzset()


def folders_of(home: Path) -> dict[str, str]:
    """Make a home folder; return the variables that say whose it is and point into it."""
    variables = {"HOME": str(home), "USER": USER_NAME, "LOGNAME": USER_NAME}
    for name, folder in {
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
        "XDG_CACHE_HOME": ".cache",
        "XDG_RUNTIME_DIR": ".run",
    }.items():
        (home / folder).mkdir(parents=True, exist_ok=True)
        variables[name] = str(home / folder)
    (home / ".run").chmod(0o700)
    return variables
