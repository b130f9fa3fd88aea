"""The settings and where each came from: a flag before a variable before the file before the default.

Only the standard library is used, because this runs before the first screen is painted. The secret key is
never held here: only whether the variable is set.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modeltui import paths
from modeltui.database_url import display_url, expanded, normalised_url, sqlite_path, sqlite_url
from modeltui.domain.text import checked_text
from modeltui.errors import ValidationError

__all__ = ["LABEL_COLORS", "THEMES", "Setting", "Settings", "display_url", "load_settings", "sqlite_path"]

THEMES = ("auto", "dark", "light", "ansi-dark", "ansi-light")
# Those that every terminal has.
LABEL_COLORS = ("red", "yellow", "green", "cyan", "blue", "magenta", "white")
LABEL_LIMIT = 40

SECRET_KEY_VARIABLE = "MODELTUI_SECRET_KEY"  # noqa: S105 - the variable's name

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})

# What the file may hold without being a setting: tables of named catalogs, not used yet.
_OTHER_FILE_KEYS = frozenset({"catalogs"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting for people: its value without secrets, and where it came from."""

    name: str
    value: str | bool | None
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What this process was told. `secret_key_file` is None unless one was named."""

    database: str = field(repr=False)
    database_is_default: bool = False
    secret_key_file: Path | None = None
    read_only: bool = False
    theme: str = "auto"
    ascii: bool = False
    no_mouse: bool = False
    label: str | None = None
    label_color: str | None = None
    log_file: Path | None = None
    secret_key_is_set: bool = False
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def sources(self) -> tuple[Setting, ...]:
        """Every setting with its value and source, in a fixed order; no password and no secret key among them."""
        key_file = self.secret_key_file or paths.default_key_file()
        values: dict[str, str | bool | None] = {
            "database": display_url(self.database),
            "secret_key": "set" if self.secret_key_is_set else "not set",
            "secret_key_file": str(key_file),
            "read_only": self.read_only,
            "theme": self.theme,
            "ascii": self.ascii,
            "no_mouse": self.no_mouse,
            "label": self.label,
            "label_color": self.label_color,
            "log_file": None if self.log_file is None else str(self.log_file),
        }
        return tuple(Setting(name, value, self.origins.get(name, "default")) for name, value in values.items())


def load_settings(
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    config_path: Path | None = None,
) -> Settings:
    """The settings in force. Raises ValidationError with the setting's name, or `config` for the whole file.

    A flag that is None or False wasn't given, nor was an empty variable, except that it means false for a
    boolean. A value that another one overrides isn't looked at. Relative paths start from the current folder.
    """
    try:
        return _load(flags or {}, os.environ if environ is None else environ, config_path or paths.config_file())
    except ValidationError as error:
        problem = error.with_traceback(None)
    # Raised from here, because a traceback that prints local variables must not print what is in these.
    del flags, environ
    raise problem from None


def _load(flags: Mapping[str, object], environ: Mapping[str, str], config_path: Path) -> Settings:
    if unknown := sorted(set(flags) - set(_READERS)):
        raise TypeError(f"no such setting: {', '.join(unknown)}")

    in_file = _read_file(config_path)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, read in _READERS.items():
        variable = "MODELTUI_DATABASE_URL" if name == "database" else f"MODELTUI_{name.upper()}"
        flag = flags.get(name)
        text = environ.get(variable)
        if flag is not None and flag is not False:
            value, source, where = flag, f"flag --{name.replace('_', '-')}", ""
        elif text is not None and (text.strip() or read is _boolean):
            value, source, where = text, f"variable {variable}", ""
        elif name in in_file:
            value, source, where = in_file[name], f"file {config_path.name}", f" ({name} in {config_path})"
        else:
            continue
        try:
            values[name] = read(name, value)
        except ValidationError as error:
            raise ValidationError(name, f"{source}{where}: {error.message}") from None
        origins[name] = source
    if SECRET_KEY_VARIABLE in environ:
        origins["secret_key"] = f"variable {SECRET_KEY_VARIABLE}"

    default_url = sqlite_url(paths.default_database_path())
    values.setdefault("database", default_url)
    return Settings(
        **values,
        database_is_default=values["database"] == default_url,
        secret_key_is_set=bool(environ.get(SECRET_KEY_VARIABLE, "").strip()),
        origins=origins,
    )


def _read_file(path: Path) -> dict[str, Any]:
    """The file's settings, or none where there is no file; every key in it is known."""
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
    for key in settings:
        if key == "secret_key":
            raise ValidationError(
                key,
                f"{path} holds a secret_key, which is never read from there; remove it, "
                f"and give the key in {SECRET_KEY_VARIABLE} or in a file named by secret_key_file",
            )
        if key not in _READERS and key not in _OTHER_FILE_KEYS:
            raise ValidationError(
                key, f"{path} has an unknown setting {key}; remove it, or use one of: {', '.join(_READERS)}"
            )
    return settings


def _bad_file(path: Path, problem: str) -> ValidationError:
    return ValidationError("config", f"the settings file {path} {problem}")


def _text(name: str, value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise ValidationError(name, "this must be a text that is not empty")
    return value.strip()


def _database(name: str, value: object) -> str:
    return normalised_url(_text(name, value))


def _path(name: str, value: object) -> Path:
    return expanded(name, _text(name, value))


def _boolean(name: str, value: object) -> bool:
    """TOML has booleans of its own; a word is taken from a variable, and in the file as well."""
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else "?"
    if word not in _TRUE | _FALSE:
        raise ValidationError(name, "this must be true or false (or 1, yes, on; 0, no, off, empty)")
    return word in _TRUE


def _theme(name: str, value: object) -> str:
    theme = _text(name, value).lower()
    if theme not in THEMES:
        raise ValidationError(name, f"there is no such theme; use one of: {', '.join(THEMES)}")
    return theme


def _label(name: str, value: object) -> str:
    return checked_text(name, value, LABEL_LIMIT)


def _label_color(name: str, value: object) -> str:
    color = _text(name, value).lower()
    if color not in LABEL_COLORS:
        raise ValidationError(name, f"there is no such color; use one of: {', '.join(LABEL_COLORS)}")
    return color


_READERS: dict[str, Callable[[str, object], Any]] = {
    "database": _database,
    "secret_key_file": _path,
    "read_only": _boolean,
    "theme": _theme,
    "ascii": _boolean,
    "no_mouse": _boolean,
    "label": _label,
    "label_color": _label_color,
    "log_file": _path,
}
