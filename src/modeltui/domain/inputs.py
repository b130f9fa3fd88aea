"""What callers hand in: the Create and Update classes, where all validation of values lives.

Every invalid value raises modeltui's own ValidationError at construction, never pydantic's, whose text
prints the input. In an Update a field that isn't given stays as it is; None clears what can be cleared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SkipValidation, model_validator
from pydantic import ValidationError as PydanticError

from modeltui.domain import text
from modeltui.domain.credentials import Ambient, CredentialInput, EnvKey, FileKey, StoredKey, checked_credential
from modeltui.domain.families import Family
from modeltui.domain.options import checked_options
from modeltui.errors import CatalogError, DefaultModelDisabled, NoProviders, ValidationError

CONTEXT_LIMIT_MAXIMUM = 10**12
DEFAULT_COMPRESSION_THRESHOLD = 70

_REQUIREMENTS = {
    "family": "the family must be one of " + ", ".join(Family),
    "enabled": "enabled must be true or false",
    "is_default": "is_default must be true or false",
    "context_limit": f"the context limit must be a whole number of tokens from 1 to {CONTEXT_LIMIT_MAXIMUM}",
    "compression_threshold": "the compression threshold must be a whole percentage from 0 to 100",
    "credential": "the credential must be StoredKey, EnvKey, FileKey, Ambient or None",
    "provider_config_ids": "provider_config_ids must be a list of provider ids or names",
    "upstream_models": "upstream_models must map provider ids or names to upstream ids",
}


def _credential(value: object) -> object:
    if value is not None and not isinstance(value, StoredKey | EnvKey | FileKey | Ambient):
        raise ValidationError("credential", _REQUIREMENTS["credential"])
    return value


def _references(value: object) -> object:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise ValidationError("provider_config_ids", _REQUIREMENTS["provider_config_ids"])
    return tuple(value)


def _upstream_models(value: object) -> object:
    if not isinstance(value, Mapping):
        raise ValidationError("upstream_models", _REQUIREMENTS["upstream_models"])
    return {provider: checked_upstream_model(own) for provider, own in value.items()}


def checked_upstream_model(value: object) -> str | None:
    """A line's own upstream id, or None for the model's. Raises ValidationError on `upstream_model`."""
    return None if value is None else text.checked_text("upstream_model", value, text.UPSTREAM_ID_LIMIT)


def _named(field: str, limit: int) -> BeforeValidator:
    return BeforeValidator(lambda value: text.checked_name(field, value, limit))


Reference = UUID | str
References = Annotated[Sequence[Reference], BeforeValidator(_references)]
UpstreamModels = Annotated[Mapping[Reference, str | None], BeforeValidator(_upstream_models)]
ProviderName = Annotated[str, _named("name", text.PROVIDER_NAME_LIMIT)]
ModelName = Annotated[str, _named("name", text.MODEL_NAME_LIMIT)]
UpstreamId = Annotated[str, BeforeValidator(lambda value: text.checked_text("model", value, text.UPSTREAM_ID_LIMIT))]
Options = Annotated[Mapping[str, Any], BeforeValidator(checked_options)]
BaseUrl = Annotated[str | None, BeforeValidator(text.checked_url)]
ContextLimit = Annotated[int, Field(strict=True, ge=1, le=CONTEXT_LIMIT_MAXIMUM)]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Flag = Annotated[bool, Field(strict=True)]
AnyCredential = Annotated[CredentialInput | None, SkipValidation, BeforeValidator(_credential)]


class Input(BaseModel):
    """The base: frozen, no unknown fields, and our own error for everything that is wrong."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True)

    def __init__(self, /, **values: Any) -> None:
        problem: CatalogError
        try:
            super().__init__(**values)
            return
        except PydanticError as error:
            problem = _our_error(error, type(self))
        except CatalogError as error:
            problem = error.with_traceback(None)
        # Raised from here, because a traceback that prints local variables must not print a key given by mistake.
        del values
        raise problem

    @property
    def given(self) -> frozenset[str]:
        """The names of the fields that the caller gave."""
        return frozenset(self.model_fields_set)


def _our_error(error: PydanticError, kind: type[Input]) -> ValidationError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        message = f"unknown field {field}; known are {', '.join(kind.model_fields)}"
    elif first["type"] == "missing":
        message = f"the {field.replace('_', ' ')} is missing"
    else:
        message = _REQUIREMENTS.get(field, f"the {field.replace('_', ' ')} is not valid")
    return ValidationError(field, message)


class ProviderCreate(Input):
    """A new provider config. Raises ValidationError."""

    family: Family
    name: ProviderName
    base_url: BaseUrl = None
    credential: AnyCredential = None
    enabled: Flag = True

    @model_validator(mode="after")
    def _suits_its_family(self) -> Self:
        text.checked_base_url(self.family, self.base_url)
        checked_credential(self.family, self.credential)
        return self


class ProviderUpdate(Input):
    """Changes to a provider config. `base_url=None` goes back to the family's, `credential=None` clears the key.

    Whether the family needs a base URL, or allows an ambient credential, is checked when the update meets its row.
    """

    name: ProviderName = ""
    base_url: BaseUrl = None
    credential: AnyCredential = None
    enabled: Flag = True


class ModelCreate(Input):
    """A new model config. The name defaults to the upstream id, the family to the first provider's.

    Raises ValidationError, NoProviders for an empty list, DefaultModelDisabled for a default that is off.
    """

    family: Family | None = None
    model: UpstreamId
    name: ModelName = ""
    provider_config_ids: References = ()
    upstream_models: UpstreamModels = Field(default_factory=dict)
    context_limit: ContextLimit
    compression_threshold: Percent = DEFAULT_COMPRESSION_THRESHOLD
    options: Options = Field(default_factory=dict)
    enabled: Flag = True
    is_default: Flag = False

    @model_validator(mode="before")
    @classmethod
    def _name_is_optional(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("name", "") is None:
            return {field: value for field, value in values.items() if field != "name"}
        return values

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.name:
            try:
                object.__setattr__(self, "name", text.checked_name("name", self.model, text.MODEL_NAME_LIMIT))
            except ValidationError as error:
                raise ValidationError(
                    "name", f"the upstream id can't be the name ({error.message}); give a name"
                ) from None
        if not self.provider_config_ids:
            raise NoProviders(self.name)
        if self.is_default and not self.enabled:
            raise DefaultModelDisabled(self.name, disabling=False)
        return self


class ModelUpdate(Input):
    """Changes to a model config. No list (or None) leaves the lines; a list replaces them whole."""

    name: ModelName = ""
    model: UpstreamId = ""
    provider_config_ids: References | None = None
    upstream_models: UpstreamModels = Field(default_factory=dict)
    context_limit: ContextLimit = 1
    compression_threshold: Percent = DEFAULT_COMPRESSION_THRESHOLD
    options: Options = Field(default_factory=dict)
    enabled: Flag = True

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.provider_config_ids is not None and not self.provider_config_ids:
            raise NoProviders()
        return self
