"""The keys of forms, of pickers, and of what the environment offers."""

from __future__ import annotations

from modeltui.tui.key_table.action import FORMS, Action

FORM_KEYS: tuple[Action, ...] = (
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
)
