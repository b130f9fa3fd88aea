"""Saving a list: what it would do is shown, and nobody else's change is overwritten unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modeltui.domain.impact import Impact
from modeltui.domain.rows import ModelRow
from modeltui.errors import ModelDeleted, NotFound, ProviderNotFound, StaleVersion
from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.presentation.impact_text import impact_lines
from modeltui.tui.presentation.line_text import same_lines

if TYPE_CHECKING:
    from modeltui.tui.screens.lines import LinesScreen


async def save_lines(screen: LinesScreen) -> None:
    """Saves the editor's draft in one transaction; the draft stays as it is unless that worked."""
    from modeltui.domain.inputs import ModelUpdate

    if not screen.draft.changed:
        screen.flash("nothing to save: the list is as it was")
        return
    model, models = screen.model, screen.session.catalog.models
    while True:
        draft = screen.draft
        try:
            current = await models.get(model.id)
            if current.deleted_at is not None:
                raise ModelDeleted(current.name)
            # What was saved meanwhile is shown before what this would change; a change beside the list doesn't matter.
            if not same_lines(current, model):
                await screen.session.reload()
                if not await _settled(screen, current):
                    return
                model = current
                continue
            impact = await models.impact_of_lines(model.id, draft.providers)
            if not await _agreed(screen, impact):
                screen.flash("not saved; the draft is still here")
                return
            changes = ModelUpdate(provider_config_ids=draft.providers, upstream_models=draft.own_ids)
            row = await models.update(model.id, changes, version=current.version, impact=impact)
            break
        except StaleVersion:
            continue
        except ProviderNotFound:
            await screen.session.reload()
            if not await _settled(screen, current):
                return
        except (ModelDeleted, NotFound):
            await screen.session.reload()
            await _model_is_gone(screen)
            return
    screen.load(row)
    await screen.session.reload()
    screen.flash(f"saved: requests for {row.name} go to {row.winner or 'nowhere, it is dark'}")


async def _agreed(screen: LinesScreen, impact: Impact) -> bool:
    if impact.harmless:
        return True
    title = f"Save the lines of {screen.model.name}?"
    return await screen.confirm(title, impact_lines(impact), "save")


async def _settled(screen: LinesScreen, current: ModelRow) -> bool:
    """Shows the conflict; True when the draft is to be saved over what is there now."""
    choice = await screen.room.show_conflict(screen.model, current, screen.draft)
    if choice == "theirs":
        screen.load(current)
        screen.flash(f"the draft was dropped; this is what {current.updated_by} saved")
        return False
    if choice != "ours":
        screen.flash("not saved; the draft is still here")
        return False
    gone = frozenset(line.provider for line in screen.draft.now.kept if screen.session.provider(line.provider) is None)
    if gone and screen.draft.drop(gone):
        screen.refresh_rows()
    if not screen.draft.now.kept:
        screen.flash("every provider of your list is deleted; attach another one", error=True)
        return False
    return True


async def _model_is_gone(screen: LinesScreen) -> None:
    row = screen.session.model(screen.model.id)
    who = f" by {row.updated_by}" if row is not None else ""
    lines = [
        spans(Cell(f" {screen.model.name} was deleted{who} while you edited its lines; nothing was saved.", Tone.BAD)),
        spans(" Go back, press D on Models and R on it to restore it, then edit its lines again."),
    ]
    if await screen.confirm("The model is gone", lines, "drop the draft and go back"):
        screen.dismiss(None)
