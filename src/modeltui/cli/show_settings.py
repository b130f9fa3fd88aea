"""`modeltui settings`: every setting, and where it came from."""

from __future__ import annotations

from modeltui.cli.invocation import current
from modeltui.cli.output import emit, table


def settings() -> None:
    """Print each setting's value and where it came from. No password and no secret key is among them."""
    rows = current().settings.sources()
    emit(rows, table(("NAME", "VALUE", "SOURCE"), ((row.name, _text(row.value), row.source) for row in rows)))


def _text(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value or "-"
