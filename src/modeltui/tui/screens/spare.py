"""Attaching one spare to all models of a cause: picked, weighed, asked about and written as one change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modeltui.domain.doctor import Cause, Diagnosis
from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.domain.spare import spare_plan, spares_for
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.doctor_text import about, spare_lines
from modeltui.tui.presentation.impact_text import impact_lines

if TYPE_CHECKING:
    from modeltui.domain.impact import Impact
    from modeltui.tui.screens.doctor import DoctorScreen
    from modeltui.tui.screens.picker import Offered


async def attach_spare(screen: DoctorScreen, cause: Cause) -> None:
    """Asks for a provider and attaches it at the bottom of every list that lacks it. Only in queued work."""
    from modeltui.domain.bulk import AttachProvider

    diagnosis = screen.diagnosis(cause)
    if diagnosis is None:
        screen.flash("this is cured meanwhile")
        return
    provider = await _chosen(screen, diagnosis)
    if provider is None:
        return
    change = AttachProvider(spare_plan(diagnosis, provider, screen.session.rows).models, provider.id)
    count = counted(len(change.models), "model")

    async def agree(impact: Impact, _: tuple[ModelRow, ...]) -> bool:
        now = screen.session.provider(provider.id) or provider
        plan = spare_plan(diagnosis, now, screen.session.rows)
        lines = [*spare_lines(plan, now, diagnosis), *impact_lines(impact)]
        return await screen.confirm(f"Attach {now.name} to {count}, at the bottom?", lines, "attach it")

    models = [row for identity in change.models if (row := screen.session.model(identity)) is not None]
    if await screen.change(change, models, agree) is not None:
        left = screen.diagnosis(cause)
        ill = {finding.id for finding in left.models} if left is not None else set()
        cured = sum(identity not in ill for identity in change.models)
        name = (screen.session.provider(provider.id) or provider).name
        screen.flash(f"{name} is now the last line of {count}, {cured} of them no longer {diagnosis.title}")


async def _chosen(screen: DoctorScreen, diagnosis: Diagnosis) -> ProviderRow | None:
    """The provider that the person chooses, of those that at least one of the models lacks."""

    def offered() -> list[Offered]:
        return [
            (row, f"{held} of {count}" if held else "none")
            for row, held, count in spares_for(diagnosis, screen.session.rows)
        ]

    if not offered():
        families = ", ".join(sorted({finding.family for finding in diagnosis.models}))
        screen.flash(f"every provider of family {families} is attached already; press 2, then n to add one")
        return None
    models = about(diagnosis, len(diagnosis.models))
    return await screen.room.choose_provider(f"one spare for {models}: {diagnosis.title}", offered)
