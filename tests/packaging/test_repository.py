"""What the repository promises: pinned versions, no trace of a machine, the README's commands, whole pictures."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.isolation import ORIGINAL_ENVIRONMENT

ROOT = Path(__file__).parents[2]
TOP_LEVEL = [
    ".ci/run",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "constraints.txt",
    "docs",
    "pyproject.toml",
    "snapshots",
    "src/modeltui",
    "styles",
    "tests",
]
# Put together here, so that this file doesn't hold them.
MACHINE_TRACES = ["/" + "work/", "/" + "root/", "/" + "home/", "pypi" + ".org", "files." + "pythonhosted"]
RUN_COMMAND = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt . && .venv/bin/modeltui demo"
TEST_COMMAND = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e '.[test]' && .venv/bin/pytest"


@cache
def repository_files() -> tuple[Path, ...]:
    """Return every file that is tracked or about to be."""
    environment = {name: value for name, value in ORIGINAL_ENVIRONMENT.items() if not name.startswith("GIT_")}
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    files = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(sorted({file for file in files if file.is_file()}))


needs_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")


def constraints() -> list[str]:
    """Return the lines of constraints.txt that say something."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def test_constraints_hold_exact_versions_and_no_addresses() -> None:
    """Addresses would tie everybody to one index."""
    assert "://" not in (ROOT / "constraints.txt").read_text(encoding="utf-8")
    for line in constraints():
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][^\s;]*( ; .+)?", line), line


def test_every_dependency_is_pinned() -> None:
    """What pyproject.toml asks for, extras too, has one version in constraints.txt, and one that it allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {canonicalize_name(pin.name): pin for pin in map(Requirement, constraints())}
    wanted = [project["dependencies"], *project["optional-dependencies"].values()]
    for requirement in map(Requirement, chain.from_iterable(wanted)):
        assert canonicalize_name(requirement.name) in pinned, f"{requirement.name} isn't in constraints.txt"
        (pin,) = pinned[canonicalize_name(requirement.name)].specifier
        assert requirement.specifier.contains(pin.version), f"{requirement} doesn't allow {pin}"


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_top_level(name: str) -> None:
    """Other programs and habits rely on these names."""
    assert (ROOT / name).exists()


def test_ci_is_executable() -> None:
    """`.ci/run` is started by itself."""
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_readme_and_ci_use_the_same_commands() -> None:
    """What the README promises is what CI tries."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert RUN_COMMAND in readme
    assert TEST_COMMAND in readme
    assert TEST_COMMAND in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@needs_git
def test_no_file_holds_traces_of_a_machine() -> None:
    """Paths and package indexes of the machine that something was written on help nobody elsewhere."""
    found = [
        f"{file.relative_to(ROOT)}:{number}: {trace}"
        for file in repository_files()
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        for trace in MACHINE_TRACES
        if trace in line
    ]
    assert found == []


@needs_git
def test_every_snapshot_is_whole() -> None:
    """A snapshot is an SVG that any viewer can open, from which nothing is fetched."""
    for file in repository_files():
        if file.is_relative_to(ROOT / "snapshots"):
            assert file.suffix == ".svg", file
            text = file.read_text(encoding="utf-8")
            assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg", file
            assert "url(http" not in text.replace('"', "").replace("'", ""), file
