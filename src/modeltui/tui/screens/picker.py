"""A picker of providers: several, marked in the order in which they are to be attached, or exactly one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, TypeAlias
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

Offered: TypeAlias = tuple[ProviderRow, str]
"""A provider to pick, and a note on it: in how many of the lists it is, or nothing."""

NOTE = "IN LISTS"
NAME_CELLS, KEY_CELLS, NOTE_CELLS, ENDPOINT_CELLS = 64, 28, 30, 60


class PickerScreen(Filtered):
    """Answers with the ids picked, in order; nothing picked answers with none.

    Which rows are `offered`, and their order, stays as it was when the picker opened: nothing moves under the hands of
    somebody who picks. What a row says is as it is now, since that is what one picks by.
    `verb` begins line 2, as in `attach to`, and its first word says what enter does; without one enter chooses.
    `family` is the one that has to fit, where one is asked for; without it the first mark decides, unless `one_family`
    is False. `single=True` lets exactly one be picked.
    """

    context = "picker"
    awaited = True
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("picker")]

    def __init__(
        self,
        session: Session,
        title: str,
        offered: Sequence[Offered],
        *,
        verb: str = "attach to",
        family: Family | None = None,
        one_family: bool = True,
        single: bool = False,
    ) -> None:
        super().__init__(session)
        self.verb, self.family, self.one_family, self.single = verb, family, one_family, single
        self.title_text, self._offered = title, offered
        self._every = len(session.rows.providers)
        self.marked: list[UUID] = []
        self._fitting: dict[object, ProviderRow] = {}
        self._notes: dict[object, str] = {}
        self._mixed = False

    def compose_body(self) -> ComposeResult:
        """The providers."""
        yield RowList((Column("NAME", 14, keep=None),), id="rows", gutter=2 if self.single else 5)

    def on_mount(self) -> None:
        """There is nothing for a pane."""
        self.query_one("#lower").display = False

    def refresh_rows(self) -> None:
        """Shows what can be picked, in the order of the offer; what was named exactly comes before all."""
        super().refresh_rows()
        fits = self.session.latest([row for row, _ in self._offered])
        self._fitting = {row.id: row for row in fits}
        self._notes = {row.id: note for row, note in self._offered if note}
        # Where all are of one family, its name on every line would only take room.
        self._mixed = len({row.family for row in fits}) > 1
        self.marked = [identity for identity in self.marked if identity in self._fitting]
        read = parse(self.filter_text, "providers")
        shown = read.apply(providers_haystack(fits), being_typed=self.filtering)
        self.rows.empty = self._nothing(read.problem)
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
        if self._notes:
            columns.insert(1, Column(NOTE, widest(self._notes.values(), len(NOTE), NOTE_CELLS), keep=5))
        if self._mixed:
            columns.insert(1, Column("FAMILY", 13, keep=4))
        return tuple(columns)

    def show_place(self) -> None:
        """Line 2: what one picks for, how many fit, and what narrows them."""
        narrowed = [f"filter: {self.filter_text}"] if self.filter_text else []
        marked = [f"{len(self.marked)} marked"] if self.marked else []
        verb = f"{self.verb} " if self.verb else ""
        line = spans(verb, Cell(self.title_text, Tone.STRONG), f"   {self._count}")
        self.query_one("#place", TextLine).show(line, spans(Cell("   ".join([*narrowed, *marked]), Tone.ACCENT)))

    @property
    def _count(self) -> str:
        count = len(self._fitting)
        if self.single:
            return f"one of {count}"
        fits = f"{count} of {self._every} fit"
        return f"{fits} family {self.family}" if self.family is not None else fits

    @property
    def standing(self) -> Spans:
        """What enter does as long as something is marked, which a filter may hide."""
        names = ", ".join(self._fitting[identity].name for identity in self.marked)
        return spans(f"enter: {self._verb_word} {names}") if names else ()

    @property
    def _verb_word(self) -> str:
        return self.verb.partition(" ")[0] or "choose"

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

    def do_filter(self) -> None:
        """Opens the filter's line; a mistake that is about to be corrected hides nothing any more."""
        super().do_filter()
        self.refresh_rows()

    def filter_kept(self) -> None:
        """A mistake is named, and from now on nothing is shown for it."""
        problem = parse(self.filter_text, "providers").problem
        if problem:
            self.refresh_rows()
            self.flash(problem, error=True)

    def _nothing(self, problem: str | None) -> list[tuple[Cell, ...]]:
        if self._fitting and problem:
            return [spans(f"  No provider shown: {problem}."), spans("  / corrects the filter; esc drops it.")]
        if self._fitting:
            return [spans(f"  No provider here matches {self.filter_text}"), spans("  esc drops the filter.")]
        if self.single:
            return [spans("  Nothing is left to choose from."), spans("  esc goes back.")]
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
            *((Cell(row.family),) if self._mixed else ()),
            *((Cell(self._notes.get(row.id, "")),) if self._notes else ()),
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
            self._offered = [one for one in self._offered if self.session.provider(one[0].id) is not None]
            self._every = len(self.session.rows.providers)
            self.refresh_rows()
            self.flash(f"deleted meanwhile: {', '.join(gone)}; choose again", error=True)
        else:
            self.dismiss(taken)

    def do_back(self) -> None:
        """Drops the filter, then goes back without taking anything."""
        if self.filter_text:
            self.set_filter("")
        else:
            self.dismiss(())
