"""A picker of providers: the family's, usable ones first, marked in the order in which they are to be attached."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType

from modeltui.domain.families import Family
from modeltui.domain.filtering import parse
from modeltui.domain.haystack import providers_haystack
from modeltui.domain.rows import ProviderRow
from modeltui.tui import keys
from modeltui.tui.presentation.badges import key_badge, on_off
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.provider_text import endpoint
from modeltui.tui.presentation.text import clean
from modeltui.tui.screens.filtered import Filtered
from modeltui.tui.session import Session
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.hint_bar import HintBar
from modeltui.tui.widgets.row_list import Row, RowList
from modeltui.tui.widgets.text_lines import TextLine

NAME_CELLS, KEY_CELLS, NOTE_CELLS, ENDPOINT_CELLS = 64, 28, 30, 60


class PickerScreen(Filtered):
    """Answers with the ids picked, in order; nothing picked answers with none.

    `verb` begins line 2 and says what enter does, as in `attach to`; `one_family=False` lets providers of several
    families be picked together, `single=True` exactly one; `note` has a text for some of the providers, by id.
    """

    context = "picker"
    awaited = True
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("picker")]

    def __init__(
        self,
        session: Session,
        title: str,
        family: Family | None,
        attached: Collection[UUID],
        *,
        verb: str = "attach to",
        one_family: bool = True,
        single: bool = False,
        note: Mapping[UUID, str] | None = None,
        note_title: str = "NOTE",
    ) -> None:
        super().__init__(session)
        self.verb, self.one_family, self.single = verb, one_family, single
        self.title_text, self.family, self.attached = title, family, attached
        self.note, self.note_title = note or {}, note_title
        self.marked: list[UUID] = []
        self._fitting: dict[object, ProviderRow] = {}
        # As they were when it opened: nothing moves under the hands of somebody who picks.
        self._offered = session.rows.providers

    def compose_body(self) -> ComposeResult:
        """The providers."""
        yield RowList((Column("NAME", 14, keep=None),), id="rows", gutter=5)

    def on_mount(self) -> None:
        """There is nothing for a pane."""
        self.query_one("#lower").display = False

    def refresh_rows(self) -> None:
        """Shows what can be picked: usable ones first, what was named exactly before all."""
        super().refresh_rows()
        fits = [row for row in self._offered if self.family in (None, row.family)]
        fits = sorted((row for row in fits if row.id not in self.attached), key=lambda row: not row.usable)
        self._fitting = {row.id: row for row in fits}
        self.marked = [identity for identity in self.marked if identity in self._fitting]
        shown = parse(self.filter_text, "providers").apply(providers_haystack(fits))
        self.rows.empty = self._nothing()
        self.rows.columns = self._columns(fits)
        self.rows.show([row.id for row in shown], lambda key: self._row(self._fitting[key]))
        self.show_place()
        self.show_standing()

    def _columns(self, providers: Sequence[ProviderRow]) -> tuple[Column, ...]:
        """As wide as what is in them, so that a name is only cut where the line itself is too short for it."""

        def widest(texts: Iterable[str], least: int, most: int) -> int:
            return min(max([least, *(cell_len(clean(text)) for text in texts)]), most)

        key_cells = widest((key_badge(row.credential, row.key).text for row in providers), 6, KEY_CELLS)
        ends = widest((endpoint(row) for row in providers), 8, ENDPOINT_CELLS)
        columns = [
            Column("NAME", widest((row.name for row in providers), 4, NAME_CELLS), keep=None, middle=True),
            Column("STATE", 5, keep=None),
            Column("KEY", min(key_cells, 17), grow=2, most=key_cells, keep=3),
            Column("ENDPOINT", min(ends, 20), grow=1, most=ends, keep=1),
        ]
        if self.family is None:
            # Where one family is asked for, its name on every line would only take room.
            columns.insert(1, Column("FAMILY", 13, keep=4))
        if self.note:
            cells = widest(self.note.values(), len(self.note_title), NOTE_CELLS)
            columns.insert(1, Column(self.note_title, cells, keep=5))
        return tuple(columns)

    def show_place(self) -> None:
        """Line 2: what one picks for, how many fit, and what narrows them."""
        count, every = len(self._fitting), len(self._offered)
        fits = f"{count} of {every} fit family {self.family}" if self.family is not None else f"{count} of {every} fit"
        narrowed = [f"filter: {self.filter_text}"] if self.filter_text else []
        marked = [f"{len(self.marked)} marked"] if self.marked else []
        line = spans(f"{self.verb} ", Cell(self.title_text, Tone.STRONG), f"   {fits}")
        self.query_one("#place", TextLine).show(line, spans(Cell("   ".join([*narrowed, *marked]), Tone.ACCENT)))

    @property
    def standing(self) -> Spans:
        """What enter does as long as something is marked, which a filter may hide."""
        names = ", ".join(self._fitting[identity].name for identity in self.marked)
        return spans(f"enter: {self._verb_word} {names}") if names else ()

    @property
    def _verb_word(self) -> str:
        return self.verb.partition(" ")[0]

    def show_hints(self) -> None:
        """Enter says what it does with what is picked."""
        if self.overlay:
            super().show_hints()
            return
        shown, pinned = keys.hints(self.context)
        taking, marking = (keys.action(self.context, name).key_texts()[0] for name in ("take", "mark"))
        hints = [(key, self._verb_word if key == taking else label) for key, label in shown]
        if self.single:
            hints = [hint for hint in hints if hint[0] != marking]
        self.query_one(HintBar).show(hints, pinned)

    def set_filter(self, text: str) -> None:
        """Shows only the providers that match; marks stay, and are named where they count."""
        self.filter_text = text
        self.refresh_rows()

    def filter_kept(self) -> None:
        """A word that was left out is named."""
        problem = parse(self.filter_text, "providers").problem
        if problem:
            self.flash(problem, error=True)

    def _nothing(self) -> list[tuple[Cell, ...]]:
        if self._fitting:
            return [spans(f"  No provider here matches {self.filter_text}"), spans("  esc drops the filter.")]
        if self.family is None:
            return [spans("  No providers yet."), spans("  esc goes back; press 2, then n to add one.")]
        return [
            spans(f"  No other provider of family {self.family}."),
            spans("  esc goes back; press 2 on Models, then n to add one."),
        ]

    def _row(self, row: ProviderRow) -> Row:
        place = f"{self.marked.index(row.id) + 1:>2}" if row.id in self.marked else ""
        cells = (
            Cell(row.name),
            *((Cell(self.note.get(row.id, "")),) if self.note else ()),
            *((Cell(row.family),) if self.family is None else ()),
            on_off(row.enabled),
            key_badge(row.credential, row.key),
            Cell(endpoint(row), Tone.MUTED),
        )
        return Row(row.id, cells, marker=place)

    def do_mark(self) -> None:
        """Marks, or unmarks; the family of the first mark holds for the rest."""
        row = self._fitting.get(self.rows.cursor_key)
        if row is None:
            return
        if self.single:
            self.flash(f"only one can be picked: enter takes {row.name}")
            return
        marked = [self._fitting[identity] for identity in self.marked]
        other = next((one for one in marked if one.family is not row.family), None)
        if row.id in self.marked:
            self.marked.remove(row.id)
        elif other is not None and self.one_family:
            self.flash(f"{row.name} is of family {row.family}, {other.name} of {other.family}; a model has one family")
            return
        else:
            self.marked.append(row.id)
        self.refresh_rows()
        self.rows.action_cursor_down()

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Takes what is marked, or the row under the cursor, unless any of it was deleted meanwhile."""
        message.stop()
        if not isinstance(message.key, UUID):
            return
        taken = tuple(self.marked) or (message.key,)
        gone = [self._fitting[identity].name for identity in taken if self.session.provider(identity) is None]
        if gone:
            self._offered = self.session.rows.providers
            self.refresh_rows()
            self.flash(f"deleted meanwhile: {', '.join(gone)}; this is what there is now", error=True)
        else:
            self.dismiss(taken)

    def do_back(self) -> None:
        """Drops the filter, then goes back without taking anything."""
        if self.filter_text:
            self.set_filter("")
        else:
            self.dismiss(())
