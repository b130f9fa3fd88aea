"""Names that would steer the terminal, on every screen of the real program: what reaches it is ours alone."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from pathlib import Path

import pytest
from bench.catalog import build, environment

from modeltui.domain.text import name_key
from tests.support.processes import modeltui_argv
from tests.support.terminal import Terminal

ENTER, ESC, DOWN = b"\r", b"\x1b", b"\x1b[B"
# Each with a number that the program itself never uses, so that it can be told from its own sequences.
HOSTILE = (
    "\x1b[777m\x1b]0;777\x07\x1b]52;c;Nzc3\x07\x9b777mC1\x1bP777\x1b\\\x1bc\u202e\r\n[/][red]x[@click=app.quit]y[/]"
)
# What the program says of itself: styles, places, modes and queries, the pointer's shape, and what it copies.
OURS = re.compile(
    rb"\x1b\[[<=>?]?[0-9;:]*[$ ]?[a-zA-Z]|\x1b\]52;c;[A-Za-z0-9+/=]*\x07|\x1b\]22;[a-z]*\x07|\x1b[>=78]"
    rb"|\x1bP\+q[0-9a-f;]*\x1b\\"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalog whose every text says what the terminal is to do, written behind the services' back."""
    asyncio.run(build(tmp_path, 2, 4))
    with sqlite3.connect(tmp_path / "catalog.db") as connection:
        for table, name in (("provider_config", "provider-000"), ("model_config", "model-00000")):
            connection.execute(
                f"UPDATE {table} SET name = ?, name_key = ?, updated_by = ? WHERE name = ?",
                (f"a{HOSTILE}", name_key(f"a{HOSTILE}"), HOSTILE, name),
            )
        connection.execute("UPDATE provider_config SET base_url = ?", (f"https://{HOSTILE}",))
        connection.execute("UPDATE model_config SET model = ?", (HOSTILE,))
        connection.execute("UPDATE attachment SET upstream_model = ?", (HOSTILE,))
    return tmp_path


def test_no_byte_of_theirs_steers_the_terminal(folder: Path) -> None:
    variables = environment(folder) | {"USER": HOSTILE, "LOGNAME": HOSTILE}
    with Terminal.start(modeltui_argv(), env=variables, size=(80, 24)) as terminal:
        terminal.wait_for("Models 2")
        terminal.wait_for("[777m")

        def go(keys: bytes, *shown: str) -> None:
            terminal.send(keys)
            for text in shown:
                terminal.wait_for(text)

        def back(keys: bytes, *gone: str) -> None:
            terminal.send(keys)
            for text in gone:
                terminal.wait_until_gone(text)

        go(b" ", "1 marked")
        go(b"S", "Sort models")
        back(b"q", "Sort models")
        go(b"\\kd", "deleted", "Cancel")
        back(b"q", "Cancel")
        go(b"y", "Copy a")
        go(b"n", "sent to the terminal's clipboard")
        go(b":", "commands, models")
        go(b"777", "find 777", "model")
        back(ESC, "commands, models")
        go(b"/", "filter")
        go(b"777" + ENTER, "filter: 777")
        # Names are long: the end of line 2, which says where one is, may not fit.
        go(b"q" + ENTER, "# was PROVIDER")
        back(b"q", "# was PROVIDER")
        go(b"e", "nothing changed")
        back(ESC, "nothing changed")
        go(b"2", "Providers 4")
        go(b"t", "Cancel")
        back(b"q", "Cancel")
        go(b"w", "THEN AT")
        back(b"q", "THEN AT")
        go(b"e", "nothing changed")
        back(ESC, "nothing changed")
        go(b"3", "Doctor")
        go(ENTER, "Doctor /")
        go(b"!", "Log")
        back(b"q", "Log ")
        go(b"?", "Help")
        back(b"q", "Help")
        terminal.send(b"qq")
        assert terminal.wait_exit() == 0
        raw = bytes(terminal.raw)

    rest = OURS.sub(b"", raw)
    assert b"\x1b" not in rest, rest[max(0, rest.index(b"\x1b") - 40) :][:120]
    assert not re.search(rb"\x1b[^a-zA-Z]*777", raw)
    text = rest.decode()
    assert sorted({hex(ord(each)) for each in text if ord(each) in range(0x80, 0xA0)}) == []
    assert "\x07" not in text
    assert "\u202e" not in text
