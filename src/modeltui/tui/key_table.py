"""The table of keys: every action with its keys, its words and where it counts.

Every action has a plain key that any terminal sends, named first; what follows are aliases.
"""

from __future__ import annotations

from typing import NamedTuple

CONTEXTS = {
    "models": "Models",
    "providers": "Providers",
    "lines": "Attachment editor",
    "conflict": "Conflict",
    "form": "Forms",
    "form_lines": "Line list of a new model",
    "offers": "Offers from the environment",
    "picker": "Pickers",
    "question": "Questions",
    "help": "Help",
}
LISTS = ("models", "providers")
# The screens that a digit goes to.
VIEWS = LISTS
MOVING = (*LISTS, "lines")
LINE_LISTS = ("lines", "form_lines")
FORMS = ("form", "form_lines")


class Action(NamedTuple):
    """One thing that a key does.

    `writes` marks what a read-only catalog refuses, `danger` what takes something away, `builtin` what a
    widget handles by itself.
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
    "escape": "esc",
    "pageup": "page up",
    "pagedown": "page down",
}

# In the order of the hints: the most useful first.
ACTIONS: tuple[Action, ...] = (
    Action("open", ("enter",), "lines", "open the model's priority list", ("models",), builtin=True),
    Action("open", ("enter",), "models", "go to the models bound to the provider", ("providers",), builtin=True),
    Action("edit", ("e",), "edit", "edit what the cursor is on", LISTS, writes=True),
    Action("toggle", ("t",), "on/off", "turn it on or off; asks when requests would move", LISTS, writes=True),
    Action("new", ("n",), "new", "add a new one", LISTS, writes=True),
    Action(
        "default",
        ("asterisk",),
        "default",
        "make it the default model, or take the mark away",
        ("models",),
        writes=True,
    ),
    Action("filter", ("slash",), "filter", "show only rows that match", LISTS),
    Action("delete", ("d",), "delete", "delete it, after showing what that does", LISTS, writes=True, danger=True),
    Action("models", ("1",), "models", "go to Models", VIEWS),
    Action("providers", ("2",), "providers", "go to Providers", VIEWS),
    Action("deleted", ("D", "shift+d"), "deleted", "show deleted models, or go back to the live ones", ("models",)),
    Action("restore", ("R", "shift+r"), "restore", "bring a deleted model back", ("models",), writes=True),
    Action("reload", ("r",), "reload", "read the catalog again", LISTS),
    Action("save", ("s", "ctrl+s"), "save", "save the whole list at once", ("lines",), writes=True),
    Action("undo", ("u",), "undo", "undo the last change of the draft", ("lines",)),
    Action(
        "move_down", ("J", "shift+j", "shift+down", "ctrl+down"), "down", "move the line down", LINE_LISTS, writes=True
    ),
    Action("move_up", ("K", "shift+k", "shift+up", "ctrl+up"), "up", "move the line up", LINE_LISTS, writes=True),
    Action("move_to", ("m",), "to number", "move the line to a place: a number, then enter", ("lines",), writes=True),
    Action("attach", ("a",), "attach", "attach providers from a list", LINE_LISTS, writes=True),
    Action("detach", ("x",), "detach", "detach the line on saving, or keep it after all", ("lines",), writes=True),
    Action("detach", ("x",), "detach", "take the line out", ("form_lines",), writes=True),
    Action("own_id", ("o",), "own id", "give the line its own upstream id", LINE_LISTS, writes=True),
    Action("redo", ("U", "shift+u"), "redo", "do again what was undone", ("lines",)),
    Action("move_top", ("less_than_sign",), "top", "move the line to the top", ("lines",), writes=True),
    Action("move_bottom", ("greater_than_sign",), "bottom", "move the line to the bottom", ("lines",), writes=True),
    Action("jump", ("slash",), "find", "go to a line by its name; hides none", ("lines",)),
    Action("number", tuple("123456789"), "to line", "put the cursor on that line", ("lines",), hint=False),
    Action("keep", ("e", "enter"), "keep editing", "go back to the draft", ("conflict",)),
    Action(
        "theirs", ("R", "shift+r"), "take theirs", "drop the draft and load what is saved", ("conflict",), danger=True
    ),
    Action(
        "ours", ("O", "shift+o"), "put yours over", "save the draft over what is saved now", ("conflict",), danger=True
    ),
    Action("save", ("ctrl+s",), "save", "save", FORMS, writes=True),
    Action("next", ("tab", "down"), "next", "go to the next field; enter does it too", ("form",), builtin=True),
    Action("previous", ("up", "shift+tab"), "previous", "go to the field before", ("form",), hint=False, builtin=True),
    Action(
        "choose", ("space", "left", "right"), "choose", "choose in a field with a few values", ("form",), builtin=True
    ),
    Action(
        "next", ("tab",), "next", "go to the next field; the arrows do it at the ends", ("form_lines",), builtin=True
    ),
    Action("mark", ("space",), "mark", "mark in the order of attaching", ("picker",)),
    Action("take_offers", ("enter",), "add", "add the marked providers", ("offers",), builtin=True),
    Action("mark_offer", ("space",), "mark", "mark what is to be added, or not", ("offers",)),
    Action("new", ("n",), "new", "add one by hand", ("offers",), writes=True, builtin=True),
    Action("models", ("1",), "models", "go to Models", ("offers",), builtin=True),
    Action(
        "take", ("enter",), "attach", "attach what is marked, or the row under the cursor", ("picker",), builtin=True
    ),
    Action("choose", ("left", "right", "tab"), "choose", "go to another answer", ("question",), builtin=True),
    Action("answer", ("enter",), "answer", "give the answer under the cursor", ("question",), builtin=True),
    Action("confirm", ("y",), "yes", "do it", ("question",), builtin=True),
    Action(
        "cursor", ("up", "down", "j", "k"), "move", "move the cursor", (*MOVING, "picker"), hint=False, builtin=True
    ),
    Action(
        "ends",
        ("g", "G", "home", "end"),
        "ends",
        "go to the first or last row",
        (*MOVING, "picker"),
        hint=False,
        builtin=True,
    ),
    Action(
        "pages", ("pageup", "pagedown"), "pages", "go a page up or down", (*MOVING, "picker"), hint=False, builtin=True
    ),
    Action("help", ("question_mark",), "help", "show all keys", (*MOVING, "offers", "conflict"), pinned=True),
    Action(
        "back", ("q",), "quit", "drop the filter, leave the deleted models, then quit", (*LISTS, "offers"), pinned=True
    ),
    Action("peel", ("escape",), "peel", "the same as q, but never quit", (*LISTS, "offers"), hint=False),
    Action("back", ("q", "escape"), "back", "go back; a draft asks first", ("lines", "conflict", "help"), pinned=True),
    Action("back", ("escape", "q"), "back", "go back without doing it", ("picker", "question"), pinned=True),
    Action("back", ("escape", "q"), "back", "leave; changes ask first (q outside a text field)", FORMS, pinned=True),
)
