"""Copying a row: by the terminal's clipboard, always shown as well, and never a secret."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from bench.catalog import build, environment

from modeltui import StoredKey
from modeltui.tui.screens.copying import MOST_BYTES, capped, sent_words
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.widgets.text_lines import TextLines
from tests.services.builders import add_provider
from tests.services.stores import SqliteStore
from tests.support.processes import modeltui_argv, run_modeltui
from tests.support.snapshots import Snap
from tests.support.terminal import Terminal
from tests.support.wait import words
from tests.tui.driver import NARROW, WIDE, Room, open_room
from tests.tui.test_hostile_text import check

SMALL = (60, 15)
OSC_52 = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def shown(room: Room) -> list[str]:
    """Return what stands in the pane's place, in words, its title without its rule first."""
    pane = next(pane for pane in room.screen.query("#lower TextLines").results(TextLines) if pane.display)
    lines = [words(line) for line in pane.lines_as_text if line.strip()]
    return [lines[0].strip("─ "), *lines[1:]]


async def copy(room: Room, key: str) -> str:
    """Press `y` and an answer; return what the terminal was sent."""
    await room.press("y")
    await room.wait_until(lambda: room.screen.asking, "the question")
    await room.press(key)
    await room.settle()
    return room.app.clipboard


# What can be copied


async def test_the_question_says_what_each_answer_copies(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-5")
        identity = str(room.app.models_screen.model.id)  # type: ignore[union-attr]
        await room.ask("y", "Copy gpt-5?")
        assert room.question[1:] == [
            "name gpt-5",
            f"id {identity}",
            "JSON as `modeltui models show --json` prints it",
        ]
        await room.press("enter")
        await room.settle()
        assert room.app.clipboard == ""
        assert room.flash == ""


async def test_name_and_id_are_sent_and_shown_until_the_next_key(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-5")
        pane = room.pane
        assert await copy(room, "n") == "gpt-5"
        assert shown(room) == ["name of gpt-5", "gpt-5"]
        assert room.flash == "name of gpt-5 sent to the terminal's clipboard"
        await room.press("down")
        assert room.cursor.startswith("gpt-5-mini")
        assert room.flash == ""
        assert shown(room)[0].startswith("gpt-5-mini")
        await room.press("up")
        assert room.pane == pane
        identity = UUID(await copy(room, "i"))
        assert shown(room) == ["id of gpt-5", str(identity)]
        assert room.app.session.model(identity) is not None


async def test_typed_at_once(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.send("y", "n", "down")
        await room.settle()
        assert room.app.clipboard == "claude-sonnet-4-5"
        assert room.cursor.startswith("gpt-4.1")


async def test_the_json_is_that_of_the_command_line(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-5-nano")
        model = json.loads(await copy(room, "j"))
        await room.press("q", "2")
        await room.wait_for_place("Providers")
        await room.go_to_row("openai-us")
        provider = json.loads(await copy(room, "j"))
    env = {"MODELTUI_DATABASE_URL": store.url, **store.environ}
    for noun, name, copied in (("models", "gpt-5-nano", model), ("providers", "openai-us", provider)):
        done = run_modeltui(noun, "show", name, "--json", env=env)
        assert done.code == 0, done.err
        assert json.loads(done.out) == copied


async def test_a_stored_key_is_never_in_it(bare: SqliteStore) -> None:
    secret = "sk-very-secret-0123456789"
    async with bare.open() as catalog:
        row = await add_provider(catalog, "first", credential=StoredKey(secret))
    assert row.credential is not None
    async with open_room(bare) as room:
        await room.go_to_providers()
        for key in ("n", "i", "j"):
            assert secret not in await copy(room, key)
            assert secret not in room.text
            if room.screen.context == "copied":
                await room.press("q")
        assert json.loads(room.app.clipboard)["credential"]["fingerprint"] == row.credential.fingerprint
        assert not any(secret in said.text for said in room.app.session.log)


async def test_a_long_text_gets_a_page_with_every_line(store: SqliteStore) -> None:
    async with open_room(store, size=SMALL) as room:
        await room.go_to_row("gpt-5")
        copied = await copy(room, "j")
        await room.wait_for_place("Copied JSON of gpt-5")
        assert room.flash == "JSON of gpt-5 sent to the terminal's clipboard"
        read: list[str] = []
        await room.press("g")
        for _ in room.screen.query_one(RowList).keys:
            read.append(room.cursor)
            await room.press("down")
        assert json.loads("".join(read)) == json.loads(copied)
        await room.press("escape")
        await room.wait_for_place("Models")
        assert room.cursor.startswith("gpt-5 ")


async def test_the_provider_of_a_line_in_the_editor(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("J")
        await room.ask("y", "Copy openai-eu?")
        await room.press("n")
        await room.settle()
        assert room.app.clipboard == "openai-eu"
        assert room.place.endswith("draft: 1 change")


async def test_all_that_is_marked_one_a_line(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-5")
        await room.press("space", "space")
        await room.ask("y", "Copy 2 rows?")
        assert room.question[1] == "name gpt-5, gpt-5-mini"
        await room.press("n")
        await room.settle()
        assert room.app.clipboard == "gpt-5\ngpt-5-mini"
        assert shown(room) == ["name of 2 rows", "gpt-5", "gpt-5-mini"]
        assert [row["name"] for row in json.loads(await copy(room, "j"))] == ["gpt-5", "gpt-5-mini"]


async def test_where_there_is_nothing_it_says_so(bare: SqliteStore) -> None:
    async with open_room(bare) as room:
        await room.press("y")
        assert room.flash == "there is nothing here to copy"


async def test_read_only_copies_too(store: SqliteStore) -> None:
    async with open_room(store, read_only=True) as room:
        assert await copy(room, "n") == "claude-sonnet-4-5"


# What becomes of it


def test_no_more_than_a_terminal_takes() -> None:
    lines = ["x" * 99 for _ in range(1_000)]
    copied = capped(lines)
    sent = len(base64.b64encode(copied.text.encode()))
    assert sent <= MOST_BYTES
    assert len(base64.b64encode(f"{copied.text}\n{lines[0]}".encode())) > MOST_BYTES
    assert len(copied.lines) == 1_000
    assert sent_words("name of 1000 rows", copied, in_tmux=False) == (
        f"name of 1000 rows: only {copied.sent} of 1,000 lines sent to the terminal's clipboard,"
        " which takes 74,994 bytes; all is shown"
    )


def test_one_line_that_is_too_long_is_not_sent() -> None:
    copied = capped(["模" * 30_000])
    assert copied.sent == 0
    assert "nothing was sent" in sent_words("name of m", copied, in_tmux=True)


def test_what_just_fits_is_sent_whole() -> None:
    text = "x" * (MOST_BYTES // 4 * 3)
    assert capped([text]).sent == 1
    assert capped([text + "x"]).sent == 0


async def test_in_tmux_it_says_what_tmux_needs(store: SqliteStore) -> None:
    store.environ["TMUX"] = "/tmp/tmux-0/default,1,0"
    async with open_room(store) as room:
        await copy(room, "n")
        assert room.flash == (
            "name of claude-sonnet-4-5 sent to the terminal's clipboard; tmux needs `set -s set-clipboard on`"
        )


async def test_a_hostile_name_is_literal(bare: SqliteStore) -> None:
    from tests.tui.test_hostile_text import hostile

    name = "[/]\x1b]0;title\x07 [red]x\u202e"
    await hostile(bare, name)
    async with open_room(bare, size=NARROW) as room:
        row = next(row for row in room.app.session.rows.models if row.name == name)
        room.app.models_screen.rows.move_cursor(row.id)
        for key in ("n", "j"):
            await room.press("y")
            await room.wait_until(lambda: room.screen.asking, "the question")
            check(room)
            await room.press(key)
            await room.settle()
            check(room)
            assert not any(character in room.app.clipboard for character in "\x1b\x07\u202e")
        assert json.loads(room.app.clipboard)["name"] == name


def test_the_bytes_that_a_terminal_gets(tmp_path: Path) -> None:
    asyncio.run(build(tmp_path, 4, 4))
    with Terminal.start(modeltui_argv(), env=environment(tmp_path), size=(80, 24)) as terminal:
        terminal.wait_for("> * model-00000")
        terminal.send(b"yn")
        terminal.wait_for("name of model-00000 sent to the terminal's clipboard")
        assert [base64.b64decode(sent) for sent in OSC_52.findall(bytes(terminal.raw))] == [b"model-00000"]
        terminal.send(b"yj")
        terminal.wait_for("JSON of model-00000 sent")
        name, row = (base64.b64decode(sent) for sent in OSC_52.findall(bytes(terminal.raw)))
        found: dict[str, Any] = json.loads(row)
        assert found["name"] == "model-00000"
        assert name == b"model-00000"


# How it looks


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL], ids=["120x40", "80x24", "60x15"])
async def test_copied(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await room.go_to_row("gpt-5")
        await copy(room, "n")
        assert shown(room) == ["name of gpt-5", "gpt-5"]
        await snap(room.pilot)
