"""The settings and where each came from: a flag before a variable before the file before the default.

A catalog that the file names is chosen as a whole. Chosen by `--catalog`, its values count as flags do, so that
what was asked for by name is what opens; chosen by a variable, they come behind the other variables.

Only the standard library is used, because this runs before the first screen is painted. The secret key is
never held here: only whether the variable is set.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from modeltui import paths
from modeltui.database_url import display_url, expanded, normalised_url, sqlite_path, sqlite_url
from modeltui.domain.text import checked_text
from modeltui.errors import ValidationError
from modeltui.kept_theme import read_theme
from modeltui.settings_file import SECRET_KEY_VARIABLE, NamedCatalog, named_catalogs, read_file

__all__ = [
    "LABEL_COLORS",
    "SECRET_KEY_VARIABLE",
    "THEMES",
    "NamedCatalog",
    "Setting",
    "Settings",
    "display_url",
    "load_settings",
    "sqlite_path",
]

THEMES = ("auto", "dark", "light", "ansi-dark", "ansi-light")
# Those that every terminal has.
LABEL_COLORS = ("red", "yellow", "green", "cyan", "blue", "magenta", "white")
LABEL_LIMIT = 40

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})

CATALOG_VARIABLE = "MODELTUI_CATALOG"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting for people: its value without secrets, and where it came from."""

    name: str
    value: str | bool | None
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What this process was told. `secret_key_file` is None unless one was named.

    `catalog` is the chosen one of `catalogs`, those that the file names. In `theme_file` the theme that is chosen
    on the screens is kept; None keeps none.
    """

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
    catalog: str | None = None
    catalogs: tuple[NamedCatalog, ...] = field(default=(), repr=False)
    theme_file: Path | None = None
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def read_only_reason(self) -> str | None:
        """What says that nothing may be changed, such as `--read-only was given`; None where something may."""
        kind, _, name = self.origins.get("read_only", "").partition(" ")
        says = {"flag": f"{name} was given", "variable": f"{name} is set", "file": f"{name} says so"}
        return says.get(kind, "it was opened read-only") if self.read_only else None

    def sources(self) -> tuple[Setting, ...]:
        """Every setting with its value and source, in a fixed order; no password and no secret key among them."""
        key_file = self.secret_key_file or paths.default_key_file()
        values: dict[str, str | bool | None] = {
            "catalog": self.catalog,
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
    if unknown := sorted(set(flags) - {*_READERS, "catalog"}):
        raise TypeError(f"no such setting: {', '.join(unknown)}")

    in_file = read_file(config_path, tuple(_READERS))
    chosen = _chosen_catalog(flags, environ, in_file, config_path)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {"catalog": chosen.source} if chosen.source else {}
    for name in _READERS:
        given = _given(name, flags, environ, in_file, chosen, config_path)
        if given is None:
            continue
        try:
            values[name] = _READERS[name](name, given.value)
        except ValidationError as error:
            raise ValidationError(name, f"{given.source}{given.where}: {error.message}") from None
        origins[name] = given.source
    if SECRET_KEY_VARIABLE in environ:
        origins["secret_key"] = f"variable {SECRET_KEY_VARIABLE}"

    default_url = sqlite_url(paths.default_database_path())
    values.setdefault("database", default_url)
    return Settings(
        **values,
        database_is_default=values["database"] == default_url,
        secret_key_is_set=bool(environ.get(SECRET_KEY_VARIABLE, "").strip()),
        catalog=chosen.name,
        catalogs=named_catalogs(in_file, config_path),
        theme_file=paths.theme_file(),
        origins=origins,
    )


class _Given(NamedTuple):
    """A value as it was given: `source` says by what, `where` adds which file, for errors."""

    value: object
    source: str
    where: str = ""


class _Chosen(NamedTuple):
    """The catalog chosen from the file, with its table; without one, `source` says what set the choice aside."""

    name: str | None = None
    table: Mapping[str, Any] = {}
    source: str = ""
    by_flag: bool = False


def _given(
    name: str,
    flags: Mapping[str, object],
    environ: Mapping[str, str],
    in_file: Mapping[str, Any],
    chosen: _Chosen,
    config_path: Path,
) -> _Given | None:
    """The value that counts for a setting, or None where nobody gave one."""
    variable = _variable(name)
    text = environ.get(variable)
    of_catalog = None
    if name in chosen.table:
        table = f"[catalogs.{chosen.name}]"
        where = f" ({name} in {table} of {config_path})"
        of_catalog = _Given(chosen.table[name], f"file {config_path.name} {table}", where)
    if _is_given(flags.get(name)):
        return _Given(flags[name], _flag(name))
    if of_catalog is not None and chosen.by_flag:
        return of_catalog
    if text is not None and (text.strip() or _READERS[name] is _boolean):
        return _Given(text, f"variable {variable}")
    if of_catalog is not None:
        return of_catalog
    if name == "theme" and (kept := read_theme(paths.theme_file())) in THEMES:
        return _Given(kept, "chosen on the screens")
    if name in in_file:
        return _Given(in_file[name], f"file {config_path.name}", f" ({name} in {config_path})")
    return None


def _chosen_catalog(
    flags: Mapping[str, object], environ: Mapping[str, str], in_file: Mapping[str, Any], config_path: Path
) -> _Chosen:
    """The catalog that was asked for by name. Raises ValidationError on `catalog`."""
    flag, text = flags.get("catalog"), environ.get(CATALOG_VARIABLE, "").strip()
    by_flag = _is_given(flag)
    if not by_flag and not text:
        return _Chosen()
    source = _flag("catalog") if by_flag else f"variable {CATALOG_VARIABLE}"
    if _is_given(flags.get("database")):
        if by_flag:
            raise ValidationError("catalog", "both --catalog and --database say which database; give one of them")
        return _Chosen(source=f"{source}, but --database says another one")
    if not by_flag and environ.get(_variable("database"), "").strip():
        return _Chosen(source=f"{source}, but {_variable('database')} says another one")

    name = str(flag).strip() if by_flag else text
    tables: Mapping[str, Any] = in_file.get("catalogs", {})
    if name not in tables:
        there_are = f"it names {', '.join(tables)}" if tables else "it names none"
        raise ValidationError("catalog", f"{source}: {config_path} names no catalog {name}; {there_are}")
    if "database" not in tables[name]:
        raise ValidationError("catalog", f"[catalogs.{name}] in {config_path} names no database; add one")
    # Its word stands on every screen: never that of another catalog.
    return _Chosen(name, {"label": name[:LABEL_LIMIT]} | tables[name], source, by_flag)


def _is_given(flag: object) -> bool:
    """A flag that is None or False wasn't given."""
    return flag is not None and flag is not False


def _flag(name: str) -> str:
    return f"flag --{name.replace('_', '-')}"


def _variable(name: str) -> str:
    return "MODELTUI_DATABASE_URL" if name == "database" else f"MODELTUI_{name.upper()}"


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
