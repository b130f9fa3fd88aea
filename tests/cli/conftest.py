"""What the tests of the command line start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import Shell, small_catalog


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    """Give a place for a database that isn't there yet."""
    return Shell(tmp_path)


@pytest.fixture
def shell(bare: Shell) -> Shell:
    """Give a small catalog."""
    bare.inside(small_catalog, create=True)
    return bare
