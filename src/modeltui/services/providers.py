"""Provider configs: the rules of changing them, and what a change would do to traffic."""

from __future__ import annotations

import asyncio
from collections.abc import Set
from typing import Any
from uuid import UUID, uuid4

from modeltui.db import queries
from modeltui.db.reading import Reference, find_provider
from modeltui.domain import impact as impacts
from modeltui.domain.bulk import DeleteProviders
from modeltui.domain.credentials import CredentialInput, StoredKey, checked_credential
from modeltui.domain.impact import Impact, impact_of
from modeltui.domain.inputs import ProviderCreate, ProviderUpdate
from modeltui.domain.records import ProviderRecord, credential_of
from modeltui.domain.rows import KeyState, ProviderRow
from modeltui.domain.secret_token import token_key_id
from modeltui.domain.text import checked_base_url, name_key
from modeltui.errors import AlreadyExists
from modeltui.services.bulk import carry_out, planned
from modeltui.services.secrets import Keyring
from modeltui.services.workspace import Change, View, Workspace, expect_impact


class Providers:
    """`catalog.providers`: every method is one transaction and gives frozen rows."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def list(self) -> list[ProviderRow]:
        """All providers by family and name, with what hangs on each."""
        async with self._workspace.reading() as view:
            return list((await view.rows(queries.LIVE)).providers)

    async def get(self, provider: Reference) -> ProviderRow:
        """One provider. Raises NotFound."""
        async with self._workspace.reading() as view:
            return await view.provider_row((await view.provider(provider)).id)

    async def create(self, new: ProviderCreate) -> ProviderRow:
        """Adds a provider. Raises AlreadyExists, SecretKeyUnavailable, SecretKeyMismatch, ReadOnly."""
        async with self._workspace.writing("providers.create", new.name) as change:
            await _require_free_name(change, new.name, None)
            identity = uuid4()
            await change.insert_provider(
                identity,
                family=new.family,
                name=new.name,
                name_key=name_key(new.name),
                base_url=new.base_url,
                enabled=new.enabled,
                **await _credential_values(change, identity, new.credential),
            )
            return await change.provider_row(identity)

    async def update(
        self,
        provider: Reference,
        changes: ProviderUpdate,
        *,
        version: int | None = None,
        impact: Impact | None = None,
    ) -> ProviderRow:
        """Changes the given fields. Raises NotFound, StaleVersion, AlreadyExists, ValidationError, SecretError."""
        async with self._workspace.writing("providers.update", provider) as change:
            record = await change.provider(provider)
            await change.expect_provider(record, version)
            if impact is not None:
                now = await _updated(change, record, changes)
                expect_impact(impact, now, "provider", await change.provider_row(record.id))
            values = await _changed_values(change, record, changes)
            if values:
                await change.save_provider(record, **values)
            return await change.provider_row(record.id)

    async def delete(self, provider: Reference, *, version: int | None = None, impact: Impact | None = None) -> Impact:
        """Deletes a provider with its lines, and models that lose their last one. Raises NotFound, StaleVersion."""
        async with self._workspace.writing("providers.delete", provider) as change:
            record = await change.provider(provider)
            await change.expect_provider(record, version)
            deletion = DeleteProviders((record.id,))
            plan = await planned(change, deletion)
            expect_impact(impact, plan.impact, "provider", await change.provider_row(record.id))
            await carry_out(change, deletion, plan)
            return plan.impact

    async def impact_of_enabling(self, provider: Reference) -> Impact:
        """What turning the provider on would do. Raises NotFound."""
        return await self.impact_of_updating(provider, ProviderUpdate(enabled=True))

    async def impact_of_disabling(self, provider: Reference) -> Impact:
        """What turning the provider off would do. Raises NotFound."""
        return await self.impact_of_updating(provider, ProviderUpdate(enabled=False))

    async def impact_of_clearing_key(self, provider: Reference) -> Impact:
        """What taking the provider's credential away would do. Raises NotFound."""
        return await self.impact_of_updating(provider, ProviderUpdate(credential=None))

    async def impact_of_deleting(self, provider: Reference) -> Impact:
        """What deleting the provider would do. Raises NotFound."""
        async with self._workspace.reading() as view:
            return (await planned(view, DeleteProviders(((await view.provider(provider)).id,)))).impact

    async def impact_of_updating(self, provider: Reference, changes: ProviderUpdate) -> Impact:
        """What an update would do, with any mix of its fields. Raises NotFound, ValidationError."""
        async with self._workspace.reading() as view:
            return await _updated(view, await view.provider(provider), changes)


async def _updated(view: View, record: ProviderRecord, changes: ProviderUpdate) -> Impact:
    """The impact of an update. Raises ValidationError for what the provider's family doesn't allow."""
    after, key = record, None
    if "enabled" in changes.given:
        after = after._replace(enabled=changes.enabled)
    if "base_url" in changes.given:
        checked_base_url(record.family, changes.base_url)
    if "credential" in changes.given:
        credential = checked_credential(record.family, changes.credential)
        after = after._replace(**_named(credential))
        # A key that this process can seal it can open; sealing it only to look would make a key file.
        key = KeyState.READY if isinstance(credential, StoredKey) else None
    rows = await view.rows(queries.bound_to(record.id))
    key = key or await view.workspace.key_state(after)
    changed = impacts.provider_changed(after.id, enabled=after.enabled, credential=credential_of(after), key=key)
    default = await view.default_name()
    return impact_of(rows.models, changed, default, default)


async def _changed_values(change: Change, record: ProviderRecord, changes: ProviderUpdate) -> dict[str, Any]:
    """The columns that an update really changes."""
    values: dict[str, Any] = {}
    if "name" in changes.given and changes.name != record.name:
        await _require_free_name(change, changes.name, record.id)
        values |= {"name": changes.name, "name_key": name_key(changes.name)}
    if "base_url" in changes.given:
        base_url = checked_base_url(record.family, changes.base_url)
        values |= {"base_url": base_url} if base_url != record.base_url else {}
    if "enabled" in changes.given and changes.enabled != record.enabled:
        values["enabled"] = changes.enabled
    if "credential" in changes.given:
        credential = checked_credential(record.family, changes.credential)
        named = _named(credential)
        if isinstance(credential, StoredKey) or any(getattr(record, field) != named[field] for field in named):
            values |= await _credential_values(change, record.id, credential)
    return values


async def _credential_values(change: Change, identity: UUID, credential: CredentialInput | None) -> dict[str, Any]:
    """The columns that hold a credential; a stored key is sealed for this row alone."""
    values = _named(credential) | {"api_key_token": None, "api_key_fingerprint": None}
    if isinstance(credential, StoredKey):
        prefixes = await change.connection.execute(queries.sealing_key_prefixes(except_provider=identity))
        sealed_with = {token_key_id(prefix) or "" for prefix in prefixes.scalars()}
        values |= await asyncio.to_thread(_sealed, change.workspace.keyring, sealed_with, identity, credential)
    return values


def _named(credential: CredentialInput | None) -> dict[str, Any]:
    """The columns that say where the key is, without the key."""
    return {
        "credential_kind": credential.kind if credential is not None else None,
        "credential_reference": getattr(credential, "name", None) or getattr(credential, "path", None),
    }


def _sealed(keyring: Keyring, sealed_with: Set[str], identity: UUID, credential: StoredKey) -> dict[str, str]:
    key = keyring.for_sealing(sealed_with)
    secret = credential.secret.get_secret_value()
    return {"api_key_token": key.seal(identity, secret), "api_key_fingerprint": key.fingerprint(secret)}


async def _require_free_name(change: Change, name: str, own: UUID | None) -> None:
    other = await find_provider(change.connection, name)
    if other is not None and other.id != own:
        raise AlreadyExists("provider", name)
