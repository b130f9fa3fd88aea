"""Which schema a database has, told without Alembic, whose import would slow every start down."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from modeltui.errors import SchemaOutdated

# Every revision, oldest first. A test keeps this equal to the migration scripts.
REVISIONS = ("0001", "0002", "0003")
HEAD = REVISIONS[-1]
VERSION_QUERY = "SELECT version_num FROM alembic_version"
VERSION_TABLE = "alembic_version"
TABLES_QUERY = "SELECT name FROM sqlite_master WHERE type = 'table'"
# In every revision; other programs write their revisions down in the same way as this one.
_OWN_TABLE = "provider_config"


class SchemaState(StrEnum):
    """How a database's schema stands to this program's."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"
    FOREIGN = "foreign"


def schema_state(tables: Collection[str], revision: str | None) -> SchemaState:
    """The state that follows from the names of the tables and the revision written down."""
    if VERSION_TABLE not in tables:
        return SchemaState.FOREIGN if tables else SchemaState.EMPTY
    if revision is None:
        return SchemaState.FOREIGN if set(tables) - {VERSION_TABLE} else SchemaState.EMPTY
    if revision not in REVISIONS:
        return SchemaState.NEWER
    return SchemaState.CURRENT if revision == HEAD else SchemaState.OLDER


def require_head(revision: str | None) -> None:
    """Makes sure of a catalog that was open before: its schema may have been changed since. Raises SchemaOutdated."""
    if revision != HEAD:
        raise SchemaOutdated(revision, HEAD, newer=revision is not None and revision not in REVISIONS)


def is_ours(tables: Collection[str]) -> bool:
    """Whether a database with these tables is a catalog, of whatever age."""
    return {VERSION_TABLE, _OWN_TABLE} <= set(tables)
