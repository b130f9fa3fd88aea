"""An impact as text: what goes dark first, by name, then how many models move where."""

from __future__ import annotations

from modeltui.domain.impact import Impact, ModelImpact
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans

NAMES_SHOWN = 12


def impact_lines(impact: Impact) -> list[Spans]:
    """The lines of a question about a change."""
    lines: list[Spans] = []
    if impact.deleted:
        lines.append(_named(f" deleted    {counted(len(impact.deleted), 'model')}: ", [m.name for m in impact.deleted]))
    if impact.dark:
        lines.append(_named(f" go dark    {counted(len(impact.dark), 'model')}: ", [m.name for m in impact.dark]))
    off = [f"{m.name}, now at {m.winner_before}" for m in impact.models if _turned_off(m)]
    if off:
        lines.append(_named(f" refused    {counted(len(off), 'model')}: ", off))
    for heading, dark in ((" come back  ", True), (" move       ", False)):
        for name in impact.destinations:
            moving = [m for m in impact.moving if m.winner_after == name and (m.winner_before is None) is dark]
            if moving:
                lines.append(spans(Cell(heading, Tone.MUTED), _moved(name, moving)))
    stays = sum(not (model.moves or model.deleted) for model in impact.models)
    if stays:
        lines.append(spans(Cell(" stay       ", Tone.MUTED), f"{counted(stays, 'model')} where they are"))
    if impact.default_before != impact.default_after:
        after = impact.default_after or "none"
        lines.append(
            spans(
                Cell(" default    ", Tone.MUTED), f"{impact.default_before or 'none'} {glyphs.current().arrow} {after}"
            )
        )
    return lines or [spans(" No request lands elsewhere.")]


def outcome(impact: Impact) -> str:
    """What happened, in a few words for the flash line."""
    parts = []
    if impact.moving:
        parts.append(f"{counted(len(impact.moving), 'model')} moved")
    if impact.dark:
        parts.append(f"{len(impact.dark)} went dark")
    if impact.deleted:
        parts.append(f"{len(impact.deleted)} deleted")
    if impact.default_before != impact.default_after:
        parts.append(f"default is now {impact.default_after or 'none'}")
    return ", ".join(parts) or "no request lands elsewhere"


def _turned_off(model: ModelImpact) -> bool:
    """Whether requests for a model are refused afterwards because it is turned off itself."""
    return model.moves and model.winner_after is None and not (model.goes_dark or model.deleted)


def _moved(name: str, moving: list[ModelImpact]) -> str:
    sources = sorted({model.winner_before for model in moving if model.winner_before is not None})
    came = f", from {_listed(sources)}" if sources else ""
    return f"{counted(len(moving), 'model')} to {name}{came}: {_listed([model.name for model in moving])}"


def _named(heading: str, names: list[str]) -> Spans:
    return spans(Cell(heading, Tone.BAD), _listed(names))


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
