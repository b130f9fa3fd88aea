"""Fail a whole run that leaves snapshots unused; under xdist syrupy doesn't, nor for modules that use none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from syrupy.location import PyTestLocation

from tests.support.snapshots import ROOT, SNAPSHOTS, USED, ScreenSnapshot

PARTIAL_OPTIONS = ("lf", "stepwise", "collectonly", "ignore", "ignore_glob", "pyargs")


class UnusedSnapshots:
    """Gathers what the workers used, and speaks at the end of a run that was whole and went well.

    A part of the suite (paths, -k, -m, --lf, …) proves nothing about the rest, and a failed run fails anyway.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.whole = _asks_for_all(config)
        self.used: set[str] = set()
        self.excused: set[str] = set()
        self.unused: list[str] = []
        self._prefixes: dict[str, str] = {}

    def pytest_deselected(self) -> None:
        """Notice that some tests were left out."""
        self.whole = False

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember whose snapshots each collected test's would be."""
        for item in session.items:
            if isinstance(item, pytest.Function):
                location = PyTestLocation(item)
                name = ScreenSnapshot.get_snapshot_name(test_location=location)
                self._prefixes[item.nodeid] = f"{location.basename}/{name}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Excuse the snapshots of a skipped test: here it couldn't use them."""
        if report.skipped and report.nodeid in self._prefixes:
            self.excused.add(self._prefixes[report.nodeid])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker of xdist used."""
        told = getattr(node, "workeroutput", {}).get("snapshots")
        if told is None:
            self.whole = False  # a worker that crashed
            return
        self.used |= set(told["used"])
        self.excused |= set(told["excused"])
        self.whole = self.whole and told["whole"]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """In a worker: tell the controller. Else: find the unused ones; delete them on update, fail otherwise."""
        self.used |= USED
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output["snapshots"] = {"used": sorted(self.used), "excused": sorted(self.excused), "whole": self.whole}
            return
        if not self.whole or exitstatus != pytest.ExitCode.OK:
            return
        self.unused = [name for name in _stored() if name not in self.used and not self._is_excused(name)]
        if self.config.option.update_snapshots:
            for name in self.unused:
                (SNAPSHOTS / name).unlink()
        elif self.unused:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the unused ones."""
        if not self.unused:
            return
        deleted = self.config.option.update_snapshots
        terminalreporter.write_sep("=", "unused snapshots deleted" if deleted else "unused snapshots", red=not deleted)
        for name in self.unused:
            terminalreporter.write_line((SNAPSHOTS / name).relative_to(ROOT).as_posix())
        if not deleted:
            terminalreporter.write_line("No test uses these: delete them, or run with --snapshot-update.")

    def _is_excused(self, name: str) -> bool:
        stem = name.removesuffix(".svg")
        return any(stem == prefix or stem.startswith(f"{prefix}-") for prefix in self.excused)


def _stored() -> list[str]:
    return sorted(path.relative_to(SNAPSHOTS).as_posix() for path in SNAPSHOTS.rglob("*") if path.is_file())


def _asks_for_all(config: pytest.Config) -> bool:
    """Say whether the command line asks for every test."""
    whole = {ROOT, ROOT / "tests"}
    paths = [(config.invocation_params.dir / path).resolve() for path in config.option.file_or_dir]
    named = all(path in whole for path in paths)
    from_root = bool(paths) or Path(config.invocation_params.dir).resolve() == ROOT
    return named and from_root and not any(getattr(config.option, name, None) for name in PARTIAL_OPTIONS)
