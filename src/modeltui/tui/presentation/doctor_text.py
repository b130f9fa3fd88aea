"""The doctor's findings as text: the list of causes, what each means, and the models or providers of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from modeltui.domain.doctor import Diagnosis, Finding, Level
from modeltui.domain.records import Rows
from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.domain.spare import SparePlan
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.badges import counted, key_badge, model_state, on_off
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.widgets.columns import Column, Row

CAUSE_COLUMNS = (
    Column("LEVEL", 9, keep=None),
    Column("CAUSE", 30, grow=1, most=34, keep=None),
    Column("COUNT", 5, align="right", keep=None),
    Column("OF", 9, keep=None),
)
MODEL_COLUMNS = (
    Column("NAME", 14, grow=2, most=40, keep=None),
    Column("STATE", 10, keep=None),
    Column("WHY", 24, grow=3, keep=None),
)
PROVIDER_COLUMNS = (
    Column("NAME", 14, grow=2, most=40, keep=None),
    Column("STATE", 5, keep=None),
    Column("MODELS", 6, align="right", keep=1),
    Column("WHY", 24, grow=3, keep=None),
)
NAMES_SHOWN = 12


def level_badge(level: Level) -> Cell:
    """How bad a diagnosis is."""
    signs = glyphs.current()
    sign, tone = {
        Level.ERROR: (signs.bad, Tone.BAD),
        Level.WARNING: (signs.warn, Tone.WARN),
        Level.INFO: (signs.off, Tone.PLAIN),
    }[level]
    return Cell(f"{sign} {level}", tone)


def about(diagnosis: Diagnosis, count: int) -> str:
    """`3 models` or `1 provider`."""
    return counted(count, "provider" if diagnosis.providers else "model")


def cause_row(diagnosis: Diagnosis) -> Row:
    """One cause in the list."""
    count = len(diagnosis.findings)
    number, noun = about(diagnosis, count).split(" ") if count else ("", "")
    return Row(diagnosis.cause, (level_badge(diagnosis.level), Cell(diagnosis.title), Cell(number), Cell(noun)))


def finding_row(finding: Finding, row: ModelRow | ProviderRow) -> Row:
    """One model or provider of a cause, as it is now."""
    why = Cell(finding.detail)
    if isinstance(row, ModelRow):
        return Row(finding.id, (Cell(finding.name), model_state(row.state), why))
    return Row(finding.id, (Cell(finding.name), on_off(row.enabled), Cell(str(row.bound_model_count)), why))


def level_notes(found: Sequence[Diagnosis]) -> Spans:
    """How many causes there are of each level."""
    counts = Counter(diagnosis.level for diagnosis in found)
    tones = {Level.ERROR: Tone.BAD, Level.WARNING: Tone.WARN, Level.INFO: Tone.PLAIN}
    words = {Level.ERROR: "error", Level.WARNING: "warning"}
    return tuple(
        Cell(f"   {counted(counts[level], words[level]) if level in words else f'{counts[level]} info'}", tones[level])
        for level in Level
        if counts[level]
    )


def cause_pane(diagnosis: Diagnosis) -> list[Spans]:
    """What a cause means, what to do, and the first that it holds for."""
    lines = [
        spans(Cell(" means   ", Tone.MUTED), diagnosis.meaning),
        spans(Cell(" do      ", Tone.MUTED), diagnosis.advice),
    ]
    if diagnosis.cure is not None:
        lines.append(spans(Cell(" cure    ", Tone.MUTED), f"b attaches one spare at the bottom of {_lists(diagnosis)}"))
    if diagnosis.findings:
        names = [finding.name for finding in diagnosis.findings]
        lines.append(spans(Cell(" names   ", Tone.MUTED), _listed(names)))
    return lines


def _lists(diagnosis: Diagnosis) -> str:
    """Whose lists a spare would join: all of them, or where they are of several families, those of one."""
    families = Counter(finding.family for finding in diagnosis.models)
    if len(families) > 1:
        shares = ", ".join(f"{count} {family}" for family, count in families.items())
        return f"the lists of one family: {shares}"
    return "its list" if len(diagnosis.models) == 1 else f"all {len(diagnosis.models)} lists"


def nothing_found(rows: Rows) -> list[Spans]:
    """What was looked at and found well."""
    models, providers = counted(len(rows.models), "model"), counted(len(rows.providers), "provider")
    looked = (
        ("models     ", "those on: first line usable, with a true spare"),
        ("default    ", "there, and on"),
        ("keys       ", "all readable here"),
        ("providers  ", "all in use"),
    )
    return [
        spans(Cell("  Nothing to worry about.", Tone.GOOD)),
        spans(f"  Looked at {models} and {providers}:"),
        *(spans(Cell(f"    {what}", Tone.MUTED), words) for what, words in looked),
    ]


def spare_lines(plan: SparePlan, provider: ProviderRow, diagnosis: Diagnosis) -> list[Spans]:
    """What attaching a spare comes to: what it cures, what it doesn't, and who is left out."""
    count = len(plan.models)
    cured = Cell(f"{plan.cured} of {count} no longer {diagnosis.title}", Tone.PLAIN if plan.cured else Tone.WARN)
    lines = [spans(Cell(" cures      ", Tone.MUTED), cured)]
    if not provider.usable:
        state, key = on_off(provider.enabled).text, key_badge(provider.credential, provider.key).text
        lines.append(spans(Cell(" can't be used now: ", Tone.WARN), f"{state}, {key}"))
    if plan.false_spare:
        falsely = f"for {counted(plan.false_spare, 'model')}: it would fail with the other lines"
        lines.append(spans(Cell(" false      ", Tone.WARN), falsely))
    if plan.have_it:
        lines.append(spans(Cell(" left out   ", Tone.MUTED), f"{counted(plan.have_it, 'model')} that have it already"))
    if plan.other_family:
        other = f"{counted(plan.other_family, 'model')} of other families; b again for those"
        lines.append(spans(Cell(" left out   ", Tone.MUTED), other))
    return lines


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
