"""The commands that only look: lists, one row, resolution, settings, keys."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from tests.cli.shell import SQLITE_ONLY, US_KEY, Shell, SqliteShell

PROVIDER_FIELDS = [
    "id",
    "family",
    "name",
    "base_url",
    "credential",
    "enabled",
    "created_at",
    "updated_at",
    "updated_by",
    "version",
    "has_api_key",
    "bound_model_count",
    "winning_model_count",
    "alone_model_count",
]
MODEL_FIELDS = [
    "id",
    "family",
    "name",
    "model",
    "enabled",
    "is_default",
    "context_limit",
    "compression_threshold",
    "options",
    "deleted_at",
    "created_at",
    "updated_at",
    "updated_by",
    "version",
    "winner",
    "state",
    "provider_configs",
]
LINE_FIELDS = [
    "provider_config_id",
    "name",
    "family",
    "priority",
    "upstream_model",
    "enabled",
    "credential",
    "has_api_key",
    "verdict",
    "reason",
]
RESOLUTION_FIELDS = [
    "model_name",
    "model_config_id",
    "upstream_model",
    "family",
    "provider_name",
    "provider_config_id",
    "base_url",
    "api_key",
    "priority",
    "skipped",
    "stale",
    "as_of",
]


def words(line: str) -> list[str]:
    return line.split()


def test_providers(shell: Shell) -> None:
    """The list and one row, for people and as JSON."""
    plain = shell.done("providers", "list").lines
    assert words(plain[0]) == ["NAME", "FAMILY", "STATE", "KEY", "MODELS", "WINS", "ALONE"]
    assert words(plain[2]) == ["openai-eu", "openai", "✓", "on", "✗", "unset", "$EU_KEY", "1", "0", "0"]
    assert words(plain[3])[:6] == ["openai-us", "openai", "✓", "on", "✓", "stored"]
    assert words(plain[3])[-3:] == ["3", "2", "1"]
    # Columns are aligned: every state starts at the heading's place.
    assert {line[plain[0].index("STATE")] for line in plain[1:]} == {"✓"}

    rows = shell.done("providers", "list", "--json").json
    assert [row["name"] for row in rows] == ["openai-apac", "openai-eu", "openai-us", "vllm"]
    assert list(rows[1]) == PROVIDER_FIELDS
    assert rows[1]["credential"] == {"kind": "env", "fingerprint": None, "name": "EU_KEY", "path": None}
    assert rows[1]["has_api_key"] is False
    assert UUID(rows[1]["id"])
    assert rows[1]["created_at"].endswith("Z")
    assert datetime.fromisoformat(rows[1]["created_at"]).utcoffset() is not None
    assert rows[2]["winning_model_count"] == 2

    assert shell.quick("providers", "show", rows[1]["id"], "--json", env={"EU_KEY": "k"}).json["has_api_key"] is True
    shown = shell.done("providers", "show", "OPENAI-APAC").out
    assert re.search(r"^base URL +https://apac\.example/v1$", shown, re.MULTILINE)
    assert re.search(r"^updated +.* by alice, version 1$", shown, re.MULTILINE)


def test_models(shell: Shell) -> None:
    """The lists, with deleted ones and with what callers may ask for, and one row."""
    shell.inside(lambda catalog: catalog.models.delete("gpt-5-mini"))
    plain = shell.done("models", "list").lines
    assert words(plain[0]) == ["NAME", "FAMILY", "STATE", "REQUESTS", "GO", "TO", "LINE", "SPARE", "CONTEXT"]
    assert words(plain[1]) == ["gpt-4o", "openai", "-", "off", "(openai-us)", "1/2", "1", "400k"]
    assert words(plain[2]) == ["*", "gpt-5", "openai", "!", "fallback", "openai-us", "2/3", "1", "400k"]

    rows = shell.done("--json", "models", "list").json
    assert [row["name"] for row in rows] == ["gpt-4o", "gpt-5", "llama"]
    assert list(rows[1]) == MODEL_FIELDS
    assert list(rows[1]["provider_configs"][0]) == LINE_FIELDS
    assert [line["verdict"] for line in rows[1]["provider_configs"]] == ["skipped", "wins", "standby"]
    assert rows[1]["provider_configs"][0]["reason"] == "no_api_key"
    everything = shell.quick("models", "list", "--all", "--json").json
    assert {row["name"]: row["deleted_at"] is not None for row in everything}["gpt-5-mini"]
    assert [row["name"] for row in shell.quick("models", "list", "--available", "--json").json] == ["gpt-5", "llama"]

    shown = shell.done("models", "show", "gpt-5").lines
    assert "requests go to  openai-us, line 2 of 3" in shown
    assert words(shown[-3])[:4] == ["1", "openai-eu", "✓", "on"]
    assert shown[-3].endswith("skipped: no API key")


def test_resolve(shell: Shell) -> None:
    """Where requests go, with and without the key, by name, by id, and for the default."""
    answer = shell.done("resolve", "--json").json
    assert list(answer) == RESOLUTION_FIELDS
    assert (answer["model_name"], answer["provider_name"], answer["priority"]) == ("gpt-5", "openai-us", 1)
    assert answer["base_url"] == "https://api.openai.com/v1"
    assert answer["api_key"] is None
    assert [line["reason"] for line in answer["skipped"]] == ["no_api_key"]

    with_key = shell.quick("resolve", answer["model_config_id"], "--show-key", "--json").json
    assert with_key["api_key"] == US_KEY
    plain = shell.done("resolve", "gpt-5")
    assert US_KEY not in plain.out
    assert re.search(r"^skipped +1 openai-eu: no API key$", plain.out, re.MULTILINE)
    assert re.search(rf"^API key +{US_KEY}$", shell.quick("resolve", "--show-key").out, re.MULTILINE)
    assert re.search(r"^API key +none needed$", shell.quick("resolve", "llama", "--show-key").out, re.MULTILINE)

    verdicts = shell.done("resolve", "gpt-4o", "--explain", "--json").json
    assert [(line["name"], line["verdict"]) for line in verdicts] == [("openai-us", "wins"), ("openai-apac", "standby")]
    explained = shell.quick("resolve", "--explain").lines
    assert [words(line)[:3] for line in explained[1:]] == [
        ["1", "openai-eu", "skipped:"],
        ["2", "openai-us", "wins"],
        ["3", "openai-apac", "standby"],
    ]


@SQLITE_ONLY
def test_settings_and_keys(bare: SqliteShell) -> None:
    """Both work without a database, and show no secret."""
    rows = bare.done("settings", "--json", "--theme", "light", env={"MODELTUI_LABEL": "PROD"}).json
    found = {row["name"]: (row["value"], row["source"]) for row in rows}
    assert found["theme"] == ("light", "flag --theme")
    assert found["label"] == ("PROD", "variable MODELTUI_LABEL")
    assert found["ascii"] == (False, "default")
    assert found["secret_key"][0] == "set"
    password = bare.quick("settings", "--database", "postgresql://u:hunter2@db/x")
    assert "hunter2" not in password.out
    assert re.search(r"^database +postgresql://u:\*\*\*@db/x +flag --database$", password.out, re.MULTILINE)

    table = bare.done("keys").lines
    assert words(table[0]) == ["SCREEN", "KEYS", "WHAT"]
    keys = bare.quick("keys", "--json").json
    assert set(keys[0]) == {"screen", "keys", "what"}
    assert len(keys) == len(table) - 1
    assert not bare.path.exists()


def test_empty_catalog(bare: Shell) -> None:
    """An empty list says what to do next; in JSON it is an empty array."""
    bare.quick("db", "create")
    assert "modeltui providers add" in bare.quick("providers", "list").out
    assert "modeltui models add" in bare.quick("models", "list").out
    assert bare.quick("models", "list", "--json").json == []
