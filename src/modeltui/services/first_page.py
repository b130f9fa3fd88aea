"""The rows for the first paint, read while nothing heavier than the standard library is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from modeltui import paths
from modeltui.database_url import sqlite_path
from modeltui.db.first_page import read_first_records, read_live_records
from modeltui.domain.records import ProviderRecord, Records, Rows, rows_of
from modeltui.domain.rows import KeyState
from modeltui.services.secrets import Keyring, credential_state
from modeltui.settings import Settings


class Glimpse(NamedTuple):
    """The first rows of a catalog, and how many live models it has."""

    rows: Rows
    models: int


def read_glimpse(settings: Settings, environ: Mapping[str, str]) -> Glimpse | None:
    """As many live models as a screen may show, or None where there is nothing to show before it is opened properly.

    Counts in the rows cover these models only. Raises sqlite3.Error.
    """
    path = _file(settings)
    found = read_first_records(path) if path is not None else None
    return Glimpse(_judged(found[0], settings, environ), found[1]) if found is not None else None


def read_rows(settings: Settings, environ: Mapping[str, str]) -> Rows | None:
    """The live catalog as rows, or None as `read_glimpse`. Raises sqlite3.Error."""
    path = _file(settings)
    records = read_live_records(path) if path is not None else None
    return _judged(records, settings, environ) if records is not None else None


def _file(settings: Settings) -> Path | None:
    path = sqlite_path(settings.database)
    return path if path is not None and path.is_file() else None


def _judged(records: Records, settings: Settings, environ: Mapping[str, str]) -> Rows:
    keyring = Keyring(environ, settings.secret_key_file, paths.default_key_file(), read_only=True)

    def probe(record: ProviderRecord) -> KeyState:
        return credential_state(record.credential_kind, record.credential_reference, record.token_prefix, keyring)

    return rows_of(records, probe)
