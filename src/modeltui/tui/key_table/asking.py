"""The keys of what one answers or types into: questions, filters, the palette, text fields."""

from __future__ import annotations

from modeltui.tui.key_table.action import Action

ASKING_KEYS: tuple[Action, ...] = (
    Action("choose", ("left", "right", "tab"), "choose", "go to another answer", ("question",), builtin=True),
    Action("answer", ("enter",), "answer", "give the answer under the cursor", ("question",), builtin=True),
    Action("confirm", ("y",), "yes", "do it", ("question",), builtin=True),
    Action(
        "help",
        ("question_mark",),
        "help",
        "show all keys; where a text is asked for, tab leaves it first",
        ("question",),
        pinned=True,
        builtin=True,
    ),
    Action("keep", ("enter", "down", "up"), "keep", "keep the filter and go to the rows", ("filter",), builtin=True),
    Action("back", ("escape",), "back", "drop the filter", ("filter",), pinned=True, builtin=True),
    Action("run", ("enter",), "do it", "do what the cursor is on, or go there", ("palette",), builtin=True),
    Action("cursor", ("down", "up", "tab", "shift+tab"), "move", "move among what matches", ("palette",), builtin=True),
    Action("pages", ("pagedown", "pageup"), "pages", "go a page down or up", ("palette",), hint=False, builtin=True),
    Action(
        "back", ("escape", "ctrl+p"), "back", "close without doing anything", ("palette",), pinned=True, builtin=True
    ),
    Action("cursor", ("left", "right", "home", "end"), "move", "move in the text", ("text",), builtin=True),
    Action("words", ("ctrl+left", "ctrl+right"), "words", "move by words", ("text",), builtin=True),
    Action("erase", ("backspace", "delete"), "erase", "erase a character", ("text",), builtin=True),
    Action("erase_word", ("ctrl+w",), "erase word", "erase the word before the cursor", ("text",), builtin=True),
    Action("erase_before", ("ctrl+u",), "erase before", "erase all before the cursor", ("text",), builtin=True),
    Action("erase_after", ("ctrl+k",), "erase after", "erase all after the cursor", ("text",), builtin=True),
    Action(
        "select",
        ("shift+left", "shift+right", "shift+home", "shift+end"),
        "select",
        "select text; ctrl+shift+a selects all",
        ("text",),
        builtin=True,
    ),
    Action(
        "copy",
        ("ctrl+c",),
        "copy",
        "copy what is selected; ctrl+x cuts it, ctrl+v puts it in",
        ("text",),
        builtin=True,
    ),
)
