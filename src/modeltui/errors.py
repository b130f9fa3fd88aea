"""Every failure that a caller can be told about, one class per code.

CatalogError
├── ValidationError         validation_error
├── NotFound                not_found
├── AlreadyExists           already_exists
├── LineError
│   ├── NoProviders         no_providers
│   ├── DuplicateProvider   duplicate_provider
│   ├── ProviderNotFound    provider_not_found
│   └── FamilyMismatch      family_mismatch
├── DefaultModelDisabled    default_model_disabled
├── StaleVersion            stale_version
├── BulkRefused             bulk_refused
├── CannotUndo              cannot_undo
├── ResolutionError
│   ├── NoDefaultModel      no_default_model
│   ├── ModelDisabled       model_disabled
│   ├── ModelDeleted        model_deleted
│   ├── NoAttachments       no_attachments
│   └── NoUsableProvider    no_usable_provider
├── StoreError
│   ├── ReadOnly            read_only
│   ├── SchemaOutdated      schema_outdated
│   └── DatabaseUnavailable database_unavailable
└── SecretError
    ├── SecretKeyUnavailable secret_key_unavailable
    ├── SecretKeyMismatch    secret_key_mismatch
    └── SecretDamaged        secret_damaged

A message says what is wrong and what to do next. No message, attribute or repr holds a secret.
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modeltui.domain.impact import Impact
    from modeltui.domain.rows import LineVerdict, ModelRow, ProviderRow, SkipReason


_NAMES_SHOWN = 5


class CatalogError(Exception):
    """The root: `code` for programs, `message` for people, and typed attributes by subclass.

    `briefly` is the message for a list that names the row already. `passing`: what is in the way may be gone by itself,
    as when a server starts again; never where trying again and again could lock an account.
    """

    code: ClassVar[str] = "catalog_error"
    passing: bool = False

    def __init__(self, message: str, briefly: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self._briefly = briefly

    @property
    def briefly(self) -> str:
        """The message without the name of the row that it is about."""
        return self._briefly or self.message

    @property
    def attributes(self) -> dict[str, Any]:
        """The typed attributes, without code and message, in the order in which they were set."""
        return {name: value for name, value in vars(self).items() if name != "message" and not name.startswith("_")}


class ValidationError(CatalogError):
    """A value that the rules don't allow; `field` names it."""

    code = "validation_error"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NotFound(CatalogError):
    """The object of the call doesn't exist. `kind` is provider, model or line."""

    code = "not_found"

    def __init__(self, kind: str, name: str, message: str | None = None) -> None:
        listing = f"list them with: modeltui {kind}s list"
        super().__init__(
            message or f"no {kind} named {name}; {listing}",
            f"{name} is not attached to it; leave it out" if kind == "line" else f"there is no such {kind}; {listing}",
        )
        self.kind = kind
        self.name = name


class AlreadyExists(CatalogError):
    """A live row of the same kind already has this name, letter case aside."""

    code = "already_exists"

    def __init__(self, kind: str, name: str | None) -> None:
        named = f"named {name}" if name is not None else "of this name"
        super().__init__(f"a {kind} {named} already exists; choose another name")
        self.kind = kind
        self.name = name
        self.field = "name"


class LineError(CatalogError):
    """A priority list that the rules don't allow."""


class NoProviders(LineError):
    """A model must keep at least one provider."""

    code = "no_providers"

    def __init__(self, model: str | None = None) -> None:
        super().__init__(
            f"{model or 'a model'} needs at least one provider; name one, or delete the model",
            "it would lose its last provider; attach another one first, or delete it",
        )
        self.model = model


class DuplicateProvider(LineError):
    """A provider stands twice in one list."""

    code = "duplicate_provider"

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} is already in the list; a provider can stand in it once")
        self.provider = provider


class ProviderNotFound(LineError):
    """A provider that was named as a line doesn't exist."""

    code = "provider_not_found"

    def __init__(self, provider: str) -> None:
        super().__init__(f"no provider named {provider}; list them with: modeltui providers list")
        self.provider = provider


class FamilyMismatch(LineError):
    """A provider of another family than the model's."""

    code = "family_mismatch"

    def __init__(self, provider: str, provider_family: str, model_family: str) -> None:
        super().__init__(
            f"{provider} is of family {provider_family}, the model of family {model_family}; "
            f"choose a provider of family {model_family}"
        )
        self.provider = provider
        self.provider_family = provider_family
        self.model_family = model_family


class DefaultModelDisabled(CatalogError):
    """The default model must be enabled."""

    code = "default_model_disabled"

    def __init__(self, model: str, *, disabling: bool) -> None:
        why = (
            "is the default model and can't be turned off; make another model the default first"
            if disabling
            else "is off and can't be the default model; turn it on first"
        )
        super().__init__(f"{model} {why}", f"it {why}")
        self.model = model


class StaleVersion(CatalogError):
    """The row was changed since the caller loaded it, or the impact shown no longer holds.

    `current` is the row as it now stands, `impact` the new one where an impact had been handed in. Where the
    impact was that of a set, `current` is the first row of it.
    """

    code = "stale_version"

    def __init__(
        self, kind: str, current: ProviderRow | ModelRow, impact: Impact | None = None, *, others: int = 0
    ) -> None:
        what = "what it would do has changed" if impact is not None else f"{current.updated_by} changed it meanwhile"
        saved = f"and {others} more were not saved" if others else "was not saved"
        again = "look at it again and repeat"
        super().__init__(f"{kind} {current.name} {saved}: {what}; {again}", f"{what}; {again}")
        self.kind = kind
        self.current_version = current.version
        self.current = current
        self.impact = impact


class BulkRefused(CatalogError):
    """A change of several rows was refused whole; `causes` are the names of those that stood against it, and why."""

    code = "bulk_refused"

    def __init__(self, causes: Sequence[tuple[str, CatalogError]]) -> None:
        alike: dict[str, list[str]] = {}
        for name, cause in causes:
            alike.setdefault(cause.briefly, []).append(name)
        reasons = "; and ".join(f"{_listed(names)}: {words}" for words, names in alike.items())
        super().__init__(f"nothing was changed. {reasons}")
        self.causes = tuple(causes)

    @property
    def attributes(self) -> dict[str, Any]:
        """Each cause as its own failure would be told."""
        return {"causes": [{"name": name, "error": cause} for name, cause in self.causes]}


class CannotUndo(CatalogError):
    """A change can't be undone or redone. `change` is what it is called, None where there is none to be undone."""

    code = "cannot_undo"

    def __init__(self, message: str, change: str | None = None) -> None:
        super().__init__(message)
        self.change = change


def _listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


class ResolutionError(CatalogError):
    """A request that can't be routed anywhere."""


class NoDefaultModel(ResolutionError):
    """No model was named and none is the default."""

    code = "no_default_model"

    def __init__(self) -> None:
        super().__init__("there is no default model; name one, or set it with: modeltui models set-default NAME")


class ModelDisabled(ResolutionError):
    """The model is off."""

    code = "model_disabled"

    def __init__(self, model: str) -> None:
        super().__init__(f"model {model} is off; turn it on with: modeltui models edit {quote(model)} --enable")
        self.model = model


class ModelDeleted(ResolutionError):
    """The model, named by its id, is deleted."""

    code = "model_deleted"

    def __init__(self, model: str) -> None:
        super().__init__(f"model {model} is deleted; bring it back with: modeltui models restore {quote(model)}")
        self.model = model


class NoAttachments(ResolutionError):
    """The model has no line."""

    code = "no_attachments"

    def __init__(self, model: str) -> None:
        super().__init__(
            f"model {model}: no explicit provider attachments configured; add one with: "
            f"modeltui models attach {quote(model)} PROVIDER"
        )
        self.model = model


class NoUsableProvider(ResolutionError):
    """Every line of the model was skipped; `lines` say why, `counts` count the reasons."""

    code = "no_usable_provider"

    def __init__(self, model: str, lines: Sequence[LineVerdict], counts: Mapping[SkipReason, int]) -> None:
        words = {line.reason: line.reason.words for line in lines if line.reason is not None}
        reasons = ", ".join(f"{count} {words.get(reason, reason)}" for reason, count in counts.items())
        super().__init__(f"model {model} is dark: no usable provider ({reasons}); turn one on or give it a key")
        self.model = model
        self.lines = tuple(lines)
        self.counts = dict(counts)


class StoreError(CatalogError):
    """The database can't be used as asked."""


class ReadOnly(StoreError):
    """The catalog is open for reading only."""

    code = "read_only"

    def __init__(self, reason: str = "it was opened read-only") -> None:
        super().__init__(f"nothing can be changed here: {reason}")
        self.reason = reason


class SchemaOutdated(StoreError):
    """The database's schema is older or newer than this program's."""

    code = "schema_outdated"

    def __init__(self, current: str | None, expected: str, *, newer: bool) -> None:
        here = f"has schema {current}, this program needs {expected}" if current else "has no tables yet"
        super().__init__(
            f"the database was written by a newer modeltui (schema {current}); upgrade modeltui"
            if newer
            else f"the database {here}; run: modeltui db upgrade"
        )
        self.current = current
        self.expected = expected
        self.newer = newer


class DatabaseUnavailable(StoreError):
    """The database can't be reached, opened or read; `missing`: there is none at that place."""

    code = "database_unavailable"

    def __init__(self, message: str, *, missing: bool = False, passing: bool = False) -> None:
        super().__init__(message)
        self.missing, self.passing = missing, passing


class SecretError(CatalogError):
    """A stored key can't be sealed or opened here."""


class SecretKeyUnavailable(SecretError):
    """There is no usable secret key in this process."""

    code = "secret_key_unavailable"


class SecretKeyMismatch(SecretError):
    """This process's secret key isn't the one that the stored keys were sealed with."""

    code = "secret_key_mismatch"


class SecretDamaged(SecretError):
    """A ciphertext was damaged, or moved here from another row."""

    code = "secret_damaged"
