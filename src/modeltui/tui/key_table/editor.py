"""The keys of the attachment editor, of the line list of a new model, and of a conflict."""

from __future__ import annotations

from modeltui.tui.key_table.action import LINE_LISTS, Action

EDITOR_KEYS: tuple[Action, ...] = (
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
)
