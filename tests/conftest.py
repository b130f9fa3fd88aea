"""What holds for every test: isolation, snapshots, property tests that don't measure time, and slow tests first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.isolation import clean_process, isolated_environment

clean_process()

from tests.support.postgres import PostgresServer  # noqa: E402
from tests.support.snapshots import adopt_plugin, snap  # noqa: E402
from tests.support.unused_snapshots import UnusedSnapshots  # noqa: E402

__all__ = ["snap"]

# The same cases on every machine; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile(
    "same", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    """Keep every snapshot in the top-level folder, and each of them in use."""
    adopt_plugin()
    config.pluginmanager.register(UnusedSnapshots(config), "unused-snapshots")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("packaging") is None)


@pytest.fixture(autouse=True)
def isolated(tmp_path: Path) -> Iterator[None]:
    """Give every test its own home folder and settings, and put the environment back after it."""
    with isolated_environment(tmp_path / "home"):
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Give a PostgreSQL server, started when a test first wants it."""
    server = PostgresServer()
    yield server
    server.close()
