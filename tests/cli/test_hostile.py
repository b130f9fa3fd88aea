"""Names that would steer a terminal or break markup, wherever they are printed."""

from __future__ import annotations

from functools import partial

from modeltui import Catalog, EnvKey, Family, ModelCreate, ProviderCreate
from tests.cli.shell import Shell

ALLOWED = ["[/]", "[red]x", "$(reboot)", "モデル", "نموذج", "x" * 64, "-rf", "100%"]
# Refused by the services, hence written behind their back, as a damaged or foreign database may hold them.
SMUGGLED = "\x1b[31m\x07\u202egpt\u200b\r\n\x9b2J"


async def one_each(catalog: Catalog, names: list[str]) -> None:
    """Add a provider and a model of each name."""
    for name in names:
        await catalog.providers.create(ProviderCreate(family=Family.OPENAI, name=name, credential=EnvKey("EU_KEY")))
        await catalog.models.create(ModelCreate(model=name, context_limit=1, provider_config_ids=[name]))


def test_names_are_data(bare: Shell) -> None:
    """They come back as they were given, one row a line, and columns stay aligned by cells."""
    bare.inside(partial(one_each, names=ALLOWED), create=True)
    listed = bare.done("models", "list").lines
    assert len(listed) == len(ALLOWED) + 1
    assert {row["name"] for row in bare.done("models", "list", "--json").json} == set(ALLOWED)
    for name in ALLOWED:
        assert any(name in line for line in listed)
        assert bare.quick("models", "show", "--json", "--", name).json["name"] == name
    assert bare.quick("resolve", "[red]x", code=3).err.splitlines()[0].startswith("modeltui: model [red]x is dark")


def test_nothing_reaches_the_terminal_raw(bare: Shell) -> None:
    """Controls, bidirectional and zero-width characters are replaced in every plain output, and escaped in JSON."""

    bare.inside(partial(one_each, names=["p", "m"]), create=True)
    for table in ("provider_config", "model_config"):
        bare.execute(f"UPDATE {table} SET name = '{SMUGGLED}', updated_by = '{SMUGGLED}'")
    bare.execute(f"UPDATE model_config SET model = '{SMUGGLED}'")
    for arguments in (
        ("providers", "list"),
        ("providers", "show", "p"),
        ("providers", "edit", "p", "--disable", "--dry-run"),
        ("models", "list"),
        ("models", "show", "m"),
        ("models", "move", "m", SMUGGLED, "--to", "1"),
        ("models", "delete", "m", "--dry-run"),
        ("resolve", "m"),
        ("resolve", "m", "--explain"),
        ("resolve", SMUGGLED),
    ):
        printed = bare.quick(*arguments, env={"EU_KEY": "k"}, code=None)
        both = printed.out + printed.err
        assert "Traceback" not in both, arguments
        assert not (set(SMUGGLED) - set("[31mgpt2J\n")) & set(both), arguments
        as_json = bare.quick(*arguments, "--json", env={"EU_KEY": "k"}, code=None)
        assert (as_json.out + as_json.err).isascii(), arguments
        assert "\x1b" not in as_json.out + as_json.err, arguments
    assert len(bare.done("models", "list").lines) == 3


def test_ascii(bare: Shell) -> None:
    """With --ascii, or where the locale has no UTF-8, the signs are ASCII."""
    bare.quick("db", "create")
    bare.quick("providers", "add", "p", "--family", "openai")
    assert bare.done("providers", "list", "--ascii").out.isascii()
    assert bare.quick("providers", "list", env={"LC_ALL": "de_DE.ISO-8859-1"}).out.isascii()
    assert "✗ none" in bare.quick("providers", "list").out
