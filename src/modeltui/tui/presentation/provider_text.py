"""Providers as text: the list's rows and the pane's lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from modeltui.clock import local_text
from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.domain.sharing import has_own_key, same_key
from modeltui.domain.what_if import destinations, weighed
from modeltui.tui.presentation.badges import counted, key_badge, on_off
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.impact_text import listed
from modeltui.tui.widgets.columns import Column

# Up to so many cells a name gets before less important columns get any.
NAME_CELLS = 20
COLUMNS = (
    Column("NAME", 14, grow=3, most=40, keep=None, middle=True),
    Column("FAMILY", 13, keep=1),
    Column("STATE", 5, keep=None),
    Column("KEY", 17, grow=2, most=28, keep=4),
    Column("MODELS", 6, align="right", keep=5),
    Column("WINS", 4, align="right", keep=3),
    Column("ALONE", 5, align="right", keep=2),
)


def provider_cells(row: ProviderRow) -> tuple[Cell, ...]:
    """The cells of one provider's row."""
    return (
        Cell(row.name),
        Cell(row.family),
        on_off(row.enabled),
        key_badge(row.credential, row.key),
        Cell(str(row.bound_model_count)),
        Cell(str(row.winning_model_count)),
        Cell(str(row.alone_model_count), Tone.WARN if row.alone_model_count else Tone.PLAIN),
    )


def endpoint(row: ProviderRow) -> str:
    """Where requests are sent: the provider's own URL, else its family's."""
    return row.base_url or row.family.default_base_url or "by region"


def provider_title(row: ProviderRow) -> Spans:
    """The pane's title: which provider, and where it is."""
    return spans(Cell(row.name, Tone.STRONG), f"   {endpoint(row)}")


def provider_pane(row: ProviderRow, bound: Sequence[ModelRow], providers: Sequence[ProviderRow]) -> list[Spans]:
    """What turning it on or off would do to the models bound to it, who shares its key, and who changed it last."""
    label = "turning it off " if row.enabled else "turning it on  "
    return [
        spans(Cell(f" {label}  ", Tone.MUTED), *switch_summary(row, bound)),
        spans(Cell(" same key as      ", Tone.MUTED), _same_key(row, providers)),
        spans(Cell(" last changed     ", Tone.MUTED), f"{local_text(row.updated_at)}, {row.updated_by}"),
    ]


def switch_summary(row: ProviderRow, bound: Sequence[ModelRow]) -> Spans:
    """In a line: how many models would move and where to, which would go dark or come back."""
    if not bound:
        return spans("changes nothing: no model is bound to it")
    models = weighed(bound, {row.id}, down=row.enabled)
    dark = [model.name for model in models if model.goes_dark]
    moving = [model for model in models if model.moves]
    if not moving and not dark:
        return spans("moves no requests")
    if row.enabled:
        parts = [f"{counted(count, 'model')} to {name}" for name, count in destinations(models).items()]
    else:
        sources = Counter(model.winner_before or "dark" for model in moving)
        parts = [f"{count} from {name}" if name != "dark" else f"{count} dark" for name, count in sources.most_common()]
        parts = [f"{counted(len(moving), 'model')} {'returns' if len(moving) == 1 else 'return'}: {'  '.join(parts)}"]
    text = "  ".join(parts)
    if dark:
        return spans(f"{text}  " if text else "", Cell(f"{len(dark)} dark: {listed(dark)}", Tone.BAD))
    return spans(text)


def _same_key(row: ProviderRow, providers: Sequence[ProviderRow]) -> str:
    if not has_own_key(row):
        return "no key of its own"
    same = [other.name for other in same_key(row, providers) if other.id != row.id]
    return ", ".join(same) if same else "no other provider"
