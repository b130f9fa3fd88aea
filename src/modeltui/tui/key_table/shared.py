"""The keys that many screens share: moving, copying, the palette, help, and the ways back."""

from __future__ import annotations

from modeltui.tui.key_table.action import FORMS, LISTS, MOVING, PAGES, READABLE, VIEWS, Action

SHARED_KEYS: tuple[Action, ...] = (
    Action("cursor", ("up", "down", "j", "k"), "move", "move the cursor", READABLE, hint=False, builtin=True),
    Action(
        "ends",
        ("g", "G", "home", "end"),
        "ends",
        "go to the first or last row",
        READABLE,
        hint=False,
        builtin=True,
    ),
    Action("pages", ("pageup", "pagedown"), "pages", "go a page up or down", READABLE, hint=False, builtin=True),
    Action(
        "copy", ("y",), "copy", "copy the name, id or JSON of the row, or of all that are marked", MOVING, bulk=True
    ),
    Action(
        "palette",
        ("colon", "ctrl+p"),
        "commands",
        "find any action, model or provider by typing a part of its name",
        (*MOVING, "offers"),
    ),
    Action(
        "palette",
        ("ctrl+p", "colon"),
        "commands",
        "find any action, model or provider; also help (: outside a text field)",
        FORMS,
    ),
    Action("log", ("exclamation_mark",), "log", "show every message of the session", (*MOVING, "offers")),
    Action("filter", ("slash",), "filter", "show only rows that hold all words", ("help", "log")),
    Action(
        "help",
        ("question_mark",),
        "help",
        "show all keys",
        (*MOVING, "offers", "conflict", "picker"),
        pinned=True,
    ),
    Action("help", ("question_mark",), "help", "show all keys; in a text field ctrl+p finds help", FORMS, pinned=True),
    Action("help", ("question_mark",), "help", "show all keys", ("log", "copied"), hint=False),
    Action("quit", ("ctrl+q",), "quit", "quit; asks where something isn't saved", ("anywhere",), builtin=True),
    Action(
        "interrupt",
        ("ctrl+c",),
        "quit",
        "say what would be lost; once more quits without asking",
        ("anywhere",),
        builtin=True,
    ),
    Action("suspend", ("ctrl+z",), "suspend", "go back to the shell; fg returns", ("anywhere",), builtin=True),
    Action(
        "back",
        ("q",),
        "quit",
        "drop filter, then marks, leave deleted models, quit",
        (*LISTS, "offers"),
        pinned=True,
    ),
    Action("back", ("q",), "quit", "go back to the causes, then quit", ("doctor",), pinned=True),
    Action("peel", ("escape",), "peel", "the same as q, but never quit", (*VIEWS, "offers"), hint=False),
    Action("back", ("q", "escape"), "back", "go back; a draft asks first", ("lines", "conflict"), pinned=True),
    Action("back", ("q", "escape"), "back", "drop the filter, then go back", PAGES, pinned=True),
    Action("back", ("q", "escape"), "back", "go back; nothing was changed", ("what_if",), pinned=True),
    Action("back", ("escape", "q"), "back", "go back without doing it", ("picker", "question"), pinned=True),
    Action("back", ("escape", "q"), "back", "leave; changes ask first (q outside a text field)", FORMS, pinned=True),
)
