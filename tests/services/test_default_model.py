"""Rule 6: at most one default model, and who takes its place."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from modeltui import (
    Ambient,
    Catalog,
    DefaultModelDisabled,
    EnvKey,
    FileKey,
    ModelUpdate,
    NoDefaultModel,
    NotFound,
    StaleVersion,
    StoredKey,
)
from tests.services.builders import add_model, add_provider, add_providers, default_of, execute, stored_state, switch


@pytest.fixture
async def provider(catalog: Catalog) -> None:
    """One provider that is on and has a key."""
    await add_provider(catalog, "p")


pytestmark = pytest.mark.usefixtures("provider")


async def test_the_first_model_that_is_on_becomes_the_default(catalog: Catalog) -> None:
    assert not (await add_model(catalog, "off", "p", enabled=False)).is_default
    assert await default_of(catalog) is None
    assert (await add_model(catalog, "first", "p")).is_default
    assert not (await add_model(catalog, "second", "p")).is_default
    assert await default_of(catalog) == "first"


async def test_a_model_that_can_not_be_reached_becomes_the_default_too_when_there_is_none(catalog: Catalog) -> None:
    await switch(catalog, "p", on=False)
    assert (await add_model(catalog, "dark", "p")).is_default


async def test_a_new_model_may_ask_for_the_mark(catalog: Catalog) -> None:
    first = await add_model(catalog, "first", "p")
    second = await add_model(catalog, "second", "p", is_default=True)
    assert second.is_default
    first = await catalog.models.get(first.id)
    assert (first.is_default, first.version) == (False, 2)


async def test_a_model_that_is_enabled_while_there_is_no_default_becomes_it(catalog: Catalog) -> None:
    await add_model(catalog, "off", "p", enabled=False)
    row = await catalog.models.update("off", ModelUpdate(enabled=True))
    assert (row.is_default, row.version) == (True, 2)
    await add_model(catalog, "later", "p", enabled=False)
    assert not (await catalog.models.update("later", ModelUpdate(enabled=True))).is_default


async def test_an_update_that_enables_nothing_makes_no_default(catalog: Catalog) -> None:
    await add_model(catalog, "m", "p")
    await catalog.models.set_default(None)
    assert not (await catalog.models.update("m", ModelUpdate(enabled=True, context_limit=5))).is_default
    assert await default_of(catalog) is None


async def test_making_one_default_unmakes_the_other(catalog: Catalog, other: Catalog) -> None:
    await add_model(catalog, "first", "p")
    await add_model(catalog, "second", "p")
    row = await other.models.set_default("second", version=1)
    assert row is not None
    assert (row.name, row.is_default, row.version, row.updated_by) == ("second", True, 2, "bob")
    first = await catalog.models.get("first")
    assert (first.is_default, first.version, first.updated_by) == (False, 2, "bob")
    again = await other.models.set_default("second")
    assert again == row


async def test_the_mark_can_be_taken_away_and_nobody_gets_it(catalog: Catalog) -> None:
    await add_model(catalog, "first", "p")
    await add_model(catalog, "second", "p")
    row = await catalog.models.set_default(None)
    assert row is not None
    assert (row.name, row.is_default, row.version) == ("first", False, 2)
    assert await default_of(catalog) is None
    before = await stored_state(catalog)
    assert await catalog.models.set_default(None) is None
    assert await stored_state(catalog) == before
    with pytest.raises(NoDefaultModel):
        await catalog.resolve()


async def test_taking_the_mark_away_checks_the_version(catalog: Catalog) -> None:
    await add_model(catalog, "first", "p")
    with pytest.raises(StaleVersion) as raised:
        await catalog.models.set_default(None, version=7)
    assert (raised.value.current_version, raised.value.current.name) == (1, "first")
    assert await default_of(catalog) == "first"
    await catalog.models.set_default(None, version=1)
    assert await default_of(catalog) is None


async def test_what_moving_the_mark_would_do_is_shown_and_checked(catalog: Catalog, other: Catalog) -> None:
    for name in ("first", "second", "third"):
        await add_model(catalog, name, "p")
    shown = await catalog.models.impact_of_setting_default("second")
    assert (shown.models, shown.default_before, shown.default_after) == ((), "first", "second")
    taken = await catalog.models.impact_of_setting_default(None)
    assert (taken.default_before, taken.default_after) == ("first", None)
    await other.models.set_default("third")
    for call in (
        catalog.models.set_default("second", impact=shown),
        catalog.models.set_default(None, impact=taken),
    ):
        with pytest.raises(StaleVersion) as raised:
            await call
        assert raised.value.impact is not None
        assert raised.value.impact.default_before == "third"
    assert await default_of(catalog) == "third"
    await catalog.models.set_default("second", impact=await catalog.models.impact_of_setting_default("second"))
    await catalog.models.set_default(None, impact=await catalog.models.impact_of_setting_default(None))
    assert await catalog.models.set_default(None, impact=taken) is None


async def test_a_default_must_be_on(catalog: Catalog) -> None:
    await add_model(catalog, "first", "p")
    await add_model(catalog, "off", "p", enabled=False)
    before = await stored_state(catalog)
    for call, name in (
        (catalog.models.set_default("off"), "off"),
        (catalog.models.impact_of_setting_default("off"), "off"),
        (catalog.models.update("first", ModelUpdate(enabled=False)), "first"),
        (catalog.models.impact_of_disabling("first"), "first"),
    ):
        with pytest.raises(DefaultModelDisabled) as raised:
            await call
        assert raised.value.model == name
    with pytest.raises(NotFound):
        await catalog.models.set_default("nothing")
    assert await stored_state(catalog) == before


async def test_a_default_that_gave_the_mark_away_can_be_turned_off(catalog: Catalog) -> None:
    await add_model(catalog, "first", "p")
    await add_model(catalog, "second", "p", is_default=True)
    assert (await catalog.models.update("first", ModelUpdate(enabled=False))).state == "off"


async def test_the_only_model_is_deleted_and_there_is_no_default(catalog: Catalog) -> None:
    await add_model(catalog, "only", "p")
    impact = await catalog.models.delete("only")
    assert (impact.default_before, impact.default_after) == ("only", None)
    assert await default_of(catalog) is None


async def test_deleting_another_model_leaves_the_default_alone(catalog: Catalog) -> None:
    await add_model(catalog, "first", "p")
    await add_model(catalog, "second", "p")
    impact = await catalog.models.delete("second")
    assert (impact.default_before, impact.default_after) == ("first", "first")
    assert (await catalog.models.get("first")).version == 1


CREDENTIALS: list[tuple[str, Any, bool]] = [
    ("none", None, False),
    ("a variable that isn't set here", EnvKey("NOT_SET_HERE"), True),
    ("a file that isn't there", FileKey("/nowhere/key"), True),
    ("stored", StoredKey("sk"), True),
    ("ambient", Ambient(), True),
]


@pytest.mark.parametrize(
    ("credential", "counts"), [one[1:] for one in CREDENTIALS], ids=[one[0] for one in CREDENTIALS]
)
async def test_the_replacement_has_a_line_to_a_provider_with_a_credential_whatever_this_process_can_see(
    catalog: Catalog, credential: Any, counts: bool
) -> None:
    await add_provider(catalog, "q", family="azure", base_url="https://x.example", credential=credential)
    await add_model(catalog, "old", "p", is_default=True)
    await add_model(catalog, "az", "q")
    await add_model(catalog, "zz", "p")
    impact = await catalog.models.impact_of_deleting("old")
    happened = await catalog.models.delete("old", impact=impact)
    expected = "az" if counts else "zz"
    assert (happened.default_before, happened.default_after) == ("old", expected)
    assert await default_of(catalog) == expected
    assert (await catalog.models.get(expected)).version == 2


async def test_the_replacement_is_the_first_by_family_and_name_that_may_be_it(catalog: Catalog) -> None:
    await add_providers(catalog, "off", enabled=False)
    await add_provider(catalog, "claude", family="anthropic")
    await add_model(catalog, "0-default", "p")
    await add_model(catalog, "a-dark", "off")
    await add_model(catalog, "b-disabled", "p", enabled=False)
    await add_model(catalog, "C-behind", "off", "p")
    await add_model(catalog, "d", "p")
    assert (await catalog.models.delete("0-default")).default_after == "C-behind"
    assert await default_of(catalog) == "C-behind"
    await add_model(catalog, "z-claude", "claude")
    assert (await catalog.models.delete("C-behind")).default_after == "z-claude"
    assert (await catalog.models.delete("z-claude")).default_after == "d"
    assert (await catalog.models.delete("d")).default_after is None
    assert await default_of(catalog) is None


async def test_a_model_without_lines_is_never_chosen(catalog: Catalog) -> None:
    await add_model(catalog, "old", "p")
    await add_model(catalog, "empty", "p")
    await execute(
        catalog, "DELETE FROM attachment WHERE model_config_id = (SELECT id FROM model_config WHERE name = 'empty')"
    )
    assert (await catalog.models.delete("old")).default_after is None


@pytest.mark.parametrize(
    ("lines", "successor"),
    [
        ({"default": ["gone"], "a": ["gone"], "b": ["p"]}, "b"),
        ({"default": ["gone"], "a": ["gone", "p"], "b": ["p"]}, "a"),
        ({"default": ["gone"], "a": ["gone"]}, None),
        ({"default": ["gone"], "a": ["gone", "keyless"]}, None),
        ({"default": ["gone", "keyless"], "a": ["p"]}, "default"),
        ({"default": ["p"], "a": ["gone"]}, "default"),
    ],
)
async def test_a_providers_deletion_can_take_the_default_with_it(
    catalog: Catalog, lines: dict[str, list[str]], successor: str | None
) -> None:
    await add_providers(catalog, "gone")
    await add_provider(catalog, "keyless", credential=None)
    for name, providers in lines.items():
        await add_model(catalog, name, *providers, is_default=name == "default")
    impact = await catalog.providers.impact_of_deleting("gone")
    assert (impact.default_before, impact.default_after) == ("default", successor)
    assert await catalog.providers.delete("gone", impact=impact) == impact
    assert await default_of(catalog) == successor


async def test_two_created_at_once_elect_one(catalog: Catalog, other: Catalog) -> None:
    rows = await asyncio.gather(
        *(add_model(one, f"m{n}", "p") for n, one in enumerate([catalog, other, catalog, other, catalog, other]))
    )
    assert sum(row.is_default for row in rows) == 1
    assert await default_of(catalog) == next(row.name for row in rows if row.is_default)


async def test_two_created_as_the_default_at_once_leave_one(catalog: Catalog, other: Catalog) -> None:
    await asyncio.gather(*(add_model(one, f"m{n}", "p", is_default=True) for n, one in enumerate([catalog, other] * 3)))
    assert await default_of(catalog) is not None


async def test_the_database_itself_refuses_a_second_default(catalog: Catalog) -> None:
    await add_model(catalog, "first", "p")
    await add_model(catalog, "second", "p")
    with pytest.raises(Exception, match="nothing was written"):
        await execute(catalog, "UPDATE model_config SET is_default = true")
