"""`modeltui settings`: every setting and where it came from, and the catalogs to choose from."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.cli.invocation import current
from modeltui.cli.output import emit, table
from modeltui.settings import Setting, Settings


def settings() -> None:
    """Print each setting's value and where it came from, and the catalogs that config.toml names.

    No password and no secret key is among them.
    """
    found = current().settings
    named = [Setting(f"catalogs.{item.name}", item.database, item.source) for item in found.catalogs]
    emit([*found.sources(), *named], _lines(found))


def _lines(found: Settings) -> Iterator[str]:
    yield from table(("NAME", "VALUE", "SOURCE"), ((row.name, _text(row.value), row.source) for row in found.sources()))
    if found.catalogs:
        yield ""
        yield from table(
            ("", "CATALOG", "LABEL", "DATABASE"),
            (
                ("*" if item.name == found.catalog else "", item.name, item.label, item.database or "-")
                for item in found.catalogs
            ),
        )


def _text(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value or "-"
