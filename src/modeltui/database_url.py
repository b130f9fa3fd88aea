"""Which database a URL names: checked, brought into one form, and shown without its password.

Only the standard library is used, because the first screen is painted before SQLAlchemy is imported.
The text is split as SQLAlchemy splits it (everything up to `?` is the path, percent-encoded), so that
both always mean the same database.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, unquote

from modeltui.domain.text import is_forbidden
from modeltui.errors import ValidationError

SQLITE_SCHEME = "sqlite+aiosqlite"
POSTGRES_SCHEME = "postgresql+asyncpg"

_SCHEMES = {
    "sqlite": SQLITE_SCHEME,
    SQLITE_SCHEME: SQLITE_SCHEME,
    "postgresql": POSTGRES_SCHEME,
    POSTGRES_SCHEME: POSTGRES_SCHEME,
}

_FORMS = "sqlite:///relative/path.db, sqlite:////absolute/path.db or postgresql://user@host/name"

_SERVER = re.compile(
    r"(?:(?P<user>[^@:/?]*)(?::(?P<password>[^@]*))?@)?"
    r"(?P<server>"
    r"(?:\[[0-9A-Fa-f:.%]+\]|[^@:/?\[\]]*)"  # host
    r"(?::[0-9]{1,5})?"  # port
    # No @ in the name: it would be the end of a password that wasn't encoded.
    r"(?:/[^?@]*)?(?:\?.*)?"
    r")"
)

_SOCKET_OPTION = re.compile(r"(?:^|&)(host=[^&]*)")

_SECRET_OPTION = re.compile(r"([?&][^=&]*(?:pass|secret|token)[^=&]*=)[^&]*", re.IGNORECASE)


def normalised_url(value: str) -> str:
    """The one form of a database URL; a SQLite path becomes absolute. Raises ValidationError on `database`."""
    url = value.strip()
    if any(is_forbidden(character) for character in url):
        raise _refused("the database URL has a control, line-break or invisible character; remove it")
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise _refused(f"the database must be given as a URL, such as {_FORMS}")
    known = _SCHEMES.get(scheme.lower())
    if known is None:
        raise _refused(f"the database URL's scheme {scheme} is not known; give {_FORMS}")
    if known == SQLITE_SCHEME:
        return sqlite_url(_checked_sqlite_path(rest))
    if not _SERVER.fullmatch(rest):
        # The text itself stays out of the message: any part of it may belong to a password.
        raise _refused(
            "the database URL is malformed; write postgresql://user:password@host:5432/name, "
            "with @ : / ? % in user or password percent-encoded"
        )
    return f"{known}://{rest}"


def sqlite_url(path: Path) -> str:
    """The normalised URL of a SQLite file. A relative path is taken from the current folder."""
    encoded = str(_absolute(path)).replace("%", "%25").replace("?", "%3F")
    return f"{SQLITE_SCHEME}:///{encoded}"


def sqlite_path(url: str) -> Path | None:
    """The file that a SQLite URL names, or None for any other database."""
    scheme, _, rest = url.partition("://")
    if _SCHEMES.get(scheme.lower()) != SQLITE_SCHEME:
        return None
    return Path(unquote(rest.partition("?")[0].removeprefix("/")))


def postgres_dsn(url: str) -> str:
    """A normalised PostgreSQL URL as its driver takes it, which splits it at characters that ours leaves alone."""
    found = _SERVER.fullmatch(url.partition("://")[2])
    if found is None:
        raise ValueError("not a normalised PostgreSQL URL")
    user, password = (quote(unquote(found[part] or ""), safe="") for part in ("user", "password"))
    account = f"{user}:{password}@" if password else f"{user}@" if user else ""
    return f"postgresql://{account}{found['server'].replace('#', '%23')}"


def display_url(url: str) -> str:
    """The URL for people and logs: no PostgreSQL driver, every password as `***`. Takes malformed text too."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "", url
    if not scheme.startswith("sqlite"):
        # Up to the last @, because a password that wasn't encoded may hold one.
        account, at, server = rest.rpartition("@")
        user, colon, _ = account.partition(":")
        rest = f"{user}:***{at}{server}" if colon else rest
    shown = "postgresql" if scheme == POSTGRES_SCHEME else scheme
    return shown + separator + _SECRET_OPTION.sub(r"\1***", rest)


def postgres_place(url: str) -> str:
    """A normalised PostgreSQL URL as short as it says who and where: no driver, no password, no options."""
    found = _SERVER.fullmatch(url.partition("://")[2])
    if found is None:
        return display_url(url)
    server, _, options = found["server"].partition("?")
    # Of the options the folder of a local socket alone, which stands for the host.
    folder = None if server.partition("/")[0] else _SOCKET_OPTION.search(options)
    account = f"{found['user']}@" if found["user"] else ""
    return f"postgresql://{account}{server}{f'?{folder[1]}' if folder else ''}"


def expanded(field: str, value: str) -> Path:
    """An absolute path from what was typed: `~` expanded, else from the current folder. Raises ValidationError."""
    if any(is_forbidden(character) for character in value):
        raise ValidationError(field, f"the {field.replace('_', ' ')} has a control or line-break character; remove it")
    try:
        return _absolute(Path(value).expanduser())
    except (RuntimeError, OSError):
        raise ValidationError(
            field, f"the path {value} starts from a folder that can't be found; give an absolute path"
        ) from None


def _checked_sqlite_path(rest: str) -> Path:
    raw, question, options = rest.partition("?")
    path = unquote(raw.removeprefix("/"))
    in_memory = path in ("", ":memory:") or path.startswith("file::memory:")
    if in_memory or "mode=memory" in unquote(options).lower():
        raise _refused(f"an in-memory database would be lost and can't be shared; name a file, such as {_FORMS}")
    if not raw.startswith("/"):
        raise _refused(f"a SQLite URL has three slashes before a relative path, four before an absolute one: {_FORMS}")
    if question or path.startswith("file:"):
        raise _refused("a SQLite URL names a file and takes no options; write a ? in its name as %3F")
    if path.endswith("/"):
        raise _refused(f"the database URL names a folder; name a file, such as {_FORMS}")
    return expanded("database", path)


def _absolute(path: Path) -> Path:
    return path if path.is_absolute() else Path.cwd() / path


def _refused(message: str) -> ValidationError:
    return ValidationError("database", message)
