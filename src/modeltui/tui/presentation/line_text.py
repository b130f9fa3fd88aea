"""The attachment editor as text: its rows with their verdicts, worked out for the draft as it is now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from rich.cells import cell_len

from modeltui.domain.draft import Draft, DraftLine
from modeltui.domain.impact import asked_otherwise, judged
from modeltui.domain.rows import LineRow, ModelRow, ProviderRow, SkipReason, Verdict
from modeltui.tui.presentation.badges import counted, key_badge, line_verdict, on_off
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.model_text import chain
from modeltui.tui.presentation.text import clean
from modeltui.tui.widgets.columns import Column, Row

WIDE, TALL = 80, 24
_WAY_LABEL_CELLS = 12
# Names may take so much that STATE still has room beside them.
_LEAST_NAME, _MOST_NAME, _MOST_NAME_NARROW = 14, 38, 26

FindProvider = Callable[[UUID], ProviderRow | None]


def columns(names: Iterable[str], width: int) -> tuple[Column, ...]:
    """The editor's columns: names first get the room that they need, at the cost of the KEY."""
    narrow = width < WIDE
    most = _MOST_NAME_NARROW if narrow else _MOST_NAME
    longest = max([_LEAST_NAME, *(cell_len(clean(name)) for name in names)])
    return (
        Column("#", 2, align="right", keep=None),
        Column("was", 3, align="right", keep=3),
        Column("PROVIDER", min(longest, most), grow=2, most=40, keep=None, middle=True),
        Column("STATE", 5, keep=2),
        Column("KEY", 17, grow=1, most=28, keep=1),
        Column("VERDICT", 17 if narrow else 26, keep=None),
    )


def drafted(model: ModelRow, lines: Sequence[DraftLine], find: FindProvider) -> ModelRow:
    """The model as it would be with these lines. Providers that are gone are left out."""
    rows = [_line_row(line, row) for line in lines if (row := find(line.provider)) is not None]
    return judged(model, rows)


def _line_row(line: DraftLine, row: ProviderRow) -> LineRow:
    # The verdict is a placeholder until the whole list is judged.
    return LineRow(
        row.id,
        row.name,
        row.family,
        0,
        line.own_id,
        row.enabled,
        row.credential,
        row.key,
        Verdict.SKIPPED,
        SkipReason.NO_API_KEY,
    )


def editor_rows(
    model: ModelRow, draft: Draft, find: FindProvider, names: Mapping[UUID, str], width: int = WIDE
) -> list[Row]:
    """All rows: kept lines with their own ids below them, then those that saving detaches.

    `names` also knows providers that were deleted since the list was opened; their lines stay in sight.
    """
    narrow = width < WIDE
    rows: list[Row] = []
    judged_lines = {line.provider_config_id: line for line in drafted(model, draft.now.kept, find).provider_configs}
    for place, (identity, own_id) in enumerate(draft.now.kept, start=1):
        line, was = judged_lines.get(identity), draft.was(identity)
        if line is None:
            name, verdict = Cell(names.get(identity, "?"), Tone.BAD), Cell("provider deleted", Tone.BAD)
            rows.append(Row(identity, (Cell(str(place)), _was(was), name, *[Cell("")] * 2, verdict)))
        else:
            rows.append(Row(identity, _cells(line, str(place), was, line_verdict(line, short=narrow))))
        if own_id:
            note = spans(Cell(f"       own id {own_id}", Tone.MUTED))
            rows.append(Row((identity, "own id"), note, selectable=False, free=True))
    detached = drafted(model, draft.now.detached, find).provider_configs
    verdict = Cell("removed on save", Tone.WARN)
    rows += [
        Row(line.provider_config_id, _cells(line, "-", draft.was(line.provider_config_id), verdict))
        for line in detached
    ]
    return rows


def ways(now: ModelRow | None, draft: Draft, find: FindProvider, size: tuple[int, int]) -> list[Spans]:
    """Where requests go now, and where they will once the draft is saved; for a screen of so many columns and lines.

    `now` is the model as it is saved, by whomever, which needn't be what the draft began with; None where another
    catalog took the place of the one that held it.
    """
    if now is None or now.deleted_at is not None:
        return [spans(Cell(" now        ", Tone.MUTED), Cell("deleted: requests are refused", Tone.BAD))]
    width, height = size
    # Each way leaves room for the other.
    room = (width - _WAY_LABEL_CELLS) * (2 if height >= TALL else 1)
    saved = drafted(now, draft.now.kept, find)
    told = asked_otherwise(now, saved)
    lines = [
        spans(Cell(label, Tone.MUTED), *chain(way.provider_configs, room, way.asked_for if told else None))
        for label, way in ((" now        ", now), (" if saved   ", saved))
    ]
    if not now.enabled:
        lines.append(spans(Cell(f" {now.name} is off: requests are refused until it is on", Tone.WARN)))
    return lines


def draft_state(changes: int, elsewhere: str, width: int) -> Cell:
    """How the draft differs from the saved list, and what somebody else did meanwhile, `changed` or `deleted`."""
    if not elsewhere:
        return Cell(f"draft: {counted(changes, 'change')}", Tone.WARN) if changes else Cell("no changes", Tone.MUTED)
    # On a narrow line the number has to do.
    mine = "no changes" if not changes else f"draft: {counted(changes, 'change') if width >= WIDE else changes}"
    return Cell(f"{elsewhere} elsewhere   {mine}", Tone.WARN)


def _cells(line: LineRow, place: str, was: int | None, verdict: Cell) -> tuple[Cell, ...]:
    return (
        Cell(place),
        _was(was),
        Cell(line.name),
        on_off(line.enabled),
        key_badge(line.credential, line.key),
        verdict,
    )


def _was(place: int | None) -> Cell:
    return Cell("new", Tone.ACCENT) if place is None else Cell(str(place + 1), Tone.MUTED)
