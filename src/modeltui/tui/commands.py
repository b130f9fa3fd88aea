"""What the command palette offers: the actions of a screen, places, themes, and every model and provider by name."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from modeltui.domain.records import Rows
from modeltui.domain.text import name_key
from modeltui.tui import keys
from modeltui.tui.key_table import VIEWS

SHOWN = 200
"""So many models and providers are listed; whoever wants another one types on."""


class Kind(StrEnum):
    """What choosing a command does."""

    KEY = "key"
    GO = "go"
    OPEN = "open"
    THEME = "theme"
    QUIT = "quit"
    MODEL = "model"
    PROVIDER = "provider"


class Command(NamedTuple):
    """One thing that can be chosen.

    `id` is the action, the place, the theme or the row's id. `note` is what stands beside the text: the key as
    people write it, or what a row is. A command of a key has that `key`, and `direct` where the screen itself can
    do it without the key. `words` are found as well, though not shown.
    """

    kind: Kind
    id: object
    text: str
    note: str = ""
    words: str = ""
    key: str = ""
    direct: bool = False


def actions_of(context: str) -> list[Command]:
    """The actions of a screen, each done as its key does it; moving about is no command."""
    return [
        Command(Kind.KEY, item.id, item.what, item.key_texts()[0], item.label, item.keys[0], not item.builtin)
        for item in keys.actions(context)
        if item.hint and item.id != "palette" and _can_be_pressed(item, context)
    ]


def elsewhere(known: Sequence[Command], themes: Sequence[str]) -> list[Command]:
    """What is there on every screen: the views, the log, the themes, the end; not what is `known` already."""
    own = {command.id for command in known}
    views = [Command(Kind.GO, view, keys.action("models", view).what, words=view) for view in VIEWS]
    every = [
        *views,
        Command(Kind.OPEN, "log", keys.action("models", "log").what, words="log"),
        *(Command(Kind.THEME, theme, f"theme {theme}") for theme in themes),
        Command(Kind.QUIT, "quit", "quit; asks if something isn't saved", "ctrl+q", "quit"),
    ]
    return [command for command in every if command.id not in own]


def _can_be_pressed(item: keys.Action, context: str) -> bool:
    """Whether a key does the same wherever the cursor is; those of a form's fields don't."""
    return not item.builtin or (context not in keys.FORMS and (item.keys[0] == "enter" or len(item.keys[0]) == 1))


class Finder:
    """Looks through the commands of one moment; the names of ten thousand rows are prepared at the first letter."""

    def __init__(self, commands: Sequence[Command], rows: Rows) -> None:
        self._rows = rows
        self._commands = [(command, name_key(f"{command.words} {command.text}")) for command in commands]
        self._names: list[str] | None = None

    def find(self, text: str) -> tuple[list[Command], int]:
        """The commands that hold every word, and how many more models and providers match than are listed.

        What is named exactly comes first, then commands, then models and providers; among each, those that begin
        with the text before the others.
        """
        wanted = " ".join(name_key(text).split())
        if not wanted:
            return [command for command, _ in self._commands], 0
        words = wanted.split()
        found = [command for command, hay in self._commands if all(word in hay for word in words)]
        commands = sorted(found, key=lambda command: _rank(command, wanted))
        exact, starting, rest = self._matching(wanted, words)
        targets = [self._target(place) for place in [*exact, *starting, *rest][:SHOWN]]
        more = len(exact) + len(starting) + len(rest) - len(targets)
        return [*targets[: len(exact)], *commands, *targets[len(exact) :]], more

    def _matching(self, wanted: str, words: Sequence[str]) -> tuple[list[int], list[int], list[int]]:
        if self._names is None:
            rows = self._rows
            self._names = [
                name_key(name) for name in (*(row.name for row in rows.models), *(row.name for row in rows.providers))
            ]
        names = self._names
        places: Sequence[int] = range(len(names))
        for word in words:
            places = [place for place in places if word in names[place]]
        exact = [place for place in places if names[place] == wanted]
        starting = [place for place in places if names[place].startswith(wanted) and names[place] != wanted]
        rest = [place for place in places if not names[place].startswith(wanted)]
        return exact, starting, rest

    def _target(self, place: int) -> Command:
        models = self._rows.models
        if place < len(models):
            return Command(Kind.MODEL, models[place].id, models[place].name, "model")
        provider = self._rows.providers[place - len(models)]
        return Command(Kind.PROVIDER, provider.id, provider.name, "provider")


def _rank(command: Command, wanted: str) -> int:
    """How well a command is named by a text: 0 exactly, 1 where one of its names begins so, else 2."""
    names = (name_key(command.words), name_key(command.text))
    return 0 if wanted in names else 1 if any(name.startswith(wanted) for name in names) else 2
