"""Two real programs on two real terminals over one catalog: what is done on one appears on the other, in few bytes."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from bench.catalog import build, environment, model_name, provider_name

from modeltui import FileKey, ProviderUpdate, open_catalog
from tests.support.processes import modeltui_argv, run_modeltui
from tests.support.terminal import Terminal

SIZE = (80, 24)
CHANGED = "model-00006"
LEAVES_ALTERNATE_SCREEN, ENTERS_ALTERNATE_SCREEN = b"\x1b[?1049l", b"\x1b[?1049h"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a catalog."""
    asyncio.run(build(tmp_path, 10, 16))
    return tmp_path


@contextmanager
def screens(folder: Path) -> Iterator[Terminal]:
    """The screens over the folder's catalog, once they follow it."""
    with Terminal.start(modeltui_argv(), env=environment(folder), size=SIZE) as terminal:
        terminal.wait_for(f"> * {model_name(0)}")
        # What is read now was read after the following began.
        terminal.wait_until(lambda: _read_again(terminal), "the catalog open")
        yield terminal


def _read_again(terminal: Terminal) -> bool:
    if "not open yet" in terminal.text() or "read again" not in terminal.text():
        terminal.send(b"r")
    return "read again" in terminal.text()


def write(folder: Path, *statements: str) -> None:
    """Commit each statement by itself, as another program does."""
    with closing(sqlite3.connect(folder / "catalog.db", timeout=10, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_what_one_does_the_other_sees(folder: Path) -> None:
    with screens(folder) as one, screens(folder) as other:
        other.send(b"jj ")
        other.wait_for("1 marked: t d a x s y act on model-00002")
        other.wait_for("── model-00003")
        before = other.bytes_received
        one.send(b"G")
        one.wait_for(f"> {model_name(9)}")
        one.send(b"k" * 3 + b"t")
        one.wait_for(f"Turn {CHANGED} off?")
        one.send(b"y")
        one.wait_for(f"{CHANGED} is off")
        other.wait_for(f"{CHANGED} - off")
        other.wait_for("1 off")
        assert other.bytes_received - before < 1_024
        assert any(line.startswith(">   model-00003") for line in other.lines())
        assert any(line.startswith(" +  model-00002") for line in other.lines())
        other.send(b"u")
        other.wait_for("nothing of yours to undo")
        one.send(b"u")
        one.wait_for("Undo: ")
        one.send(b"y")
        other.wait_until_gone(f"{CHANGED} - off")


def test_a_provider_and_what_hangs_on_it(folder: Path) -> None:
    with screens(folder) as terminal:
        terminal.send(b"2")
        terminal.wait_for(f"── {provider_name(0)}")
        # Whatever is left of drawing the screen comes before these.
        for key, number in ((b"j", 1), (b"k", 0)):
            terminal.send(key)
            terminal.wait_for(f"> {provider_name(number)}")
            terminal.wait_for(f"── {provider_name(number)}")
        before = terminal.bytes_received
        done = run_modeltui("providers", "edit", provider_name(0), "--disable", env=environment(folder))
        assert done.code == 0, done.err
        terminal.wait_for(f"> {provider_name(0)} anthropic - off")
        terminal.wait_for("turning it on")
        assert terminal.bytes_received - before < 1_024


def test_suspended_and_back_catches_up_at_once(folder: Path) -> None:
    """All that was done meanwhile comes with the screen that is drawn anyway, or in one more frame."""
    with screens(folder) as terminal:
        drawn = suspended(terminal, lambda: None)
        terminal.wait_for(f"> * {model_name(0)}")

        def much() -> None:
            touch = "UPDATE model_config SET version = version + 1, enabled = {} WHERE name = '{}'"
            write(folder, *(touch.format(number % 2, CHANGED) for number in range(1, 102)))
            write(folder, touch.format(0, CHANGED))

        caught_up = suspended(terminal, much, f"{CHANGED} - off")
        assert caught_up < drawn + 1_024


def suspended(terminal: Terminal, meanwhile: Callable[[], None], shown: str = CHANGED) -> int:
    """Suspend the program, let something happen, let it go on; return how many bytes it has sent then."""
    left, entered = (terminal.raw.count(code) for code in (LEAVES_ALTERNATE_SCREEN, ENTERS_ALTERNATE_SCREEN))
    terminal.send(b"\x1a")
    terminal.wait_until(lambda: terminal.raw.count(LEAVES_ALTERNATE_SCREEN) > left, "the screens left")
    _, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    meanwhile()
    terminal.screen.erase_in_display(2)
    before = terminal.bytes_received
    terminal.signal(signal.SIGCONT)
    terminal.wait_until(lambda: terminal.raw.count(ENTERS_ALTERNATE_SCREEN) > entered, "the screens entered again")
    terminal.wait_for(shown)
    terminal.wait_for("quit")
    return terminal.bytes_received - before


def test_a_key_file_in_a_running_program(folder: Path) -> None:
    file = folder / "late.key"
    environ = environment(folder)

    async def use_file() -> None:
        async with open_catalog(environ["MODELTUI_DATABASE_URL"], environ=environ) as catalog:
            await catalog.providers.update(provider_name(0), ProviderUpdate(credential=FileKey(str(file))))

    asyncio.run(use_file())
    with screens(folder) as terminal:
        terminal.send(b"2")
        terminal.wait_for("✗ no file")
        file.write_text("sk-late")
        terminal.wait_for("✓ file late.key")
        file.unlink()
        terminal.wait_for("✗ no file")


def test_quitting_while_others_write(folder: Path) -> None:
    with screens(folder) as terminal:
        write(folder, *(["UPDATE model_config SET version = version + 1"] * 20))
        terminal.send(b"q")
        assert terminal.wait_exit() == 0
