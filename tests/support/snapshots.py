"""Snapshots of screens: `snapshots/<test module>/<test>.svg`, one file per picture, and none that no test uses.

    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for_text(pilot, "gpt-5")
        await snap(pilot)                 # snapshots/test_models/test_loaded.svg
        await snap(pilot, "filtered")     # snapshots/test_models/test_loaded-filtered.svg

`pytest --snapshot-update` accepts what is on the screen now: look at the picture first.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import pytest_textual_snapshot
from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import LoadingIndicator

from tests.support.isolation import REAL_HOST_NAME
from tests.support.svg import difference, lines_of

ROOT = Path(__file__).parents[2]
SNAPSHOTS = ROOT / "snapshots"
USED: set[str] = set()
"""The snapshots that tests of this process have compared, as paths below the snapshots folder."""

Snap = Callable[..., Awaitable[None]]


class ScreenSnapshot(pytest_textual_snapshot.SVGImageExtension):  # type: ignore[misc]
    """Keeps the plugin's SVGs in the one top-level folder, under names that need no quoting."""

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """Return the folder of a test module's snapshots."""
        return str(SNAPSHOTS / test_location.basename)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """Return the test's name, its parameters and the snapshot's own name or number, joined by hyphens."""
        name = plain_name(test_location.snapshot_name)
        return f"{name}-{plain_name(str(index))}" if index else name

    def serialize(self, *arguments: Any, **options: Any) -> Any:
        """Drop what isn't the screen: the id that hashes it, and web fonts, which would be fetched to show it."""
        svg = re.sub(r"[ \t]*@font-face \{.*?\}\n", "", super().serialize(*arguments, **options), flags=re.DOTALL)
        return "\n".join(line.rstrip() for line in svg.strip().split("\n")) + "\n"

    def _read_snapshot_data_from_location(self, *, snapshot_location: str, **options: Any) -> Any:
        USED.add(Path(snapshot_location).relative_to(SNAPSHOTS).as_posix())
        return super()._read_snapshot_data_from_location(snapshot_location=snapshot_location, **options)


class ReportWithoutEnvironment(pytest_textual_snapshot.SvgSnapshotDiff):  # type: ignore[misc]
    """The plugin's HTML report would print every variable of the environment, secrets too."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Keep what the plugin gives, but the environment."""
        super().__init__(*arguments, **{**options, "environment": {}})


def plain_name(name: str) -> str:
    """Return a name with everything but letters, digits, `_` and `.` made a hyphen."""
    return re.sub(r"[^\w.]+", "-", name).strip("-")


def adopt_plugin() -> None:
    """Make the plugin's own `snap_compare` use the same folder, and its report hold no environment."""
    pytest_textual_snapshot.SVGImageExtension = ScreenSnapshot
    pytest_textual_snapshot.SvgSnapshotDiff = ReportWithoutEnvironment


@pytest.fixture
def snap(snapshot: SnapshotAssertion, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Snap:
    """Return `await snap(pilot_or_app, name=None)`: compare the running application's screen with its snapshot."""
    location = PyTestLocation(request.node)
    taken: set[str] = set()

    async def compare(running: Pilot[Any] | App[Any], name: str | None = None) -> None:
        __tracebackhide__ = True
        if isinstance(running, Pilot):
            await running.pause()
            running = running.app
        index: SnapshotIndex = name or 0
        file = f"{ScreenSnapshot.get_snapshot_name(test_location=location, index=index)}.svg"
        if file in taken:
            pytest.fail(f"this test has taken {file} before: give each snapshot a name")
        taken.add(file)
        _refuse_what_moves(running)
        svg = running.export_screenshot(simplify=True)
        _refuse_what_differs_elsewhere(svg, tmp_path_factory)
        # A new assertion each time: an unnamed snapshot has no number, however many named ones came before it.
        accepted = snapshot.use_extension(ScreenSnapshot)(name=name)
        matched = accepted == svg
        if not matched:
            kept = tmp_path_factory.getbasetemp() / "failed-snapshots" / location.basename / file
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(ScreenSnapshot().serialize(svg), encoding="utf-8")
            pytest.fail(_what_differs(SNAPSHOTS / location.basename / file, kept), pytrace=False)

    return compare


def _refuse_what_moves(app: App[Any]) -> None:
    """Fail for what would make the picture a matter of luck, and an idle screen send bytes."""
    __tracebackhide__ = True
    if getattr(app.focused, "cursor_blink", False):
        pytest.fail(f"{app.focused!r} blinks: set cursor_blink = False")
    if any(widget.is_on_screen for widget in app.screen.query(LoadingIndicator)):
        pytest.fail("a LoadingIndicator moves: show a still text")


def _refuse_what_differs_elsewhere(svg: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Fail for text that would be another on the next machine, and for bytes that no terminal should get."""
    __tracebackhide__ = True
    try:
        ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        pytest.fail(f"the screen shows raw control characters: {error}")
    text = "\n".join(lines_of(svg))
    strangers = {"a temporary path": re.escape(str(tmp_path_factory.getbasetemp().parent))}
    if REAL_HOST_NAME != "localhost":
        strangers["this machine's name"] = rf"(?<![\w-]){re.escape(REAL_HOST_NAME)}(?![\w-])"
    for package in ("modeltui", "textual"):
        strangers[f"the version of {package}"] = rf"\b{re.escape(version(package))}\b"
    for what, pattern in strangers.items():
        if found := re.search(pattern, text):
            pytest.fail(f"the screen shows {what}, {found.group()!r}: it would be another elsewhere\n{text}")


def _what_differs(accepted: Path, kept: Path) -> str:
    """Return the message of a failed comparison."""
    now = kept.read_text(encoding="utf-8")
    named = accepted.relative_to(ROOT)
    if accepted.exists():
        told = f"{named} isn't what the screen shows; {difference(accepted.read_text(encoding='utf-8'), now)}"
    else:
        told = f"{named} doesn't exist; the screen shows:\n" + "\n".join(lines_of(now)).rstrip()
    return f"{told}\n\nnow: {kept}\nlook at it: python -m tests.support.picture {kept}\naccept it: --snapshot-update"
