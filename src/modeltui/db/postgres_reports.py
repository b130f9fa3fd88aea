"""What a PostgreSQL server's triggers report of a commit, put together and read."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from modeltui.db.feed import BATCH_LIMIT, Batch, Signal
from modeltui.domain.changes import CatalogChange, ChangeAction, ChangeKind

_KINDS = {"provider": ChangeKind.PROVIDER, "model": ChangeKind.MODEL}
_ACTIONS = {
    "c": ChangeAction.CREATED,
    "u": ChangeAction.UPDATED,
    "d": ChangeAction.DELETED,
    "r": ChangeAction.RESTORED,
}
_CREATED, _UPDATED, _DELETED, _RESTORED = ChangeAction

# What two changes of a row come to; of all others the later one counts.
_TOGETHER = {
    (_CREATED, _UPDATED): _CREATED,
    (_CREATED, _RESTORED): _CREATED,
    (_RESTORED, _UPDATED): _RESTORED,
    (_DELETED, _UPDATED): _DELETED,
    (_DELETED, _RESTORED): _UPDATED,
    (_RESTORED, _DELETED): _UPDATED,
}


def read_reports(reports: Iterable[str]) -> Batch | Signal:
    """What reports in the order of their commits come to; a resync where one of them can't be read."""
    changes: dict[tuple[ChangeKind, UUID], ChangeAction] = {}
    any_topology = False
    try:
        for report in reports:
            kind, topology, rows = report.split(" ")
            any_topology |= topology != "0"
            for row in rows.split(","):
                key, action = (_KINDS[kind], UUID(row[1:])), _ACTIONS[row[0]]
                before = changes.get(key)
                changes[key] = action if before is None else _TOGETHER.get((before, action), action)
    except (ValueError, KeyError):
        # `resync` itself, or what a program of another version says.
        return Signal.RESYNC
    if len(changes) > BATCH_LIMIT:
        return Signal.RESYNC
    return Batch(tuple(CatalogChange(kind, id, action) for (kind, id), action in changes.items()), any_topology)
