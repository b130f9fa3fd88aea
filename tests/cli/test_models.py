"""The commands that change models and their priority lists. Places count from 1."""

from __future__ import annotations

from tests.cli.shell import Shell


def test_add(shell: Shell) -> None:
    """The family is the first provider's; prices are kept exactly; the default moves when asked."""
    row = shell.done(
        *("models", "add", "gpt-6", "--provider", "openai-apac", "--provider", "openai-us", "--context-limit", "1000"),
        *("--name", "six", "--compression-threshold", "0", "--default", "--json"),
        *("--options", '{"temperature": 0.5, "prices": {"input": 0.1, "output": "10"}}'),
    ).json
    assert (row["name"], row["model"], row["family"]) == ("six", "gpt-6", "openai")
    assert (row["context_limit"], row["compression_threshold"], row["is_default"]) == (1000, 0, True)
    assert row["options"] == {"temperature": 0.5, "prices": {"input": "0.1", "output": "10"}}
    assert [line["name"] for line in row["provider_configs"]] == ["openai-apac", "openai-us"]
    plain = shell.quick("models", "add", "off-one", "--provider", "vllm", "--context-limit", "1", "--disabled").lines
    assert "state           - off" in plain
    assert shell.quick("resolve", "--json").json["model_name"] == "six"


def test_edit(shell: Shell) -> None:
    """A list replaces the whole list; without one the list stays."""
    row = shell.done("models", "edit", "gpt-5", "--name", "five", "--model", "gpt-5-2025", "--json").json
    assert (row["name"], row["model"], row["version"]) == ("five", "gpt-5-2025", 2)
    assert shell.order("five") == ["openai-eu", "openai-us", "openai-apac"]
    replaced = shell.quick("models", "edit", "five", "--provider", "openai-apac", "--provider", "openai-us")
    assert "  five: openai-us → openai-apac" in replaced.err.splitlines()
    assert shell.order("five") == ["openai-apac", "openai-us"]
    same = shell.quick("models", "edit", "five", "--context-limit", "128k", "--compression-threshold", "100")
    assert same.err == ""
    assert "context limit   128000 tokens" in same.lines

    dry = shell.quick("models", "edit", "gpt-5-mini", "--disable", "--dry-run", "--json").json
    assert dry["models"][0]["winner_before"] == "openai-us"
    off = shell.quick("models", "edit", "gpt-5-mini", "--disable")
    assert "gpt-5-mini: openai-us → off" in off.err
    again = shell.quick("models", "edit", "gpt-5-mini", "--disable", "--provider", "openai-apac", "--json").json
    assert (again["enabled"], shell.order("gpt-5-mini")) == (False, ["openai-apac"])
    shell.quick("models", "set-default", "--none")
    dry_on = shell.quick("models", "edit", "gpt-5-mini", "--enable", "--dry-run")
    assert "  gpt-5-mini: off → openai-apac" in dry_on.err.splitlines()
    assert "  unnamed requests: refused → gpt-5-mini" in dry_on.err.splitlines()
    on = shell.quick("models", "edit", "gpt-5-mini", "--enable", "--options", '{"top_k": 3}', "--json").json
    assert (on["enabled"], on["options"]) == (True, {"top_k": 3})
    assert shell.quick("models", "edit", "gpt-5-mini", "--options", "{}", "--json").json["options"] == {}


def test_move(shell: Shell) -> None:
    """To a number, an end, or beside another provider; messages count from 1 as well."""

    def moved(provider: str, to: str) -> list[str]:
        shell.quick("models", "move", "gpt-5", provider, "--to", to)
        return shell.order("gpt-5")

    assert moved("openai-us", "1") == ["openai-us", "openai-eu", "openai-apac"]
    assert moved("openai-us", "last") == ["openai-eu", "openai-apac", "openai-us"]
    assert moved("OPENAI-US", "before:openai-apac") == ["openai-eu", "openai-us", "openai-apac"]
    assert moved("openai-eu", "after:openai-us") == ["openai-us", "openai-eu", "openai-apac"]
    dry = shell.done("models", "move", "gpt-5", "openai-apac", "--to", "first", "--dry-run")
    assert "gpt-5: openai-us → openai-apac" in dry.err
    assert dry.lines == ["dry run: nothing was changed"]
    row = shell.done("models", "move", "gpt-5", "openai-apac", "--to", "first", "--json").json
    assert [(line["name"], line["priority"]) for line in row["provider_configs"]] == [
        ("openai-apac", 0),
        ("openai-us", 1),
        ("openai-eu", 2),
    ]

    for place in ("0", "4", "-1"):
        refused = shell.quick("models", "move", "gpt-5", "openai-us", f"--to={place}", "--json", code=1)
        assert refused.error["field"] == "to"
        assert "from 1 to 3" in refused.error["message"]
    shell.quick("models", "move", "gpt-5", "openai-us", "--to", "top", code=2)
    shell.quick("models", "move", "gpt-5", "openai-us", "--to", "before:openai-us", code=1)
    beside = shell.quick("models", "move", "gpt-5", "openai-us", "--to", "after:vllm", "--json", code=1)
    assert beside.error["code"] == "not_found"
    assert shell.quick("models", "move", "gpt-5", "vllm", "--to", "1", "--json", code=1).error["kind"] == "line"


def test_attach_detach_upstream(shell: Shell) -> None:
    """One line at a time, each with its impact where requests move."""
    shell.quick("models", "attach", "gpt-5-mini", "openai-eu", "--upstream-model", "mini-eu")
    assert shell.order("gpt-5-mini") == ["openai-us", "openai-eu"]
    dry = ("models", "attach", "gpt-5-mini", "openai-apac", "--to", "1", "--dry-run", "--json")
    assert shell.quick(*dry).json["models"][0]["winner_after"] == "openai-apac"
    attached = shell.done("models", "attach", "gpt-5-mini", "openai-apac", "--to", "first")
    assert "gpt-5-mini: openai-us → openai-apac" in attached.err
    assert attached.lines[-1].endswith("mini-eu")
    assert shell.order("gpt-5-mini") == ["openai-apac", "openai-us", "openai-eu"]
    too_far = shell.quick("models", "attach", "gpt-4o", "openai-eu", "--to", "4", "--json", code=1)
    assert "from 1 to 3" in too_far.error["message"]

    shell.quick("models", "detach", "gpt-5-mini", "openai-us", "--dry-run")
    detached = shell.done("models", "detach", "gpt-5-mini", "openai-apac")
    assert "gpt-5-mini: openai-apac → openai-us" in detached.err
    assert shell.order("gpt-5-mini") == ["openai-us", "openai-eu"]

    seen = shell.quick("models", "upstream", "gpt-5-mini", "openai-us", "ft:other").err
    assert "requests for gpt-5-mini: openai-us is asked for ft:other instead of gpt-5-mini" in seen
    assert shell.quick("models", "upstream", "gpt-5-mini", "openai-eu", "mini-2").err == ""
    shell.quick("models", "upstream", "gpt-5-mini", "openai-eu", "mini-eu")
    row = shell.done("models", "upstream", "gpt-5-mini", "openai-us", "ft:mini", "--json").json
    assert [line["upstream_model"] for line in row["provider_configs"]] == ["ft:mini", "mini-eu"]
    assert shell.quick("resolve", "gpt-5-mini", "--json").json["upstream_model"] == "ft:mini"
    row = shell.quick("models", "upstream", "gpt-5-mini", "openai-us", "--clear", "--json").json
    assert row["provider_configs"][0]["upstream_model"] is None
    shell.quick("models", "upstream", "gpt-5-mini", "openai-us", code=2)
    shell.quick("models", "upstream", "gpt-5-mini", "openai-us", "x", "--clear", code=2)


def test_delete_restore_and_default(shell: Shell) -> None:
    """Deleting says which default follows; restoring takes a list; the mark can be moved and taken away."""
    impact = shell.quick("models", "delete", "gpt-5", "--dry-run")
    assert "unnamed requests: gpt-5 → gpt-5-mini" in impact.err
    shell.quick("models", "delete", "gpt-5", code=2)
    deleted = shell.done("models", "delete", "gpt-5", "--yes", "--json").json
    assert (deleted["default_after"], deleted["models"][0]["deleted"]) == ("gpt-5-mini", True)
    everything = shell.quick("models", "list", "--all", "--json").json
    identity = next(row["id"] for row in everything if row["deleted_at"])
    assert shell.quick("resolve", identity, "--json", code=1).error["code"] == "model_deleted"
    assert "deleted" in shell.quick("models", "show", identity).out
    restored = shell.done("models", "restore", "gpt-5", "--provider", "openai-us", "--json").json
    assert (restored["id"], restored["is_default"]) == (identity, False)
    assert shell.order("gpt-5") == ["openai-us"]
    assert shell.quick("models", "restore", "gpt-5", "--json", code=1).error["code"] == "not_found"

    dry = shell.quick("models", "set-default", "gpt-5", "--dry-run", "--json").json
    assert (dry["default_before"], dry["default_after"]) == ("gpt-5-mini", "gpt-5")
    assert shell.done("models", "set-default", "gpt-5", "--json").json["is_default"] is True
    assert "unnamed requests: gpt-5 → refused" in shell.done("models", "set-default", "--none").err
    assert shell.quick("models", "set-default", "--none", "--json").json is None
    assert shell.quick("resolve", "--json", code=1).error["code"] == "no_default_model"
    shell.quick("models", "set-default", code=2)
    shell.quick("models", "set-default", "gpt-5", "--none", code=2)
