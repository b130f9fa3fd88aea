"""Help: every key, those of the screen one came from first."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from modeltui.domain.filtering import FIELDS, FLAGS
from modeltui.tui import keys
from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.screens.frame import Frame
from modeltui.tui.session import Session
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.row_list import Row, RowList
from modeltui.tui.widgets.text_lines import TextLine

COLUMNS = (Column("KEYS", 16, keep=None, grow=1, most=40), Column("WHAT IT DOES", 30, grow=4, keep=None))

FILTER_WORDS = (
    ("gpt eu", "rows that hold both words, in a name, upstream id, family, provider or base URL"),
    ("!eu", "rows that don't hold it"),
    ("name:eu", "only in one field: " + " ".join(field for field in FIELDS["models"] if field != "is")),
    ("name:=eu", "the whole of the field"),
    ("is:dark", "what STATE, SPARE and KEY say: " + " ".join(FLAGS["models"])),
    ('"two words"', "a value with blanks"),
)


class HelpScreen(Frame):
    """The registry of keys, to read."""

    context = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("help")]
    AUTO_FOCUS = "RowList"

    def __init__(self, session: Session, about: str) -> None:
        super().__init__(session)
        others = [context for context in keys.CONTEXTS if context != about]
        self._rows: dict[str, Row] = {}
        for context in (about, *others):
            title = spans(Cell(keys.CONTEXTS[context], Tone.STRONG))
            self._rows[context] = Row(context, title, selectable=False, free=True)
            for number, action in enumerate(keys.actions(context)):
                key = f"{context}.{number}"
                self._rows[key] = Row(key, (Cell(action.key_text()), Cell(action.what)))
        self._rows["filter"] = Row("filter", spans(Cell("Filter words", Tone.STRONG)), selectable=False, free=True)
        for words, meaning in FILTER_WORDS:
            self._rows[words] = Row(words, (Cell(words), Cell(meaning)))

    def compose_body(self) -> ComposeResult:
        """The table."""
        yield RowList(COLUMNS, id="rows", gutter=2)

    def on_mount(self) -> None:
        """Fills it in; there is nothing for a pane."""
        self.query_one("#lower").display = False
        self.query_one("#place", TextLine).show(spans(Cell("Help ", Tone.STRONG), "every key; q goes back"))
        self.query_one("#rows", RowList).show(list(self._rows), lambda key: self._rows[str(key)])
