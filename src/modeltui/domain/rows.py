"""What callers are given: frozen, comparable rows without a tie to the database.

They are dataclasses rather than pydantic models because the first screen is painted before anything
heavier than the standard library and Textual is imported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from pydantic import SecretStr

    from modeltui.domain.families import Family


class CredentialKind(StrEnum):
    """Where a provider's API key comes from."""

    STORED = "stored"
    ENV = "env"
    FILE = "file"
    AMBIENT = "ambient"


class KeyState(StrEnum):
    """What this process can do with a provider's credential, now."""

    READY = "ready"
    NONE = "none"
    MISSING = "missing"
    UNREADABLE = "unreadable"


class Verdict(StrEnum):
    """What resolution says of one line."""

    WINS = "wins"
    STANDBY = "standby"
    SKIPPED = "skipped"


class SkipReason(StrEnum):
    """Why a line is skipped; the first that holds, in this order."""

    PROVIDER_DISABLED = "provider_disabled"
    NO_API_KEY = "no_api_key"
    KEY_UNREADABLE = "key_unreadable"

    @property
    def words(self) -> str:
        """The reason for people."""
        return _REASONS[self]


_REASONS = {
    SkipReason.PROVIDER_DISABLED: "provider disabled",
    SkipReason.NO_API_KEY: "no API key",
    SkipReason.KEY_UNREADABLE: "key unreadable here",
}


class ModelState(StrEnum):
    """Where a model's requests stand: on its first line, on a later one, nowhere, or turned off."""

    ON = "on"
    FALLBACK = "fallback"
    DARK = "dark"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Credential:
    """A provider's credential as anyone may see it: never the key itself."""

    kind: CredentialKind
    fingerprint: str | None = None
    name: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A provider config with what hangs on it. Counts cover live models; wins and alone only enabled ones."""

    id: UUID
    family: Family
    name: str
    base_url: str | None
    credential: Credential | None
    enabled: bool
    created_at: datetime
    updated_at: datetime
    updated_by: str
    version: int
    key: KeyState
    bound_model_count: int
    winning_model_count: int
    alone_model_count: int

    @property
    def has_api_key(self) -> bool:
        """Whether this process can use the provider's key now, or needs none."""
        return self.key is KeyState.READY

    @property
    def usable(self) -> bool:
        """Whether resolution would use this provider's lines."""
        return self.enabled and self.key is KeyState.READY


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """What resolution says of one line, for `explain` and for the lines skipped before a winner."""

    provider_config_id: UUID
    name: str
    priority: int
    verdict: Verdict
    reason: SkipReason | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a model's priority list."""

    provider_config_id: UUID
    name: str
    family: Family
    priority: int
    upstream_model: str | None
    enabled: bool
    credential: Credential | None
    key: KeyState
    verdict: Verdict
    reason: SkipReason | None

    @property
    def has_api_key(self) -> bool:
        """Whether this process can use the provider's key now, or needs none."""
        return self.key is KeyState.READY


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model config with its priority list. `winner` is the first usable line's provider, also while off."""

    id: UUID
    family: Family
    name: str
    model: str
    enabled: bool
    is_default: bool
    context_limit: int
    compression_threshold: int
    options: Mapping[str, Any] = field(hash=False)
    deleted_at: datetime | None
    created_at: datetime
    updated_at: datetime
    updated_by: str
    version: int
    winner: str | None
    state: ModelState
    provider_configs: tuple[LineRow, ...]

    @property
    def winning_line(self) -> LineRow | None:
        """The first usable line."""
        return next((line for line in self.provider_configs if line.verdict is Verdict.WINS), None)

    @property
    def asked_for(self) -> str | None:
        """The upstream id that the winner is asked for: its line's own, else the model's. None without a winner."""
        line = self.winning_line
        return None if line is None else line.upstream_model or self.model

    @property
    def spare_count(self) -> int:
        """How many usable lines stand behind the winner."""
        return sum(line.verdict is Verdict.STANDBY for line in self.provider_configs)

    @property
    def alone(self) -> bool:
        """Whether requests go to one provider, and would be refused without it: of models that are on and not dark."""
        served = self.deleted_at is None and self.state in (ModelState.ON, ModelState.FALLBACK)
        return served and self.spare_count == 0


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where one request goes: everything that a caller needs to send it.

    `base_url` is the provider's, else its family's, never another line's; None for Bedrock, which goes by
    region. `api_key` is None when the credential is ambient, and in a catalog opened read-only also when
    the key is stored, because read-only never opens a stored key.
    """

    model_name: str
    model_config_id: UUID
    upstream_model: str
    family: Family
    provider_name: str
    provider_config_id: UUID
    base_url: str | None
    api_key: SecretStr | None
    priority: int
    skipped: tuple[LineVerdict, ...]
    stale: bool
    as_of: datetime
