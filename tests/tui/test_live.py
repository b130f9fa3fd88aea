"""The screens follow what others do: by row, nothing moves, nothing that is edited changes; also after a loss."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from bench.catalog import build, environment, model_name

from modeltui import Catalog, EnvKey, Family, ModelUpdate, ProviderUpdate, open_catalog
from modeltui.settings import load_settings
from modeltui.tui.control_room import ControlRoom
from modeltui.tui.session import Phase, Session
from tests.services.builders import add_model, add_provider, switch
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, Room, open_room
from tests.tui.live import followed
from tests.tui.test_marks import mark, marked


@pytest.fixture(autouse=True)
def others_unheard() -> None:
    """Let the feed look all the time."""


# Everything that others do

CHANGES: dict[str, tuple[Callable[[Catalog], Awaitable[Any]], list[str]]] = {
    "changed": (
        lambda c: c.models.update("gpt-5-nano", ModelUpdate(context_limit=8_000)),
        ["gpt-5-nano ✓ on openai-us 1/2 1 8k"],
    ),
    "renamed": (
        lambda c: c.models.update("gpt-5-nano", ModelUpdate(name="a-nano")),
        ["Models 7", "a-nano ✓ on openai-us"],
    ),
    "turned off": (
        lambda c: c.models.update("gpt-5-nano", ModelUpdate(enabled=False)),
        ["2 off", "gpt-5-nano - off (openai-us)"],
    ),
    "deleted": (lambda c: c.models.delete("gpt-5-nano"), ["Models 6"]),
    "added": (lambda c: add_model(c, "gpt-6", "openai-apac"), ["Models 8", "gpt-6 ✓ on openai-apac 1/1 0 !"]),
    "restored": (lambda c: _deleted_and_restored(c), ["Models 7", "gpt-5-nano ✓ on"]),
    "its line moved": (
        lambda c: c.models.move("gpt-5-nano", "openai-apac", 0),
        ["gpt-5-nano ✓ on openai-apac 1/2 1 400k"],
    ),
    "its provider off": (lambda c: switch(c, "openai-us", on=False), ["gpt-5-nano ! fallback openai-apac 2/2 0 !"]),
    "its provider renamed": (
        lambda c: c.providers.update("openai-us", ProviderUpdate(name="openai-usa")),
        ["gpt-5-nano ✓ on openai-usa 1/2"],
    ),
    "made the default": (lambda c: c.models.set_default("gpt-5-nano"), ["* gpt-5-nano ✓ on"]),
}


async def _deleted_and_restored(catalog: Catalog) -> None:
    await catalog.models.delete("gpt-5-nano")
    await catalog.models.restore("gpt-5-nano")


@pytest.mark.parametrize(("change", "shown"), CHANGES.values(), ids=CHANGES)
async def test_what_others_do_appears_by_itself(
    store: SqliteStore, change: Callable[[Catalog], Awaitable[Any]], shown: list[str]
) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-mini")
        await mark(room, "gpt-5")
        await room.go_to_row("gpt-5-mini")
        await change(other)
        await room.wait_for(*shown)
        assert room.cursor.startswith("gpt-5-mini")
        assert marked(room) == ["gpt-5"]
        assert room.flash == "1 marked: t d a x s y act on gpt-5"
        async with open_room(store, size=NARROW) as fresh:
            await followed(room)
            assert [row.lstrip(">+ ") for row in room.rows] == [row.lstrip("> ") for row in fresh.rows]


async def test_cursor_marks_and_scroll_stay_with_their_rows(tmp_path: Path) -> None:
    """Fifty models are put before those in view, and some that were there go: not a line of the rest moves."""
    await build(tmp_path, 120)
    environ = environment(tmp_path)
    url = environ["MODELTUI_DATABASE_URL"]
    app = ControlRoom(Session(load_settings({"theme": "dark"}, environ), environ, "alice"))
    async with app.run_test(size=NARROW) as pilot, open_catalog(url, environ=environ, actor="bob") as other:
        room = Room(app, pilot)
        await room.wait_until(lambda: app.session.phase is Phase.READY, "the catalog read")
        await room.press("pagedown", "pagedown", "pagedown", "down", "space", "down", "down")
        shown, cursor = room.names, room.cursor
        lines = app.models_screen.rows.lines_as_text
        for number in range(50):
            await add_model(other, f"a-{number:02}", "provider-000")
        for number in range(5):
            await other.models.delete(model_name(number))
        await room.wait_for("Models 165")
        await followed(room)
        assert room.names == shown
        assert room.cursor == cursor
        assert app.models_screen.rows.lines_as_text == lines
        assert len(marked(room)) == 1


async def test_the_filter_holds_for_what_others_do(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.press("/")
        await room.type("is:dark")
        await room.press("enter")
        assert room.names == ["deepseek-v3"]
        await switch(other, "vllm-rack2", on=False)
        await room.wait_for("qwen3-coder ✗ dark")
        assert room.names == ["deepseek-v3", "qwen3-coder"]
        assert room.cursor.startswith("deepseek-v3")
        await switch(other, "vllm-rack2", on=True)
        await room.wait_for("Models 1 of 7")
        assert room.names == ["deepseek-v3"]


async def test_providers_their_counts_and_the_pane(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await switch(other, "openai-us", on=False)
        await room.wait_for("openai-us openai - off")
        await room.wait_for("Providers 7 2 off")
        assert "turning it on" in "\n".join(room.pane)
        await add_provider(other, "openai-zurich")
        await room.wait_for("openai-zurich openai ✓ on")
        assert room.cursor.startswith("openai-us")
        await snap(room.pilot)


async def test_the_pane_follows_the_lines_of_its_model(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5-nano")
        await other.models.move("gpt-5-nano", "openai-apac", 0)
        await room.wait_for("gpt-5-nano openai requests go to openai-apac")
        assert room.pane[2] == "1 openai-apac ✓ on ✓ env KEY wins as nano-apac"


async def test_deleted_models(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.press("D")
        await room.wait_for("No deleted models.")
        await other.models.delete("gpt-5-nano")
        await room.wait_for("Models, deleted 1")
        assert room.names == ["gpt-5-nano"]
        await other.models.restore("gpt-5-nano")
        await room.wait_for("No deleted models.")
        assert room.flash == "gpt-5-nano was restored elsewhere"


async def test_doctor(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.press("3")
        await room.wait_for_place("Doctor")
        before = room.rows
        await switch(other, "vllm-rack2", on=False)
        await room.wait_for("dark 2 models")
        await switch(other, "vllm-rack2", on=True)
        await room.wait_until(lambda: room.rows == before, "what it was")


async def test_what_if(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.press("w")
        await room.wait_for_place("Providers / what if")
        assert not any("gpt-6" in row for row in room.rows)
        await add_model(other, "gpt-6", "openai-us")
        await room.wait_for("gpt-6")
        assert room.cursor == "- down openai-us wins 4 of 5"


# What is being edited


async def test_a_draft_says_so_and_nothing_of_it_moves(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("J")
        before, cursor = room.rows, room.cursor
        await other.models.move("gpt-5", "openai-apac", 0)
        await room.wait_for_place("Models / gpt-5 / lines changed elsewhere draft: 1")
        assert room.rows == before
        assert room.cursor == cursor
        # What is saved now is neither what this draft began with nor what it would make of it.
        assert room.pane[1:] == [
            "now openai-apac, then openai-us, then dark",
            "if saved openai-us, then openai-apac, then dark",
        ]
        await snap(room.pilot)
        await other.models.delete("gpt-5")
        await room.wait_for_place("Models / gpt-5 / lines deleted elsewhere draft: 1")
        assert room.rows == before
        assert room.pane[1:] == ["now deleted: requests are refused"]


async def test_a_draft_is_judged_by_what_the_providers_are_now(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("J")
        await switch(other, "openai-us", on=False)
        await room.wait_for("openai-us - off ✓ stored")
        await room.wait_for("openai-apac ✓ on ✓ env KEY wins")
        assert room.place.endswith("lines draft: 1 change")


async def test_a_draft_goes_by_what_its_model_is_called_now(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("J")
        await other.models.update("gpt-5", ModelUpdate(name="gpt-five", model="gpt-5-2026"))
        await room.wait_for_place("Models / gpt-five / lines draft: 1 change")


async def test_a_list_without_a_draft_follows(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("3")
        assert room.cursor.startswith("3 3 openai-apac")
        await other.models.move("gpt-5", "openai-apac", 0)
        await room.wait_for("1 1 openai-apac")
        assert room.cursor.startswith("1 1 openai-apac")
        assert room.place == "Models / gpt-5 / lines no changes"


async def test_the_line_under_the_cursor_is_detached(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.press("2")
        assert room.cursor.startswith("2 2 openai-us")
        await other.models.detach("gpt-5", "openai-us")
        await room.wait_for_flash("openai-us was detached elsewhere; the cursor is on openai-apac")
        assert room.cursor.startswith("2 2 openai-apac")


async def test_a_list_stays_while_a_place_in_it_is_typed(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        before = room.rows
        await room.ask("m", "move openai-eu to")
        await other.models.move("gpt-5", "openai-batch", 0)
        await room.wait_for_place("Models / gpt-5 / lines changed elsewhere no changes")
        assert room.rows == before
        await room.press("escape")
        await room.wait_for("1 1 openai-batch")
        assert room.place == "Models / gpt-5 / lines no changes"


async def test_a_place_that_is_typed_is_one_in_the_list_that_was_seen(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.open_lines("gpt-5")
        await room.ask("m", "move openai-eu to")
        await other.models.move("gpt-5", "openai-batch", 0)
        await room.wait_for_place("Models / gpt-5 / lines changed elsewhere")
        await room.press("2", "enter")
        await room.wait_for_flash("openai-eu moved from 1 to 2")
        assert room.place == "Models / gpt-5 / lines changed elsewhere draft: 1 change"
        assert room.names[:2] == ["1", "2"]
        assert room.rows[0].startswith("1 2 openai-us")


async def test_a_form_says_so_and_keeps_what_is_typed(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5")
        await room.press("e")
        await room.wait_for_place("Models / gpt-5 / edit")
        await room.type("x")
        shown = room.words[2:]
        await other.models.update("gpt-5", ModelUpdate(context_limit=9))
        await room.wait_for("changed elsewhere 1 field changed")
        assert room.words[2:] == shown
        await snap(room.pilot)
        await other.models.delete("gpt-5")
        await room.wait_for("deleted elsewhere 1 field changed")
        assert room.words[2:] == shown


async def test_a_provider_form_too(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_providers()
        await room.go_to_row("openai-us")
        await room.press("e")
        await room.wait_for_place("Providers / openai-us / edit")
        await other.providers.update("openai-us", ProviderUpdate(base_url="https://us.example/v1"))
        await room.wait_for("changed elsewhere nothing changed")


async def test_what_does_not_touch_the_form_is_not_told_there(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await room.go_to_row("gpt-5")
        await room.press("e")
        await room.wait_for_place("Models / gpt-5 / edit")
        await other.models.move("gpt-5", "openai-batch", 0)
        await followed(room)
        assert room.place == "Models / gpt-5 / edit nothing changed"


# The connection


@pytest.mark.usefixtures("nothing_is_just_now")
async def test_lost_and_back(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("gpt-5-nano")
        kept = store.path.with_suffix(".kept")
        store.path.rename(kept)
        await room.wait_until(lambda: "not connected, since " in room.top, "that it is lost")
        assert len(room.rows) == 7
        assert room.cursor.startswith("gpt-5-nano")
        await room.press("j", "k", "/")
        await room.type("nano")
        await room.press("enter")
        assert room.names == ["gpt-5-nano"]
        await room.press("q", "?")
        await room.wait_for_place("Help")
        assert "not connected, since " in room.top
        await room.press("q")
        await room.wait_for_place("Models 7")
        await snap(room.pilot)
        assert [message.error for message in room.app.session.log] == [True]
        kept.rename(store.path)
        async with store.open(actor="bob") as other:
            await other.models.update("gpt-5-nano", ModelUpdate(context_limit=5_000))
        await room.wait_until(lambda: "not connected" not in room.top, "that it is back")
        assert room.flash == "connected again; this is what the catalog holds now"
        await room.wait_for("gpt-5-nano ✓ on openai-us 1/2 1 5k")
        assert room.cursor.startswith("gpt-5-nano")
        await followed(room)
        said = [message.text for message in room.app.session.log if message.text.startswith("connected again")]
        assert len(said) == 1


async def test_a_draft_survives_a_lost_connection(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.open_lines("gpt-5")
        await room.press("J")
        before = room.rows
        kept = store.path.with_suffix(".kept")
        store.path.rename(kept)
        await room.wait_until(lambda: "not connected, since " in room.top, "that it is lost")
        await room.press("J", "u")
        assert room.rows == before
        kept.rename(store.path)
        await room.wait_until(lambda: "not connected" not in room.top, "that it is back")
        assert room.rows == before
        assert room.place == "Models / gpt-5 / lines draft: 1 change"


@pytest.mark.usefixtures("looks_often", "looks_when_told")
async def test_what_did_not_answer_once_is_tried_again(store: SqliteStore) -> None:
    """No change has to come first, nor a key."""
    async with open_room(store, size=NARROW) as room:
        kept = store.path.with_suffix(".kept")
        store.path.rename(kept)
        await room.press("r")
        await room.wait_until(lambda: room.flash.startswith("ERROR the database file"), "that it is lost")
        assert "not connected, since " in room.top
        kept.rename(store.path)
        # An error stays until the next key, but not when it is no longer true.
        await room.wait_for_flash("connected again; this is what the catalog holds now")
        assert "not connected" not in room.top
        # Nor does that.
        store.path.rename(kept)
        await room.wait_until(lambda: "not connected, since " in room.top, "that it is lost once more")
        assert room.flash == ""


@pytest.mark.usefixtures("looks_often", "looks_when_told")
async def test_that_a_change_failed_stands_until_the_next_key(store: SqliteStore) -> None:
    """Whoever looks away must not come back to a word that sounds as if all had gone well."""
    async with open_room(store, size=NARROW) as room:
        await room.go_to_row("gpt-4.1")
        kept = store.path.with_suffix(".kept")
        store.path.rename(kept)
        await room.press("t")
        await room.wait_until(lambda: room.flash.startswith("ERROR the database file"), "that it failed")
        assert "r tries again" not in room.flash
        await room.wait_until(lambda: "not connected, since " in room.top, "that it is lost")
        kept.rename(store.path)
        await room.wait_until(lambda: "not connected" not in room.top, "that it is back")
        await followed(room)
        assert room.flash.startswith("ERROR the database file")
        assert [message.text for message in room.app.session.log][-1].startswith("connected again")
        assert room.cursor.startswith("gpt-4.1 - off")


async def test_another_database_in_its_place(store: SqliteStore, bare_file: Path, tmp_path: Path) -> None:
    """As when a backup is restored."""
    backup = SqliteStore(tmp_path / "backup.db")
    shutil.copyfile(bare_file, backup.path)
    async with backup.open() as catalog:
        await add_provider(catalog, "only", family=Family.OPENAI, credential=EnvKey("KEY"))
        await add_model(catalog, "alone", "only")
    async with open_room(store, size=NARROW) as room:
        backup.path.replace(store.path)
        await room.wait_for("Models 1")
        assert room.names == ["alone"]
