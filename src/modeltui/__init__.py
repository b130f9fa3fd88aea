"""modeltui: the terminal control room for LLM model routing.

This is the whole public API; everything else in the package is private. The names are imported when
they are first used, so that `import modeltui` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modeltui.domain.bulk import (
        AttachProvider,
        DeleteModels,
        DeleteProviders,
        DetachProvider,
        LastResort,
        SwapProvider,
        TurnModels,
        TurnProviders,
    )
    from modeltui.domain.changes import CatalogChange, ChangeAction, ChangeKind
    from modeltui.domain.credentials import Ambient, EnvKey, FileKey, StoredKey
    from modeltui.domain.doctor import Diagnosis, Finding
    from modeltui.domain.families import Family
    from modeltui.domain.impact import Impact, ModelImpact
    from modeltui.domain.inputs import ModelCreate, ModelUpdate, ProviderCreate, ProviderUpdate
    from modeltui.domain.rows import (
        Credential,
        CredentialKind,
        LineRow,
        LineVerdict,
        ModelRow,
        ModelState,
        ProviderRow,
        Resolution,
        SkipReason,
        Verdict,
    )
    from modeltui.domain.what_if import ModelWhatIf, WhatIf
    from modeltui.errors import (
        AlreadyExists,
        BulkRefused,
        CannotUndo,
        CatalogError,
        DatabaseUnavailable,
        DefaultModelDisabled,
        DuplicateProvider,
        FamilyMismatch,
        ModelDeleted,
        ModelDisabled,
        NoAttachments,
        NoDefaultModel,
        NoProviders,
        NotFound,
        NoUsableProvider,
        ProviderNotFound,
        ReadOnly,
        SchemaOutdated,
        SecretDamaged,
        SecretKeyMismatch,
        SecretKeyUnavailable,
        StaleVersion,
        ValidationError,
    )
    from modeltui.services.catalog import Catalog, open_catalog

_HOMES = {
    "modeltui.domain.bulk": (
        "AttachProvider",
        "DeleteModels",
        "DeleteProviders",
        "DetachProvider",
        "LastResort",
        "SwapProvider",
        "TurnModels",
        "TurnProviders",
    ),
    "modeltui.domain.changes": ("CatalogChange", "ChangeAction", "ChangeKind"),
    "modeltui.domain.credentials": ("Ambient", "EnvKey", "FileKey", "StoredKey"),
    "modeltui.domain.doctor": ("Diagnosis", "Finding"),
    "modeltui.domain.families": ("Family",),
    "modeltui.domain.impact": ("Impact", "ModelImpact"),
    "modeltui.domain.inputs": ("ModelCreate", "ModelUpdate", "ProviderCreate", "ProviderUpdate"),
    "modeltui.domain.rows": (
        "Credential",
        "CredentialKind",
        "LineRow",
        "LineVerdict",
        "ModelRow",
        "ModelState",
        "ProviderRow",
        "Resolution",
        "SkipReason",
        "Verdict",
    ),
    "modeltui.domain.what_if": ("ModelWhatIf", "WhatIf"),
    "modeltui.errors": (
        "AlreadyExists",
        "BulkRefused",
        "CannotUndo",
        "CatalogError",
        "DatabaseUnavailable",
        "DefaultModelDisabled",
        "DuplicateProvider",
        "FamilyMismatch",
        "ModelDeleted",
        "ModelDisabled",
        "NoAttachments",
        "NoDefaultModel",
        "NoProviders",
        "NotFound",
        "NoUsableProvider",
        "ProviderNotFound",
        "ReadOnly",
        "SchemaOutdated",
        "SecretDamaged",
        "SecretKeyMismatch",
        "SecretKeyUnavailable",
        "StaleVersion",
        "ValidationError",
    ),
    "modeltui.services.catalog": ("Catalog", "open_catalog"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022 - by kind: the catalog, what goes in, what comes out, errors
    "Catalog",
    "open_catalog",
    "Ambient",
    "EnvKey",
    "FileKey",
    "StoredKey",
    "ModelCreate",
    "ModelUpdate",
    "ProviderCreate",
    "ProviderUpdate",
    "AttachProvider",
    "DeleteModels",
    "DeleteProviders",
    "DetachProvider",
    "LastResort",
    "SwapProvider",
    "TurnModels",
    "TurnProviders",
    "CatalogChange",
    "ChangeAction",
    "ChangeKind",
    "Credential",
    "CredentialKind",
    "Diagnosis",
    "Family",
    "Finding",
    "Impact",
    "LineRow",
    "LineVerdict",
    "ModelImpact",
    "ModelRow",
    "ModelState",
    "ModelWhatIf",
    "ProviderRow",
    "Resolution",
    "SkipReason",
    "Verdict",
    "WhatIf",
    "AlreadyExists",
    "BulkRefused",
    "CannotUndo",
    "CatalogError",
    "DatabaseUnavailable",
    "DefaultModelDisabled",
    "DuplicateProvider",
    "FamilyMismatch",
    "ModelDeleted",
    "ModelDisabled",
    "NoAttachments",
    "NoDefaultModel",
    "NoProviders",
    "NoUsableProvider",
    "NotFound",
    "ProviderNotFound",
    "ReadOnly",
    "SchemaOutdated",
    "SecretDamaged",
    "SecretKeyMismatch",
    "SecretKeyUnavailable",
    "StaleVersion",
    "ValidationError",
]


def __getattr__(name: str) -> Any:
    """Imports a public name on first use."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'modeltui' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
