"""The public API and the error tree: complete, importable, and cheap to import."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest

import modeltui
from modeltui import errors
from modeltui.errors import CatalogError

CODES = {
    "validation_error",
    "not_found",
    "already_exists",
    "no_providers",
    "duplicate_provider",
    "provider_not_found",
    "family_mismatch",
    "default_model_disabled",
    "no_default_model",
    "stale_version",
    "bulk_refused",
    "cannot_undo",
    "model_disabled",
    "model_deleted",
    "no_attachments",
    "no_usable_provider",
    "read_only",
    "schema_outdated",
    "database_unavailable",
    "secret_key_unavailable",
    "secret_key_mismatch",
    "secret_damaged",
}


def error_classes() -> list[type[CatalogError]]:
    return [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, CatalogError)]


def error_classes_with_codes() -> list[type[CatalogError]]:
    return [kind for kind in error_classes() if "code" in vars(kind) and kind is not CatalogError]


def test_all_names_can_be_imported_and_are_listed_once() -> None:
    assert len(modeltui.__all__) == len(set(modeltui.__all__))
    for name in modeltui.__all__:
        assert getattr(modeltui, name).__name__ == name
        assert getattr(modeltui, name).__doc__
    assert dir(modeltui) == sorted(modeltui.__all__)


def test_every_lazy_name_is_listed_and_the_other_way_round() -> None:
    assert set(modeltui._HOME_OF) == set(modeltui.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = modeltui.nothing


def test_what_callers_catch_and_hold_is_public() -> None:
    exported = set(modeltui.__all__)
    assert {kind.__name__ for kind in error_classes_with_codes()} <= exported
    assert {
        "StoredKey",
        "EnvKey",
        "FileKey",
        "Ambient",
        "open_catalog",
        "Impact",
        "ModelRow",
        "ProviderRow",
    } <= exported


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import modeltui", "sqlalchemy sqlmodel alembic pydantic textual typer cryptography asyncio"),
        ("from modeltui import errors, settings, database_url", "sqlalchemy sqlmodel alembic pydantic textual typer"),
        ("from modeltui import CatalogError, ModelRow", "sqlalchemy sqlmodel alembic pydantic textual typer"),
        ("from modeltui import ProviderCreate, StoredKey", "sqlalchemy sqlmodel alembic textual typer cryptography"),
        ("import modeltui.services.catalog", "alembic textual typer cryptography.hazmat.primitives.ciphers"),
        ("import modeltui.db.schema", "sqlalchemy alembic"),
    ],
)
def test_importing_loads_only_what_is_needed(statement: str, unwanted: str) -> None:
    script = f"import sys\n{statement}\nprint(*[name for name in {unwanted.split()!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_codes_are_these_and_each_has_one_class() -> None:
    codes = [kind.code for kind in error_classes_with_codes()]
    assert sorted(codes) == sorted(CODES)


def test_every_class_stands_in_the_tree_of_the_docstring_under_its_parent() -> None:
    drawn = _drawn_tree(errors.__doc__ or "")
    tree = {
        kind.__name__: (kind.__base__.__name__ if kind.__base__ and kind is not CatalogError else None, _own_code(kind))
        for kind in error_classes()
    }
    assert drawn == tree


def _own_code(kind: type[CatalogError]) -> str | None:
    return kind.code if "code" in vars(kind) and kind is not CatalogError else None


def _drawn_tree(docstring: str) -> dict[str, tuple[str | None, str | None]]:
    found: dict[str, tuple[str | None, str | None]] = {}
    parents: list[str] = []
    for text in docstring.splitlines():
        match = re.fullmatch(r"([│ ]*(?:[├└]── )?)(\w+)(?: +(\w+))?", text)
        if match is None or (not match[1] and match[2] != "CatalogError"):
            continue
        depth = len(match[1]) // 4
        del parents[depth:]
        found[match[2]] = (parents[-1] if parents else None, match[3])
        parents.append(match[2])
    return found


def test_an_error_carries_its_message_and_its_own_attributes() -> None:
    error = errors.FamilyMismatch("groq", "openai-compat", "openai")
    assert str(error) == error.message
    assert "groq is of family openai-compat" in error.message
    assert error.attributes == {"provider": "groq", "provider_family": "openai-compat", "model_family": "openai"}


def test_a_command_in_a_message_quotes_the_name() -> None:
    assert "modeltui models edit 'my model' --enable" in errors.ModelDisabled("my model").message
    assert "modeltui models restore 'my model'" in errors.ModelDeleted("my model").message
    assert "modeltui models attach 'my model' PROVIDER" in errors.NoAttachments("my model").message


def test_no_attachments_says_the_agreed_words() -> None:
    assert "no explicit provider attachments configured" in errors.NoAttachments("gpt-5").message
