"""What subscribers are told of: that a row changed, by whichever process, or that changes may have been missed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


class ChangeKind(StrEnum):
    """What changed; `resync` says that anything may have, so that all has to be read again."""

    PROVIDER = "provider"
    MODEL = "model"
    RESYNC = "resync"


class ChangeAction(StrEnum):
    """What became of the row; a model's lines and its default mark are part of it."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class CatalogChange:
    """One row that changed. A `resync` has neither id nor action."""

    kind: ChangeKind
    id: UUID | None = None
    action: ChangeAction | None = None


RESYNC = CatalogChange(ChangeKind.RESYNC)
