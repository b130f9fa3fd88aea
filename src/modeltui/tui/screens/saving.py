"""Saving a list: what it would do is shown, and nobody else's change is overwritten unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modeltui.domain.draft import Draft, DraftLine
from modeltui.domain.impact import Impact, with_own_ids
from modeltui.domain.rows import ModelRow
from modeltui.errors import ModelDeleted, NotFound, ProviderNotFound, StaleVersion
from modeltui.tui.presentation.conflict_text import Conflict
from modeltui.tui.presentation.impact_text import asked_lines, impact_lines

if TYPE_CHECKING:
    from modeltui.tui.screens.lines import LinesScreen


async def save_lines(screen: LinesScreen) -> None:
    """Saves the editor's draft in one transaction; the draft stays as it is unless that worked."""
    from modeltui.domain.inputs import ModelUpdate

    if not screen.draft.changed:
        screen.flash("nothing to save: the list is as it was")
        return
    models = screen.session.catalog.models
    # The saved list that the person knows of; a change beside the list doesn't matter.
    seen: tuple[DraftLine, ...] | None = screen.draft.saved
    while True:
        draft = screen.draft
        try:
            current = await models.get(screen.model.id)
            saved = Draft.of(current.provider_configs).saved
            if current.deleted_at is not None or saved != seen:
                seen = await _settled(screen, current)
                if seen is None:
                    return
                continue
            impact = await models.impact_of_lines(current.id, draft.providers)
            if not await _agreed(screen, impact, current):
                screen.flash("not saved; the draft is still here")
                return
            changes = ModelUpdate(provider_config_ids=draft.providers, upstream_models=draft.own_ids)
            row = await models.update(current.id, changes, version=current.version, impact=impact)
            break
        except (StaleVersion, ModelDeleted):
            continue
        except ProviderNotFound:
            seen = await _settled(screen, current)
            if seen is None:
                return
        except NotFound:
            await screen.session.reload()
            screen.flash(
                f"not saved: {screen.model.name} isn't in this catalog any more; the draft is still here, q leaves it",
                error=True,
            )
            return
    screen.load(row)
    await screen.session.reload()
    screen.flash(f"saved: requests for {row.name} go to {row.winner or 'nowhere, it is dark'}")


async def _agreed(screen: LinesScreen, impact: Impact, current: ModelRow) -> bool:
    """Asks where another provider wins, or where the same one is asked for another upstream model."""
    own_ids = {line.provider: line.own_id for line in screen.draft.now.kept}
    lines = impact_lines(impact) if not impact.harmless else asked_lines(current, with_own_ids(current, own_ids))
    return not lines or await screen.confirm(f"Save the lines of {screen.model.name}?", lines, "save")


async def _settled(screen: LinesScreen, current: ModelRow) -> tuple[DraftLine, ...] | None:
    """Shows the conflict; gives the saved list that the draft is to be put over, or None where it isn't to be saved."""
    await screen.session.reload()
    conflict = _conflict_of(screen, current)
    choice = await screen.room.show_conflict(conflict)
    if choice == "ours":
        return await _put_over(screen, conflict)
    if choice == "theirs":
        _take_theirs(screen, current)
    elif choice == "merge":
        _take_merged(screen, conflict)
    else:
        screen.flash("not saved; the draft is still here")
    return None


def _conflict_of(screen: LinesScreen, current: ModelRow) -> Conflict:
    """What stands between a draft and what is saved now."""
    now, opened = screen.draft.now, screen.draft.saved
    gone = frozenset(line.provider for line in (*opened, *now.kept) if screen.session.provider(line.provider) is None)
    return Conflict(current, opened, now.kept, now.touched, screen.names, gone)


def _take_theirs(screen: LinesScreen, current: ModelRow) -> None:
    if current.deleted_at is not None:
        screen.dismiss(None)
        return
    screen.load(current)
    screen.flash(f"the draft was dropped; this is what {current.updated_by} saved")


def _take_merged(screen: LinesScreen, conflict: Conflict) -> None:
    """The merged list is a draft like any other: to be looked at, then saved, or undone in one step."""
    screen.model = conflict.model
    screen.draft.go_on_from(conflict.saved, conflict.merge.lines)
    screen.refresh_rows()
    who = conflict.model.updated_by
    if screen.draft.changed:
        screen.flash(f"merged with what {who} saved, not saved yet: look, then s saves, u takes it back")
    else:
        screen.flash(f"nothing is left to save: {who} saved the same; u takes the merge back")


async def _put_over(screen: LinesScreen, conflict: Conflict) -> tuple[DraftLine, ...]:
    """Makes the draft one that can be saved: without what is gone, and of a model that is there."""
    if conflict.gone and screen.draft.drop(conflict.gone):
        screen.refresh_rows()
    if not conflict.deleted:
        return conflict.saved
    models, current = screen.session.catalog.models, conflict.model
    row = await models.restore(current.id, screen.draft.providers, version=current.version)
    return Draft.of(row.provider_configs).saved
