"""Keys that were meant for what others have taken away meanwhile: rows, marks, a level, a provider, a model."""

from __future__ import annotations

import pytest

from modeltui import ModelUpdate
from tests.services.builders import add_model, add_provider, stored_state
from tests.services.stores import SqliteStore
from tests.tui.driver import NARROW, open_room
from tests.tui.live import followed
from tests.tui.test_offers import KEYS, names


@pytest.fixture(autouse=True)
def others_unheard() -> None:
    """Let the feed look all the time."""


async def test_enter_on_the_last_provider_does_not_take_what_the_environment_offers(bare: SqliteStore) -> None:
    bare.environ |= KEYS
    async with bare.open(actor="bob") as other:
        await add_provider(other, "only")
        async with open_room(bare, size=NARROW) as room:
            await room.go_to_providers()
            await other.providers.delete("only")
            await room.wait_for("will be provider google")
            await room.press("enter")
            assert room.flash == "there are no providers any more; enter once more adds what is marked"
            await room.settle()
            assert await names(bare) == []
            await room.press("enter")
            await room.wait_for_flash("added google, openai; 1 goes to Models, n there adds a model")


async def test_a_mark_is_set_on_the_row_that_was_meant(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-4.1")
        await other.models.delete("gpt-4.1")
        await room.wait_for_flash("gpt-4.1 was deleted elsewhere; the cursor is on gpt-5")
        await room.press("space")
        assert room.flash == "the cursor is on gpt-5 now; space once more acts on it"
        assert room.screen.copyable()[0].name == "gpt-5"
        await room.press("space")
        assert room.flash == "1 marked: t d a x s y act on gpt-5"


async def test_what_acts_on_the_cursors_row_alone_is_held_back_though_others_are_marked(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("qwen3-coder")
        await room.press("space")
        await room.go_to_row("gpt-4.1")
        await other.models.delete("gpt-4.1")
        await room.wait_for_flash("gpt-4.1 was deleted elsewhere; the cursor is on gpt-5")
        await room.press("e")
        assert room.flash == "the cursor is on gpt-5 now; e once more acts on it"
        assert room.place.startswith("Models 6")


async def test_a_row_that_went_while_another_view_was_looked_at(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("groq")
        await room.press("1")
        await room.wait_for_place("Models 7")
        await other.providers.delete("groq")
        await room.wait_for_place("Models 6")
        assert room.flash == ""
        await room.go_to_providers()
        await room.wait_for_flash("groq was deleted elsewhere; the cursor is on vllm-rack2")
        before = await stored_state(other)
        await room.press("t")
        assert room.flash == "the cursor is on vllm-rack2 now; t once more acts on it"
        assert await stored_state(other) == before


async def test_who_goes_to_a_row_by_its_name_is_not_told_of_the_one_left_behind(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("groq")
        await room.press("1")
        await room.wait_for_place("Models 7")
        await other.providers.delete("groq")
        await room.wait_for_place("Models 6")
        await room.press(":")
        await room.wait_for("commands, models and providers")
        await room.type("openai-batch")
        await room.press("enter")
        await room.wait_for_place("Providers")
        assert room.cursor.startswith("openai-batch")
        assert room.flash == ""
        await room.press("t")
        await room.wait_for_flash("openai-batch is off: no request lands elsewhere; T turns it on again")


async def test_a_name_that_is_gone_takes_no_filter_away(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.press("/")
        await room.type("is:fallback")
        await room.press("enter", ":")
        await room.wait_for("commands, models and providers")
        await room.type("gpt-5-nano")
        await other.models.delete("gpt-5-nano")
        await followed(room)
        await room.press("enter")
        await room.wait_for_flash("ERROR gpt-5-nano isn't there any more")
        assert room.place.endswith("filter: is:fallback")
        assert room.names == ["gpt-5", "gpt-5-mini"]


async def test_what_if_says_that_the_provider_under_the_cursor_is_gone(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.press("space")
        await room.go_to_row("openai-apac")
        await room.press("space", "w")
        await room.wait_for_place("Providers / what if 2 down")
        assert room.cursor.startswith("- down openai-apac")
        await other.providers.delete("openai-apac")
        await room.wait_for_flash("openai-apac was deleted elsewhere; the cursor is on openai-us")
        assert room.cursor.startswith("- down openai-us")


async def test_json_is_copied_as_it_is_now(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-nano")
        await room.ask("y", "Copy gpt-5-nano?")
        await other.models.update("gpt-5-nano", ModelUpdate(context_limit=7))
        await room.wait_for("gpt-5-nano ✓ on openai-us 1/2 1 7 ")
        await room.press("j")
        await room.wait_for_place("Copied JSON of gpt-5-nano")
        assert '"context_limit": 7,' in room.rows


async def test_q_takes_marks_away_and_does_not_quit_where_others_did_that(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-nano")
        await room.press("space")
        await other.models.delete("gpt-5-nano")
        await room.wait_for_flash("gpt-5-nano was deleted elsewhere; nothing is marked now")
        await room.press("q")
        assert room.flash == "nothing is marked any more; q once more quits"
        await room.press("q")
        assert await room.wait_for_end() == 0


async def test_q_goes_back_from_a_cause_and_does_not_quit_where_it_is_cured(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.press("3")
        await room.wait_for_place("Doctor")
        await room.press("enter")
        assert room.place.startswith("Doctor / dark")
        await other.models.delete("deepseek-v3")
        await room.wait_for_flash("dark: nothing is left of it; these are the other causes")
        await room.press("q")
        assert room.flash == "dark: nothing is left of it; q once more quits"
        await room.press("q")
        assert await room.wait_for_end() == 0


async def test_a_form_counts_the_lines_that_there_are(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5")
        await room.press("e")
        await room.wait_for("Lines 4 lines; enter on Models edits them")
        await other.models.detach("gpt-5", "openai-batch")
        await room.wait_for("Lines 3 lines; enter on Models edits them")
        assert room.place == "Models / gpt-5 / edit nothing changed"


# Before the feed has told of it: the refusal is the first that one hears


@pytest.mark.usefixtures("looks_when_told")
async def test_a_key_is_held_back_after_one_that_was_refused(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await add_model(other, "gpt-4.0", "openai-us", enabled=False)
        await room.press("r")
        await room.wait_for("Models 8")
        await room.go_to_row("gpt-4.0")
        await other.models.delete("gpt-4.0")
        before = await stored_state(other)
        await room.send("t", "t")
        await room.wait_for_flash("the cursor is on gpt-4.1 now; t once more acts on it")
        assert await stored_state(other) == before


@pytest.mark.usefixtures("looks_when_told")
async def test_a_model_that_others_restored_is_not_taken_for_the_next(store: SqliteStore) -> None:
    async with store.open(actor="bob") as other:
        await other.models.delete("gpt-5-mini")
        await other.models.delete("gpt-5-nano")
        async with open_room(store, size=NARROW) as room:
            await room.press("D")
            await room.go_to_row("gpt-5-nano")
            await other.models.restore("gpt-5-nano")
            await room.press("R")
            await room.wait_until(lambda: room.flash.startswith("ERROR model gpt-5-nano"), "the refusal")
            before = await stored_state(other)
            await room.press("R")
            assert room.flash == "the cursor is on gpt-5-mini now; R once more acts on it"
            assert await stored_state(other) == before


async def test_enter_on_a_provider_shows_live_models(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.press("D")
        await room.go_to_providers()
        await room.go_to_row("vllm-rack2")
        await room.press("enter")
        await room.wait_for("qwen3-coder")
        assert room.place.startswith("Models 1 of 7")


async def test_what_could_not_be_undone_is_said_again_when_its_turn_comes_again(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-nano")
        await room.ask("t", "Turn gpt-5-nano off?")
        await room.press("y")
        await room.wait_until(lambda: room.flash.startswith("gpt-5-nano is off"), "gpt-5-nano off")
        await other.models.update("gpt-5-nano", ModelUpdate(context_limit=7))
        refused = (
            "ERROR not undone: turned gpt-5-nano off; bob changed gpt-5-nano meanwhile, so it stays as it is;"
            " u once more passes over it"
        )
        await room.press("u")
        await room.wait_for_flash(refused)
        await room.go_to_providers()
        await room.go_to_row("openai-batch")
        await room.press("t")
        await room.wait_until(lambda: room.flash.startswith("openai-batch is off"), "openai-batch off")
        await room.press("u")
        await room.wait_for_flash("undone: turned openai-batch off")
        await room.press("u")
        await room.wait_for_flash(refused)
