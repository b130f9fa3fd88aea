"""Builds catalogs to measure with, through the services: `python bench/catalog.py FOLDER [MODELS] [PROVIDERS]`."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
from pathlib import Path

from modeltui import Ambient, EnvKey, Family, ModelCreate, ProviderCreate, StoredKey, open_catalog
from modeltui.domain.credentials import CredentialInput

# In the order of lists, so that the numbers in the names are those of the rows.
FAMILIES = (Family.ANTHROPIC, Family.BEDROCK, Family.OPENAI, Family.OPENAI_COMPAT)
LINES = 4
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


async def build(folder: Path, models: int = 100, providers: int = 16) -> None:
    """Fills the folder's catalog, unless it has one: every kind of key, some providers off, four lines a model."""
    environ = environment(folder)
    if (folder / "catalog.db").exists():
        return
    async with open_catalog(environ["MODELTUI_DATABASE_URL"], create=True, environ=environ, actor="bench") as catalog:
        members: dict[Family, list[str]] = {family: [] for family in FAMILIES}
        for number in range(providers):
            family = FAMILIES[number * len(FAMILIES) // providers]
            name = provider_name(number)
            members[family].append(name)
            await catalog.providers.create(
                ProviderCreate(
                    family=family,
                    name=name,
                    base_url=f"https://{name}.example/v1",
                    credential=_credential(family, number),
                    enabled=number % 7 != 3,
                )
            )
        for number in range(models):
            family = FAMILIES[number * len(FAMILIES) // models]
            own = members[family]
            first = number % len(own)
            lines = (own[first:] + own[:first])[: 1 + number % LINES]
            await catalog.models.create(
                ModelCreate(model=model_name(number), context_limit=128_000, provider_config_ids=lines)
            )


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
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(build(target, *(int(word) for word in sys.argv[2:4])))
    print("".join(f"export {name}='{value}'\n" for name, value in environment(target).items() if name != "PATH"))
