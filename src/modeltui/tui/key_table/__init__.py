"""The table of keys: every action with its keys, its words and where it counts; one file for each kind of screen.

Every action has a plain key that any terminal sends, named first; what follows are aliases.
"""

from __future__ import annotations

from modeltui.tui.key_table.action import CONTEXTS, FORMS, LISTS, VIEWS, Action
from modeltui.tui.key_table.asking import ASKING_KEYS
from modeltui.tui.key_table.editor import EDITOR_KEYS
from modeltui.tui.key_table.forms import FORM_KEYS
from modeltui.tui.key_table.shared import SHARED_KEYS
from modeltui.tui.key_table.views import VIEW_KEYS

__all__ = ["ACTIONS", "CONTEXTS", "FORMS", "LISTS", "VIEWS", "Action"]

# Within each file in the order of the hints, the most useful first; what all screens have comes last.
ACTIONS: tuple[Action, ...] = (*VIEW_KEYS, *EDITOR_KEYS, *FORM_KEYS, *ASKING_KEYS, *SHARED_KEYS)
