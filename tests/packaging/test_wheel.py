"""The wheel is enough: built, installed in an empty environment, opened from another folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.isolation import ORIGINAL_ENVIRONMENT
from tests.support.processes import run_program
from tests.support.terminal import Terminal

ROOT = Path(__file__).parents[2]
LAST_RESORT_SECONDS = 600

pytestmark = pytest.mark.packaging


def pip(*arguments: str) -> None:
    """Run pip with the settings of whoever runs the tests: their index, proxy and cache."""
    __tracebackhide__ = True
    done = subprocess.run(
        [sys.executable, "-m", "pip", *arguments],
        env=ORIGINAL_ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        timeout=LAST_RESORT_SECONDS,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"pip {' '.join(arguments)}\n{done.stdout}\n{done.stderr}", pytrace=False)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path / "dist"
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """The folder of programs of an environment in which nothing is installed."""
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False)
    return environment / "bin"


def test_the_wheel_alone_opens_the_application(wheel: Path, scripts: Path, tmp_path: Path) -> None:
    """One test from building to quitting, so that a worker builds and installs once."""
    carries_what_the_checkout_has(wheel)

    constraints = str(ROOT / "constraints.txt")
    pip("--python", str(scripts / "python"), "install", "--no-compile", "-c", constraints, str(wheel))

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    modeltui = str(scripts / "modeltui")
    bare = {"PYTHONPATH": None, "VIRTUAL_ENV": None, "PATH": f"{scripts}{os.pathsep}{os.defpath}"}

    version = run_program([modeltui, "--version"], env=bare, cwd=elsewhere)
    assert (version.code, version.err) == (0, "")
    assert re.search(r"\d+\.\d+\.\d+", version.out)

    with Terminal.start([modeltui, "demo"], env=bare, cwd=elsewhere) as terminal:
        terminal.wait_for("Models")
        terminal.send(b"q")
        assert terminal.wait_exit() == 0
    assert list(elsewhere.iterdir()) == []


def carries_what_the_checkout_has(wheel: Path) -> None:
    """Check that each module, migration, style and the type marker is in the wheel, and nothing else."""
    source = ROOT / "src"
    expected = {
        path.relative_to(source).as_posix()
        for path in (source / "modeltui").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    expected |= {f"modeltui/styles/{path.name}" for path in (ROOT / "styles").glob("*.tcss")}
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert carried == expected
    assert "modeltui/py.typed" in carried
    assert any(name.startswith("modeltui/styles/") for name in carried)
    assert any(re.fullmatch(r"modeltui/db/migrations/.+\.py", name) for name in carried)
