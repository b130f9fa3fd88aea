"""The one registry of keys: hints, help, bindings, the README's table and `modeltui keys` all come from it.

It imports nothing of Textual but its Binding, and that only when a screen asks, so that the command line can print it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modeltui.tui.key_table import ACTIONS, CONTEXTS, FORMS, LISTS, Action

if TYPE_CHECKING:
    from textual.binding import Binding

__all__ = ["ACTIONS", "CONTEXTS", "FORMS", "LISTS", "Action", "action", "actions", "bindings", "hints", "table"]


def actions(context: str) -> Iterator[Action]:
    """The actions of one context, in the order of its hints."""
    return (action for action in ACTIONS if context in action.contexts)


def action(context: str, name: str) -> Action:
    """One action. Raises KeyError."""
    for candidate in actions(context):
        if candidate.id == name:
            return candidate
    raise KeyError(name)


def bindings(context: str) -> list[Binding]:
    """The bindings of a screen; those that a widget or Textual itself handles are left to them."""
    from textual.binding import Binding

    return [
        Binding(",".join(item.keys), f"act('{item.id}')", item.label, show=False)
        for item in actions(context)
        if not item.builtin and item.id != "number"
    ]


def hints(context: str, *, marked: bool = False) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The hints of a context, and the ones pinned to the right edge; with marks, what acts on them first."""
    shown = [item for item in actions(context) if item.hint and not item.pinned]
    if marked:
        shown.sort(key=lambda item: not (item.bulk or item.id == "unmark"))
    pinned = [item for item in actions(context) if item.pinned]
    return [(item.key_texts()[0], item.label) for item in shown], [(item.key_texts()[0], item.label) for item in pinned]


def table() -> list[tuple[str, str, str]]:
    """Every key as (screen, keys, what it does), for help, the README and `modeltui keys`."""
    return [(CONTEXTS[context], item.key_text(), item.what) for context in CONTEXTS for item in actions(context)]
