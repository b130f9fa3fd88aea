"""The commands that change providers."""

from __future__ import annotations

from pathlib import Path

from modeltui import StoredKey
from tests.cli.shell import SECRET_KEY, Shell


def test_add_with_every_kind_of_key(bare: Shell, tmp_path: Path) -> None:
    """A write prints the row; the key itself is nowhere in it, nor in the arguments."""
    bare.quick("db", "create")
    stored = bare.done(
        "providers", "add", "us", "--family", "openai", "--api-key-stdin", "--json", stdin="  sk-one \r\nsk-two\n"
    )
    assert "sk-one" not in stored.out + stored.err
    assert stored.json["credential"]["kind"] == "stored"
    assert stored.json["updated_by"] == "alice"
    assert (
        bare.done("providers", "add", "EU", "--family", "openai", "--api-key-env", "EU_KEY").lines[0] == "name      EU"
    )
    (tmp_path / "key").write_text("sk-file\n")
    in_file = ("--api-key-file", str(tmp_path / "key"), "--disabled", "--json")
    row = bare.quick("providers", "add", "file one", "--family", "openai", *in_file).json
    assert (row["enabled"], row["has_api_key"], row["credential"]["path"]) == (False, True, str(tmp_path / "key"))
    url = ("--base-url", " http://localhost:8000/v1 ")
    row = bare.quick("providers", "add", "v", "--family", "openai-compat", *url, "--ambient", "--json").json
    assert (row["base_url"], row["credential"]["kind"]) == ("http://localhost:8000/v1", "ambient")
    row = bare.quick("providers", "add", "none", "--family", "vercel", "--json").json
    assert (row["credential"], row["has_api_key"]) == (None, False)

    bare.quick("models", "add", "m", "--provider", "us", "--context-limit", "1000")
    assert bare.done("resolve", "m", "--show-key", "--json").json["api_key"] == "sk-one"


def test_edit(shell: Shell) -> None:
    """What isn't given stays; the impact is said before it is done."""
    row = shell.done("providers", "edit", "openai-apac", "--name", "apac", "--no-base-url", "--json").json
    assert (row["name"], row["base_url"], row["version"]) == ("apac", None, 2)
    assert row["credential"]["kind"] == "stored"
    row = shell.quick("providers", "edit", "apac", "--api-key-stdin", "--json", stdin="sk-new\n").json
    assert row["credential"]["fingerprint"] is not None

    dry = shell.done("providers", "edit", "openai-us", "--disable", "--dry-run")
    assert "1 model goes dark, 1 model moves to apac" in dry.err
    assert "  gpt-5-mini: openai-us → dark" in dry.err.splitlines()
    assert "  gpt-5: openai-us → apac" in dry.err.splitlines()
    as_json = shell.quick("providers", "edit", "openai-us", "--clear-api-key", "--dry-run", "--json")
    assert as_json.err == ""
    assert {model["name"]: model["goes_dark"] for model in as_json.json["models"]} == {
        "gpt-4o": False,
        "gpt-5": False,
        "gpt-5-mini": True,
    }
    gained = shell.quick("providers", "edit", "openai-eu", "--api-key-stdin", "--dry-run", "--json", stdin="sk-eu\n")
    assert [model["winner_after"] for model in gained.json["models"]] == ["openai-eu"]
    assert shell.inside(lambda catalog: catalog.providers.get("openai-us")).version == 1
    assert shell.inside(lambda catalog: catalog.providers.get("openai-eu")).version == 1

    done = shell.done("providers", "edit", "openai-us", "--disable")
    assert "gpt-5-mini: openai-us → dark" in done.err
    assert "state     - off" in done.lines
    back = shell.quick("providers", "edit", "openai-us", "--enable", "--api-key-env", "US", env={"US": "k"})
    assert "gpt-5-mini: dark → openai-us" in back.err
    assert "key       ✓ env US" in back.lines
    cleared = shell.quick("providers", "edit", "openai-us", "--clear-api-key", "--json").json
    assert cleared["credential"] is None


def test_delete(shell: Shell) -> None:
    """The impact is said first; nothing happens without --yes and a terminal; then lines and models go."""
    dry = shell.done("providers", "delete", "openai-us", "--dry-run", "--json").json
    assert [model["name"] for model in dry["models"] if model["deleted"]] == ["gpt-5-mini"]
    refused = shell("providers", "delete", "openai-us", stdin="y\n")
    assert (refused.code, refused.out) == (2, "")
    assert "--yes" in refused.err
    assert shell.quick("providers", "delete", "openai-us", "--json", code=2).error["code"] == "usage_error"
    assert shell.order("gpt-5") == ["openai-eu", "openai-us", "openai-apac"]

    done = shell.done("providers", "delete", "openai-us", "--yes")
    assert done.lines == ["deleted provider openai-us"]
    assert done.err.splitlines()[0] == "deleting provider openai-us: 1 model is deleted, 1 model moves to openai-apac"
    assert shell.order("gpt-5") == ["openai-eu", "openai-apac"]
    happened = shell.done("providers", "delete", "openai-eu", "--yes", "--json").json
    assert [model["name"] for model in happened["models"]] == ["gpt-5"]
    assert happened["default_before"] == happened["default_after"] == "gpt-5"


def test_a_key_that_cannot_be_opened_here(shell: Shell) -> None:
    """Lists go on; the line is skipped with its own reason; sealing with another key is refused."""
    other = {"MODELTUI_SECRET_KEY": SECRET_KEY[::-1].replace("=", "") + "="}
    assert "✗ unreadable here" in shell.done("providers", "show", "openai-us", env=other).out
    dark = shell("resolve", "gpt-5-mini", "--json", env=other)
    assert (dark.code, dark.error["counts"]) == (3, {"key_unreadable": 1})
    mixed = shell.quick(
        "providers", "add", "x", "--family", "openai", "--api-key-stdin", "--json", stdin="sk-x\n", env=other, code=1
    )
    assert (mixed.code, mixed.error["code"]) == (1, "secret_key_mismatch")
    bad = shell.quick("resolve", "gpt-5-mini", "--json", env={"MODELTUI_SECRET_KEY": "nonsense"}, code=3)
    assert (bad.code, bad.error["code"]) == (3, "no_usable_provider")
    unsealed = ("providers", "edit", "openai-eu", "--api-key-stdin", "--json")
    refused = shell.quick(*unsealed, stdin="k\n", env={"MODELTUI_SECRET_KEY": "nonsense"}, code=1)
    assert refused.error["code"] == "secret_key_unavailable"


def test_keys_are_never_read_from_arguments(shell: Shell) -> None:
    """There is no option that would take one; a second source is wrong usage; a blank one is refused."""
    add = ("providers", "add", "x", "--family", "openai", "--json")
    shell.quick(*add, "--api-key", "sk-visible", code=2)
    shell.quick(*add, "--api-key-stdin", "--ambient", stdin="k\n", code=2)
    for given in ("", "   \n", "\n"):
        blank = shell.quick(*add, "--api-key-stdin", stdin=given, code=1)
        assert (blank.code, blank.error["code"], blank.error["field"]) == (1, "validation_error", "credential")
    long = shell.quick(*add, "--api-key-stdin", stdin="k" * 10_241, code=1)
    assert (long.code, long.error["field"]) == (1, "credential")
    assert "kkkk" not in long.err
    assert StoredKey("k" * 10_240)
