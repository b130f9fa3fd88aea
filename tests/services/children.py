"""Processes that use a catalog beside the test: started together, and killed where a test wants it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.services.stores import Store

ROOT = Path(__file__).parents[2]

PRELUDE = """
import asyncio, json, os, signal, sys
from sqlalchemy import event, text
from modeltui import *
from tests.services.builders import *
from tests.services.stores import Store

store = Store(sys.argv[1])

def wait_for_the_test():
    print("ready", flush=True)
    sys.stdin.readline()
"""


class Child:
    """A Python process that runs a script about a store; it stops where the script waits for the test."""

    def __init__(self, script: str, store: Store, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + script, store.url, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=dict(os.environ),
        )

    def wait_until_ready(self) -> None:
        """Wait until the script waits."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line == "ready\n", line + self._process.communicate()[1]

    def go(self) -> None:
        """Let the script go on."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def signal(self, number: int) -> None:
        """Send the process a signal."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End the process as a power cut would, if it hasn't ended."""
        if self._process.returncode is None:
            self._process.kill()
            self._process.communicate()

    def finish(self) -> str:
        """Wait for the end of the process, which must be a good one; return what it printed."""
        out, err = self._process.communicate()
        assert self._process.returncode == 0, err
        return out


def run_together(script: str, store: Store, count: int) -> list[str]:
    """Run a script in several processes that begin at the same moment; each gets its number as an argument."""
    children = [Child(script, store, str(number)) for number in range(count)]
    for child in children:
        child.wait_until_ready()
    for child in children:
        child.go()
    try:
        return [child.finish() for child in children]
    finally:
        for child in children:
            child.kill()
