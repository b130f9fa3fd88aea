"""Actions on all that is marked: one question, one transaction, and one row that refuses refuses the set."""

from __future__ import annotations

import pytest

from modeltui import Catalog, ModelUpdate, ProviderUpdate
from modeltui.domain.text import name_key
from modeltui.tui import keys
from tests.services.builders import add_model, add_provider, execute, order, stored_state, switch
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, WIDE, Room, open_room
from tests.tui.forms import choose as choose_value
from tests.tui.test_marks import mark, marked

BY_SIZE = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
GPT_5 = ("gpt-5", "gpt-5-mini", "gpt-5-nano")


async def off_models(catalog: Catalog) -> list[str]:
    """The names of the models that are off."""
    return [row.name for row in await catalog.models.list() if not row.enabled]


async def off_providers(catalog: Catalog) -> list[str]:
    """The names of the providers that are off."""
    return [row.name for row in await catalog.providers.list() if not row.enabled]


async def lists(catalog: Catalog, *models: str) -> list[list[str]]:
    """The providers of models, in order."""
    return [order(await catalog.models.get(model)) for model in models]


async def choose(room: Room, key: str, title: str, provider: str) -> None:
    """Press a key that offers providers, and choose one."""
    await room.press(key)
    await room.wait_for_place(title)
    await room.go_to_row(provider)
    await room.press("enter")


# On and off


@BY_SIZE
async def test_turning_several_models_off(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room, store.open(actor="bob") as other:
        await mark(room, *GPT_5)
        await room.ask("t", "Turn 3 models off?")
        assert " ".join(room.question[1:]) == (
            "models gpt-5, gpt-5-mini, gpt-5-nano refused 3 models, now at openai-us: gpt-5, gpt-5-mini, gpt-5-nano"
        )
        assert room.flash == ""
        await snap(room.pilot)
        await room.press("enter")
        await room.settle()
        assert await off_models(other) == ["gpt-4.1"]
        await room.ask("t", "Turn 3 models off?")
        await room.press("y")
        await room.wait_for_flash("3 models are off: requests for them are refused; T turns them on again")
        assert await off_models(other) == ["gpt-4.1", *GPT_5]
        assert marked(room) == [*GPT_5]


async def test_any_of_them_on_means_all_off_else_all_on(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await mark(room, "gpt-4.1", "gpt-5")
        await room.ask("t", "Turn 2 models off?")
        await room.press("y")
        await room.wait_for("2 models are off")
        assert await off_models(other) == ["gpt-4.1", "gpt-5"]
        await room.ask("t", "Turn 2 models on?")
        assert room.question[1:] == [
            "models gpt-4.1, gpt-5",
            "come back 2 models to openai-us: gpt-4.1, gpt-5",
        ]
        await room.press("y")
        await room.wait_for_flash("2 models are on; requests go 2 to openai-us")
        assert await off_models(other) == []


async def test_models_turned_on_that_are_dark_are_said(store: SqliteStore) -> None:
    async with store.open() as other:
        await other.models.update("deepseek-v3", ModelUpdate(enabled=False))
    async with open_room(store, size=NARROW) as room:
        await mark(room, "gpt-4.1", "deepseek-v3")
        await room.ask("t", "Turn 2 models on?")
        assert room.question[2:] == ["stay dark 1 model: deepseek-v3", "come back 1 model to openai-us: gpt-4.1"]
        await room.press("y")
        await room.wait_for_flash("2 models are on; requests go 1 to openai-us, 1 model dark")


async def test_the_default_model_refuses_the_whole_set(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        before = await stored_state(other)
        await room.press("V", "t")
        await room.wait_for_flash(
            "ERROR nothing was changed. claude-sonnet-4-5: it is the default model and can't be turned off; "
            "make another model the default first"
        )
        assert await stored_state(other) == before


@BY_SIZE
async def test_turning_several_providers_off(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    """One impact: what dark models there are, by name, then where the others go."""
    async with open_room(store, size=size) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await mark(room, "openai-us", "openai-batch", "vllm-rack2")
        await room.ask("t", "Turn 3 providers off?")
        assert " ".join(room.question[1:]) == (
            "providers openai-batch, openai-us, vllm-rack2 go dark 2 models: gpt-5-mini, qwen3-coder "
            "move 2 models to openai-apac, from openai-us: gpt-5, gpt-5-nano stay 1 model where they are"
        )
        await snap(room.pilot)
        await room.press("y")
        await room.wait_for_flash(
            "3 providers are off: 2 models moved to openai-apac; 2 went dark; T turns them on again"
        )
        assert await off_providers(other) == ["openai-batch", "openai-eu", "openai-us", "vllm-rack2"]
        assert marked(room) == ["openai-batch", "openai-us", "vllm-rack2"]


# Deleting


async def test_deleting_several_models(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await mark(room, "claude-sonnet-4-5", "gpt-5-nano")
        await room.ask("d", "Delete 2 models?")
        assert room.question[1:] == [
            "deleted 2 models: claude-sonnet-4-5, gpt-5-nano",
            "default claude-sonnet-4-5 → gpt-5",
            "They can be brought back: D, then R on each.",
        ]
        await room.press("y")
        await room.wait_for_flash(
            "2 models are deleted; D shows them, R restores the one under the cursor; default is now gpt-5"
        )
        assert marked(room) == []
        assert len(await other.models.list()) == 5
        await room.press("up")
        assert room.flash == ""


async def test_deleting_several_providers_wants_their_number_typed(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await mark(room, "openai-us", "groq")
        await room.ask("d", "Delete 2 providers, and take them out of every list?")
        assert room.question[1:] == [
            "providers openai-us, groq",
            "deleted 1 model: deepseek-v3",
            "go dark 1 model: gpt-5-mini",
            "move 2 models to openai-apac, from openai-us: gpt-5, gpt-5-nano",
            "stay 1 model where they are",
            "Deleted providers can't be brought back; t turns them off.",
        ]
        await room.wait_for("type delete 2 and press enter:")
        await room.type("delete 3")
        await room.press("enter")
        await room.wait_for("that is not delete 2; type it exactly, or esc to cancel")
        await snap(room.pilot)
        assert len(await other.providers.list()) == 7
        await room.press("backspace", "2", "enter")
        await room.wait_for_flash("2 providers are deleted: 2 models moved to openai-apac; 1 went dark; 1 deleted")
        assert {"openai-us", "groq"}.isdisjoint(room.names)
        assert marked(room) == []
        assert await lists(other, "gpt-5-nano") == [["openai-apac"]]


async def test_deleting_providers_that_harms_nothing_asks_once(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await mark(room, "openai-eu", "openai-batch")
        await room.ask("d", "Delete 2 providers, and take them out of every list?")
        await room.press("y")
        await room.wait_for_flash("2 providers are deleted: no request lands elsewhere")


# Attaching


@BY_SIZE
async def test_attaching_at_the_bottom(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room, store.open(actor="bob") as other:
        await add_provider(other, "openai-proj7")
        await mark(room, *GPT_5)
        await room.press("r")
        await room.wait_for("read again")
        await room.press("a")
        await room.wait_for_place("attach which provider to 3 models")
        assert [row.split("env")[0].split("unset")[0] for row in room.rows] == [
            "> openai-proj7 none ✓ on ✓ ",
            "openai-apac 2 of 3 ✓ on ✓ ",
            "openai-batch 2 of 3 ✓ on ✗ ",
            "openai-eu 2 of 3 - off ✓ ",
        ]
        await snap(room.pilot, "picks")
        await room.press("enter")
        await room.asked("Attach openai-proj7 to 3 models, at which end of the lists?")
        assert room.question[1:] == [
            "models gpt-5, gpt-5-mini, gpt-5-nano",
            "bottom no request lands elsewhere",
            "top 3 models move to openai-proj7",
        ]
        await snap(room.pilot, "asks")
        await room.press("b")
        await room.wait_for_flash("openai-proj7 is attached to 3 models at the bottom: no request lands elsewhere")
        assert [each[-1] for each in await lists(other, *GPT_5)] == ["openai-proj7"] * 3
        assert marked(room) == [*GPT_5]


async def test_attaching_at_the_top_shows_what_moves(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await add_provider(other, "openai-proj7")
        await room.press("r")
        await room.wait_for("read again")
        await room.go_to_row("gpt-5")
        await choose(room, "a", "attach which provider to gpt-5", "openai-proj7")
        await room.asked("Attach openai-proj7 to gpt-5, at which end of the list?")
        await room.press("t")
        await room.asked("Attach openai-proj7 to gpt-5, at the top?")
        assert room.question[1:] == ["move 1 model to openai-proj7, from openai-us: gpt-5"]
        await room.press("y")
        await room.wait_for_flash("openai-proj7 is attached to gpt-5 at the top: 1 model moved to openai-proj7")
        assert (await lists(other, "gpt-5"))[0][0] == "openai-proj7"


async def test_cancelling_anywhere_attaches_nothing(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        before = await stored_state(other)
        await room.go_to_row("deepseek-v3")
        await room.press("a")
        await room.wait_for_place("attach which provider to deepseek-v3")
        await room.press("escape")
        await room.wait_for_place("Models")
        await choose(room, "a", "attach which provider to deepseek-v3", "vllm-rack2")
        await room.asked("Attach vllm-rack2 to deepseek-v3, at which end of the list?")
        await room.press("enter")
        await room.settle()
        assert room.question == []
        assert await stored_state(other) == before


async def test_models_that_have_it_already_are_named(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        before = await stored_state(other)
        await mark(room, *GPT_5)
        await choose(room, "a", "attach which provider to 3 models", "openai-batch")
        await room.asked("Nothing was changed: 2 of 3 refuse")
        assert room.question[1:] == [
            "openai-batch is already in the list; a provider can stand in it once",
            "gpt-5, gpt-5-mini",
            "One that refuses keeps the whole set as it is: space takes its mark away.",
        ]
        await snap(room.pilot)
        await room.press("enter")
        await room.settle()
        assert await stored_state(other) == before


async def test_models_of_several_families_are_refused_by_name(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await mark(room, "gpt-5", "qwen3-coder")
        await room.press("a")
        await room.wait_for_flash(
            "ERROR the marked models are of families openai, openai-compat: one provider can't be attached to all; "
            "mark one family"
        )
        await room.press("s")
        await room.wait_for_flash(
            "ERROR the marked models are of families openai, openai-compat: no provider can serve them all; "
            "mark one family"
        )


async def test_no_provider_left_to_attach(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("gpt-5")
        await room.press("a")
        await room.wait_for_flash(
            "every provider of family openai is in the list of gpt-5 already; add one on Providers"
        )


# Detaching and swapping


async def test_detaching_says_how_many_have_each(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await mark(room, *GPT_5)
        await room.press("x")
        await room.wait_for_place("detach which provider from 3 models")
        assert [row.removeprefix("> ").split("✓")[0].split(" - ")[0].strip() for row in room.rows] == [
            "openai-us 3 of 3",
            "openai-eu 2 of 3",
            "openai-apac 2 of 3",
            "openai-batch 2 of 3",
        ]
        await room.press("enter")
        await room.asked("Detach openai-us from 3 models?")
        assert room.question[1:] == [
            "models gpt-5, gpt-5-mini, gpt-5-nano",
            "go dark 1 model: gpt-5-mini",
            "move 2 models to openai-apac, from openai-us: gpt-5, gpt-5-nano",
        ]
        await room.press("y")
        await room.wait_for_flash("openai-us is detached from 3 models: 2 models moved to openai-apac; 1 went dark")
        assert all("openai-us" not in each for each in await lists(other, *GPT_5))


async def test_detaching_names_each_that_refuses(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        before = await stored_state(other)
        await mark(room, "deepseek-v3", "qwen3-coder", "gpt-5")
        await choose(room, "x", "detach which provider from 3 models", "groq")
        await room.asked("Nothing was changed: 3 of 3 refuse")
        assert room.question[1:5] == [
            "groq is not in the list",
            "gpt-5, qwen3-coder",
            "it would lose its last provider; attach another one first, or delete it",
            "deepseek-v3",
        ]
        await room.press("escape")
        await room.settle()
        assert await stored_state(other) == before


async def test_swapping_says_which_own_ids_are_dropped(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await mark(room, "gpt-5", "gpt-5-nano")
        await choose(room, "s", "swap which provider of 2 models for another", "openai-apac")
        await room.wait_for_place("swap openai-apac for which provider")
        assert "openai-apac" not in room.names
        await room.go_to_row("openai-eu")
        await room.press("enter")
        await room.asked("Swap openai-apac for openai-eu in 2 models?")
        assert room.question[1:] == [
            "models gpt-5, gpt-5-nano",
            "stay 2 models where they are",
            "dropped 1 own upstream id at openai-apac: nano-apac",
        ]
        await room.press("y")
        await room.wait_for_flash("openai-apac is swapped for openai-eu in 2 models: no request lands elsewhere")
        assert await lists(other, "gpt-5", "gpt-5-nano") == [
            ["openai-eu", "openai-us", "openai-batch"],
            ["openai-us", "openai-eu"],
        ]


# The last resort


async def test_last_resort(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.ask("l", "Make openai-us the last resort of every list?")
        assert room.question[1:] == [
            "lists 4 lists would be in another order",
            "move 2 models to openai-apac, from openai-us: gpt-5, gpt-5-nano",
            "stay 2 models where they are",
        ]
        await room.press("y")
        await room.wait_for_flash("openai-us is the last resort in 4 lists: 2 models moved to openai-apac")
        assert [each[-1] for each in await lists(other, "gpt-4.1", *GPT_5)] == ["openai-us"] * 4
        await room.press("l")
        await room.wait_for_flash("openai-us is at the bottom of every list already, or in none")


async def test_last_resort_of_several_keeps_their_order(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await mark(room, "openai-us", "openai-eu")
        await room.ask("l", "Make 2 providers the last resort of every list?")
        await room.press("y")
        await room.wait_for("2 providers are the last resort in 4 lists")
        assert await lists(other, "gpt-5", "gpt-5-mini") == [
            ["openai-apac", "openai-batch", "openai-eu", "openai-us"],
            ["openai-batch", "openai-eu", "openai-us"],
        ]


# What happens meanwhile


async def test_one_of_them_changed_meanwhile_asks_again(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await mark(room, *GPT_5)
        await room.ask("t", "Turn 3 models off?")
        await other.models.update("gpt-5", ModelUpdate(context_limit=1))
        await other.models.update("gpt-5-mini", ModelUpdate(context_limit=2))
        await room.press("y")
        await room.wait_for_flash("ERROR bob changed gpt-5 and 1 more meanwhile; look again")
        await room.asked("Turn 3 models off?")
        assert await off_models(other) == ["gpt-4.1"]
        await room.press("y")
        await room.wait_for("3 models are off")
        assert (await other.models.get("gpt-5")).context_limit == 1


async def test_an_impact_that_changed_meanwhile_asks_again(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await mark(room, "openai-us", "openai-batch")
        await room.ask("t", "Turn 2 providers off?")
        await other.models.update("gpt-5", ModelUpdate(provider_config_ids=["openai-us"]))
        await room.press("y")
        await room.wait_for_flash("ERROR what this would do has changed meanwhile; look again")
        await room.asked("Turn 2 providers off?")
        assert "go dark 2 models: gpt-5, gpt-5-mini" in room.question
        assert await off_providers(other) == ["openai-eu"]


async def test_one_of_them_deleted_meanwhile_is_named_and_loses_its_mark(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await mark(room, "groq", "vllm-rack2")
        await other.providers.delete("groq")
        await room.press("t")
        await room.asked("Turn 2 providers off?")
        await room.press("y")
        await room.wait_for_flash("ERROR nothing was changed. groq: deleted meanwhile")
        assert marked(room) == ["vllm-rack2"]
        assert await off_providers(other) == ["openai-eu"]


async def test_keys_typed_ahead_mark_and_ask_but_do_not_answer(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5")
        await room.send("space", "space", "t", "y", "enter")
        await room.asked("Turn 2 models off?")
        assert room.question[1] == "models gpt-5, gpt-5-mini"
        assert await off_models(other) == ["gpt-4.1"]


async def test_turned_off_and_on_in_one_go(store: SqliteStore) -> None:
    """The second key finds what the first has left: nothing moves, so neither asks."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await mark(room, "openai-batch", "groq")
        await room.send("t", "t")
        await room.wait_for_flash("2 providers are on: no request lands elsewhere")
        assert await off_providers(other) == ["openai-eu"]


# Bringing back


async def test_bringing_back_what_was_turned_off_last(store: SqliteStore, snap: Snap) -> None:
    """From any view, with what it does asked first; then what was turned off before it."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.press("T")
        await room.wait_for_flash("nothing was turned off in this session")
        await mark(room, "gpt-4.1", "gpt-5")
        await room.ask("t", "Turn 2 models off?")
        await room.press("y")
        await room.wait_for("2 models are off")
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.ask("t", "Turn openai-us off?")
        await room.press("y")
        await room.wait_for("openai-us is off")
        await room.press("1")
        await room.wait_for_place("Models")
        await room.ask("T", "Turn openai-us on?")
        assert room.question[1] == "come back 1 model to openai-us: gpt-5-mini"
        await snap(room.pilot)
        await room.press("y")
        await room.wait_for("openai-us is on: ")
        await room.ask("T", "Turn gpt-5 on?")
        assert room.question[1] == "come back 1 model to openai-us: gpt-5"
        await room.press("y")
        await room.wait_for_flash("gpt-5 is on; requests go to openai-us")
        assert await off_models(other) == ["gpt-4.1"]
        assert await off_providers(other) == ["openai-eu"]
        await room.press("T")
        await room.wait_for_flash("nothing to bring back: what was turned off in this session is on again or gone")


async def test_bringing_back_from_the_editor_keeps_the_draft(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.ask("t", "Turn openai-us off?")
        await room.press("y")
        await room.wait_for("openai-us is off")
        await room.press("1")
        await room.wait_for_place("Models")
        await room.open_lines("gpt-5")
        await room.press("J")
        await room.ask("T", "Turn openai-us on?")
        await room.press("y")
        await room.wait_for("openai-us is on: ")
        assert room.place.endswith("draft: 1 change")


async def test_what_others_turned_on_is_not_brought_back(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-batch")
        await room.press("t")
        await room.wait_for("openai-batch is off")
        await switch(other, "openai-batch", on=True)
        await room.press("r")
        await room.wait_for("read again")
        await room.press("T")
        await room.wait_for("nothing to bring back")


async def test_what_undo_turned_off_again_is_brought_back(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.ask("t", "Turn openai-us off?")
        await room.press("y")
        await room.wait_for("openai-us is off")
        await room.ask("T", "Turn openai-us on?")
        await room.press("y")
        await room.wait_for("openai-us is on: ")
        await room.ask("u", "Undo: turned openai-us on?")
        await room.press("y")
        await room.wait_for("undone: turned openai-us on")
        await room.ask("T", "Turn openai-us on?")


@pytest.mark.parametrize("view", ["1", "2"])
async def test_what_a_form_turned_off_is_brought_back_too(store: SqliteStore, view: str) -> None:
    name = {"1": "gpt-5", "2": "openai-us"}[view]
    async with open_room(store, size=NARROW) as room:
        await room.press(view)
        await room.go_to_row(name)
        await room.press("e")
        await room.wait_until(lambda: room.screen.context == "form", "the form")
        await choose_value(room, "State", "off")
        await room.press("ctrl+s")
        await room.asked(f"Turn {name} off?")
        await room.press("y")
        await room.wait_until(lambda: f"{name} is saved" in room.flash, "the form saved")
        await room.ask("T", f"Turn {name} on?")


# Refused and hostile


@pytest.mark.parametrize("context", keys.LISTS)
async def test_read_only_refuses_each_with_its_reason(store: SqliteStore, context: str) -> None:
    async with open_room(store, read_only=True) as room:
        if context == "providers":
            await room.go_to_providers()
        await room.press("space", "space")
        assert len(marked(room)) == 2
        writing = [item for item in keys.actions(context) if item.writes and (item.bulk or item.id == "bring_back")]
        assert len(writing) == {"models": 6, "providers": 4}[context]
        for item in writing:
            await room.press(item.keys[0])
            assert room.flash.startswith(f"ERROR {item.label} is refused, the catalog is read-only: "), item
            assert room.question == []
        assert len(marked(room)) == 2


async def test_hostile_names_in_questions_and_lists_to_choose_from(bare: SqliteStore) -> None:
    async with bare.open() as catalog:
        await add_provider(catalog, "first")
        await add_provider(catalog, "second")
        for name in ("m1", "m2"):
            await add_model(catalog, name, "first", "second")
        for table, name, hostile in (
            ("provider_config", "first", "[/]\x1b[31m"),
            ("model_config", "m1", "[red]x"),
            ("model_config", "m2", "\x1b]0;title\x07"),
        ):
            statement = f"UPDATE {table} SET name = :hostile, name_key = :key WHERE name = :name"
            await execute(catalog, statement, hostile=hostile, key=name_key(hostile), name=name)
    async with open_room(bare, size=NARROW) as room:
        await room.press("V")
        await room.ask("d", "Delete 2 models?")
        await room.wait_for("deleted 2 models: \ufffd]0;title\ufffd, [red]x")
        await room.press("escape")
        await room.settle()
        await room.press("x")
        await room.wait_for_place("detach which provider from 2 models")
        assert room.rows[0].startswith("> [/]\ufffd[31m 2 of 2 ")
        await room.press("enter")
        await room.asked("Detach [/]\ufffd[31m from 2 models?")
        await room.press("y")
        await room.wait_for("[/]\ufffd[31m is detached from 2 models: 2 models moved to second")


async def test_the_store_is_left_alone_by_a_provider_that_is_gone(store: SqliteStore) -> None:
    """Chosen from the list, and deleted by somebody else before the answer."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        spare = await add_provider(other, "openai-proj7")
        await room.press("r")
        await room.wait_for("read again")
        await mark(room, *GPT_5)
        await choose(room, "a", "attach which provider to 3 models", "openai-proj7")
        await room.asked("Attach openai-proj7 to 3 models, at which end of the lists?")
        await other.providers.delete(spare.id)
        await room.press("b")
        await room.wait_for_flash("ERROR nothing was changed: the provider was deleted meanwhile")
        assert await lists(other, "gpt-5-nano") == [["openai-us", "openai-apac"]]


async def test_turning_on_says_the_new_default(store: SqliteStore) -> None:
    """Without a default model, the first that is turned on becomes it."""
    async with store.open() as other:
        await other.models.set_default(None)
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("gpt-4.1")
        await room.press("t")
        await room.wait_for_flash("gpt-4.1 is on; requests go to openai-us; gpt-4.1 is now the default")


async def test_a_key_that_is_not_there_stays_away(store: SqliteStore) -> None:
    """Turning a provider without a key on moves nothing, and says so."""
    async with store.open() as other:
        await other.providers.update("groq", ProviderUpdate(enabled=False))
    async with open_room(store, size=NARROW) as room:
        await room.go_to_providers()
        await room.go_to_row("groq")
        await room.press("t")
        await room.wait_for_flash("groq is on: no request lands elsewhere")
