"""Places for catalogs to measure on: files in a folder of the run's own, and databases of a server of its own."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

ROOT = Path(__file__).parents[1]


@contextmanager
def sqlite() -> Iterator[Callable[[], str]]:
    """Gives URLs of files that aren't there yet."""
    with tempfile.TemporaryDirectory() as folder:
        numbers = count()
        yield lambda: f"sqlite:///{folder}/catalog{next(numbers)}.db"


@contextmanager
def postgres() -> Iterator[Callable[[], str]]:
    """Gives URLs of empty catalogs on a server like that of the tests, which needs nothing installed."""
    sys.path.append(str(ROOT))
    from tests.support.postgres import PostgresServer

    server = PostgresServer()
    try:
        yield lambda: server.url(server.database())
    finally:
        server.close()


STORES = {"sqlite": sqlite, "postgres": postgres}
