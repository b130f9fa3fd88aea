"""Text from the database is neither markup nor bytes that steer the terminal, on any screen."""

from __future__ import annotations

import unicodedata

import pytest

from modeltui import ModelUpdate
from modeltui.domain.text import is_forbidden, name_key
from modeltui.tui.presentation.text import FIELD_LIMIT
from modeltui.tui.widgets.question import QuestionPane
from tests.services.builders import add_model, add_provider, execute
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.support.wait import screen_lines
from tests.tui import forms
from tests.tui.driver import NARROW, WIDE, Room, open_room

MARKUP = ["[/]", "[red]x", "[@click=app.quit]x[/]", "$name", "{0}%s", "\\[b]x"]
STEERING = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b[2J\x1b[H",
    "\x1bc",
    "\x1b[?1049l",
    "\x9b31mC1",
    "a\rb\nc\td\x08\x7f",
    "\x01\x02\x1f",
    "gpt\u202e5-live\u202c",
    "\u2066iso\u2069late",
    "zero\u200bwidth\ufeff",
    "l\u2028s\u2029p",
]
SHAPES = [
    "x" * 300,
    "模型" * 40,
    "ab模",
    "مرحبا نموذج",
    "e" + "\u0301" * 60,
    "é",
    "👩\u200d👩\u200d👧 family",
    " lead and trail ",
]
HOSTILE = [*MARKUP, *STEERING, *SHAPES]
WALKED = {
    "markup": "[/] [red]x [@click=app.quit]y[/] {0}",
    "steering": " ".join(STEERING),
    "long": "x" * 300,
    "wide": "模型" * 40,
    "right-to-left": "مرحبا\u202e نموذج" + "e" + "\u0301" * 60,
}


async def hostile(store: SqliteStore, name: str) -> None:
    """Write a name into every column that holds text, behind the services' back; two lines, so that it can be moved."""
    async with store.open() as catalog:
        await add_provider(catalog, "first")
        await add_provider(catalog, "second")
        await add_provider(catalog, "third")
        await add_model(catalog, "model", "first", "second")
        await add_model(catalog, "other", "second", "first")
        await execute(
            catalog,
            "UPDATE provider_config SET name = :name, name_key = :key, base_url = :name, updated_by = :name"
            " WHERE name = 'first'",
            name=name,
            key=name_key(name),
        )
        await execute(
            catalog,
            "UPDATE provider_config SET name = :third, name_key = :third, credential_reference = :name"
            " WHERE name = 'third'",
            name=name,
            third=f"3{name}",
        )
        await execute(
            catalog,
            "UPDATE model_config SET name = :name, name_key = :key, model = :name, updated_by = :name"
            " WHERE name = 'model'",
            name=name,
            key=name_key(name),
        )
        await execute(catalog, "UPDATE attachment SET upstream_model = :name", name=name)


def check(room: Room) -> None:
    """Nothing on the screen steers the terminal, and every line fills the width exactly."""
    strips = room.app.screen._compositor.render_strips()
    for strip in strips:
        assert strip.cell_length == room.app.size.width
        for segment in strip:
            assert segment.control is None
            assert not any(is_forbidden(character) for character in segment.text), repr(segment.text)
            assert segment.style is None or not segment.style.meta.get("@click")


async def answered(room: Room) -> None:
    """Wait until the screen says something, or asks and takes keys."""
    await room.wait_until(
        lambda: room.screen.query_one(QuestionPane).armed if room.screen.asking else room.flash, "an answer"
    )


def shown(name: str) -> str:
    """The name as it should be readable, up to where a narrow column may cut it."""
    clean = unicodedata.normalize("NFC", name.replace("\n", " ").replace("\t", " "))
    return "".join("\ufffd" if is_forbidden(character) else character for character in clean).strip()[:8].rstrip()


@pytest.mark.parametrize("name", WALKED.values(), ids=WALKED)
async def test_on_every_screen(bare: SqliteStore, name: str) -> None:
    await hostile(bare, name)
    async with open_room(bare, size=NARROW, label=None) as room, bare.open(actor="bob") as other:
        model = next(row for row in await other.models.list() if row.name != "other")

        def visible() -> bool:
            return any(shown(name) in line for line in screen_lines(room.app))

        async def stands(place: str) -> None:
            await room.wait_for_place(place)
            check(room)

        # Models, with questions and messages that name it
        await stands("Models 2")
        # In the order of the names; the row is found by its id.
        room.screen.rows.move_cursor(model.id)  # type: ignore[attr-defined]
        await room.pass_messages()
        check(room)
        assert visible()
        await room.press("d")
        await answered(room)
        check(room)
        assert visible()
        await room.press("escape")
        await room.settle()
        await room.press("asterisk")
        await answered(room)
        check(room)
        await room.press("escape")
        await room.settle()
        # The editor, its prompt, the picker and the conflict
        await room.press("enter")
        await room.wait_until(lambda: room.screen.context == "lines", "the editor")
        check(room)
        assert visible()
        await room.press("J")
        check(room)
        await room.press("o")
        await answered(room)
        check(room)
        await room.press("escape")
        await room.settle()
        await room.press("a")
        await stands("attach to")
        await room.press("space")
        check(room)
        await room.press("escape")
        await room.settle()
        await other.models.update(
            model.id, ModelUpdate(provider_config_ids=[model.provider_configs[0].provider_config_id])
        )
        await room.press("s")
        await room.wait_until(lambda: room.screen.context == "conflict", "the conflict")
        check(room)
        await room.press("R")
        await room.wait_until(lambda: room.screen.context == "lines", "the editor again")
        check(room)
        await room.press("question_mark")
        await stands("Help")
        await room.press("q")
        await room.wait_until(lambda: room.screen.context == "lines", "the editor again")
        await room.press("q")
        await room.settle()
        # Providers, turning it off, and deleting it by name
        await room.press("2")
        await stands("Providers")
        for _ in range(3):
            check(room)
            await room.press("t")
            await answered(room)
            check(room)
            await room.press("escape")
            await room.settle()
            await room.press("d")
            await answered(room)
            check(room)
            await room.press("tab", "escape")
            await room.settle()
            await room.press("down")
        await room.press("enter")
        await stands("Models")
        await room.press("e")
        await room.wait_until(lambda: room.screen.context == "form", "the form")
        check(room)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
async def test_all_at_once(bare: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    """Columns stay columns, whatever stands in them."""
    async with bare.open() as catalog:
        await add_provider(catalog, "plain")
        for place, name in enumerate(HOSTILE):
            if name_key(name) != name_key(name.strip()) or len(name) > 200:
                continue
            await add_model(catalog, f"m{place}", "plain")
            await execute(
                catalog,
                "UPDATE model_config SET name = :name, name_key = :key WHERE name = :old",
                name=name,
                key=name_key(name),
                old=f"m{place}",
            )
    async with open_room(bare, size=size) as room:
        check(room)
        assert [row.split("✓")[0].strip("> *") for row in room.rows if "[red]x" in row] == ["[red]x"]
        await snap(room.pilot)


async def test_a_paste_that_no_field_could_hold_is_refused_and_what_was_typed_stays(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await room.press("slash")
        await room.type("gpt")
        await room.paste("x" * (FIELD_LIMIT + 1))
        assert room.place == "nothing was pasted: a field holds at most 100,000 characters"
        await room.type("-4")
        assert room.names == ["gpt-4.1"]
        await room.press("enter", "e")
        await room.wait_for_place("Models / gpt-4.1 / edit")
        await room.type("x")
        await room.paste("x" * FIELD_LIMIT)
        assert room.flash == "ERROR nothing was pasted: a field holds at most 100,000 characters"
        assert forms.shown(room)["Upstream id"] == "gpt-4.1x"
