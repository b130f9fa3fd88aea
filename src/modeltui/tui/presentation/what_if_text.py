"""A what-if as text: providers taken as down, what becomes of each model, and the totals."""

from __future__ import annotations

from modeltui.domain.rows import ModelState, ProviderRow
from modeltui.domain.what_if import ModelWhatIf, WhatIf
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.badges import counted, model_state
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.impact_text import listed
from modeltui.tui.widgets.columns import Column

COLUMNS = (
    Column("THEN", 10, keep=None),
    Column("NAME", 13, grow=3, most=48, keep=None),
    Column("NOW AT", 11, grow=2, most=32, keep=None),
    Column("THEN AT", 13, grow=2, most=34, keep=None),
    Column("SPARE", 5, align="right", keep=1),
)


def down_cells(row: ProviderRow) -> tuple[Cell, ...]:
    """The cells of a provider that is taken as down: what it serves now, or why nothing."""
    bound, wins = row.bound_model_count, row.winning_model_count
    serves = f"wins {wins} of {bound}" if bound else "no models"
    already = "" if row.usable else ("no key already" if row.enabled else "off already")
    return (Cell(f"{glyphs.current().off} down", Tone.MUTED), Cell(row.name), Cell(serves), Cell(already, Tone.MUTED))


def model_cells(row: ModelWhatIf) -> tuple[Cell, ...]:
    """The cells of an affected model: its state then, its winner before and after, its spares then."""
    arrow = glyphs.current().arrow
    if row.goes_dark:
        then = Cell(f"{arrow} nowhere", Tone.BAD)
    else:
        then = Cell(f"{arrow} {row.winner_after}") if row.moves else Cell("stays", Tone.MUTED)
    spare = Cell(str(row.spare_after)) if row.spare_after else Cell("0 !", Tone.WARN)
    return (
        model_state(row.state_after),
        Cell(row.name),
        Cell(row.winner_before or "nowhere"),
        then,
        Cell("") if row.state_after is ModelState.DARK else spare,
    )


def way_text(row: ModelWhatIf) -> str:
    """A model's winner before and after in one text."""
    if row.stays:
        return f"{row.winner_before}, as now"
    return f"{row.winner_before} {glyphs.current().arrow} {row.winner_after or 'nowhere'}"


def dark_text(answer: WhatIf) -> str:
    """How many models would go dark, and how many are so whatever happens."""
    count = len(answer.dark)
    said = f"{counted(count, 'model')} {'goes' if count == 1 else 'go'} dark" if count else "no model goes dark"
    already = f"{answer.dark_before} more {'is' if answer.dark_before == 1 else 'are'} dark already"
    return f"{said}; {already}" if answer.dark_before else said


def what_if_place(answer: WhatIf) -> tuple[Spans, Spans]:
    """Line 2: what is taken as down, and apart from it the totals, which are never cut."""
    names = ", ".join(answer.down)
    down = f"{len(answer.down)} down: {names}" if names else "0 down"
    left = spans("Providers / ", Cell("what if", Tone.STRONG), f"   {down}")
    moving, dark = len(answer.moving), len(answer.dark)
    right = [Cell(f"  {counted(moving, 'model')} {'moves' if moving == 1 else 'move'}")]
    return left, spans(*right, Cell(f"  {dark} dark", Tone.BAD if dark else Tone.PLAIN))


def what_if_pane(answer: WhatIf) -> tuple[Spans, list[Spans]]:
    """The totals: what goes dark first, by name, then how many models move where."""
    lines: list[Spans] = []
    dark = [model.name for model in answer.dark]
    if dark:
        lines.append(spans(Cell(" go dark    ", Tone.BAD), f"{counted(len(dark), 'model')}: {listed(dark)}"))
    lines += [
        spans(Cell(" move       ", Tone.MUTED), f"{counted(count, 'model')} to {name}")
        for name, count in answer.destinations.items()
    ]
    staying = len(answer.staying)
    if staying:
        loses = "stays and loses" if staying == 1 else "stay and lose"
        lines.append(spans(Cell(" stay       ", Tone.MUTED), f"{counted(staying, 'model')} {loses} a spare"))
    default = answer.default
    if default is not None and not default.stays:
        lines.append(spans(Cell(" unnamed    ", Tone.MUTED), f"requests without a model's name: {way_text(default)}"))
    rest = [f"{counted(answer.unaffected, 'model')} not affected"]
    if answer.dark_before:
        rest.append(f"{answer.dark_before} of them dark already")
    lines.append(spans(Cell(" others     ", Tone.MUTED), ", ".join(rest)))
    lines.append(spans(Cell(" Nothing is changed here, and nothing is written.", Tone.MUTED)))
    count = len(answer.down)
    return spans(
        "if ", Cell(counted(count, "provider"), Tone.STRONG), " were down" if count != 1 else " was down"
    ), lines
