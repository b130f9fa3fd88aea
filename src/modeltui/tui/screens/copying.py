"""Copying what the cursor or the marks are on: asked for in the pane, sent to the terminal, and always shown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from modeltui.domain.rows import ModelRow
from modeltui.json_form import json_text
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.text import clean
from modeltui.tui.widgets.question import Choice, Question

if TYPE_CHECKING:
    from modeltui.tui.screens.frame import Frame
    from modeltui.tui.screens.working import AnyRow

MOST_BYTES = 74_994
"""What terminals take in one piece, in base64."""
NAMES_SHOWN = 5
CHOICES = (
    Choice("cancel", "Cancel"),
    Choice("name", "name", "n"),
    Choice("id", "id", "i"),
    Choice("json", "JSON", "j"),
)


class Copied(NamedTuple):
    """A text to copy, line by line, and how many of its lines a terminal takes."""

    lines: tuple[str, ...]
    sent: int

    @property
    def text(self) -> str:
        """What is sent."""
        return "\n".join(self.lines[: self.sent])


async def copy_rows(screen: Frame, rows: Sequence[AnyRow]) -> None:
    """Asks what of the rows is wanted, and copies it. Only to be awaited in queued work."""
    what = rows[0].name if len(rows) == 1 else f"{len(rows)} rows"
    title = spans("Copy ", Cell(what, Tone.STRONG), "?")
    answer = await screen.ask(Question(title, _offered(rows), CHOICES), keep_typed=True)
    if answer.choice != "cancel":
        if answer.choice == "json":
            # A name or id is copied as it stands in the question; of the rest nothing was shown.
            rows = screen.session.latest(rows)
        label = next(choice.label for choice in CHOICES if choice.id == answer.choice)
        # The JSON of thousands of rows takes a second, in which the screen goes on.
        copied = await asyncio.to_thread(as_copied, rows, answer.choice)
        show_copied(screen, f"{label} of {what}", copied)


def _offered(rows: Sequence[AnyRow]) -> list[Spans]:
    """What each answer would copy."""
    noun = "models" if isinstance(rows[0], ModelRow) else "providers"
    if len(rows) == 1:
        command = f"as `modeltui {noun} show --json` prints it"
        words = (rows[0].name, str(rows[0].id), command)
    else:
        words = (
            ", ".join(row.name for row in rows[:NAMES_SHOWN]),
            "one a line",
            f"as `modeltui {noun} list --json` prints it",
        )
        if len(rows) > NAMES_SHOWN:
            words = (f"{words[0]} and {len(rows) - NAMES_SHOWN} more", *words[1:])
    labels = (" name  ", " id    ", " JSON  ")
    return [spans(Cell(label, Tone.MUTED), word) for label, word in zip(labels, words, strict=True)]


def as_copied(rows: Sequence[AnyRow], choice: str) -> Copied:
    """Names or ids one a line, or JSON as the command line prints it: one row alone, several as an array."""
    if choice == "json":
        # In ASCII, so that a row's name can't do anything where it is put in.
        lines = json_text(rows[0] if len(rows) == 1 else rows).split("\n")
    else:
        lines = [clean(str(row.id) if choice == "id" else row.name) for row in rows]
    return capped(lines)


def capped(lines: Sequence[str], most: int = MOST_BYTES) -> Copied:
    """The text with as many of its lines, from the first, as fit into so many bytes of base64."""
    room, sent = most // 4 * 3, 0
    for line in lines:
        # Line breaks stand between lines only.
        room -= len(line.encode()) + (1 if sent else 0)
        if room < 0:
            break
        sent += 1
    return Copied(tuple(lines), sent)


def show_copied(screen: Frame, title: str, copied: Copied) -> None:
    """Sends the text to the terminal's clipboard, and shows all of it: in the pane until the next key, or on a page."""
    if copied.sent:
        screen.room.copy_to_clipboard(copied.text)
    said = sent_words(title, copied, in_tmux="TMUX" in screen.session.environ)
    may_fit = len(copied.lines) < screen.query_one("#lower").size.height
    if may_fit and screen.show_for_now(title, [spans(f" {line}") for line in copied.lines]):
        screen.flash(said)
    else:
        screen.room.show_copied(title, copied.lines, said)


def sent_words(what: str, copied: Copied, *, in_tmux: bool) -> str:
    """What became of it. Whether the terminal took it can't be known."""
    if not copied.sent:
        return f"{what}: too long for a terminal's clipboard ({MOST_BYTES:,} bytes); nothing was sent, but all is shown"
    said = f"{what} sent to the terminal's clipboard"
    if copied.sent < len(copied.lines):
        said = (
            f"{what}: only {copied.sent:,} of {len(copied.lines):,} lines sent to the terminal's clipboard,"
            f" which takes {MOST_BYTES:,} bytes; all is shown"
        )
    return f"{said}; tmux needs `set -s set-clipboard on`" if in_tmux else said
