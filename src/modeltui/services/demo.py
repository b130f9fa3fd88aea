"""The demo catalog: eight families, providers and models in every state, made through the services alone.

Its place is a folder of its own that is removed afterwards. Nothing of it comes from the user's settings:
the secret key is made for this one time, and the API keys are made-up `DEMO_` variables.
"""

from __future__ import annotations

import base64
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, NoReturn
from uuid import UUID

from modeltui.database_url import sqlite_url
from modeltui.domain.credentials import Ambient, CredentialInput, EnvKey, FileKey, StoredKey
from modeltui.domain.families import Family
from modeltui.domain.inputs import ModelCreate, ProviderCreate
from modeltui.services.catalog import Catalog
from modeltui.settings import SECRET_KEY_VARIABLE, Settings

KEY_FILE_NAME = "proj7.key"

# Which variables are set decides which `env` providers hold a key; DEMO_BATCH_KEY is left out on purpose.
VARIABLES = {
    "DEMO_OPENAI_EU_KEY": "demo-openai-eu",
    "DEMO_ANTHROPIC_BACKUP_KEY": "demo-anthropic-backup",
    "DEMO_GEMINI_KEY": "demo-gemini",
    "DEMO_OPENROUTER_KEY": "demo-openrouter",
}

# What the screens look at to know the terminal, and who is at work.
_TERMINAL_VARIABLES = (
    "TERM",
    "COLORTERM",
    "COLORFGBG",
    "TERM_PROGRAM",
    "TMUX",
    "STY",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "NO_COLOR",
    "SSH_CONNECTION",
    "TZ",
)


class _Provider(NamedTuple):
    family: Family
    name: str
    credential: CredentialInput | None
    base_url: str | None = None
    enabled: bool = True


class _Model(NamedTuple):
    """`lines` names the providers in order; `own` is their own ids for the model; `rest` any other field."""

    model: str
    context_limit: int
    lines: tuple[str, ...]
    own: Mapping[UUID | str, str] = {}
    rest: Mapping[str, Any] = {}


def _providers(folder: Path) -> tuple[_Provider, ...]:
    return (
        _Provider(Family.ANTHROPIC, "anthropic-main", StoredKey("demo-anthropic-main")),
        _Provider(Family.ANTHROPIC, "anthropic-backup", EnvKey("DEMO_ANTHROPIC_BACKUP_KEY")),
        _Provider(Family.AZURE, "azure-sweden", StoredKey("demo-azure"), "https://sweden.azure.example/openai"),
        _Provider(Family.AZURE, "azure-managed", Ambient(), "https://managed.azure.example/openai"),
        _Provider(Family.BEDROCK, "bedrock-frankfurt", Ambient()),
        _Provider(Family.GOOGLE, "google-studio", EnvKey("DEMO_GEMINI_KEY")),
        _Provider(Family.GOOGLE, "google-vertex", Ambient(), "https://vertex.google.example/v1", enabled=False),
        _Provider(Family.OPENAI, "openai-eu", EnvKey("DEMO_OPENAI_EU_KEY"), "https://eu.api.openai.com/v1", False),
        _Provider(Family.OPENAI, "openai-us", StoredKey("demo-openai-us")),
        _Provider(Family.OPENAI, "openai-apac", StoredKey("demo-openai-apac"), "https://apac.openai.example/v1"),
        _Provider(Family.OPENAI, "openai-batch", EnvKey("DEMO_BATCH_KEY")),
        _Provider(Family.OPENAI, "openai-proj7", FileKey(str(folder / KEY_FILE_NAME))),
        _Provider(Family.OPENAI_COMPAT, "groq", None, "https://api.groq.example/openai/v1"),
        _Provider(Family.OPENAI_COMPAT, "vllm-rack2", Ambient(), "http://rack2.example:8000/v1"),
        _Provider(Family.OPENROUTER, "openrouter", EnvKey("DEMO_OPENROUTER_KEY")),
        _Provider(Family.VERCEL, "vercel-gateway", FileKey(str(folder / "vercel.key"))),
    )


_US_CHAIN = ("openai-eu", "openai-us", "openai-apac", "openai-batch")

_MODELS = (
    _Model("claude-sonnet-4-5", 200_000, ("anthropic-main", "anthropic-backup"), rest={"is_default": True}),
    _Model(
        "claude-opus-4-1",
        200_000,
        ("anthropic-main",),
        rest={"options": {"max_output_tokens": 32_000, "prices": {"input": "15", "output": "75"}}},
    ),
    _Model("claude-haiku-4-5", 200_000, ("anthropic-backup", "anthropic-main")),
    _Model("claude-3-7-sonnet", 200_000, ("anthropic-main",), rest={"enabled": False}),
    _Model(
        "gpt-4.1",
        1_000_000,
        ("azure-sweden", "azure-managed"),
        {"azure-sweden": "gpt41-prod-sweden", "azure-managed": "gpt41-managed"},
        {"name": "gpt-4.1-azure"},
    ),
    _Model(
        "gpt-4o-mini",
        128_000,
        ("azure-managed",),
        {"azure-managed": "gpt4o-mini-managed"},
        {"name": "gpt-4o-mini-azure"},
    ),
    _Model("amazon.nova-pro-v1:0", 300_000, ("bedrock-frankfurt",), rest={"name": "nova-pro"}),
    _Model("meta.llama3-3-70b-instruct-v1:0", 128_000, ("bedrock-frankfurt",), rest={"name": "llama3.3:70b-bedrock"}),
    _Model("gemini-2.5-pro", 1_048_576, ("google-studio", "google-vertex")),
    _Model("gemini-2.5-flash", 1_048_576, ("google-vertex", "google-studio")),
    _Model("gemini-2.0-flash", 1_048_576, ("google-vertex",)),
    _Model("gpt-5", 400_000, _US_CHAIN, rest={"options": {"prices": {"input": "1.25", "output": "10"}}}),
    _Model("gpt-5-mini", 400_000, ("openai-eu", "openai-us", "openai-batch")),
    _Model("gpt-5-nano", 400_000, ("openai-us", "openai-apac")),
    _Model("gpt-4.1", 1_000_000, ("openai-us", "openai-apac"), rest={"enabled": False}),
    _Model("gpt-4o", 128_000, ("openai-eu", "openai-batch")),
    _Model(
        "o4-mini",
        200_000,
        (*_US_CHAIN, "openai-proj7"),
        {"openai-proj7": "ft:o4-mini:proj7"},
        {"options": {"temperature": 1.0}, "compression_threshold": 80},
    ),
    _Model("gpt-5-codex", 400_000, ("openai-proj7", "openai-us"), {"openai-proj7": "ft:gpt-5-codex:proj7"}),
    _Model("deepseek-v3", 128_000, ("groq",)),
    _Model("llama-3.3-70b", 131_072, ("groq", "vllm-rack2"), {"vllm-rack2": "meta-llama/Llama-3.3-70B-Instruct"}),
    _Model("qwen3-coder", 262_144, ("vllm-rack2",), {}, {"options": {"temperature": 0.2, "top_p": 0.95}}),
    _Model("moonshotai/kimi-k2", 131_072, ("openrouter",), rest={"name": "kimi-k2"}),
    _Model("xai/grok-4", 256_000, ("vercel-gateway",), rest={"name": "grok-4"}),
)

_DELETED = _Model("gpt-4-turbo", 128_000, ("openai-us", "openai-eu"))


async def fill(catalog: Catalog) -> None:
    """Fills an empty catalog, as an administrator would have. Key files are looked for beside its database."""
    for provider in _providers(Path(catalog.location).parent):
        await catalog.providers.create(ProviderCreate(**provider._asdict()))
    for model in (*_MODELS, _DELETED):
        await catalog.models.create(_model_create(model))
    await catalog.models.delete(_DELETED.model)


@contextmanager
def demo_place(settings: Settings | None = None) -> Iterator[tuple[Settings, dict[str, str]]]:
    """A folder for one demo, as settings and variables; it is removed when the block ends, also by a signal.

    How to draw (theme, ASCII, mouse) is kept from the given settings; all else in them is ignored.
    """
    folder = Path(tempfile.mkdtemp(prefix="modeltui-demo-"))
    try:
        with _signals_unwind():
            (folder / KEY_FILE_NAME).write_text("demo-proj7\n", encoding="utf-8")
            yield _settings(folder, settings), _variables()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _model_create(model: _Model) -> ModelCreate:
    return ModelCreate(
        model=model.model,
        context_limit=model.context_limit,
        provider_config_ids=model.lines,
        upstream_models=model.own,
        **model.rest,
    )


def _settings(folder: Path, chosen: Settings | None) -> Settings:
    drawing = {} if chosen is None else {name: getattr(chosen, name) for name in ("theme", "ascii", "no_mouse")}
    blank = Settings(database=sqlite_url(folder / "catalog.db"), label="DEMO", secret_key_is_set=True)
    return replace(blank, **drawing)


def _variables() -> dict[str, str]:
    variables = {name: os.environ[name] for name in _TERMINAL_VARIABLES if name in os.environ}
    secret_key = base64.b64encode(os.urandom(32)).decode("ascii")
    return variables | VARIABLES | {SECRET_KEY_VARIABLE: secret_key}


@contextmanager
def _signals_unwind(numbers: Sequence[signal.Signals] = (signal.SIGTERM, signal.SIGHUP)) -> Iterator[None]:
    """Makes hang-up and termination leave the block as an exit does, instead of ending the process at once."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Only the main thread may say what a signal does.
        return
    before = {number: signal.signal(number, _exit) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
