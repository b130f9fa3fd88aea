"""The command palette: our actions, places, themes, and every model and provider, found by typing."""

from __future__ import annotations

import pytest

from modeltui.domain.families import Family
from modeltui.domain.records import Rows
from modeltui.domain.rows import KeyState, ProviderRow
from modeltui.domain.text import name_key
from modeltui.tui import keys
from modeltui.tui.commands import SHOWN, Command, Finder, Kind, actions_of, elsewhere
from modeltui.tui.widgets.palette_pane import Matches, PalettePane
from tests.services.builders import add_model, add_provider, execute
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.support.wait import screen_lines, words
from tests.tui.driver import NARROW, WIDE, Room, open_room
from tests.tui.places import Stores, open_at
from tests.tui.test_hostile_text import check
from tests.unit.rows import MOMENT, model, provider_id

SMALL = (60, 15)


def matches(room: Room) -> list[str]:
    """Return the palette's rows in words, the cursor's with its sign."""
    found = room.screen.query_one(Matches)
    return [words(line) for line in found.lines_as_text[1:] if line.strip()]


async def choose(room: Room, text: str) -> None:
    """Open the palette, type, and take the first match."""
    await room.press(":")
    await room.type(text)
    await room.press("enter")


# What it holds


async def test_it_holds_the_actions_of_the_screen_with_their_keys(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press(":")
        shown = matches(room)
        every = [key.text for key in room.screen.query_one(Matches).keys if isinstance(key, Command)]
        assert shown[0] == "> open the model's priority list enter"
        assert "edit what the cursor is on e" in shown
        assert "go to Providers 2" in shown
        for text in ("show all keys", "show every message of the session", "theme ansi-dark"):
            assert text in every
        assert every[-1] == "quit; asks if something isn't saved"


@pytest.mark.parametrize("context", ["models", "providers", "doctor", "lines", "what_if", "form"])
def test_every_action_of_a_context_can_be_found(context: str) -> None:
    """But for moving about, and what only makes sense within a field."""
    offered = {command.id for command in actions_of(context)}
    for action in keys.actions(context):
        if action.hint and not action.builtin and action.id != "palette":
            assert action.id in offered


def test_what_every_screen_has_stands_once() -> None:
    own = actions_of("models")
    ids = [command.id for command in [*own, *elsewhere(own, ("dark", "light"))]]
    assert len(ids) == len(set(ids))
    assert {"models", "providers", "doctor", "log", "help", "dark", "light", "quit"} <= set(ids)


def finder(*names: str, commands: tuple[Command, ...] = ()) -> Finder:
    """Return a finder over models of these names."""
    return Finder(commands, Rows((), tuple(model(name) for name in names)))


def test_the_exact_name_comes_first_then_beginnings_then_the_rest() -> None:
    found, more = finder("my-gpt-5", "gpt-5-mini", "GPT-5", "claude").find("gpt-5")
    assert [command.text for command in found] == ["GPT-5", "gpt-5-mini", "my-gpt-5"]
    assert more == 0


def test_commands_come_before_names_that_are_not_exact() -> None:
    delete = Command(Kind.KEY, "delete", "delete it", "d", "delete", "d", True)
    found, _ = finder("deepseek", "de", commands=(delete,)).find("de")
    assert [command.text for command in found] == ["de", "delete it", "deepseek"]


def test_a_label_is_a_name_of_a_command() -> None:
    toggle = Command(Kind.KEY, "toggle", "turn it on", "t", "on/off", "t", True)
    other = Command(Kind.KEY, "other", "say on/off twice", "o", "other", "o", True)
    found, _ = finder(commands=(other, toggle)).find("on/off")
    assert [command.id for command in found] == ["toggle", "other"]


def test_words_are_anded_in_any_order_and_any_case() -> None:
    found, _ = finder("openai-eu-5", "openai-us-5", "eu").find("EU 5")
    assert [command.text for command in found] == ["openai-eu-5"]


def test_models_and_providers_of_one_name_are_both_there() -> None:
    provider = ProviderRow(
        id=provider_id("provider"),
        family=Family.OPENAI,
        name="same",
        base_url=None,
        credential=None,
        enabled=True,
        created_at=MOMENT,
        updated_at=MOMENT,
        updated_by="alice",
        version=1,
        key=KeyState.NONE,
        bound_model_count=0,
        winning_model_count=0,
        alone_model_count=0,
    )
    rows = Rows((provider,), (model("same"),))
    found, _ = Finder((), rows).find("same")
    assert [(command.text, command.note) for command in found] == [("same", "model"), ("same", "provider")]


def test_ten_thousand_names_show_the_first_and_count_the_rest() -> None:
    found, more = finder(*(f"model-{number:05}" for number in range(10_000))).find("model")
    assert len(found) == SHOWN
    assert more == 10_000 - SHOWN


# Opening and closing


async def test_escape_closes_and_gives_the_focus_back(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-5")
        pane = room.pane
        for way in ("escape", "ctrl+p"):
            await room.press(":")
            await room.type("gpt-4")
            await room.press(way)
            assert not room.screen.choosing
            assert room.pane == pane
            assert room.cursor.startswith("gpt-5 ")
            await room.press("down")
            assert room.cursor.startswith("gpt-5-mini")
            await room.press("up")


async def test_keys_are_its_own_while_it_is_open(store: SqliteStore) -> None:
    async with open_room(store) as room:
        before = room.rows
        await room.press("ctrl+p")
        await room.type("tdn*/q?")
        assert room.screen.choosing
        assert room.rows == before
        assert words(screen_lines(room.app)[-1]) == "enter do it down move esc back"
        await room.press("ctrl+s", "pagedown", "escape")
        assert not room.screen.asking


async def test_what_is_typed_at_once_goes_into_it(store: SqliteStore) -> None:
    """As a macro or a slow line sends it."""
    async with open_room(store) as room:
        await room.send("colon", *"qwen", "enter", "e")
        await room.wait_for_place("Models / qwen3-coder / edit")


async def test_a_paste_goes_into_its_line(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press(":")
        await room.paste("qwen3\n")
        assert matches(room) == ["> qwen3-coder model"]


async def test_nothing_found_says_so_and_enter_does_nothing(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await choose(room, "[/]nothing")
        assert room.screen.choosing
        lines = room.screen.query_one(Matches).lines_as_text
        assert [words(line) for line in lines if line.strip()] == ["Nothing here is called [/]nothing", "esc closes."]


async def test_while_a_filter_is_typed(store: SqliteStore) -> None:
    """The filter's line gets the focus back, with what was typed in it."""
    async with open_room(store) as room:
        await room.press("/")
        await room.type("gpt-5")
        await room.press("ctrl+p")
        await room.type("claude")
        await room.press("escape")
        await room.type("-n")
        assert room.names == ["gpt-5-nano"]
        await room.press("ctrl+p")
        await room.type("add a new one")
        await room.press("enter")
        await room.wait_for_place("Models / new")


async def test_it_stays_closed_while_something_is_asked(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-5")
        await room.ask("t", "Turn gpt-5 off?")
        await room.press(":", "ctrl+p")
        assert not room.screen.choosing
        assert room.question[0] == "Turn gpt-5 off?"


async def test_where_nothing_fits_it_stays_closed(store: SqliteStore) -> None:
    async with open_room(store, size=(50, 12)) as room:
        await room.press(":")
        assert not room.screen.choosing
        await room.resize(80, 24)
        await room.press("down")
        assert room.cursor.startswith("gpt-4.1")


# Running actions


async def test_an_action_runs_as_its_key_would(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-5")
        await choose(room, "on/off")
        await room.asked("Turn gpt-5 off?")
        await room.press("escape")
        await room.settle()
        await choose(room, "priority list")
        await room.wait_for_place("Models / gpt-5 / lines")


async def test_a_refused_action_says_why(store: SqliteStore) -> None:
    async with open_room(store, read_only=True) as room:
        await choose(room, "delete")
        await room.settle()
        assert room.flash.startswith("ERROR delete is refused, the catalog is read-only")


async def test_the_line_under_the_cursor_is_moved(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await choose(room, "move the line down")
        await room.wait_for_flash("openai-eu moved from 1 to 2")


async def test_in_a_form_ctrl_p_opens_it_and_the_field_stays(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-5")
        await room.press("e")
        await room.wait_for_place("Models / gpt-5 / edit")
        await room.type("x:?")
        await room.press("ctrl+p")
        assert matches(room)[0] == "> save ctrl+s"
        await room.type("show all keys")
        await room.press("enter")
        await room.wait_for_place("Help Forms first")
        await room.press("q")
        await room.wait_for_place("Models / gpt-5 / edit 1 field changed")
        await room.wait_for("Upstream id gpt-5x:?")
        await room.press("ctrl+p")
        await room.type("save")
        await room.press("enter")
        await room.asked("Save gpt-5?")
        await room.press("y")
        await room.wait_for_place("Models 7")


async def test_a_theme_is_drawn_at_once(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await choose(room, "theme light")
        await room.wait_until(lambda: room.app.theme == "textual-light", "the light theme")
        assert room.cursor.startswith("* claude-sonnet-4-5")


# Going elsewhere


async def test_jumps_to_a_model_and_to_a_provider(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await choose(room, "qwen3-coder")
        await room.settle()
        assert room.cursor.startswith("qwen3-coder")
        await choose(room, "vllm-rack2")
        await room.wait_for_place("Providers")
        await room.settle()
        assert room.cursor.startswith("vllm-rack2")
        await choose(room, "GPT-5")
        await room.wait_for_place("Models")
        await room.settle()
        assert room.cursor.startswith("gpt-5 ")


@pytest.mark.parametrize("context", ["lines", "what_if", "doctor", "form"])
async def test_jumps_from_every_screen_over_a_view(context: str, store: SqliteStore, bare: SqliteStore) -> None:
    """The screen that the palette stood on closes; nothing of it may be asked for then."""
    async with open_at(context, Stores(store, bare)) as room:
        if context == "doctor":
            await room.press("enter")
            await room.settle()
        await room.press("ctrl+p")
        await room.type("qwen3-coder")
        await room.press("enter")
        await room.wait_for_place("Models")
        await room.settle()
        assert room.cursor.startswith("qwen3-coder")
        assert not room.screen.query(PalettePane)


async def test_a_filter_that_hides_the_row_is_dropped_and_it_says_so(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("/")
        await room.type("claude")
        await room.press("enter")
        assert len(room.rows) == 1
        await choose(room, "qwen3-coder")
        await room.wait_for_flash("the filter is dropped: it hid qwen3-coder")
        assert room.cursor.startswith("qwen3-coder")


async def test_a_filter_that_shows_the_row_stays(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("/")
        await room.type("gpt")
        await room.press("enter")
        await choose(room, "gpt-5-mini")
        await room.settle()
        assert room.cursor.startswith("gpt-5-mini")
        assert "filter: gpt" in room.place


async def test_from_the_deleted_models_it_goes_to_the_live_one(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press("D")
        await room.wait_for_place("Models, deleted")
        await choose(room, "gpt-5-nano")
        await room.wait_for_place("Models 7")
        assert room.cursor.startswith("gpt-5-nano")


async def test_a_row_that_is_gone_meanwhile(store: SqliteStore) -> None:
    async with open_room(store) as room, store.open(actor="bob") as other:
        await room.press(":")
        await room.type("gpt-5-nano")
        await other.models.delete("gpt-5-nano")
        await room.app.session.reload()
        await room.press("enter")
        await room.wait_for_flash("ERROR gpt-5-nano isn't there any more")


async def test_from_an_editor_with_a_draft_it_asks_first(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("J")
        await choose(room, "groq")
        await room.asked("Leave with a draft?")
        await room.press("enter")
        await room.settle()
        assert room.place.startswith("Models / gpt-5 / lines draft: 1 change")
        await choose(room, "go to Providers")
        await room.asked("Leave with a draft?")
        await room.press("d")
        await room.wait_for_place("Providers")


async def test_from_a_changed_form_it_asks_first(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.go_to_row("gpt-5")
        await room.press("e")
        await room.wait_for_place("Models / gpt-5 / edit")
        await room.type("x")
        await room.press("ctrl+p")
        await room.type("groq")
        await room.press("enter")
        await room.asked("Leave without saving gpt-5?")
        await room.press("enter")
        await room.settle()
        assert room.place.startswith("Models / gpt-5 / edit 1 field changed")


async def test_quit_asks_while_a_draft_is_open(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.open_lines("gpt-5")
        await room.press("J")
        await choose(room, "quit; asks")
        await room.asked("Leave with a draft?")
        await room.press("escape")
        await room.settle()
        assert room.app.is_running
        await choose(room, "quit; asks")
        await room.asked("Leave with a draft?")
        await room.press("d")
        assert await room.wait_for_end() == 0


async def test_ctrl_q_closes_it_and_quits(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.press(":", "ctrl+q")
        assert await room.wait_for_end() == 0


# Hostile names, sizes, bytes


@pytest.mark.parametrize(
    ("name", "typed"),
    [("[/] [red]x [@click=app.quit]y[/]", "[/]"), ("zz\x1b[31mb\x9b2J\u202ec\rd", "zz"), ("模型" * 40, "模型")],
    ids=["markup", "steering", "wide"],
)
async def test_hostile_names_are_literal(bare: SqliteStore, name: str, typed: str) -> None:
    async with bare.open() as catalog:
        await add_provider(catalog, "plain")
        await add_model(catalog, "m", "plain")
        await execute(catalog, "UPDATE model_config SET name = :name, name_key = :key", name=name, key=name_key(name))
    async with open_room(bare, size=NARROW) as room:
        await room.press("/")
        await room.type("nothing")
        await room.press("enter")
        await choose(room, typed)
        check(room)
        await room.settle()
        check(room)
        assert room.flash.startswith("the filter is dropped: it hid")
        await room.press(":")
        await room.type(typed)
        check(room)


@pytest.mark.parametrize("size", [WIDE, NARROW, SMALL], ids=["120x40", "80x24", "60x15"])
async def test_how_it_looks(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await room.go_to_row("gpt-5")
        await room.press(":")
        await room.type("gpt")
        assert matches(room)[:2] == ["> gpt-4.1 model", "gpt-5 model"]
        assert room.cursor.startswith("gpt-5 ")
        await snap(room.pilot)


async def test_how_it_looks_before_typing(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.press(":")
        assert len(matches(room)) == 9
        await snap(room.pilot)


async def test_no_two_panes_stay(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await room.send(":", "escape", ":", "escape", ":", "escape")
        assert not room.screen.query(PalettePane)
