"""Wait for a state of the screen, never for time; and read the screen as words."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import pytest
from textual._context import visible_screen_stack
from textual.app import App, ScreenStackError
from textual.css.query import NoMatches
from textual.pilot import Pilot

TURNS = 3_000
LAST_RESORT_SECONDS = 30.0

Found = TypeVar("Found")


async def wait_for(pilot: Pilot[Any], predicate: Callable[[], Found], description: str) -> Found:
    """Let the application work until the predicate holds; return what it returned.

    A widget that isn't mounted yet counts as "not yet". The bounds only end a test that would hang: no test passes or
    fails by how long something took.
    """
    __tracebackhide__ = True
    deadline = time.monotonic() + LAST_RESORT_SECONDS
    trouble = ""
    for _ in range(TURNS):
        ended = not pilot.app.is_running
        if not ended:
            with suppress(ScreenStackError):  # it ended in this turn
                await pilot.pause()
        try:
            if found := predicate():
                return found
            trouble = ""
        except (NoMatches, ScreenStackError) as error:
            trouble = f" ({error})"
        if ended:
            pytest.fail(f"the application ended before: {description}")
        if time.monotonic() > deadline:
            break
    pytest.fail(f"never came: {description}{trouble}\n{screen_text(pilot.app)}")


async def wait_for_text(pilot: Pilot[Any], text: str) -> None:
    """Let the application work until the text is on the screen, whatever blanks align it."""
    __tracebackhide__ = True
    await wait_for(pilot, lambda: has_text(pilot.app, text), f"the text {text!r} on the screen")


async def wait_until_gone(pilot: Pilot[Any], text: str) -> None:
    """Let the application work until the text has left the screen."""
    __tracebackhide__ = True
    await wait_for(pilot, lambda: not has_text(pilot.app, text), f"the text {text!r} gone from the screen")


def screen_lines(app: App[Any]) -> list[str]:
    """Return the lines of the current screen as they would be seen, without blanks at their ends."""
    visible_screen_stack.set(app._background_screens)
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def screen_text(app: App[Any]) -> str:
    """Return the current screen in a frame, for messages."""
    return framed(screen_lines(app), app.size.width)


def framed(lines: list[str], width: int) -> str:
    """Draw a frame around lines of a screen, so that their place can be read in a message."""
    edge = "+" + "-" * width + "+"
    return "\n".join([edge, *(f"|{line}" for line in lines), edge])


def words(line: str) -> str:
    """Return a line with every run of blanks made one: what a row says, however it is aligned."""
    return " ".join(line.split())


def screen_words(app: App[Any]) -> list[str]:
    """Return the lines that hold anything, each in words."""
    return [words(line) for line in screen_lines(app) if line.strip()]


def has_text(app: App[Any], text: str) -> bool:
    """Say whether a line of the screen holds the text, whatever blanks align it."""
    wanted = words(text)
    return any(wanted in line for line in screen_words(app))


def row_words(app: App[Any], text: str) -> str:
    """Return the first line that holds the text, in words; fail with the screen if none does."""
    __tracebackhide__ = True
    wanted = words(text)
    for line in screen_words(app):
        if wanted in line:
            return line
    pytest.fail(f"no line holds {text!r}\n{screen_text(app)}")


def rows_between(app: App[Any], first: str, last: str) -> list[str]:
    """Return the lines, in words, after the one that holds `first` and before the next one that holds `last`."""
    __tracebackhide__ = True
    lines = screen_words(app)
    try:
        start = next(number for number, line in enumerate(lines) if words(first) in line)
        end = next(number for number, line in enumerate(lines) if number > start and words(last) in line)
    except StopIteration:
        pytest.fail(f"no lines between {first!r} and {last!r}\n{screen_text(app)}")
    return lines[start + 1 : end]


def cursor_row(app: App[Any]) -> str:
    """Return the line with the cursor sign `>` in its first cell, in words and without the sign."""
    __tracebackhide__ = True
    for line in screen_lines(app):
        if line.startswith(">"):
            return words(line[1:])
    pytest.fail(f"no line has the cursor\n{screen_text(app)}")
