"""Models: what callers ask for, where requests go, and all that is done to a model as a whole."""

from __future__ import annotations

import pytest

from modeltui import ModelUpdate, ProviderUpdate
from modeltui.tui import keys
from modeltui.tui.widgets.row_list import RowList
from tests.services.builders import add_model, add_provider, default_of, stored_state
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.support.wait import words
from tests.tui.driver import NARROW, WIDE, Room, open_room

BY_SIZE = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])

NAMES = ["claude-sonnet-4-5", "gpt-4.1", "gpt-5", "gpt-5-mini", "gpt-5-nano", "deepseek-v3", "qwen3-coder"]
LOADED = [
    "> * claude-sonnet-4-5 ✓ on anthropic-main 1/1 0 ! 200k",
    "gpt-4.1 - off (openai-us) 1/2 1 1M",
    "gpt-5 ! fallback openai-us 2/4 1 400k",
    "gpt-5-mini ! fallback openai-us 2/3 0 ! 400k",
    "gpt-5-nano ✓ on openai-us 1/2 1 400k",
    "deepseek-v3 ✗ dark no API key -/1 0 ! 128k",
    "qwen3-coder ✓ on vllm-rack2 1/1 0 ! 262k",
]


# What is shown


@BY_SIZE
async def test_loaded(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        assert room.top == "testhost/catalog alice"
        assert room.place == "Models 7 1 dark 2 fallback 1 off sort: family"
        assert room.rows == LOADED
        await room.go_to_row("gpt-5")
        assert room.cursor == "gpt-5 ! fallback openai-us 2/4 1 400k"
        assert "1 openai-eu - off ✓ env" in " ".join(room.pane)
        assert "without openai-us: openai-apac" in room.pane
        await snap(room.pilot)


async def test_label_stands_first(store: SqliteStore) -> None:
    async with open_room(store, label="PROD") as room:
        assert room.top == "PROD testhost/catalog alice"


@pytest.mark.parametrize(("theme", "number"), [("dark", None), ("ansi-dark", 1)])
async def test_the_colour_of_the_label_repeats_its_word(store: SqliteStore, theme: str, number: int | None) -> None:
    async with open_room(store, label="PROD", label_color="red", theme=theme) as room:
        assert room.top.startswith("PROD ")
        first = next(iter(room.app.screen._compositor.render_strips()[0]))
        assert first.text == "PROD"
        assert first.style is not None
        assert first.style.color is not None
        assert number is None or first.style.color.number == number
        red, green, blue = first.style.color.get_truecolor()
        assert red > green + 50
        assert red > blue + 50


async def test_no_providers_yet(bare: SqliteStore, snap: Snap) -> None:
    async with open_room(bare, size=NARROW) as room:
        assert room.place == "Models 0"
        assert room.rows == []
        await room.wait_for("No models yet, and no providers to send requests to.", "Press 2 to go to Providers")
        await room.press("n")
        assert room.flash == "a model needs a provider first; press 2, then n"
        await snap(room.pilot)


async def test_no_models_yet(bare: SqliteStore) -> None:
    async with bare.open() as catalog:
        await add_provider(catalog, "openai-us")
    async with open_room(bare, size=NARROW) as room:
        await room.wait_for("No models yet.", "n adds one: what callers ask for")
        for key in ("e", "t", "asterisk", "d"):
            await room.press(key)
            assert room.flash.startswith("there is no model here")


async def test_a_dark_model_says_why(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("deepseek-v3")
        assert room.pane[0].startswith("── deepseek-v3 openai-compat dark: requests are refused")
        assert "1 groq ✓ on ✗ none skipped: no API key" in room.pane
        await snap(room.pilot)


async def test_a_model_that_is_off_shows_where_requests_would_go(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("gpt-4.1")
        assert room.cursor == "gpt-4.1 - off (openai-us) 1/2 1 1M"
        assert "off: requests are refused" in room.pane[0]


# The filter


@BY_SIZE
async def test_filter(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    """It filters while one types; enter goes to the rows and keeps it."""
    async with open_room(store, size=size) as room:
        await room.press("slash")
        await room.type("gpt-5 is:fallback")
        assert "filter gpt-5 is:fallback" in room.words
        assert room.names == ["gpt-5", "gpt-5-mini"]
        assert room.cursor.startswith("gpt-5 ")
        await room.press("enter", "down")
        assert room.cursor.startswith("gpt-5-mini ")
        assert room.place.startswith("Models 2 of 7 1 dark 2 fallback 1 off ")
        assert room.place.endswith("filter: gpt-5 is:fallback")
        await snap(room.pilot)


async def test_filter_has_smart_case(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("slash")
        await room.type("gpt-5-n")
        assert room.names == ["gpt-5-nano"]
        await room.press("escape", "slash")
        await room.type("GPT")
        assert room.rows == []


async def test_no_match_has_its_own_text(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.press("slash")
        await room.type("nothing like it")
        await room.wait_for("No models match nothing like it", "esc or q drops the filter.")
        await room.press("enter")
        await snap(room.pilot)
        await room.press("q")
        assert room.rows == LOADED


@pytest.mark.parametrize(
    ("typed", "flag", "rest"),
    [("dark", "dark", "are dark"), ("gpt DARK", "dark", "are dark"), ("nokey", "nokey", "lack a key")],
)
async def test_a_state_typed_as_a_word_is_pointed_out(store: SqliteStore, typed: str, flag: str, rest: str) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.press("slash")
        await room.type(typed)
        assert room.empty[0] == f"No models match {typed}; is:{flag} finds those that {rest}"
        await room.press("escape", "slash")
        await room.type(f"is:{flag}")
        assert "deepseek-v3" in room.names


async def test_a_state_that_is_in_a_name_is_a_word_like_any(store: SqliteStore) -> None:
    async with store.open() as catalog:
        await add_model(catalog, "dark-horse", "openai-us")
    async with open_room(store, size=NARROW) as room:
        await room.press("slash")
        await room.type("dark")
        assert room.names == ["dark-horse"]
        await room.type(" claude")
        assert room.empty[0] == "No models match dark claude"


async def test_a_wrong_field_is_named(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("slash")
        await room.type("provder:openai-us")
        await room.press("enter")
        assert room.flash == "ERROR no field provder"
        assert room.empty == ["No models shown: no field provder.", "/ corrects the filter; esc or q drops it."]
        assert room.place.endswith("filter: provder:openai-us no field provder")


async def test_no_key_hits_rows_that_a_mistaken_filter_was_to_hide(store: SqliteStore) -> None:
    """While it is typed the other words filter; once it is kept nothing is shown, and a key finds nothing."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        before = await stored_state(other)
        await room.go_to_row("gpt-5")
        await room.press("space", "slash")
        await room.type("gpt provder:eu")
        assert room.names == ["gpt-4.1", "gpt-5", "gpt-5-mini", "gpt-5-nano"]
        await room.press("enter")
        assert room.flash == "ERROR no field provder; 1 mark dropped: the filter hides it"
        assert room.rows == []
        await room.press("V")
        assert room.flash == "there are no rows here to be marked"
        for key in ("t", "d", "a", "x", "s"):
            await room.press(key)
            await room.settle()
            assert room.question == []
        await room.press("slash", "end")
        assert room.names == ["gpt-4.1", "gpt-5", "gpt-5-mini", "gpt-5-nano"]
        await room.press("backspace", "backspace", "backspace")
        await room.press(*["backspace"] * len("provder"), "enter")
        assert room.place.endswith("filter: gpt")
        assert room.names == ["gpt-4.1", "gpt-5", "gpt-5-mini", "gpt-5-nano"]
        assert await stored_state(other) == before


async def test_a_click_on_the_rows_keeps_the_filter_that_is_typed(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.press("slash")
        await room.type("gpt provder:eu")
        await room.pilot.click("#rows", offset=(6, 2))
        await room.pass_messages()
        assert not room.screen.has_class("-filtering")
        assert room.empty[0] == "No models shown: no field provder."
        await room.press("slash", *["backspace"] * 11, "V")
        assert room.place.endswith("filter: V")


async def test_keys_typed_into_the_filter_are_text(store: SqliteStore) -> None:
    """No letter of the filter's text is taken for a key."""
    async with open_room(store) as room:
        await room.press("slash")
        await room.type("qtdDn*?12")
        assert room.app.is_running
        await room.wait_for("No models match qtdDn*?12")
        await room.press("escape")
        assert room.rows == LOADED


# The default mark


async def test_making_another_model_the_default(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5")
        await room.ask("asterisk", "Make gpt-5 the default model?")
        assert room.question[1] == "unnamed requests: claude-sonnet-4-5 → gpt-5"
        await snap(room.pilot)
        await room.press("y")
        await room.wait_for_flash("unnamed requests: claude-sonnet-4-5 → gpt-5")
        assert room.cursor.startswith("* gpt-5 ")
        assert await default_of(other) == "gpt-5"


async def test_taking_the_default_mark_away(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await room.ask("asterisk", "Take the default mark from claude-sonnet-4-5?")
        assert room.question[1] == "unnamed requests: claude-sonnet-4-5 → nowhere"
        await room.press("y")
        await room.wait_for_flash("unnamed requests: claude-sonnet-4-5 → nowhere")
        assert await default_of(other) is None
        await room.press("asterisk")
        await room.wait_for("unnamed requests: nowhere → claude-sonnet-4-5")
        await room.press("escape")
        await room.settle()
        assert await default_of(other) is None


async def test_a_model_that_is_off_cannot_be_the_default(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-4.1")
        await room.press("asterisk")
        await room.wait_for_flash("ERROR gpt-4.1 is off and can't be the default model; t turns it on")
        assert room.question == []


# On and off


async def test_turning_a_model_off_asks(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5")
        await room.ask("t", "Turn gpt-5 off?")
        assert room.question[1:] == ["refused 1 model: gpt-5, now at openai-us"]
        await snap(room.pilot)
        await room.press("y")
        await room.wait_for_flash("gpt-5 is off: requests for it are refused; T turns it on again")
        assert room.cursor == "gpt-5 - off (openai-us) 2/4 1 400k"
        assert not (await other.models.get("gpt-5")).enabled


async def test_turning_a_model_on_says_where_requests_go(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-4.1")
        await room.press("t")
        await room.wait_for_flash("gpt-4.1 is on; requests go to openai-us")
        assert room.cursor == "gpt-4.1 ✓ on openai-us 1/2 1 1M"


async def test_turning_a_dark_model_off_does_not_ask(store: SqliteStore) -> None:
    """No request lands elsewhere: they were refused before."""
    async with open_room(store) as room:
        await room.go_to_row("deepseek-v3")
        await room.press("t")
        await room.wait_for_flash("deepseek-v3 is off: requests for it are refused; T turns it on again")


async def test_the_default_model_cannot_be_turned_off(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("t")
        await room.wait_for_flash(
            "ERROR claude-sonnet-4-5: it is the default model and can't be turned off; "
            "make another model the default first"
        )
        assert room.rows == LOADED


# Deleting and restoring


async def delete(room: Room, name: str) -> None:
    """Delete a model by keys."""
    await room.go_to_row(name)
    await room.ask("d", f"Delete {name}?")
    await room.press("y")
    await room.wait_for_flash(f"{name} is deleted; D shows it, R restores it")


async def test_delete_and_restore(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("gpt-5-mini")
        await room.ask("d", "Delete gpt-5-mini?")
        assert room.question[1:] == ["deleted 1 model: gpt-5-mini", "It can be brought back: D, then R."]
        await snap(room.pilot, "asks")
        await room.press("y")
        await room.wait_for_flash("gpt-5-mini is deleted; D shows it, R restores it")
        assert "gpt-5-mini" not in room.names
        await room.press("D")
        assert room.place == "Models, deleted 1 sort: last deleted"
        assert room.cursor.startswith("gpt-5-mini openai 3 2026-03-01 12:")
        await snap(room.pilot, "deleted")
        await room.press("enter")
        assert room.flash == "gpt-5-mini is deleted; R brings it back"
        await room.press("R")
        await room.wait_for_flash("gpt-5-mini is back; requests go to openai-us")
        assert room.place == "Models 7 1 dark 2 fallback 1 off sort: family"
        assert room.cursor == "gpt-5-mini ! fallback openai-us 2/3 0 ! 400k"


async def test_no_deleted_models(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("R")
        assert room.flash == "only a deleted model can be restored; D shows them"
        await room.press("D")
        await room.wait_for("No deleted models.", "D goes back to the live ones.")
        await room.press("escape")
        assert room.rows == LOADED


async def test_restore_is_refused_while_the_name_is_taken(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await delete(room, "gpt-5-mini")
        async with store.open(actor="bob") as other:
            await add_model(other, "GPT-5-mini", "openai-us")
        await room.press("D", "R")
        await room.wait_for_flash("ERROR a model named gpt-5-mini already exists; choose another name")
        assert room.place == "Models, deleted 1 sort: last deleted"


async def test_restore_without_a_provider_left_asks_for_one(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room:
        await delete(room, "deepseek-v3")
        async with store.open(actor="bob") as other:
            await other.providers.delete("groq")
        await room.press("D", "R")
        await room.wait_for_flash(
            "ERROR model deepseek-v3 was not saved: bob changed it meanwhile; look at it again and repeat"
        )
        assert "no lines" in " ".join(room.pane)
        await room.press("R")
        await room.wait_for("attach to deepseek-v3")
        assert room.names == ["vllm-rack2"]
        await room.press("escape")
        await room.wait_for_flash("deepseek-v3 was not restored: it needs a provider")
        await room.press("R")
        await room.wait_for("attach to deepseek-v3")
        await snap(room.pilot)
        await room.press("enter")
        await room.wait_for_flash("deepseek-v3 is back; requests go to vllm-rack2")
        assert room.cursor == "deepseek-v3 ✓ on vllm-rack2 1/1 0 ! 128k"


async def test_deleting_the_default_names_the_next_one(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open() as other:
        await room.ask("d", "Delete claude-sonnet-4-5?")
        assert "default claude-sonnet-4-5 → gpt-5" in room.question
        await room.press("y")
        await room.wait_for("is deleted; D shows it")
        assert await default_of(other) == "gpt-5"


# Going about


async def test_enter_opens_the_lines(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        assert room.names == ["1", "2", "3", "4"]
        await room.press("q")
        await room.wait_for_place("Models 7")
        assert room.cursor.startswith("gpt-5 ")


async def test_providers_and_back_keeps_cursor_filter_and_scroll(bare: SqliteStore) -> None:
    async with bare.open() as catalog:
        await add_provider(catalog, "openai-us")
        for number in range(60):
            await add_model(catalog, f"model-{number:02}", "openai-us")
    async with open_room(bare, size=NARROW) as room:
        await room.press("slash")
        await room.type("model !59")
        await room.press("enter", "pagedown", "pagedown", "up", "up")
        before = room.rows, room.cursor, room.place
        assert "model-00" not in room.names
        assert "59" in room.place
        await room.go_to_providers()
        await room.press("1")
        await room.wait_for_place("Models")
        assert (room.rows, room.cursor, room.place) == before


async def test_reload_shows_what_others_did(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-mini")
        await other.providers.update("openai-us", ProviderUpdate(enabled=False))
        await other.models.update("gpt-5-mini", ModelUpdate(name="a-mini"))
        await room.press("r")
        await room.wait_for_flash("read again; this is what the catalog holds now")
        assert room.cursor == "a-mini ✗ dark provider off -/3 0 ! 400k"


async def test_a_change_acts_on_what_is_there_now(store: SqliteStore) -> None:
    """The model was turned off by somebody else: the same key then asks with what holds now."""
    async with open_room(store) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5")
        await other.models.update("gpt-5", ModelUpdate(context_limit=1))
        await room.ask("t", "Turn gpt-5 off?")
        await room.press("y")
        await room.wait_for_flash("ERROR bob changed gpt-5 meanwhile; look again")
        await room.asked("Turn gpt-5 off?")
        await room.press("y")
        await room.wait_for_flash("gpt-5 is off: requests for it are refused; T turns it on again")
        assert (await other.models.get("gpt-5")).context_limit == 1


# Leaving


async def test_q_peels_the_filter_then_quits(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("slash")
        await room.type("gpt")
        await room.press("enter", "q")
        assert room.names == NAMES
        assert room.app.is_running
        await room.press("q")
        assert await room.wait_for_end() == 0


async def test_escape_never_quits(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("slash")
        await room.type("gpt")
        await room.press("enter", "escape")
        assert room.names == NAMES
        for _ in range(4):
            await room.press("escape")
        await room.settle()
        assert room.app.is_running
        assert room.names == NAMES


async def test_control_c_warns_then_quits(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("ctrl+c")
        assert room.flash.startswith("press ctrl+c once more to quit")
        await room.press("down")
        assert room.flash == ""
        await room.press("ctrl+c")
        assert room.flash.startswith("press ctrl+c once more to quit")
        await room.press("ctrl+c")
        assert await room.wait_for_end() == 130


async def test_a_paste_outside_a_field_changes_nothing(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.paste("dy\nq\nD")
        assert room.flash == "pasting works in fields only; nothing was changed"
        await room.settle()
        assert room.rows == LOADED
        assert room.question == []


async def test_pasting_into_the_filter_makes_one_line(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("slash")
        await room.paste("gpt-5\r\n-is:dark\n")
        await room.wait_for("gpt-5 -is:dark")
        assert room.screen.has_class("-filtering")


# Help


@BY_SIZE
async def test_help_lists_every_binding(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await room.press("question_mark")
        await room.wait_for_place("Help")
        await snap(room.pilot)
        # So high that no line is left out; what is too long for one goes on below it.
        await room.resize(size[0], 600)
        lines = [words(line[1:]) for line in room.screen.query_one(RowList).lines_as_text[1:] if line.strip()]
        said = " ".join(lines)
        assert [item for item in keys.ACTIONS if item.what not in said] == []
        assert [key for item in keys.ACTIONS for key in item.key_texts() if key not in said] == []
        assert {*keys.CONTEXTS.values(), "Filter words"} <= set(lines)
        assert lines[0] == "Models"
        await room.press("q")
        await room.wait_for_place("Models")
