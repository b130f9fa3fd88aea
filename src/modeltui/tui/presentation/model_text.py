"""Models as text: the list's rows and the pane's lines."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from modeltui.clock import local_text
from modeltui.domain.rows import LineRow, ModelRow, ModelState, Verdict
from modeltui.tui.presentation.badges import WHY_DARK, key_badge, line_verdict, model_state, on_off, tokens
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.text import clean, cut_middle, fit
from modeltui.tui.widgets.columns import Column

# Up to so many cells a name gets before less important columns get any.
NAME_CELLS = 24
COLUMNS = (
    Column("NAME", 14, grow=3, most=48, keep=None, middle=True),
    Column("STATE", 10, keep=None),
    Column("REQUESTS GO TO", 14, grow=2, most=32, keep=None, middle=True),
    Column("LINE", 5, align="right", keep=2),
    Column("SPARE", 5, align="right", keep=3),
    Column("CONTEXT", 7, align="right", keep=1),
)
DELETED_COLUMNS = (
    Column("NAME", 14, grow=3, most=48, keep=None, middle=True),
    Column("FAMILY", 13, keep=1),
    Column("LINES", 5, align="right", keep=2),
    Column("DELETED", 25, keep=None),
)
_WIDE_PANE = 70


def model_cells(row: ModelRow) -> tuple[Cell, ...]:
    """The cells of one model's row."""
    usable = row.winning_line
    count = len(row.provider_configs)
    return (
        Cell(row.name),
        model_state(row.state),
        destination(row),
        Cell(f"{usable.priority + 1 if usable else '-'}/{count}"),
        Cell(str(row.spare_count) if row.spare_count else "0 !", Tone.PLAIN if row.spare_count else Tone.WARN),
        Cell(tokens(row.context_limit)),
    )


def deleted_cells(row: ModelRow) -> tuple[Cell, ...]:
    """The cells of one deleted model's row."""
    deleted = local_text(row.deleted_at) if row.deleted_at else ""
    return (Cell(row.name), Cell(row.family), Cell(str(len(row.provider_configs))), Cell(deleted))


def destination(row: ModelRow) -> Cell:
    """Where requests go, or in a few words why nowhere."""
    if row.state is ModelState.OFF:
        return Cell(f"({row.winner or 'nowhere'})", Tone.MUTED)
    return Cell(row.winner) if row.winner is not None else Cell(why_dark(row), Tone.BAD)


def why_dark(row: ModelRow) -> str:
    """The reason why no line is usable: the one that most lines share, the first of equals."""
    reasons = [line.reason for line in row.provider_configs if line.reason is not None]
    if not reasons:
        return "no lines"
    reason = max(dict.fromkeys(reasons), key=reasons.count)
    return WHY_DARK[reason]


def model_title(row: ModelRow, width: int) -> Spans:
    """The pane's title: which model, and where there is room, where its requests go."""
    title = spans(Cell(row.name, Tone.STRONG), f"   {row.family}")
    return (*title, Cell("   "), _where(row)) if width >= _WIDE_PANE else title


def _where(row: ModelRow) -> Cell:
    count = len(row.provider_configs)
    line = row.winning_line
    if row.deleted_at is not None:
        return Cell("deleted", Tone.MUTED)
    if row.state is ModelState.OFF:
        return Cell("off: requests are refused", Tone.MUTED)
    if line is None:
        return Cell("dark: requests are refused", Tone.BAD)
    return Cell(f"requests go to {line.name}, line {line.priority + 1} of {count}")


def model_pane(row: ModelRow, width: int) -> list[Spans]:
    """The pane's lines: the priority list with its verdicts, and what happens without the winner."""
    wide = width >= _WIDE_PANE
    names = [line.name for line in row.provider_configs]
    name_cells = max(12, min(24 if wide else 16, max((len(name) for name in names), default=12)))
    lines: list[Spans] = []
    if wide:
        heading = f" #  {fit('PROVIDER', name_cells)} STATE KEY                      VERDICT"
        lines.append(spans(Cell(heading, Tone.MUTED)))
    else:
        lines.append((Cell(" "), _where(row)))
    lines += [_pane_line(line, name_cells, wide) for line in row.provider_configs]
    if not row.provider_configs:
        lines.append(spans(Cell(" no lines: attach a provider with enter, then a", Tone.WARN)))
    lines.append(_without_winner(row))
    if row.model != row.name:
        lines.append(spans(Cell(" upstream id ", Tone.MUTED), row.model))
    return lines


def _pane_line(line: LineRow, name_cells: int, wide: bool) -> Spans:
    key = key_badge(line.credential, line.key, short=not wide)
    return spans(
        f"{line.priority + 1:>2}  {fit(line.name, name_cells)} ",
        Cell(fit(on_off(line.enabled).text, 5) + " ", on_off(line.enabled).tone),
        Cell(fit(key.text, 24 if wide else 9) + " ", key.tone),
        line_verdict(line, short=not wide),
        *([Cell(f"  as {line.upstream_model}", Tone.MUTED)] if line.upstream_model and wide else []),
    )


def _without_winner(row: ModelRow) -> Spans:
    winner = row.winning_line
    if winner is None or row.state is ModelState.OFF:
        return ()
    after = next((line.name for line in row.provider_configs if line.verdict is Verdict.STANDBY), None)
    heading = Cell(f" without {winner.name}: ", Tone.MUTED)
    return spans(heading, after) if after else spans(heading, Cell("dark", Tone.BAD))


def chain(lines: Sequence[LineRow], cells: int | None = None, asked_for: str | None = None) -> Spans:
    """The way of a request in words: `a, then b, then dark`; in so many cells, where not all names have room.

    Then the last ones are counted, as in `a, then b, 3 more, then dark`. `asked_for` is what the first is asked for,
    where that is to be said: `a as gpt-5-eu, then b`.
    """
    usable = [clean(line.name) for line in lines if line.verdict is not Verdict.SKIPPED]
    if not usable:
        return spans(Cell("dark", Tone.BAD))
    first, *rest = usable
    asked = f" as {cut_middle(clean(asked_for), (cells or 80) // 5)}" if asked_for is not None else ""
    after = ""
    for shown in range(len(rest), -1, -1):
        more = [f"{len(rest) - shown} more"] if shown < len(rest) else []
        names = [*rest[:shown], *more]
        after = f"{asked}, then {', '.join(names)}, then dark" if names else f"{asked}, then dark"
        if cells is None or cell_len(first + after) <= cells:
            break
    else:
        first = cut_middle(first, max(1, (cells or 0) - cell_len(after)))
    return spans(Cell(first, Tone.STRONG), after)
