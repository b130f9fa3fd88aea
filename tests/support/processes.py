"""Run the program as a user does: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LAST_RESORT_SECONDS = 120.0


@dataclass(frozen=True)
class Finished:
    """How a process ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of the standard output."""
        return self.out.splitlines()

    @property
    def json(self) -> Any:
        """The standard output, read as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The object under `error` that a refused command writes to stderr with --json."""
        return json.loads(self.err)["error"]


def modeltui_argv(*arguments: str | os.PathLike[str]) -> list[str]:
    """Return the command that runs the program with this Python."""
    return [sys.executable, "-m", "modeltui", *(os.fspath(argument) for argument in arguments)]


def environment_with(changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Return the test's environment with changes; a variable that is None is taken away."""
    environment = dict(os.environ)
    for name, value in (changes or {}).items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
    return environment


def run_modeltui(
    *arguments: str | os.PathLike[str],
    stdin: str | None = None,
    env: Mapping[str, str | None] | None = None,
    cwd: str | Path | None = None,
) -> Finished:
    """Run the program to its end; without `stdin` it reads from nothing, and no terminal is there."""
    return run_program(modeltui_argv(*arguments), stdin=stdin, env=env, cwd=cwd)


def run_program(
    argv: list[str],
    *,
    stdin: str | None = None,
    env: Mapping[str, str | None] | None = None,
    cwd: str | Path | None = None,
) -> Finished:
    """Run any program to its end, in the test's environment with changes, from the home folder unless told."""
    done = subprocess.run(
        argv,
        input=stdin if stdin is not None else "",
        env=environment_with(env),
        cwd=cwd if cwd is not None else os.environ["HOME"],
        capture_output=True,
        encoding="utf-8",
        timeout=LAST_RESORT_SECONDS,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr)
