"""Forms as text: the lines of a new model, and two states of a row side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from modeltui.domain.draft import DraftLine
from modeltui.domain.resolution import verdicts
from modeltui.domain.rows import Credential, CredentialKind, LineRow, ProviderRow
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.badges import key_badge, line_verdict, on_off
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.text import clean, fit
from modeltui.tui.widgets.columns import Column, Row

LINE_COLUMNS = (
    Column("#", 2, align="right", keep=None),
    Column("PROVIDER", 14, grow=2, most=40, keep=None),
    Column("STATE", 5, keep=2),
    Column("KEY", 10, grow=1, most=28, keep=1),
    Column("VERDICT", 26, grow=1, most=30, keep=None),
)
FindProvider = Callable[[UUID], ProviderRow | None]

_LABEL_CELLS = 17


def credential_text(credential: Credential | None) -> str:
    """A credential in words, without its key: `stored a41f09c2`, `env OPENAI_API_KEY`, `none`."""
    if credential is None:
        return "none"
    detail = credential.fingerprint or credential.name or credential.path
    return f"{credential.kind} {detail}" if detail else str(credential.kind)


def set_here(kind: CredentialKind, ready: bool) -> Spans:
    """Whether a variable or a key file can be read by this process now."""
    words = (
        ("set here now", "not set here now") if kind is CredentialKind.ENV else ("readable here", "no key file here")
    )
    signs = glyphs.current()
    # Another host may well have it, so this is no error.
    return spans(Cell(f"{signs.ok} {words[0]}", Tone.GOOD) if ready else Cell(f"{signs.warn} {words[1]}", Tone.WARN))


def line_rows(lines: Sequence[DraftLine], find: FindProvider, names: Mapping[UUID, str]) -> list[Row]:
    """The rows of a new model's list; a provider that was deleted meanwhile keeps its line, so that it can be seen.

    `names` also knows the providers that were deleted.
    """
    rows: list[Row] = []
    judged = {line.provider_config_id: line for line in judged_lines(lines, find)}
    for place, line in enumerate(lines, start=1):
        row = judged.get(line.provider)
        if row is None:
            name = names.get(line.provider, "?")
            gone = (Cell(str(place)), Cell(name, Tone.BAD), *[Cell("")] * 2, Cell("deleted meanwhile", Tone.BAD))
            rows.append(Row(line.provider, gone))
            continue
        badge = key_badge(row.credential, row.key, short=True)
        rows.append(
            Row(line.provider, (Cell(str(place)), Cell(row.name), on_off(row.enabled), badge, line_verdict(row)))
        )
        if line.own_id:
            note = spans(Cell(f"   own id {line.own_id}", Tone.MUTED))
            rows.append(Row((line.provider, "own id"), note, selectable=False, free=True))
    return rows


def judged_lines(lines: Sequence[DraftLine], find: FindProvider) -> list[LineRow]:
    """What resolution would say of each line, those without a provider left out."""
    found = [(line, row) for line in lines if (row := find(line.provider)) is not None]
    answers = verdicts((row.enabled, row.key) for _, row in found)
    return [
        LineRow(row.id, row.name, row.family, place, line.own_id, row.enabled, row.credential, row.key, verdict, reason)
        for place, ((line, row), (verdict, reason)) in enumerate(zip(found, answers, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class FormStates:
    """A row's fields in words by label: when the form was opened, as saved now, and as typed."""

    opened: Mapping[str, str]
    saved: Mapping[str, str]
    yours: Mapping[str, str]

    @property
    def differing(self) -> list[str]:
        """The fields that aren't typed as they are saved now."""
        return [label for label in self.yours if self.yours[label] != self.saved[label]]

    @property
    def conflict(self) -> bool:
        """Whether saving would undo somebody else's change."""
        return any(self.saved[label] != self.opened[label] for label in self.differing)

    @property
    def mine(self) -> list[str]:
        """The fields changed here."""
        return [label for label in self.differing if self.yours[label] != self.opened[label]]

    @property
    def theirs(self) -> list[str]:
        """The fields that only others changed."""
        return [label for label in self.differing if self.yours[label] == self.opened[label]]

    @property
    def both(self) -> list[str]:
        """The fields that were changed here and there, each in its own way."""
        return [label for label in self.mine if self.saved[label] != self.opened[label]]


def conflict_lines(states: FormStates, who: str, width: int) -> list[Spans]:
    """What each answer would do, then the fields that differ in three columns."""
    mine, theirs, both = (", ".join(labels) for labels in (states.mine, states.theirs, states.both))
    if both:
        said = [f"Both changed {both}. R drops what you typed, O saves it over {who}'s."]
    elif mine:
        said = [f"m saves your {mine} and keeps {who}'s {theirs}.", f"R drops yours; O saves yours and undoes {who}'s."]
    else:
        said = [f"You changed none of it: m or R keeps {who}'s, O undoes it."]
    cells = max(8, (width - _LABEL_CELLS - 4) // 3)

    def line(label: str, texts: Sequence[str], tone: Tone) -> Spans:
        shown = " ".join(fit(clean(text or "(empty)"), cells) for text in texts)
        return spans(Cell(f" {fit(clean(label), _LABEL_CELLS)} ", Tone.MUTED), Cell(shown.rstrip(), tone))

    return [
        *(spans(f" {text}") for text in said),
        line("FIELD", ("WHEN OPENED", "AS SAVED NOW", "YOURS"), Tone.MUTED),
        *(
            line(label, (states.opened[label], states.saved[label], states.yours[label]), Tone.PLAIN)
            for label in states.differing
        ),
    ]
