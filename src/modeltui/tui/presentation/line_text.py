"""The attachment editor as text: its rows with their verdicts, worked out for the draft as it is now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from modeltui.domain.draft import Draft, DraftLine
from modeltui.domain.impact import judged
from modeltui.domain.rows import LineRow, ModelRow, ProviderRow, SkipReason, Verdict
from modeltui.tui.presentation.badges import key_badge, line_verdict, on_off
from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.row_painter import Row

COLUMNS = (
    Column("#", 2, align="right", keep=None),
    Column("was", 3, align="right", keep=3),
    Column("PROVIDER", 14, grow=2, most=40, keep=None),
    Column("STATE", 5, keep=2),
    Column("KEY", 17, grow=1, most=28, keep=1),
    Column("VERDICT", 26, keep=None),
)

FindProvider = Callable[[UUID], ProviderRow | None]


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


def editor_rows(model: ModelRow, draft: Draft, find: FindProvider) -> list[Row]:
    """All rows: kept lines with their own ids below them, then those that saving detaches."""
    rows: list[Row] = []
    gone = [line.provider for line in draft.now.kept if find(line.provider) is None]
    for line in drafted(model, draft.now.kept, find).provider_configs:
        identity = line.provider_config_id
        place = draft.now.place(identity) or 0
        rows.append(Row(identity, _cells(line, str(place + 1), draft.was(identity), line_verdict(line))))
        if line.upstream_model:
            note = spans(Cell(f"       own id {line.upstream_model}", Tone.MUTED))
            rows.append(Row((identity, "own id"), note, selectable=False, free=True))
    names = {line.provider_config_id: line.name for line in model.provider_configs}
    verdict = Cell("its provider is deleted", Tone.BAD)
    rows += [
        Row(
            identity,
            (Cell("?"), _was(draft.was(identity)), Cell(names.get(identity, "?")), *[Cell("")] * 2, verdict),
        )
        for identity in gone
    ]
    detached = drafted(model, draft.now.detached, find).provider_configs
    verdict = Cell("removed on save", Tone.WARN)
    rows += [
        Row(line.provider_config_id, _cells(line, "-", draft.was(line.provider_config_id), verdict))
        for line in detached
    ]
    return rows


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


def same_lines(one: ModelRow, other: ModelRow) -> bool:
    """Whether two states of a model have the same list, own ids included."""
    return Draft.of(one.provider_configs).saved == Draft.of(other.provider_configs).saved
