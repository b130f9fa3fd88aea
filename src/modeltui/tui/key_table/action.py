"""What one thing that a key does is, and the contexts that it counts in."""

from __future__ import annotations

from typing import NamedTuple

CONTEXTS = {
    "models": "Models",
    "providers": "Providers",
    "doctor": "Doctor",
    "what_if": "What if",
    "lines": "Attachment editor",
    "conflict": "Conflict",
    "form": "Forms",
    "form_lines": "Line list of a new model",
    "offers": "Offers from the environment",
    "picker": "Pickers",
    "question": "Questions",
    "filter": "While a filter is typed",
    "palette": "Commands",
    "help": "Help",
    "log": "Log of messages",
    "copied": "What was copied",
    "text": "Text fields",
    "anywhere": "Everywhere",
}
LISTS = ("models", "providers")
# The screens that a digit goes to.
VIEWS = (*LISTS, "doctor")
MOVING = (*VIEWS, "what_if", "lines")
LINE_LISTS = ("lines", "form_lines")
FORMS = ("form", "form_lines")
# What is read and not acted on.
PAGES = ("help", "log", "copied")
READABLE = (*MOVING, "picker", *PAGES)


class Action(NamedTuple):
    """One thing that a key does.

    `writes` marks what a read-only catalog refuses, `danger` what takes something away, `builtin` what a
    widget handles by itself, `bulk` what acts on all marked rows where there are any.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    what: str
    contexts: tuple[str, ...]
    writes: bool = False
    danger: bool = False
    pinned: bool = False
    hint: bool = True
    builtin: bool = False
    bulk: bool = False

    def key_texts(self) -> list[str]:
        """The keys as people write them, without the second spelling that some terminals use."""
        return [_SPELLED.get(key, key) for key in self.keys if not (key.startswith("shift+") and len(key) == 7)]

    def key_text(self) -> str:
        """All the keys in one text."""
        return " ".join(self.key_texts())


_SPELLED = {
    "asterisk": "*",
    "slash": "/",
    "question_mark": "?",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "backslash": "\\",
    "colon": ":",
    "exclamation_mark": "!",
    "escape": "esc",
    "pageup": "page up",
    "pagedown": "page down",
}
