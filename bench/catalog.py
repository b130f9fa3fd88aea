"""Builds catalogs to measure with: `python bench/catalog.py FOLDER [MODELS] [PROVIDERS]`.

Providers are saved through the services. Models go straight into the tables, since ten thousand that are saved one by
one, each durably, take minutes.
"""

from __future__ import annotations

import asyncio
import base64
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from modeltui import Ambient, Catalog, EnvKey, Family, ProviderCreate, ProviderRow, StoredKey, open_catalog
from modeltui.clock import utc_now
from modeltui.db.tables import LINES, MODELS
from modeltui.domain.credentials import CredentialInput

# In the order of lists, so that the numbers in the names are those of the rows.
FAMILIES = (Family.ANTHROPIC, Family.BEDROCK, Family.OPENAI, Family.OPENAI_COMPAT)
MOST_LINES = 4
VARIABLES = 300


def environment(folder: Path) -> dict[str, str]:
    """The variables of a program that opens the folder's catalog: nothing of the caller's but the search path."""
    key = folder / "key"
    if not key.exists():
        key.write_text(base64.b64encode(os.urandom(32)).decode())
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "MODELTUI_DATABASE_URL": f"sqlite:///{folder / 'catalog.db'}",
        "MODELTUI_SECRET_KEY": key.read_text(),
        **{_variable(number): f"sk-bench-{number}" for number in range(VARIABLES)},
    }


def model_name(number: int) -> str:
    """The name of a model, counted from 0 in the order of the list."""
    return f"model-{number:05d}"


def provider_name(number: int) -> str:
    """The name of a provider, counted from 0 in the order of the list."""
    return f"provider-{number:03d}"


def built(folder: Path, models: int = 100, providers: int = 16, *, lines: int | None = None) -> dict[str, str]:
    """Builds the folder's catalog unless it has one, and gives the variables of a program that opens it."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(build(folder, models, providers, lines=lines))
    return environment(folder)


async def build(folder: Path, models: int = 100, providers: int = 16, *, lines: int | None = None) -> None:
    """Fills the folder's catalog, unless it has one: every kind of key, some providers off.

    The first model has one line, the next two, up to four, and so on; or all have so many.
    """
    environ = environment(folder)
    if not (folder / "catalog.db").exists():
        await fill(environ, models, providers, lines=lines)


async def fill(environ: Mapping[str, str], models: int, providers: int = 16, *, lines: int | None = None) -> None:
    """Fills the empty catalog that the variables name, with either database."""
    async with open_catalog(environ["MODELTUI_DATABASE_URL"], create=True, environ=environ, actor="bench") as catalog:
        members: dict[Family, list[ProviderRow]] = {family: [] for family in FAMILIES}
        for number in range(providers):
            family = FAMILIES[number * len(FAMILIES) // providers]
            name = provider_name(number)
            row = await catalog.providers.create(
                ProviderCreate(
                    family=family,
                    name=name,
                    base_url=f"https://{name}.example/v1",
                    credential=_credential(family, number),
                    enabled=number % 7 != 3,
                )
            )
            members[family].append(row)
        await _add_models(catalog, models, members, lines)


async def _add_models(
    catalog: Catalog, models: int, members: Mapping[Family, Sequence[ProviderRow]], lines: int | None
) -> None:
    now = utc_now()
    stamps = {"created_at": now, "updated_at": now}
    rows: list[dict[str, Any]] = []
    attachments: list[dict[str, Any]] = []
    for number in range(models):
        family = FAMILIES[number * len(FAMILIES) // models]
        identity, name, own = UUID(int=number + 1, version=4), model_name(number), members[family]
        rows.append(
            {
                "id": identity,
                "family": family,
                "name": name,
                "name_key": name,
                "model": name,
                "enabled": True,
                "is_default": number == 0,
                "context_limit": 128_000,
                "compression_threshold": 70,
                "options": {},
                "updated_by": "bench",
                "version": 1,
                **stamps,
            }
        )
        count = min(len(own), lines or 1 + number % MOST_LINES)
        attachments += [
            {
                "model_config_id": identity,
                "provider_config_id": own[(number + place) % len(own)].id,
                "priority": place,
                **stamps,
            }
            for place in range(count)
        ]
    async with catalog._workspace.database.writing() as connection:
        await connection.execute(insert(MODELS), rows)
        await connection.execute(insert(LINES), attachments)


def _credential(family: Family, number: int) -> CredentialInput:
    """Each provider has a key of its own, but every tenth one shares that of the one before; some are missing."""
    if number % 10 == 9:
        number -= 1
    if number % 4 == 1:
        return StoredKey(f"sk-bench-{number}")
    if number % 4 == 3 and family in (Family.BEDROCK, Family.OPENAI_COMPAT):
        return Ambient()
    return EnvKey("BENCH_UNSET_KEY" if number % 16 == 2 else _variable(number))


def _variable(number: int) -> str:
    return f"BENCH_KEY_{number:03d}"


if __name__ == "__main__":
    target = Path(sys.argv[1]).absolute()
    variables = built(target, *(int(word) for word in sys.argv[2:4]))
    print("".join(f"export {name}='{value}'\n" for name, value in variables.items() if name != "PATH"))
