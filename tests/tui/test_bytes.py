"""What a key press costs on the wire, with the real program on a real terminal, against a bare DataTable there."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean

import pytest
from bench.catalog import build, environment, model_name, provider_name

from tests.services.stores import SqliteStore
from tests.support.processes import modeltui_argv, run_modeltui
from tests.support.terminal import Terminal
from tests.tui.driver import open_room

BARE_TABLE = Path(__file__).parents[2] / "bench" / "reference_table.py"
ROWS, SCROLLED = 120, 100
DOWN, UP = b"\x1b[B", b"\x1b[A"
MOVE_MOUSE = [b"\x1b[<35;%d;%dM" % (x, 10) for x in range(10, 30)]


@pytest.fixture(scope="module")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a catalog of many providers and models."""
    folder = tmp_path_factory.mktemp("many")
    asyncio.run(build(folder, ROWS, ROWS))
    return folder


@contextmanager
def screens(filled_folder: Path, tmp_path: Path) -> Iterator[Terminal]:
    """The screens over a copy of the catalog, once it is open."""
    folder = tmp_path / "catalog"
    shutil.copytree(filled_folder, folder)
    with Terminal.start(modeltui_argv(), env=environment(folder)) as terminal:
        terminal.wait_for(f"> * {model_name(0)}")
        wait_until_open(terminal)
        yield terminal


def wait_until_open(terminal: Terminal) -> None:
    """Ask for another reading until there is one; a key that does nothing takes each refusal off the screen."""
    too_early, done = "not open yet", "read again"
    while done not in terminal.text():
        terminal.send(b"r")
        terminal.wait_until(lambda: too_early in terminal.text() or done in terminal.text(), "an answer to r")
        if too_early in terminal.text():
            terminal.send(UP)
            terminal.wait_until_gone(too_early)


@contextmanager
def providers(filled_folder: Path, tmp_path: Path) -> Iterator[Terminal]:
    """The screens on Providers."""
    with screens(filled_folder, tmp_path) as terminal:
        terminal.send(b"2")
        terminal.wait_for(f"> {provider_name(0)}")
        terminal.wait_for(f"── {provider_name(0)}")
        yield terminal


def sent_for(terminal: Terminal, keys: bytes, *shown: str) -> int:
    """Press keys, wait until their answer is complete, and return how many bytes it had."""
    before = terminal.bytes_received
    terminal.send(keys)
    for text in shown:
        terminal.wait_for(text)
    return terminal.bytes_received - before


def step(terminal: Terminal, keys: bytes, name: str) -> int:
    """Press an arrow that brings the cursor to a row; the pane, which is drawn last, follows it."""
    return sent_for(terminal, keys, f"> {name}", f"── {name}")


def test_steps_on_providers(filled_folder: Path, tmp_path: Path) -> None:
    with providers(filled_folder, tmp_path) as terminal:
        in_page = [step(terminal, DOWN, provider_name(number)) for number in range(1, 31)]
        onwards = [step(terminal, DOWN, provider_name(number)) for number in range(31, SCROLLED + 1)]
    assert mean(in_page) <= 434
    with Terminal.start([sys.executable, str(BARE_TABLE), str(ROWS)]) as table:
        table.wait_for(model_name(30))
        bare = [sent_by_bare_table(table) for _ in range(SCROLLED)]
    assert mean(in_page) <= 0.5 * mean(bare[:30])
    assert mean(in_page + onwards) <= 0.1 * mean(bare)


def sent_by_bare_table(table: Terminal) -> int:
    """Press the arrow in the bare table. Nothing in words tells when its answer is complete, so this may be less."""
    before = table.bytes_received
    table.send(DOWN)
    table.wait_until(lambda: table.bytes_received > before, "a frame")
    return table.bytes_received - before


def test_steps_on_models(filled_folder: Path, tmp_path: Path) -> None:
    with screens(filled_folder, tmp_path) as terminal:
        in_page = [step(terminal, DOWN, model_name(number)) for number in range(1, 31)]
    assert max(in_page) <= 1_024


def test_marking_a_row(filled_folder: Path, tmp_path: Path) -> None:
    """The mark, the step, what is marked and the pane of the next row; the first mark also changes the hints."""
    with screens(filled_folder, tmp_path) as terminal:
        sent = []
        for number in range(1, 11):
            name = model_name(number)
            sent.append(sent_for(terminal, b" ", f"{number} marked: t d a x s", f"> {name}", f"── {name}"))
    assert max(sent) <= 1_024


def test_moving_a_line(filled_folder: Path, tmp_path: Path) -> None:
    with screens(filled_folder, tmp_path) as terminal:
        for number in range(1, 4):
            step(terminal, DOWN, model_name(number))
        terminal.send(b"\r")
        terminal.wait_for("> 1 1 provider-003")
        # Whatever is left of drawing the screen comes with or before the next frame.
        sent_for(terminal, DOWN, "> 2 2 provider-004")
        sent_for(terminal, UP, "> 1 1 provider-003")
        moves = [
            sent_for(terminal, b"J", f"> {place} 1 provider-003", f"provider-003 moved from {place - 1} to {place}")
            for place in (2, 3, 4)
        ]
    with Terminal.start([sys.executable, str(BARE_TABLE), str(ROWS)]) as table:
        table.wait_for(model_name(30))
        before = table.bytes_received
        table.send(b"J")
        table.wait_until(lambda: first_rows(table) == [model_name(1), model_name(0)], "the first two rows swapped")
        bare = table.bytes_received - before
    assert mean(moves) <= 0.05 * bare


def test_one_changed_cell(filled_folder: Path, tmp_path: Path) -> None:
    """Somebody else turns a provider off, and it appears: its line, the counts and the pane beside it."""
    with providers(filled_folder, tmp_path) as terminal:
        name = provider_name(0)
        sent_for(terminal, b"r", "read again")
        before = terminal.bytes_received
        edit = run_modeltui("providers", "edit", name, "--disable", env=environment(tmp_path / "catalog"))
        assert edit.code == 0, edit.err
        terminal.wait_for(f"> {name} - off")
        terminal.wait_for("turning it on")
        assert terminal.bytes_received - before < 1_024
        # Models lies below and isn't drawn meanwhile, but whole when one goes back.
        sent_for(terminal, b"1", f"> * {model_name(0)} ✗ dark")


def first_rows(table: Terminal) -> list[str]:
    return [line.split()[0] for line in table.lines()[1:3]]


def test_asking_before_harm(filled_folder: Path, tmp_path: Path) -> None:
    with providers(filled_folder, tmp_path) as terminal:
        step(terminal, DOWN, provider_name(1))
        step(terminal, UP, provider_name(0))
        assert sent_for(terminal, b"t", f"Turn {provider_name(0)} off?", "[> Cancel ]") < 4_096
        assert sent_for(terminal, b"\x1b", f"── {provider_name(0)}") < 4_096


def test_opening_the_palette(filled_folder: Path, tmp_path: Path) -> None:
    with screens(filled_folder, tmp_path) as terminal:
        step(terminal, DOWN, model_name(1))
        assert sent_for(terminal, b":", "commands, models and providers", "open the model's priority list") < 8_192
        assert sent_for(terminal, b"\x1b", f"── {model_name(1)}") < 8_192


def test_moving_the_mouse_sends_nothing(filled_folder: Path, tmp_path: Path) -> None:
    with providers(filled_folder, tmp_path) as terminal:
        there = [step(terminal, DOWN, provider_name(1))]
        step(terminal, UP, provider_name(0))
        there.append(step(terminal, DOWN, provider_name(1)))
        step(terminal, UP, provider_name(0))
        for move in MOVE_MOUSE:
            terminal.send(move)
        # Whatever the mouse had caused would come before this step.
        there.append(step(terminal, DOWN, provider_name(1)))
    assert len(set(there[1:])) == 1


async def test_no_timer_runs_while_nothing_happens(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("2", "down", "1")
        ticking = [
            timer for node in (room.app, *room.app._registry) for timer in node._timers if timer._active.is_set()
        ]
        assert ticking == []
