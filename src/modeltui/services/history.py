"""Undoing and redoing what was changed through this open catalog: each is one transaction that puts all of it back.

A change is only taken back while every row that it touched still is as it left it: nobody's later work is lost.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from modeltui.db.queries import among
from modeltui.db.tables import MODELS, PROVIDERS
from modeltui.domain.history import Entry, Past, Reversal
from modeltui.domain.impact import Impact
from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.errors import CannotUndo, StaleVersion
from modeltui.services.bulk import remove_providers
from modeltui.services.lines import Line, write_lists
from modeltui.services.taking_back import Obstacle, Plan, Values, of_kind, plan_of_taking_back
from modeltui.services.workspace import Change, View, Workspace

_DONE = {"undo": "undone", "redo": "done again"}


class History:
    """`catalog.history`: what this program has changed since it opened the catalog, the last change first."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._past = workspace.past or Past()

    @property
    def to_undo(self) -> str | None:
        """What people call the change that `undo` would take back."""
        return self._past.done[-1].title if self._past.done else None

    @property
    def to_redo(self) -> str | None:
        """What people call the change that `redo` would make again."""
        return self._past.undone[-1].title if self._past.undone else None

    @property
    def was_refused(self) -> bool:
        """Whether the change that `undo` would take back was refused when that was last tried."""
        return bool(self._past.done) and self._past.done[-1] is self._past.refused

    def skip(self) -> None:
        """Leaves the last change as it is, so that the one before it can be undone."""
        self._past.skip()

    async def impact_of_undo(self) -> Reversal:
        """What undoing the last change would do. Raises CannotUndo."""
        return await self._weigh(_last(self._past.done, "undo"), "undo")

    async def impact_of_redo(self) -> Reversal:
        """What making the change that was undone last again would do. Raises CannotUndo."""
        return await self._weigh(_last(self._past.undone, "redo"), "redo")

    async def undo(self, *, impact: Impact | None = None) -> Reversal:
        """Puts every row that the last change touched back to what it was.

        Raises CannotUndo where one was changed since, or can't be put back; StaleVersion when the impact that
        was shown became another one. The change then stays the one to be undone.
        """
        return await self._take_back(_last(self._past.done, "undo"), impact, "undo")

    async def redo(self, *, impact: Impact | None = None) -> Reversal:
        """Makes the change that was undone last again. Raises what `undo` does."""
        return await self._take_back(_last(self._past.undone, "redo"), impact, "redo")

    async def _weigh(self, entry: Entry, verb: str) -> Reversal:
        async with self._workspace.reading() as view:
            return (await self._planned(view, entry, self._workspace.clock(), verb)).reversal

    async def _take_back(self, entry: Entry, shown: Impact | None, verb: str) -> Reversal:
        async with self._workspace.writing(f"history.{verb}", entry.title, taking_back=entry) as change:
            plan = await self._planned(change, entry, change.now, verb)
            if shown is not None and shown != plan.reversal.impact:
                _refuse_stale(entry, plan)
            await _carry_out(change, entry, plan)
            return plan.reversal

    async def _planned(self, view: View, entry: Entry, now: datetime, verb: str) -> Plan:
        try:
            plan = await plan_of_taking_back(view, entry, now)
        except Obstacle as why:
            self._past.refused = entry
            raise CannotUndo(f"not {_DONE[verb]}: {entry.title}; {why}", entry.title) from None
        return plan


def _last(entries: list[Entry], verb: str) -> Entry:
    if not entries:
        raise CannotUndo(f"nothing of yours to {verb} in this session")
    return entries[-1]


def _refuse_stale(entry: Entry, plan: Plan) -> None:
    """Raises StaleVersion with what taking the entry back would do now."""
    rows: tuple[ProviderRow | ModelRow, ...] = (*plan.rows.providers, *plan.rows.models)
    touched = [row for row in rows if row.id in entry.steps]
    kind = "model" if isinstance(touched[0], ModelRow) else "provider"
    raise StaleVersion(kind, touched[0], plan.reversal.impact, others=len(touched) - 1)


async def _carry_out(change: Change, entry: Entry, plan: Plan) -> None:
    """Writes what was planned, with as many statements as there are kinds of change."""
    steps = entry.steps
    added = [identity for identity in of_kind(entry, "provider") if steps[identity].before is None]
    if added:
        await remove_providers(change, added)
    now: dict[UUID, list[Line]] = {}
    for line in plan.records.lines:
        now.setdefault(line.model_config_id, []).append(Line(line.provider_config_id, line.upstream_model))
    lists = {identity: [Line(*line) for line in step.lines] for identity, step in steps.items() if step.lines}
    await write_lists(change, {model: (now.get(model, []), new) for model, new in lists.items()})
    for values, ids in _alike({identity: values for identity, values in plan.values.items() if identity not in added}):
        if steps[ids[0]].kind == "model":
            await change.update_models(among(MODELS.c.id, ids), **values)
        else:
            await change.update_providers(among(PROVIDERS.c.id, ids), **values)


def _alike(values: dict[UUID, Values]) -> list[tuple[Values, list[UUID]]]:
    """Rows with the same columns to write together; who gets the default mark comes last, when it is free."""
    groups: list[tuple[Values, list[UUID]]] = []
    for identity, wanted in values.items():
        group = next((ids for known, ids in groups if known == wanted), None)
        if group is None:
            groups.append((wanted, [identity]))
        else:
            group.append(identity)
    return sorted(groups, key=lambda group: bool(group[0].get("is_default")))
