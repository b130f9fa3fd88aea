"""A conflict as text: three lists side by side, what each side changed, and what each answer would do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from uuid import UUID

from modeltui.clock import local_text
from modeltui.domain.draft import Draft, DraftLine, ListChange, list_change
from modeltui.domain.merge import Clash, Merge, Why, merge
from modeltui.domain.rows import ModelRow
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.line_text import FindProvider, drafted
from modeltui.tui.presentation.text import clean, cut_middle
from modeltui.tui.widgets.columns import Column, Row

COLUMNS = (
    Column("#", 2, align="right", keep=None),
    Column("WHEN YOU OPENED IT", 12, grow=1, most=48, keep=None, middle=True),
    Column("", 7, align="right", keep=1),
    Column("AS SAVED NOW", 12, grow=1, most=48, keep=None, middle=True),
    Column("", 7, align="right", keep=1),
    Column("YOURS", 12, grow=1, most=48, keep=None, middle=True),
)
_WIDE_PANE = 78
_ANSWER_CELLS = 11
_CLASHES = {
    Why.BOTH_MOVED: "both of you moved {line}",
    Why.BOTH_ATTACHED: "both of you attached {line}, at different places",
    Why.BOTH_OWN_IDS: "both of you gave {line} an own id",
    Why.I_DETACHED: "you detached {line}, {who} changed it",
    Why.THEY_DETACHED: "{who} detached {line}, you changed it",
    Why.NONE_LEFT: "you detached {line}, {who} all others",
}


@dataclass(frozen=True)
class Conflict:
    """What stands against each other: the model as it is saved now, perhaps deleted, and somebody's draft.

    `names` also knows the providers that are deleted by now, which are `gone`.
    """

    model: ModelRow
    opened: Sequence[DraftLine]
    yours: Sequence[DraftLine]
    touched: Collection[UUID]
    names: Mapping[UUID, str]
    gone: frozenset[UUID]
    saved: tuple[DraftLine, ...] = field(init=False)
    merge: Merge = field(init=False)
    theirs: ListChange = field(init=False)
    mine: ListChange = field(init=False)

    def __post_init__(self) -> None:
        set_field = object.__setattr__
        set_field(self, "saved", Draft.of(self.model.provider_configs).saved)
        set_field(self, "theirs", list_change(self.opened, self.saved))
        set_field(self, "mine", list_change(self.opened, self.yours, self.touched))
        # A line whose provider is gone can't be kept by any answer, so it is no reason against merging.
        set_field(self, "merge", merge(self._left(self.opened), self.saved, self._left(self.yours), self.touched))

    def _left(self, lines: Sequence[DraftLine]) -> tuple[DraftLine, ...]:
        return tuple(line for line in lines if line.provider not in self.gone)

    @property
    def deleted(self) -> bool:
        """Whether the model itself is deleted."""
        return self.model.deleted_at is not None

    @property
    def possible(self) -> tuple[DraftLine, ...]:
        """Your lines that can be saved: those whose providers still exist."""
        return self._left(self.yours)

    def name(self, provider: UUID) -> str:
        """A provider's name, also when it is deleted."""
        return self.names.get(provider, "a deleted provider")

    @property
    def why_no_merge(self) -> str | None:
        """Why the two lists can't be merged, with the names of the lines that stand against it."""
        if self.deleted:
            return f"{self.model.name} is deleted"
        said = [self._clash(clash) for clash in self.merge.clashes]
        return "; ".join(said) if said else None

    def _clash(self, clash: Clash) -> str:
        return _CLASHES[clash.why].format(line=self.name(clash.provider), who=self.model.updated_by)


def conflict_rows(conflict: Conflict) -> list[Row]:
    """The three lists place by place, own ids below their lines, and at the end what a side took out."""
    clashing = {clash.provider for clash in conflict.merge.clashes}
    lists = [
        _list_cells(conflict, conflict.opened, None, clashing),
        [] if conflict.deleted else _list_cells(conflict, conflict.saved, conflict.theirs, clashing),
        _list_cells(conflict, conflict.yours, conflict.mine, clashing),
    ]
    if conflict.deleted:
        lists[1] = [((Cell(""), Cell("model deleted", Tone.BAD)), None)]
    rows: list[Row] = []
    nothing: _Entry = ((Cell(""), Cell("")), None)
    for place, entries in enumerate(zip_longest(*lists, fillvalue=nothing)):
        rows.append(Row(place, (Cell(str(place + 1)), *_side_by_side([cells for cells, _ in entries]))))
        if any(own_id for _, own_id in entries):
            notes = [(Cell(""), Cell(f"  own id {own_id}" if own_id else "", Tone.MUTED)) for _, own_id in entries]
            rows.append(Row((place, "own id"), (Cell(""), *_side_by_side(notes)), selectable=False))
    changes = (None, None if conflict.deleted else conflict.theirs, conflict.mine)
    out = [_out_cells(conflict, change, clashing) for change in changes]
    for place, removed in enumerate(zip_longest(*out, fillvalue=(Cell(""), Cell("")))):
        rows.append(Row(("out", place), (Cell("-"), *_side_by_side(removed))))
    return rows


_Entry = tuple[tuple[Cell, Cell], str | None]


def _side_by_side(pairs: Sequence[tuple[Cell, Cell]]) -> tuple[Cell, ...]:
    """The cells of a row: of the first list only the names, for nothing was changed in it."""
    (_, opened), theirs, yours = pairs
    return (opened, *theirs, *yours)


def _list_cells(
    conflict: Conflict, lines: Sequence[DraftLine], change: ListChange | None, clashing: Collection[UUID]
) -> list[_Entry]:
    found: list[_Entry] = []
    for line in lines:
        mark = _mark(line.provider, change)
        if line.provider in conflict.gone:
            mark = "deleted"
        tone = Tone.BAD if line.provider in clashing or mark == "deleted" else Tone.WARN if mark else Tone.PLAIN
        name = Cell(conflict.name(line.provider), tone)
        found.append(((Cell(mark, tone), name), line.own_id))
    return found


def _mark(provider: UUID, change: ListChange | None) -> str:
    if change is None:
        return ""
    if provider in change.attached:
        return "new"
    if provider in change.moved:
        return "moved"
    return "own id" if provider in change.own_id_set else ""


def _out_cells(conflict: Conflict, change: ListChange | None, clashing: Collection[UUID]) -> list[tuple[Cell, Cell]]:
    if change is None:
        return []
    cells = []
    for line in conflict.opened:
        if line.provider in change.detached:
            tone = Tone.BAD if line.provider in clashing else Tone.WARN
            cells.append((Cell("out", tone), Cell(conflict.name(line.provider), tone)))
    return cells


def conflict_pane(conflict: Conflict, find: FindProvider, width: int) -> tuple[Spans, list[Spans]]:
    """Who changed what and when; below, what each answer would do before its key is pressed, and what was changed."""
    what = "deleted the model" if conflict.deleted else "changed the list"
    when = local_text(conflict.model.deleted_at or conflict.model.updated_at)
    lines = [
        _answer("e keep  ", "nothing is written, your draft stays as it is"),
        *_answers(conflict, find, width),
        *([] if conflict.deleted else [_said("they", conflict, conflict.theirs)]),
        _said("you", conflict, conflict.mine),
    ]
    gone = sorted(conflict.name(provider) for provider in conflict.gone)
    if gone:
        lines.append(spans(Cell(" deleted   ", Tone.MUTED), Cell(f"{', '.join(gone)}: no answer keeps it", Tone.BAD)))
    return spans(Cell(conflict.model.updated_by, Tone.STRONG), f" {what} {when}"), lines


def _answers(conflict: Conflict, find: FindProvider, width: int) -> list[Spans]:
    """What merging, taking theirs and putting yours over would do."""
    name, mine = conflict.model.name, counted(conflict.mine.total, "change")
    wide = width >= _WIDE_PANE

    def goes(what: str, lines: Sequence[DraftLine]) -> str:
        winner = drafted(conflict.model, lines, find).winner or "nowhere, it is dark"
        start = f"{what}; requests go to " if wide else f"{what}; to "
        return start + cut_middle(clean(winner), max(12, width - _ANSWER_CELLS - len(start)))

    if conflict.why_no_merge:
        merging = _answer("m merge ", f"refused: {conflict.why_no_merge}", Tone.WARN)
    else:
        how = "on their list, as a draft" if wide else "on theirs, a draft"
        merging = _answer("m merge ", goes(f"your {mine} {how}", conflict.merge.lines))
    if conflict.deleted:
        theirs = f"drops your {mine} and goes back to Models"
    else:
        theirs = goes(f"drops your {mine}", conflict.saved)
    if conflict.possible:
        how = f"restores {name} with your list" if conflict.deleted else "saves yours over theirs"
        ours = _answer("O yours ", goes(how, conflict.possible))
    else:
        ours = _answer("O yours ", "refused: every provider of your list is deleted", Tone.WARN)
    return [merging, _answer("R theirs", theirs), ours]


def _answer(key: str, what: str, tone: Tone = Tone.PLAIN) -> Spans:
    return spans(Cell(f" {key}  ", Tone.STRONG), Cell(what, tone))


def _said(who: str, conflict: Conflict, change: ListChange) -> Spans:
    """One side's changes in words: `moved openai-us; detached openai-eu`."""
    deeds = (
        ("moved", change.moved),
        ("attached", change.attached),
        ("detached", change.detached),
        ("set the own id of", change.own_id_set - change.attached),
    )
    order = [*change.order, *(line.provider for line in conflict.opened if line.provider in change.detached)]
    said = []
    for deed, providers in deeds:
        names = [conflict.name(provider) for provider in order if provider in providers]
        if names:
            said.append(f"{deed} {', '.join(names)}")
    return spans(Cell(f" {who:<8}  ", Tone.MUTED), "; ".join(said) or "changed nothing in the list")
