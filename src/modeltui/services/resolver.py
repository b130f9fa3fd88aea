"""Resolution against the store: where a request for a model goes, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import SecretStr

from modeltui.db import queries
from modeltui.db.reading import Reference, model_condition
from modeltui.db.tables import MODELS
from modeltui.domain.families import Family
from modeltui.domain.resolution import counts_by_reason, verdicts
from modeltui.domain.rows import CredentialKind, KeyState, LineVerdict, Resolution
from modeltui.domain.secret_token import PREFIX_LENGTH
from modeltui.errors import (
    ModelDeleted,
    ModelDisabled,
    NoAttachments,
    NoDefaultModel,
    NotFound,
    NoUsableProvider,
    SecretError,
)
from modeltui.services.secrets import credential_state, read_credential
from modeltui.services.workspace import Workspace


class Candidate(NamedTuple):
    """One line with what its provider holds, the sealed key included."""

    priority: int
    upstream_model: str | None
    provider_id: UUID
    family: Family
    provider_name: str
    base_url: str | None
    provider_enabled: bool
    credential_kind: CredentialKind | None
    credential_reference: str | None
    token: str | None


class Target(NamedTuple):
    """One model with its lines in order."""

    id: UUID
    name: str
    model: str
    enabled: bool
    deleted: bool
    lines: tuple[Candidate, ...]


class Opened(NamedTuple):
    """A line with its verdict and, where it is usable, its opened key."""

    line: Candidate
    verdict: LineVerdict
    secret: SecretStr | None


class Resolver:
    """Answers `resolve`, `explain` and `candidates`; each is one statement."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def resolve(self, name: Reference | None) -> Resolution:
        """The first usable line. Raises NotFound, NoDefaultModel and every other ResolutionError."""
        return (await self.candidates(name))[0]

    async def candidates(self, name: Reference | None) -> list[Resolution]:
        """All usable lines in order. Raises what `resolve` raises."""
        target = await self._target(name)
        if target.deleted:
            raise ModelDeleted(target.name)
        if not target.enabled:
            raise ModelDisabled(target.name)
        if not target.lines:
            raise NoAttachments(target.name)
        opened = await self._opened(target.lines)
        skipped = tuple(item.verdict for item in opened if item.verdict.reason is not None)
        answers = [self._resolution(target, item, skipped) for item in opened if item.verdict.reason is None]
        if not answers:
            raise NoUsableProvider(target.name, skipped, counts_by_reason(skipped))
        return answers

    async def explain(self, name: Reference | None) -> list[LineVerdict]:
        """The verdict of every line, whether or not the model is on or deleted. Raises NotFound, NoDefaultModel."""
        return [item.verdict for item in await self._opened((await self._target(name)).lines)]

    async def _target(self, name: Reference | None) -> Target:
        where = MODELS.c.is_default if name is None else model_condition(name)
        rows: Sequence[Any] = ()
        if where is not None:
            async with self._workspace.database.reading() as connection:
                rows = (await connection.execute(queries.model_to_resolve(where))).all()
        if not rows:
            raise NoDefaultModel() if name is None else NotFound("model", str(name))
        first = rows[0]
        lines = tuple(Candidate(*row[5:]) for row in rows if row.priority is not None)
        return Target(first.id, first.name, first.model, first.enabled, first.deleted_at is not None, lines)

    async def _opened(self, lines: Sequence[Candidate]) -> list[Opened]:
        """Judges the lines, opening their keys; off the event loop where a file may have to be read."""
        kinds = {line.credential_kind for line in lines}
        if kinds & {CredentialKind.FILE, CredentialKind.STORED}:
            return await asyncio.to_thread(self._judge, lines)
        return self._judge(lines)

    def _judge(self, lines: Sequence[Candidate]) -> list[Opened]:
        keys = [self._open(line) for line in lines]
        answers = verdicts((line.provider_enabled, state) for line, (state, _) in zip(lines, keys, strict=True))
        return [
            Opened(line, LineVerdict(line.provider_id, line.provider_name, line.priority, verdict, reason), secret)
            for line, (_, secret), (verdict, reason) in zip(lines, keys, answers, strict=True)
        ]

    def _open(self, line: Candidate) -> tuple[KeyState, SecretStr | None]:
        """The state of a line's key and the key itself; read-only goes by the state alone for stored keys."""
        kind, reference, token = line.credential_kind, line.credential_reference, line.token
        keyring = self._workspace.keyring
        state = credential_state(kind, reference, token[:PREFIX_LENGTH] if token else None, keyring)
        if state is not KeyState.READY or kind is CredentialKind.AMBIENT or not line.provider_enabled:
            return state, None
        if kind is CredentialKind.STORED and keyring.read_only:
            return state, None
        try:
            secret = read_credential(kind, reference, line.provider_id, token, keyring)
        except SecretError:
            return KeyState.UNREADABLE, None
        # The variable or file may have gone since it was looked at.
        return (KeyState.MISSING, None) if secret is None else (KeyState.READY, SecretStr(secret))

    def _resolution(self, target: Target, item: Opened, skipped: Sequence[LineVerdict]) -> Resolution:
        line = item.line
        return Resolution(
            model_name=target.name,
            model_config_id=target.id,
            upstream_model=line.upstream_model or target.model,
            family=line.family,
            provider_name=line.provider_name,
            provider_config_id=line.provider_id,
            base_url=line.base_url or line.family.default_base_url,
            api_key=item.secret,
            priority=line.priority,
            skipped=tuple(verdict for verdict in skipped if verdict.priority < line.priority),
            stale=False,
            as_of=self._workspace.clock(),
        )
