"""The real program on a real terminal: real bytes in, a real database changed, the terminal left as it was."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bench.catalog import build, environment

from modeltui import open_catalog
from tests.support.processes import environment_with, modeltui_argv, run_modeltui
from tests.support.terminal import Terminal

ENTER, ESC, DOWN = b"\r", b"\x1b", b"\x1b[B"
QUIET_SECONDS, IDLE_SECONDS = 0.5, 10
LONG = "model-00003"
LEAVES_ALTERNATE_SCREEN, SHOWS_CURSOR, MOUSE_OFF = b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1003l"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a catalog; the last of its models has a list of four."""
    asyncio.run(build(tmp_path, 4, 16))
    return tmp_path


@contextmanager
def screens(folder: Path, **changes: str | None) -> Iterator[Terminal]:
    """The screens over the folder's catalog."""
    with Terminal.start(modeltui_argv(), env=environment(folder) | changes, size=(80, 24)) as terminal:
        terminal.wait_for("model-00000")
        yield terminal


def saved_order(folder: Path) -> list[str]:
    """The names in the long list, read from the database's tables."""
    with sqlite3.connect(folder / "catalog.db") as connection:
        rows = connection.execute(
            "SELECT provider_config.name FROM attachment JOIN provider_config ON provider_config.id = "
            "provider_config_id JOIN model_config ON model_config.id = model_config_id "
            f"WHERE model_config.name = '{LONG}' ORDER BY priority"
        )
        return [name for (name,) in rows]


def test_reorders_with_real_bytes(folder: Path) -> None:
    first, second, third, fourth = saved_order(folder)

    with screens(folder) as terminal:
        terminal.send(b"G" + ENTER)
        terminal.wait_for(f"Models / {LONG} / lines")
        terminal.send(b"JJ")
        terminal.wait_for(f"{first} moved from 2 to 3")
        terminal.send(b"s")
        terminal.wait_until(lambda: "Save the lines" in terminal.text() or "saved: requests" in terminal.text(), "s")
        if "Save the lines" in terminal.text():
            terminal.send(b"y")
        terminal.wait_for("saved: requests for")
        terminal.send(b"q")
        terminal.wait_until_gone("/ lines")
        terminal.send(b"q")
        assert terminal.wait_exit() == 0
        assert bytes(terminal.raw).count(LEAVES_ALTERNATE_SCREEN) == 1

    assert saved_order(folder) == [second, third, first, fourth]


def test_a_place_typed_at_once_with_its_key(folder: Path) -> None:
    """As a macro sends it: no key is lost to what the one before brings up."""
    first, second, third, fourth = saved_order(folder)

    with screens(folder) as terminal:
        terminal.send(b"G" + ENTER)
        terminal.wait_for(f"Models / {LONG} / lines")
        terminal.send(b"m3" + ENTER + b"s")
        terminal.wait_until(lambda: "Save the lines" in terminal.text() or "saved: requests" in terminal.text(), "s")
        if "Save the lines" in terminal.text():
            terminal.send(b"y")
        terminal.wait_for("saved: requests for")

    assert saved_order(folder) == [second, third, first, fourth]


def test_the_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    with Terminal.start(modeltui_argv("demo"), env={"TMPDIR": str(tmp_path / "tmp")}, size=(80, 24)) as terminal:
        terminal.wait_for("claude-sonnet-4-5")
        assert "DEMO" in terminal.lines()[0]
        assert list((tmp_path / "tmp").iterdir()) != []
        terminal.send(b"2")
        terminal.wait_for("Providers 16")
        terminal.send(b"q")
        assert terminal.wait_exit() == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_demo_leaves_nothing_behind_when_it_is_ended(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    with Terminal.start(modeltui_argv("demo"), env={"TMPDIR": str(tmp_path / "tmp")}, size=(80, 24)) as terminal:
        terminal.wait_for("claude-sonnet-4-5")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == 128 + signal.SIGTERM
    assert list((tmp_path / "tmp").iterdir()) == []


def test_ended_in_the_middle_of_its_work(folder: Path) -> None:
    """No connection that is still open keeps the program alive."""
    with screens(folder) as terminal:
        terminal.send(b"r" * 40 + b"G" + ENTER)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == 128 + signal.SIGTERM


def test_an_idle_screen_sends_nothing(folder: Path) -> None:
    """Of all tests only this one looks at a length of time: nothing must come in it."""
    with screens(folder) as terminal:
        # With a cursor in a field, which blinks elsewhere.
        terminal.send(b"2 /prov")
        terminal.wait_for("filter prov")
        while select.select([terminal.process.fd], [], [], QUIET_SECONDS)[0]:
            terminal.wait_until(lambda: True, "what is still being drawn")
        before = terminal.bytes_received
        assert not select.select([terminal.process.fd], [], [], IDLE_SECONDS)[0]
        assert terminal.bytes_received == before


def test_escape_then_up_arriving_together_loses_nothing(folder: Path) -> None:
    before = saved_order(folder)

    with screens(folder) as terminal:
        terminal.send(b"G" + ENTER)
        terminal.wait_for("/ lines")
        terminal.send(b"J")
        terminal.wait_for("draft: 1 change")
        terminal.send(ESC + b"\x1b[A")
        terminal.wait_for("Leave with a draft?")
        assert "Keep editing" in terminal.text()
        terminal.send(ENTER)
        terminal.wait_until_gone("Leave with a draft?")
        terminal.wait_for("draft: 1 change")

    assert saved_order(folder) == before


def test_three_moves_at_once_are_three_places_and_ctrl_q_asks(folder: Path) -> None:
    """One write of the keyboard's bytes; the cursor goes with the line, and it is one change."""
    before = saved_order(folder)

    with screens(folder) as terminal:
        terminal.send(b"G" + ENTER)
        terminal.wait_for("/ lines")
        terminal.send(b"JJJ")
        terminal.wait_for(f"{before[0]} moved from 3 to 4")
        assert any(line.startswith(">  4   1 ") and before[0] in line for line in terminal.lines())
        terminal.wait_for("draft: 1 change")
        terminal.send(b"\x11")
        terminal.wait_for("Leave with a draft?")
        terminal.send(ESC)
        terminal.wait_until_gone("Leave with a draft?")
        terminal.send(b"KKK")
        terminal.wait_for("no changes")
        terminal.send(b"\x11")
        assert terminal.wait_exit() == 0

    assert saved_order(folder) == before


def test_a_paste_with_escape_sequences_is_never_keys(folder: Path) -> None:
    with screens(folder) as terminal:
        terminal.send(b"d")
        terminal.wait_for("Delete model-00000?")
        terminal.send(b"\x1b[200~a\x1b[31mzy\x1b[201~")
        terminal.wait_for("pasting works in fields only")
        assert "Delete model-00000?" in terminal.text()
        terminal.send(ESC)
        terminal.wait_until_gone("Delete model-00000?")

    async def names() -> list[str]:
        environ = environment(folder)
        async with open_catalog(environ["MODELTUI_DATABASE_URL"], environ=environ) as catalog:
            return [row.name for row in await catalog.models.list()]

    assert "model-00000" in asyncio.run(names())


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_signals_restore_the_terminal(folder: Path, number: signal.Signals) -> None:
    with screens(folder) as terminal:
        terminal.send(DOWN)
        terminal.wait_for("> model-00001")
        terminal.signal(number)

        assert terminal.wait_exit() == 128 + number
        assert all(code in terminal.raw for code in (LEAVES_ALTERNATE_SCREEN, SHOWS_CURSOR, MOUSE_OFF))


def test_a_line_that_hangs_up_ends_the_program(folder: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        modeltui_argv(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment_with(environment(folder)),
        start_new_session=True,
    ) as program:
        os.close(theirs)
        seen = b""
        while b"model-00000" not in seen:
            seen += os.read(ours, 65536)
        # Nobody is left to draw for: it ends by itself.
        os.close(ours)

        assert program.wait(timeout=30) == 128 + signal.SIGHUP


def test_ctrl_c_warns_then_quits(folder: Path) -> None:
    with screens(folder) as terminal:
        terminal.send(b"\x03")
        terminal.wait_for("press ctrl+c once more to quit")
        terminal.send(b"\x03")

        assert terminal.wait_exit() == 130


def test_suspended_and_back(folder: Path) -> None:
    with screens(folder) as terminal:
        terminal.send(b"\x1a")
        _, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        terminal.signal(signal.SIGCONT)
        terminal.send(DOWN)
        terminal.wait_for("> model-00001")


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {}])
def test_without_a_terminal_one_line_says_so(folder: Path, variables: dict[str, str]) -> None:
    done = run_modeltui(env=environment(folder) | variables)

    assert done.code == 2
    assert done.err.splitlines() == ["the screens need a terminal; see modeltui --help for the command line"]
    assert done.out == ""
