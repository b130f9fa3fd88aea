"""The settings file as it stands: its keys checked, its values not, and the catalogs that it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from modeltui.database_url import display_url
from modeltui.errors import ValidationError

SECRET_KEY_VARIABLE = "MODELTUI_SECRET_KEY"  # noqa: S105 - the variable's name

# What a table of a named catalog may hold: what belongs to a database, not to a person or a terminal.
CATALOG_KEYS = ("database", "secret_key_file", "read_only", "label", "label_color")


class NamedCatalog(NamedTuple):
    """A catalog that the file names, for people: its database without a password, None where that is no text."""

    name: str
    database: str | None
    label: str
    source: str


def read_file(path: Path, known: Sequence[str]) -> dict[str, Any]:
    """The file's settings, or none where there is no file. Raises ValidationError for a key that isn't `known`."""
    try:
        # A FIFO or device under this name would keep the program waiting.
        if not path.exists():
            return {}
        if not path.is_file():
            raise _bad_file(path, "is not a regular file; replace it or move it away")
        content = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise _bad_file(path, "is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise _bad_file(path, f"can't be read ({error.strerror}); correct its mode or move it away") from None

    import tomllib

    try:
        settings = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise _bad_file(path, f"is not valid TOML: {error}; correct it or move it away") from None
    _check_keys(settings, (*known, "catalogs"), str(path))
    catalogs = settings.get("catalogs", {})
    if not isinstance(catalogs, dict) or not all(isinstance(table, dict) for table in catalogs.values()):
        raise ValidationError("catalogs", f"{path}: a catalog is a table of its own, such as [catalogs.prod]")
    for name, table in catalogs.items():
        _check_keys(table, CATALOG_KEYS, f"[catalogs.{name}] in {path}")
    return settings


def _check_keys(table: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    """Raises ValidationError for a key that says nothing, or that would hold a secret."""
    for key in table:
        if key == "secret_key":
            raise ValidationError(
                key,
                f"{where} holds a secret_key, which is never read from there; remove it, "
                f"and give the key in {SECRET_KEY_VARIABLE} or in a file named by secret_key_file",
            )
        if key not in known:
            raise ValidationError(
                key, f"{where} has an unknown setting {key}; remove it, or use one of: {', '.join(known)}"
            )


def _bad_file(path: Path, problem: str) -> ValidationError:
    return ValidationError("config", f"the settings file {path} {problem}")


def named_catalogs(in_file: Mapping[str, Any], config_path: Path) -> tuple[NamedCatalog, ...]:
    """What `[catalogs.…]` names, unchecked: only a catalog that is chosen must be right."""
    found = []
    for name, table in in_file.get("catalogs", {}).items():
        database, label = table.get("database"), table.get("label", name)
        shown = display_url(database) if isinstance(database, str) else None
        found.append(NamedCatalog(name, shown, str(label), f"file {config_path.name} [catalogs.{name}]"))
    return tuple(found)
