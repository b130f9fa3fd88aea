"""A catalog of its own, and the program run on it as a person or a script does."""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from modeltui import Ambient, Catalog, EnvKey, Family, ModelCreate, ProviderCreate, StoredKey, open_catalog
from modeltui.cli.app import run
from modeltui.database_url import display_url, normalised_url
from tests.support.postgres import PostgresServer
from tests.support.processes import Finished, environment_with, modeltui_argv, run_modeltui
from tests.support.terminal import Terminal

SECRET_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
US_KEY = "sk-us-0123456789-secret"
APAC_KEY = "sk-apac-0123456789-secret"


class Shell:
    """Runs commands on one database, which it can also look at from inside. `EU_KEY` is a variable to set or not."""

    place: str
    """What the program calls the database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.environ = {"MODELTUI_DATABASE_URL": self.url, "MODELTUI_SECRET_KEY": SECRET_KEY}

    def __call__(
        self, *arguments: str, stdin: str | None = None, env: Mapping[str, str | None] | None = None
    ) -> Finished:
        """Run a command to its end, without a terminal."""
        return run_modeltui(*arguments, stdin=stdin, env={**self.environ, **(env or {})})

    def done(self, *arguments: str, stdin: str | None = None, env: Mapping[str, str | None] | None = None) -> Finished:
        """Run a command that must succeed."""
        finished = self(*arguments, stdin=stdin, env=env)
        assert finished.code == 0, finished.err
        return finished

    def quick(
        self, *arguments: str, stdin: str = "", env: Mapping[str, str | None] | None = None, code: int | None = 0
    ) -> Finished:
        """Run a command inside this process: for the many ways to call what elsewhere runs in a process of its own."""
        changes = environment_with({**self.environ, **(env or {})})
        streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
        given = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
        with (
            patch.dict(os.environ, changes, clear=True),
            patch.object(sys, "stdin", given),
            redirect_stdout(streams[0]),
            redirect_stderr(streams[1]),
        ):
            ended = run(arguments)
        out, err = (stream.buffer.getvalue().decode() for stream in streams)
        assert code is None or ended == code, err
        return Finished(ended, out, err)

    def terminal(self, *arguments: str) -> Terminal:
        """Start a command on a terminal."""
        return Terminal.start(modeltui_argv(*arguments), env=self.environ, size=(100, 30))

    def inside(self, work: Callable[[Catalog], Awaitable[Any]], *, create: bool = False) -> Any:
        """Do something through the services, without a process."""

        async def opened() -> Any:
            async with open_catalog(self.url, create=create, environ={**os.environ, **self.environ}) as catalog:
                return await work(catalog)

        return asyncio.run(opened())

    def execute(self, *statements: str) -> None:
        """Change the database behind the program's back."""
        raise NotImplementedError

    def order(self, model: str) -> list[str]:
        """A model's providers in order."""
        row = self.inside(lambda catalog: catalog.models.get(model))
        return [line.name for line in row.provider_configs]


class SqliteShell(Shell):
    """On a file."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"sqlite:///{path}")
        self.path = path
        self.place = str(path)

    def execute(self, *statements: str) -> None:
        """Change the file, which is made if it isn't there."""
        with closing(sqlite3.connect(self.path)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()


class PostgresShell(Shell):
    """On a server: what differs is the store, so that no command has a process of its own."""

    def __init__(self, server: PostgresServer, name: str) -> None:
        super().__init__(server.url(name))
        self.server = server
        self.name = name
        self.place = display_url(normalised_url(self.url))

    def execute(self, *statements: str) -> None:
        """Change the database as the server's owner."""
        self.server.sql(self.name, *statements)

    def __call__(
        self, *arguments: str, stdin: str | None = None, env: Mapping[str, str | None] | None = None
    ) -> Finished:
        """Run a command inside this process."""
        return self.quick(*arguments, stdin=stdin or "", env=env, code=None)


SQLITE_ONLY = pytest.mark.parametrize("bare", ["sqlite"], indirect=True)
"""For what has to do with files, processes and terminals, and nothing with the store."""

POSTGRES_ONLY = pytest.mark.parametrize("bare", ["postgres"], indirect=True)
"""For what is said of servers."""


async def small_catalog(catalog: Catalog) -> None:
    """Four providers, four models: one on fallback and the default, one alone, one off, one of another family."""
    providers = catalog.providers
    await providers.create(ProviderCreate(family=Family.OPENAI, name="openai-eu", credential=EnvKey("EU_KEY")))
    await providers.create(ProviderCreate(family=Family.OPENAI, name="openai-us", credential=StoredKey(US_KEY)))
    await providers.create(
        ProviderCreate(
            family=Family.OPENAI, name="openai-apac", credential=StoredKey(APAC_KEY), base_url="https://apac.example/v1"
        )
    )
    await providers.create(
        ProviderCreate(
            family=Family.OPENAI_COMPAT, name="vllm", credential=Ambient(), base_url="http://rack2.example:8000/v1"
        )
    )
    await _model(catalog, "gpt-5", "openai-eu", "openai-us", "openai-apac")
    await _model(catalog, "gpt-5-mini", "openai-us")
    await _model(catalog, "gpt-4o", "openai-us", "openai-apac", enabled=False)
    await _model(catalog, "llama", "vllm")


async def _model(catalog: Catalog, name: str, *providers: str, **rest: Any) -> None:
    new = ModelCreate(model=name, context_limit=400_000, provider_config_ids=providers, **rest)
    await catalog.models.create(new)
