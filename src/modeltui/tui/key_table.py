"""The table of keys: every action with its keys, its words and where it counts.

Every action has a plain key that any terminal sends, named first; what follows are aliases.
"""

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

# In the order of the hints: the most useful first.
ACTIONS: tuple[Action, ...] = (
    Action("open", ("enter",), "lines", "open the model's priority list", ("models",), builtin=True),
    Action("open", ("enter",), "models", "go to the models bound to the provider", ("providers",), builtin=True),
    Action(
        "open",
        ("enter",),
        "look",
        "look at what a cause holds for; there, go to the model's lines or the provider",
        ("doctor",),
        builtin=True,
    ),
    Action("spare", ("b",), "spare", "attach one spare to all models of the cause; asks", ("doctor",), writes=True),
    Action("open", ("enter",), "lines", "open the model's priority list", ("what_if",), builtin=True),
    Action("add", ("a",), "add", "take more providers as down, from a list of all", ("what_if",)),
    Action("take_out", ("x",), "take out", "take the provider out again", ("what_if",)),
    Action("same_key", ("K", "shift+k"), "same key", "take all with the provider's key as down", ("what_if",)),
    Action("same_host", ("H", "shift+h"), "same host", "take all at the provider's host as down", ("what_if",)),
    Action("same_family", ("F", "shift+f"), "family", "take all of the provider's family as down", ("what_if",)),
    Action("edit", ("e",), "edit", "edit what the cursor is on", LISTS, writes=True),
    Action(
        "toggle",
        ("t",),
        "on/off",
        "turn it on or off; of several, all off if any is on",
        LISTS,
        writes=True,
        bulk=True,
    ),
    Action("new", ("n",), "new", "add a new one", LISTS, writes=True),
    Action(
        "default",
        ("asterisk",),
        "default",
        "make it the default model, or take the mark away",
        ("models",),
        writes=True,
    ),
    Action(
        "what_if",
        ("w",),
        "what if",
        "see what would happen if it were down; changes nothing",
        ("providers",),
        bulk=True,
    ),
    Action("filter", ("slash",), "filter", "show only rows that match", LISTS),
    Action("sort", ("S", "shift+s"), "sort", "choose what the rows are sorted by, and which way round", LISTS),
    Action(
        "delete",
        ("d",),
        "delete",
        "delete it, after showing what that does",
        LISTS,
        writes=True,
        danger=True,
        bulk=True,
    ),
    Action(
        "last_resort",
        ("l",),
        "last resort",
        "move its lines to the bottom of every list; asks",
        ("providers",),
        writes=True,
        bulk=True,
    ),
    Action(
        "attach",
        ("a",),
        "attach",
        "attach a provider at the top or bottom of the list",
        ("models",),
        writes=True,
        bulk=True,
    ),
    Action(
        "detach",
        ("x",),
        "detach",
        "detach a provider from the list; asks",
        ("models",),
        writes=True,
        bulk=True,
    ),
    Action(
        "swap",
        ("s",),
        "swap",
        "put one provider in the place of another; asks",
        ("models",),
        writes=True,
        bulk=True,
    ),
    Action("mark", ("space",), "mark", "mark the row, or unmark it, and go one down", LISTS),
    Action("mark_all", ("V", "shift+v"), "mark all", "mark every row that the filter lets through", LISTS),
    Action("unmark", ("backslash",), "unmark", "take all marks away", LISTS),
    Action(
        "bring_back",
        ("T", "shift+t"),
        "back on",
        "turn on again what was last turned off here; asks",
        VIEWS,
        writes=True,
    ),
    Action("clone", ("c",), "clone", "add a new one that starts as a copy", LISTS, writes=True),
    Action("models", ("1",), "models", "go to Models", VIEWS),
    Action("providers", ("2",), "providers", "go to Providers", VIEWS),
    Action("doctor", ("3",), "doctor", "go to Doctor: what is wrong, grouped by cause", VIEWS),
    Action("deleted", ("D", "shift+d"), "deleted", "show deleted models, or go back to the live ones", ("models",)),
    Action("restore", ("R", "shift+r"), "restore", "bring a deleted model back", ("models",), writes=True),
    Action("reload", ("r",), "reload", "read the catalog again", VIEWS),
    Action(
        "undo",
        ("u",),
        "undo",
        "undo what was last saved in this session; asks when requests would move",
        VIEWS,
        writes=True,
    ),
    Action(
        "redo", ("U", "shift+u"), "redo", "do again what was undone; asks when requests would move", VIEWS, writes=True
    ),
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
    Action(
        "bring_back",
        ("T", "shift+t"),
        "back on",
        "turn on again what was last turned off here; asks",
        ("lines",),
        writes=True,
    ),
    Action("number", tuple("123456789"), "to line", "put the cursor on that line", ("lines",), hint=False),
    Action("keep", ("e", "enter"), "keep editing", "go back to the draft", ("conflict",)),
    Action(
        "merge",
        ("m",),
        "merge",
        "put your changes on their list, as a draft; refused where both changed a line",
        ("conflict",),
    ),
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
        "choose",
        ("space", "left", "right"),
        "choose",
        "choose in a field with a few values, as its first letters do; right completes a variable's name",
        ("form",),
        builtin=True,
    ),
    Action("far", ("pagedown", "pageup"), "far", "go several fields on, or back", ("form",), hint=False, builtin=True),
    Action(
        "next", ("tab",), "next", "go to the next field; the arrows do it at the ends", ("form_lines",), builtin=True
    ),
    Action("mark", ("space",), "mark", "mark in the order of attaching, where several can be taken", ("picker",)),
    Action("take_offers", ("enter",), "add", "add the marked providers", ("offers",), builtin=True),
    Action("mark", ("space",), "mark", "mark what is to be added, or not", ("offers",)),
    Action("new", ("n",), "new", "add one by hand", ("offers",), writes=True, builtin=True),
    Action("models", ("1",), "models", "go to Models", ("offers",), builtin=True),
    Action("take", ("enter",), "take", "take what is marked, or the row under the cursor", ("picker",), builtin=True),
    Action("filter", ("slash",), "filter", "show only providers that match; marks stay", ("picker",)),
    Action("choose", ("left", "right", "tab"), "choose", "go to another answer", ("question",), builtin=True),
    Action("answer", ("enter",), "answer", "give the answer under the cursor", ("question",), builtin=True),
    Action("confirm", ("y",), "yes", "do it", ("question",), builtin=True),
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
