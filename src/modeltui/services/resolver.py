"""Resolution against the store: where a request for a model goes, and why."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import SecretStr

from modeltui.db import queries
from modeltui.db.reading import Reference, sought
from modeltui.domain.families import Family
from modeltui.domain.resolution import counts_by_reason, verdicts
from modeltui.domain.rows import CredentialKind, KeyState, LineVerdict, Resolution
from modeltui.domain.secret_token import PREFIX_LENGTH
from modeltui.errors import (
    DatabaseUnavailable,
    ModelDeleted,
    ModelDisabled,
    NoAttachments,
    NoDefaultModel,
    NotFound,
    NoUsableProvider,
    SecretError,
)
from modeltui.services.answers import Answers
from modeltui.services.secrets import credential_state, read_credential
from modeltui.services.workspace import Workspace

LONGEST_REFERENCE = 512
"""Characters of a name or id with the blanks around it; what is longer means no model, and isn't kept."""

SOON_SECONDS = 0.5
"""How long to wait for a store that is out of reach, before the last known answer is given to who takes that."""

_OF_MODEL = 5
"""Columns of an answer that are the model's; a line's follow, its priority first, which a model without any lacks."""


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


@dataclass(frozen=True, slots=True)
class Answer:
    """All that can be asked about one name: the lines judged, and where requests go; `as_of` it was read."""

    as_of: datetime
    target: Target | None
    lines: tuple[Opened, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    best: Resolution | None = None


class Resolver:
    """Answers `resolve`, `explain` and `candidates` from what is kept, else with one statement."""

    def __init__(
        self, workspace: Workspace, *, keep: bool = True, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._workspace = workspace
        self._keep = keep
        self.answers: Answers[Reference | None, Answer] = Answers(
            self._fetch, self._look_again, _model_of, monotonic=monotonic
        )
        workspace.feed.keep_fresh(self.answers)

    async def candidates(self, name: Reference | None, *, allow_stale: bool = False) -> list[Resolution]:
        """All usable lines in order. Raises what `resolve` raises."""
        try:
            answer = await (self._answer_soon(name) if allow_stale else self._answer(name))
        except DatabaseUnavailable:
            known = self.answers.last_known(name) if allow_stale else None
            if known is None or not known.resolutions:
                raise
            return [replace(resolution, stale=True) for resolution in known.resolutions]
        target = _found(name, answer)
        if target.deleted:
            raise ModelDeleted(target.name)
        if not target.enabled:
            raise ModelDisabled(target.name)
        if not target.lines:
            raise NoAttachments(target.name)
        if not answer.resolutions:
            skipped = tuple(item.verdict for item in answer.lines)
            raise NoUsableProvider(target.name, skipped, counts_by_reason(skipped))
        return list(answer.resolutions)

    async def explain(self, name: Reference | None) -> list[LineVerdict]:
        """The verdict of every line, whether or not the model is on or deleted. Raises NotFound, NoDefaultModel."""
        answer = await self._answer(name)
        _found(name, answer)
        return [item.verdict for item in answer.lines]

    async def _answer_soon(self, name: Reference | None) -> Answer:
        """What is known or found out, without long waiting for a store that is out of reach. Raises as `_answer` does.

        The host of a server that is gone refuses nothing, and would be waited for many times as long.
        """
        while True:
            try:
                async with asyncio.timeout(SOON_SECONDS):
                    # Only the waiting is cancelled; the next round goes on waiting for the same fetch.
                    return await self._answer(name)
            except TimeoutError:
                trouble = self._workspace.feed.trouble
                if isinstance(trouble, DatabaseUnavailable) and self.answers.last_known(name) is not None:
                    raise DatabaseUnavailable(
                        trouble.message, missing=trouble.missing, passing=trouble.passing
                    ) from None

    async def _answer(self, name: Reference | None) -> Answer:
        """What is known or found out of a name. Raises StoreError, NotFound."""
        if isinstance(name, str) and len(name) > LONGEST_REFERENCE:
            raise NotFound("model", name)
        if self._keep:
            await self._workspace.feed.ready()
        return await self.answers.get(name)

    async def _fetch(self, name: Reference | None) -> Answer:
        # Taken before the reading: what was committed until then is in the answer.
        as_of = self._workspace.clock()
        rows = await self._rows(name)
        if not rows:
            return Answer(as_of, None)
        lines = tuple(Candidate._make(row[_OF_MODEL:]) for row in rows if row[_OF_MODEL] is not None)
        identity, name_now, model, enabled, deleted_at = rows[0][:_OF_MODEL]
        return await self._judged(Target(identity, name_now, model, enabled, deleted_at is not None, lines), as_of)

    async def _rows(self, name: Reference | None) -> Sequence[tuple[Any, ...]]:
        database = self._workspace.database
        if name is None:
            return await database.look_up(queries.DEFAULT_TO_RESOLVE)
        value = sought(name)
        if value is None:
            return ()
        by_id = isinstance(value, UUID)
        return await database.look_up(queries.MODEL_TO_RESOLVE_BY_ID if by_id else queries.MODEL_TO_RESOLVE, value)

    async def _look_again(self, answer: Answer) -> Answer:
        """The answer as this process's variables and key files are now."""
        return answer if answer.target is None else await self._judged(answer.target, answer.as_of)

    async def _judged(self, target: Target, as_of: datetime) -> Answer:
        lines = tuple(await self._opened(target.lines))
        skipped = tuple(item.verdict for item in lines if item.verdict.reason is not None)
        if target.deleted or not target.enabled:
            return Answer(as_of, target, lines)
        answers = [self._resolution(target, item, skipped, as_of) for item in lines if item.verdict.reason is None]
        return Answer(as_of, target, lines, tuple(answers), answers[0] if answers else None)

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

    @staticmethod
    def _resolution(target: Target, item: Opened, skipped: Sequence[LineVerdict], as_of: datetime) -> Resolution:
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
            as_of=as_of,
        )


def _found(name: Reference | None, answer: Answer) -> Target:
    """The model of an answer. Raises NotFound, NoDefaultModel."""
    if answer.target is None:
        raise NoDefaultModel() if name is None else NotFound("model", str(name))
    return answer.target


def _model_of(answer: Answer) -> UUID | None:
    return None if answer.target is None else answer.target.id
