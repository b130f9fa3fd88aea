"""Questions and answers at a terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import threading
from io import StringIO

import pytest

from modeltui import Catalog, EnvKey, Family, ProviderCreate
from modeltui.cli.runner import confirm
from tests.cli.shell import SQLITE_ONLY, Shell
from tests.support.terminal import LAST_RESORT_SECONDS


@SQLITE_ONLY
@pytest.mark.parametrize(("answer", "code"), [(b"\r", 1), (b"n\r", 1), (b"\x04", 1), (b"\x03", 130)])
def test_delete_asks_and_no_answer_but_yes_does_it(shell: Shell, answer: bytes, code: int) -> None:
    """Enter, no, end of input and ctrl+c leave everything as it was."""
    with shell.terminal("providers", "delete", "openai-us") as terminal:
        terminal.wait_for("Delete provider openai-us? [y/N]")
        assert "gpt-5-mini: openai-us → deleted" in terminal.text()
        terminal.send(answer)
        assert terminal.wait_exit() == code
    assert shell.order("gpt-5-mini") == ["openai-us"]


def test_yes_deletes(shell: Shell) -> None:
    """A model, with the default that follows said before."""
    with shell.terminal("models", "delete", "gpt-5") as terminal:
        terminal.wait_for("Delete model gpt-5? [y/N]")
        assert "unnamed requests: gpt-5 → gpt-5-mini" in terminal.text()
        terminal.send(b"y\r")
        assert terminal.wait_exit() == 0
        assert "deleted model gpt-5" in terminal.text()
    assert shell.quick("resolve", "--json").json["model_name"] == "gpt-5-mini"


def test_what_changed_while_asking_is_not_done(shell: Shell) -> None:
    """The impact that was shown no longer holds: refused, and the new state is there to look at."""
    with shell.terminal("providers", "delete", "openai-us") as terminal:
        terminal.wait_for("Delete provider openai-us? [y/N]")
        shell.inside(lambda catalog: catalog.models.attach("gpt-5-mini", "openai-apac"))
        terminal.send(b"y\r")
        assert terminal.wait_exit() == 1
        assert "now it would be: 2 models move to openai-apac" in terminal.text()
    assert shell.order("gpt-5-mini") == ["openai-us", "openai-apac"]


@SQLITE_ONLY
def test_what_was_deleted_while_asking_is_told_by_its_name(shell: Shell) -> None:
    """Its id says nothing to who gave a name; one made anew under that name is left alone."""

    async def make_anew(catalog: Catalog) -> None:
        await catalog.providers.delete("vllm")
        await catalog.providers.create(ProviderCreate(family=Family.OPENAI, name="vllm", credential=EnvKey("KEY")))

    with shell.terminal("providers", "delete", "vllm") as terminal:
        terminal.wait_for("Delete provider vllm? [y/N]")
        shell.inside(make_anew)
        terminal.send(b"y\r")
        assert terminal.wait_exit() == 1
        assert "modeltui: provider vllm was deleted meanwhile" in terminal.text()
    assert shell.quick("providers", "show", "vllm", "--json").json["family"] == "openai"


@SQLITE_ONLY
def test_downgrade_asks(shell: Shell) -> None:
    """What is lost is said before."""
    with shell.terminal("db", "downgrade", "0001") as terminal:
        terminal.wait_for("Go back? [y/N]")
        assert "loses 7 lines of priority lists" in terminal.text()
        terminal.send(b"no\r")
        assert terminal.wait_exit() == 1
    assert shell.quick("db", "current", "--json").json["revision"] == "0003"


def test_what_was_added_while_asking_is_not_lost_by_a_downgrade(shell: Shell) -> None:
    """More would be lost than was said: refused, and said anew when it is asked for again."""
    with shell.terminal("db", "downgrade", "0001") as terminal:
        terminal.wait_for("Go back? [y/N]")
        shell.inside(lambda catalog: catalog.models.attach("gpt-5-mini", "openai-apac"))
        terminal.send(b"y\r")
        assert terminal.wait_exit() == 1
        assert "nothing was changed: the database was changed meanwhile" in terminal.text()
    assert shell.order("gpt-5-mini") == ["openai-us", "openai-apac"]
    assert "loses 8 lines of priority lists" in shell.quick("db", "downgrade", "0001", "--yes").err


@SQLITE_ONLY
def test_an_api_key_is_asked_for_without_echo(shell: Shell) -> None:
    """At a terminal it is typed, and nothing of it is shown."""
    with shell.terminal("providers", "add", "typed", "--family", "openai", "--api-key-stdin") as terminal:
        terminal.wait_for("API key (not shown):")
        terminal.send(b"sk-typed-secret\r")
        assert terminal.wait_exit() == 0
        assert b"sk-typed" not in terminal.raw
    shell.quick("models", "add", "typed-model", "--provider", "typed", "--context-limit", "1")
    assert shell.quick("resolve", "typed-model", "--show-key", "--json").json["api_key"] == "sk-typed-secret"


@SQLITE_ONLY
def test_keys_shows_what_the_terminal_sends(bare: Shell) -> None:
    """Bytes, letters, and the key they usually mean; q twice ends it."""
    with bare.terminal("keys") as terminal:
        terminal.wait_for("q twice or ctrl+c ends")
        for pressed, shown in (
            (b"\x1b[1;2A", "1b 5b 31 3b 32 41 ESC [ 1 ; 2 A shift+up"),
            (b"\x13", "13 ^S ctrl+s"),
            ("é".encode(), "c3 a9 c3 a9 é"),
            (b"q", "71 q q"),
        ):
            terminal.send(pressed)
            terminal.wait_for(shown)
        terminal.send(b"q")
        assert terminal.wait_exit() == 0


@SQLITE_ONLY
def test_an_interrupt_ends_quietly(shell: Shell) -> None:
    """SIGINT gives exit code 130 and no traceback."""
    with shell.terminal("models", "delete", "gpt-5") as terminal:
        terminal.wait_for("[y/N]")
        terminal.signal(signal.SIGINT)
        assert terminal.wait_exit() == 130
        assert "Traceback" not in terminal.text()


def test_an_answer_that_comes_as_soon_as_the_question_is_there_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So programs answer that wait for the question; only what was typed before it is thrown away."""
    keyboard, terminal = pty.openpty()
    # Without an answer the question would wait for ever; the end of the keyboard ends it.
    end = threading.Timer(LAST_RESORT_SECONDS, os.close, [keyboard])
    end.start()

    class Quick(StringIO):
        def flush(self) -> None:
            os.write(keyboard, b"y\r")

    os.write(keyboard, b"n\r")
    with os.fdopen(terminal) as stdin:
        assert select.select([stdin], [], [], LAST_RESORT_SECONDS)[0]
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys, "stderr", Quick())
        confirm("Sure?")
    end.cancel()
    os.close(keyboard)
