"""What callers hand in: every invalid value is modeltui's own error, on its field, and prints no secret."""

from __future__ import annotations

import traceback
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError as PydanticError

from modeltui.domain.credentials import Ambient, EnvKey, StoredKey
from modeltui.domain.families import Family
from modeltui.domain.inputs import Input, ModelCreate, ModelUpdate, ProviderCreate, ProviderUpdate
from modeltui.errors import CatalogError, DefaultModelDisabled, NoProviders, ValidationError
from tests.support.tracebacks import shown_locals

PROVIDER = {"family": "openai", "name": "openai-eu"}
MODEL = {"model": "gpt-5", "context_limit": 1, "provider_config_ids": ["openai-eu"]}
A_UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


def refused(kind: type[Input], given: dict[str, Any]) -> CatalogError:
    with pytest.raises(CatalogError) as raised:
        kind(**given)
    # A chained pydantic error would hold what was given.
    assert not isinstance(raised.value.__context__, PydanticError)
    return raised.value


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"family": "llama"}, "family", "must be one of anthropic, azure"),
        ({"family": None}, "family", "must be one of"),
        ({"name": ""}, "name", "empty"),
        ({"name": None}, "name", "must be text"),
        ({"name": "a\nb"}, "name", "line-break"),
        ({"name": "a\x1b[31mb"}, "name", "U\\+001B"),
        ({"name": "x" * 65}, "name", "65 characters; at most 64"),
        ({"name": A_UUID}, "name", "UUID"),
        ({"base_url": "ftp://x.example"}, "base_url", "http"),
        ({"base_url": "https://"}, "base_url", "host"),
        ({"base_url": "https://u:p@x.example"}, "base_url", "user or password"),
        ({"base_url": "https://x.example?a=1"}, "base_url", "query"),
        ({"base_url": 5}, "base_url", "must be text"),
        ({"family": "azure", "base_url": " "}, "base_url", "give a base URL"),
        ({"family": "openai-compat"}, "base_url", "give a base URL"),
        ({"credential": "sk-raw"}, "credential", "must be StoredKey"),
        ({"credential": Ambient()}, "credential", "can't be ambient"),
        ({"enabled": "yes"}, "enabled", "true or false"),
        ({"enabled": None}, "enabled", "true or false"),
        ({"colour": "red"}, "colour", "unknown field colour; known are family, name"),
    ],
)
def test_a_provider_that_can_not_be_made(given: dict[str, Any], field: str, says: str) -> None:
    error = refused(ProviderCreate, PROVIDER | given)
    assert isinstance(error, ValidationError)
    assert error.field == field
    with pytest.raises(ValidationError, match=says):
        raise error


@pytest.mark.parametrize("missing", ["family", "name"])
def test_a_provider_needs_family_and_name(missing: str) -> None:
    error = refused(ProviderCreate, {field: value for field, value in PROVIDER.items() if field != missing})
    assert isinstance(error, ValidationError)
    assert (error.field, error.message) == (missing, f"the {missing} is missing")


def test_a_provider_with_all_its_fields() -> None:
    new = ProviderCreate(
        family="azure", name=" É ", base_url=" https://x.example/v1 ", credential=Ambient(), enabled=False
    )
    assert (new.family, new.name, new.base_url, new.enabled) == (Family.AZURE, "É", "https://x.example/v1", False)
    assert ProviderCreate(**PROVIDER, base_url=" ").base_url is None
    assert ProviderCreate(**PROVIDER).enabled is True
    assert ProviderCreate(**PROVIDER | {"name": "x" * 64}).name == "x" * 64


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": None}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"enabled": None}, "enabled"),
        ({"base_url": "ftp://x.example"}, "base_url"),
        ({"credential": ""}, "credential"),
        ({"family": "openai"}, "family"),
    ],
)
def test_a_provider_update_that_can_not_be(given: dict[str, Any], field: str) -> None:
    error = refused(ProviderUpdate, given)
    assert isinstance(error, ValidationError)
    assert error.field == field


def test_an_update_knows_what_was_given() -> None:
    assert ProviderUpdate().given == frozenset()
    assert ProviderUpdate(base_url=None, credential=None).given == {"base_url", "credential"}
    assert ModelUpdate(enabled=True).given == {"enabled"}


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"context_limit": 0}, "context_limit", "from 1 to 1000000000000"),
        ({"context_limit": -1}, "context_limit", "from 1"),
        ({"context_limit": "12abc"}, "context_limit", "whole number"),
        ({"context_limit": "12"}, "context_limit", "whole number"),
        ({"context_limit": 1.5}, "context_limit", "whole number"),
        ({"context_limit": True}, "context_limit", "whole number"),
        ({"context_limit": 10**12 + 1}, "context_limit", "to 1000000000000"),
        ({"compression_threshold": -1}, "compression_threshold", "from 0 to 100"),
        ({"compression_threshold": 101}, "compression_threshold", "from 0 to 100"),
        ({"compression_threshold": 7.5}, "compression_threshold", "whole percentage"),
        ({"options": {"temperature": -1}}, "options", "temperature must be"),
        ({"options": {"colour": 1}}, "options", "unknown option colour"),
        ({"model": ""}, "model", "empty"),
        ({"model": "x" * 257, "name": "x"}, "model", "at most 256"),
        ({"name": "x" * 129}, "name", "at most 128"),
        ({"name": A_UUID}, "name", "UUID"),
        ({"model": A_UUID}, "name", "the upstream id can't be the name"),
        ({"model": "x" * 129}, "name", "the upstream id can't be the name .*129 characters"),
        ({"family": "llama"}, "family", "must be one of"),
        ({"provider_config_ids": "openai-eu"}, "provider_config_ids", "must be a list"),
        ({"provider_config_ids": {"openai-eu"}}, "provider_config_ids", "must be a list"),
        ({"provider_config_ids": None}, "provider_config_ids", "must be a list"),
        ({"provider_config_ids": [5]}, "provider_config_ids", "must be a list"),
        ({"upstream_models": ["x"]}, "upstream_models", "must map"),
        ({"upstream_models": {5: "x"}}, "upstream_models", "must map"),
        ({"upstream_models": {"openai-eu": ""}}, "upstream_model", "empty"),
        ({"upstream_models": {"openai-eu": "x" * 257}}, "upstream_model", "at most 256"),
        ({"is_default": 1}, "is_default", "true or false"),
        ({"version": 3}, "version", "unknown field"),
    ],
)
def test_a_model_that_can_not_be_made(given: dict[str, Any], field: str, says: str) -> None:
    error = refused(ModelCreate, MODEL | given)
    assert isinstance(error, ValidationError)
    assert error.field == field
    with pytest.raises(ValidationError, match=says):
        raise error


@pytest.mark.parametrize("missing", ["model", "context_limit"])
def test_a_model_needs_an_upstream_id_and_a_context_limit(missing: str) -> None:
    error = refused(ModelCreate, {field: value for field, value in MODEL.items() if field != missing})
    assert isinstance(error, ValidationError)
    assert error.field == missing


@pytest.mark.parametrize("given", [{"provider_config_ids": []}, {"provider_config_ids": ()}])
def test_a_model_needs_a_provider(given: dict[str, Any]) -> None:
    error = refused(ModelCreate, MODEL | given)
    assert isinstance(error, NoProviders)
    assert error.model == "gpt-5"
    without = {field: value for field, value in MODEL.items() if field != "provider_config_ids"}
    assert isinstance(refused(ModelCreate, without), NoProviders)
    assert isinstance(refused(ModelUpdate, given), NoProviders)


def test_the_default_must_be_on() -> None:
    assert isinstance(refused(ModelCreate, MODEL | {"is_default": True, "enabled": False}), DefaultModelDisabled)


@pytest.mark.parametrize("limit", [1, 10**12])
@pytest.mark.parametrize("threshold", [0, 100])
def test_the_ends_of_the_ranges(limit: int, threshold: int) -> None:
    new = ModelCreate(**MODEL | {"context_limit": limit, "compression_threshold": threshold})
    assert (new.context_limit, new.compression_threshold) == (limit, threshold)


def test_a_model_with_what_it_gets_by_itself() -> None:
    new = ModelCreate(**MODEL, name=None)
    assert (new.name, new.compression_threshold, new.options, new.enabled, new.is_default) == (
        "gpt-5",
        70,
        {},
        True,
        False,
    )
    identity = uuid4()
    new = ModelCreate(
        **MODEL | {"provider_config_ids": [identity, "b"], "upstream_models": {identity: " own ", "b": None}}
    )
    assert new.provider_config_ids == (identity, "b")
    assert new.upstream_models == {identity: "own", "b": None}


@pytest.mark.parametrize(
    "field", ["name", "model", "context_limit", "compression_threshold", "enabled", "upstream_models"]
)
def test_none_clears_nothing_of_a_model_that_can_not_be_cleared(field: str) -> None:
    error = refused(ModelUpdate, {field: None})
    assert isinstance(error, ValidationError)
    assert error.field == field


def test_none_means_no_options_and_an_unchanged_list() -> None:
    assert ModelUpdate(options=None).options == {}
    assert ModelUpdate(provider_config_ids=None).provider_config_ids is None


def test_inputs_are_frozen() -> None:
    new = ProviderCreate(**PROVIDER)
    with pytest.raises(PydanticError):
        new.name = "other"  # type: ignore[misc]


def test_validating_a_dictionary_raises_our_error_as_well() -> None:
    with pytest.raises(ValidationError) as raised:
        ProviderCreate.model_validate(PROVIDER | {"name": ""})
    assert raised.value.field == "name"


MARKER = "sk-marker-0123456789"


@pytest.mark.parametrize(
    "given",
    [
        {"credential": MARKER},
        {"api_key": MARKER},
        {"name": "", "credential": StoredKey(MARKER)},
        {"enabled": MARKER},
        {"base_url": f"https://user:{MARKER}@llm.example"},
        {"base_url": f"https://llm.example?key={MARKER}"},
    ],
)
def test_a_key_given_by_mistake_is_not_shown(given: dict[str, Any]) -> None:
    error = refused(ProviderCreate, PROVIDER | given)
    assert (
        MARKER not in f"{error!r} {error.attributes} {shown_locals(error)} {''.join(traceback.format_exception(error))}"
    )
    assert MARKER not in repr(ProviderCreate(**PROVIDER, credential=StoredKey(MARKER)))
    assert EnvKey("KEY") == ProviderCreate(**PROVIDER, credential=EnvKey("KEY")).credential
