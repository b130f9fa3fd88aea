"""The rows for the first paint, read while nothing heavier than the standard library is loaded."""

from __future__ import annotations

from collections.abc import Mapping

from modeltui import paths
from modeltui.database_url import sqlite_path
from modeltui.db.first_page import read_live_records
from modeltui.domain.records import ProviderRecord, Rows, rows_of
from modeltui.domain.rows import KeyState
from modeltui.services.secrets import Keyring, credential_state
from modeltui.settings import Settings


def read_rows(settings: Settings, environ: Mapping[str, str]) -> Rows | None:
    """The live catalog as rows, or None where there is nothing to show before it is opened properly."""
    path = sqlite_path(settings.database)
    if path is None or not path.is_file():
        return None
    records = read_live_records(path)
    if records is None:
        return None
    keyring = Keyring(environ, settings.secret_key_file, paths.default_key_file(), read_only=True)

    def probe(record: ProviderRecord) -> KeyState:
        return credential_state(record.credential_kind, record.credential_reference, record.token_prefix, keyring)

    return rows_of(records, probe)
