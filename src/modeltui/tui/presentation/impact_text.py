"""An impact as text: what goes dark first, by name, then how many models move where."""

from __future__ import annotations

from collections.abc import Sequence

from modeltui.domain.impact import Impact, ModelImpact, asked_otherwise
from modeltui.domain.rows import ModelRow
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans

NAMES_SHOWN = 12
DESTINATIONS_SHOWN = 4


def impact_lines(impact: Impact) -> list[Spans]:
    """The lines of a question about a change."""
    lines: list[Spans] = []
    if impact.deleted:
        lines.append(_named(f" deleted    {counted(len(impact.deleted), 'model')}: ", [m.name for m in impact.deleted]))
    for heading, turned_on in ((" go dark    ", False), (" stay dark  ", True)):
        names = [model.name for model in impact.dark if model.turned_on is turned_on]
        if names:
            lines.append(_named(f"{heading}{counted(len(names), 'model')}: ", names))
    lines += _refused_lines([model for model in impact.models if _turned_off(model)])
    for heading, dark in ((" come back  ", True), (" move       ", False)):
        for name in impact.destinations:
            moving = [m for m in impact.moving if m.winner_after == name and (m.winner_before is None) is dark]
            if moving:
                lines.append(spans(Cell(heading, Tone.MUTED), _moved(name, moving)))
    stays = sum(not (model.moves or model.deleted or model.goes_dark) for model in impact.models)
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


def asked_text(before: ModelRow, after: ModelRow) -> str:
    """What the winner is asked for, in words, where that changes though the winner doesn't; else nothing."""
    if not asked_otherwise(before, after):
        return ""
    return f"{after.winner} is asked for {after.asked_for} instead of {before.asked_for}"


def asked_lines(before: ModelRow, after: ModelRow) -> list[Spans]:
    """The same as the lines of a question."""
    text = asked_text(before, after)
    return [spans(Cell(" upstream   ", Tone.MUTED), text)] if text else []


def outcome(impact: Impact) -> str:
    """What happened, in a few words for the flash line."""
    return _told(impact, "moved", "went dark", "deleted", "default is now")


def prospect(impact: Impact) -> str:
    """What would happen, in as many words."""
    move = "move" if len(impact.moving) > 1 else "moves"
    return _told(impact, move, "to go dark", "to be deleted", "default becomes")


def _told(impact: Impact, moved: str, dark: str, deleted: str, default: str) -> str:
    parts = []
    if impact.moving:
        parts.append(f"{counted(len(impact.moving), 'model')} {moved} {_where(impact)}")
    if impact.dark:
        parts.append(f"{len(impact.dark)} {dark}")
    if impact.deleted:
        parts.append(f"{len(impact.deleted)} {deleted}")
    refused = sum(_turned_off(model) for model in impact.models)
    if refused:
        parts.append(f"requests for {counted(refused, 'model')} are refused")
    if impact.default_before != impact.default_after:
        parts.append(f"{default} {impact.default_after or 'none'}")
    return "; ".join(parts) or "no request lands elsewhere"


def _where(impact: Impact) -> str:
    """The destinations with their numbers, those with the most models first."""
    destinations = list(impact.destinations.items())
    if len(destinations) == 1:
        return f"to {destinations[0][0]}"
    shown = ", ".join(f"{count} to {name}" for name, count in destinations[:DESTINATIONS_SHOWN])
    rest = sum(count for _, count in destinations[DESTINATIONS_SHOWN:])
    return f"({shown}{f', {rest} elsewhere' if rest else ''})"


def _turned_off(model: ModelImpact) -> bool:
    """Whether requests for a model are refused afterwards because it is turned off itself."""
    return model.moves and model.winner_after is None and not (model.goes_dark or model.deleted)


def _refused_lines(models: list[ModelImpact]) -> list[Spans]:
    """The models that are turned off, by where their requests go now."""
    if len(models) == 1:
        return [_named(" refused    1 model: ", [f"{models[0].name}, now at {models[0].winner_before}"])]
    by_winner: dict[str, list[str]] = {}
    for model in models:
        by_winner.setdefault(model.winner_before or "nowhere", []).append(model.name)
    return [
        _named(f" refused    {counted(len(names), 'model')}, now at {winner}: ", names)
        for winner, names in sorted(by_winner.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _moved(name: str, moving: list[ModelImpact]) -> str:
    sources = sorted({model.winner_before for model in moving if model.winner_before is not None})
    came = f", from {listed(sources)}" if sources else ""
    return f"{counted(len(moving), 'model')} to {name}{came}: {listed([model.name for model in moving])}"


def _named(heading: str, names: list[str]) -> Spans:
    return spans(Cell(heading, Tone.BAD), listed(names))


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    shown = ", ".join(names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
