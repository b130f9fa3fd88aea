"""Help: every key, those of the screen one came from first, with a filter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType

from modeltui.domain.filtering import FIELDS, FLAGS
from modeltui.domain.text import name_key
from modeltui.tui import keys
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.pages import Page
from modeltui.tui.session import Session
from modeltui.tui.widgets.columns import Column, fit_columns
from modeltui.tui.widgets.row_list import Row, RowList
from modeltui.tui.widgets.text_lines import wrapped

GUTTER = 2
COLUMNS = (Column("KEYS", 16, keep=None, grow=1, most=40), Column("WHAT IT DOES", 30, grow=4, keep=None))

FILTER_WORDS = (
    ("gpt eu", "rows that hold both words, in a name, upstream id, family, provider or base URL"),
    ("!eu", "rows that don't hold it"),
    ("name:eu", "only in one field: " + " ".join(field for field in FIELDS["models"] if field != "is")),
    ("name:=eu", "the whole of the field"),
    ("is:dark", "what STATE, SPARE and KEY say: " + " ".join(FLAGS["models"])),
    ('"two words"', "a value with blanks"),
)


class Section(NamedTuple):
    """What one screen's keys do: pairs of keys and words, and the labels that are found as well."""

    title: str
    lines: tuple[tuple[str, str, str], ...]


class HelpScreen(Page):
    """The registry of keys, to read."""

    context = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("help")]

    def __init__(self, session: Session, about: str) -> None:
        super().__init__(session)
        self.about = about
        self._sections = tuple(sections(about))

    def compose_body(self) -> ComposeResult:
        """The table."""
        yield RowList(COLUMNS, id="rows", gutter=GUTTER)

    def on_resize(self, event: events.Resize) -> None:
        """Breaks the lines for the new width. Textual calls this besides the frame's own."""
        self.refresh_rows()

    def make_rows(self, words: list[str]) -> list[Row]:
        """The lines that hold all words, under their titles."""
        rows: list[Row] = []
        (_, keys_width), (_, words_width) = fit_columns(COLUMNS, self.app.size.width - GUTTER)
        for place, section in enumerate(self._sections):
            found = [
                row
                for number, (shown, what, label) in enumerate(section.lines)
                if all(word in name_key(f"{section.title} {shown} {what} {label}") for word in words)
                for row in _rows_of((place, number), (shown, what), (keys_width, words_width))
            ]
            if found:
                title = spans(Cell(section.title, Tone.STRONG))
                rows += [Row(place, title, selectable=False, free=True), *found]
        return rows

    def what(self) -> Spans:
        """Where one came from."""
        return spans(Cell("Help", Tone.STRONG), f"   {keys.CONTEXTS[self.about]} first, then every other key")


def _rows_of(key: tuple[int, int], texts: tuple[str, str], widths: tuple[int, int]) -> Iterator[Row]:
    """A key's line, and below it what is too long for one."""
    columns = [wrapped(spans(text), max(1, width)) for text, width in zip(texts, widths, strict=True)]
    for number, line in enumerate(zip_longest(*columns, fillvalue=())):
        cells = tuple(Cell("".join(cell.text for cell in part)) for part in line)
        yield Row((*key, number), cells, selectable=not number)


def sections(about: str) -> Iterator[Section]:
    """All keys by screen, those of `about` first, and the words of filters."""
    for context in (about, *(context for context in keys.CONTEXTS if context != about)):
        lines = tuple((item.key_text(), item.what, item.label) for item in keys.actions(context))
        yield Section(keys.CONTEXTS[context], lines)
    yield Section("Filter words", tuple((words, meaning, "") for words, meaning in FILTER_WORDS))
