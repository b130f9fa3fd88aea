"""The options of a model in its form: a field for each, checked as it is left."""

from __future__ import annotations

import re

import pytest

from modeltui import ModelRow, ModelUpdate
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.tui.driver import NARROW, Room, open_room
from tests.tui.forms import at, enter, form, go_to, note, open_form, problems, shown

SMALL = (60, 15)
PROVIDER_OPTIONS = {"reasoning": {"effort": "high"}, "tags": ["a", 1, None]}
TYPED = {
    "Max output": "8k",
    "Temperature": ".2",
    "Top P": "1",
    "Top K": "40",
    "Presence penalty": "-0.5",
    "Frequency penalty": "+2",
    "Input price": "$1.250",
    "Output price": "10",
    "Cache read price": "0",
    "Cache write price": "1e-3",
    "Provider options": '{"reasoning": {"effort": "high"}, "tags": ["a", 1, null]}',
}
SAVED = {
    "max_output_tokens": 8000,
    "temperature": 0.2,
    "top_p": 1.0,
    "top_k": 40,
    "presence_penalty": -0.5,
    "frequency_penalty": 2.0,
    "prices": {"input": "1.250", "output": "10", "cache_read": "0", "cache_write": "0.001"},
    "provider_options": PROVIDER_OPTIONS,
}
SHOWN = TYPED | {
    "Max output": "8000",
    "Temperature": "0.2",
    "Frequency penalty": "2",
    "Input price": "1.250",
    "Cache write price": "0.001",
}


async def open_edit(room: Room, name: str = "gpt-5") -> None:
    """Go to a model and press e."""
    await room.go_to_row(name)
    await open_form(room, "e", f"Models / {name} / edit")


async def saved(store: SqliteStore) -> ModelRow:
    """Read gpt-5 from the database."""
    async with store.open(actor="bob") as catalog:
        return await catalog.models.get("gpt-5")


async def test_every_option_is_saved_and_shown_again(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store) as room:
        await open_edit(room)
        for label, text in TYPED.items():
            await enter(room, label, text)
        assert note(room, "Max output") == "8,000 tokens"
        assert note(room, "Provider options") == "2 options: reasoning, tags"
        assert room.place == "Models / gpt-5 / edit 11 fields changed"
        await snap(room.pilot)
        await room.press("ctrl+s")
        await room.wait_for_flash("gpt-5 is saved: requests go to openai-us")
        assert (await saved(store)).options == SAVED
        await open_edit(room)
        assert {label: shown(room)[label] for label in TYPED} == SHOWN
        assert not form(room).dirty
        await enter(room, "Context limit", "1M")
        await room.press("ctrl+s")
        await room.wait_for_flash("gpt-5 is saved: requests go to openai-us")
    assert (await saved(store)).options == SAVED


async def test_an_emptied_option_is_gone(store: SqliteStore) -> None:
    async with store.open() as catalog:
        await catalog.models.update("gpt-5", ModelUpdate(options=SAVED))
    async with open_room(store) as room:
        await open_edit(room)
        for label in TYPED:
            if label != "Output price":
                await enter(room, label, "")
        await enter(room, "Provider options", "{}")
        await room.press("ctrl+s")
        await room.wait_for_flash("gpt-5 is saved: requests go to openai-us")
    assert (await saved(store)).options == {"prices": {"output": "10"}}


@pytest.mark.parametrize(
    ("label", "text", "problem"),
    [
        ("Max output", "0", "option max_output_tokens must be a whole number, 1 or more"),
        ("Max output", "many", "option max_output_tokens must be a whole number, 1 or more"),
        ("Temperature", "-1", "option temperature must be a number, 0 or more"),
        ("Temperature", "nan", "option temperature must be a number, 0 or more"),
        ("Temperature", "1e999", "option temperature must be a number, 0 or more"),
        ("Temperature", "0,2", "option temperature must be a number, 0 or more"),
        ("Top P", "1.1", "option top_p must be a number from 0 to 1"),
        ("Top K", "1.5", "option top_k must be a whole number, 1 or more"),
        ("Presence penalty", "2.1", "option presence_penalty must be a number from -2 to 2"),
        ("Frequency penalty", "-3", "option frequency_penalty must be a number from -2 to 2"),
        ("Input price", "free", "option prices.input must be a decimal, 0 or more"),
        ("Output price", "-1", "option prices.output must be a decimal, 0 or more"),
        ("Cache read price", "1,25", "option prices.cache_read must be a decimal, 0 or more"),
        ("Cache write price", "$", "option prices.cache_write must be a decimal, 0 or more"),
        ("Provider options", "[1]", "option provider_options must be an object"),
        ("Provider options", '{"a": NaN}', "provider_options must hold JSON values only"),
    ],
)
async def test_an_option_is_checked_when_it_is_left(store: SqliteStore, label: str, text: str, problem: str) -> None:
    async with open_room(store) as room:
        await open_edit(room)
        await enter(room, label, text)
        await room.press("tab")
        assert problems(room) == {label: problem}
        await room.press("ctrl+s")
        await room.wait_for_flash(f"ERROR not saved: {label}")
        assert at(room) == label
    assert (await saved(store)).options == {}


async def test_json_that_is_wrong_is_refused_with_its_place(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=SMALL) as room:
        await open_edit(room)
        await enter(room, "Provider options", '{"a": 1, "b" 2}')
        await room.press("tab")
        said = "the provider options are not valid JSON at line 1, column 14: expecting ':' delimiter"
        assert problems(room) == {"Provider options": said}
        await room.press("shift+tab")
        await room.wait_for("> Provider options", "':' delimiter")
        await snap(room.pilot)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
async def test_json_on_several_lines_may_be_pasted(store: SqliteStore, end: str) -> None:
    """Its line breaks go, the blanks in its texts stay, and nothing is submitted."""
    pasted = end.join(["{", '\t"a": "two  blanks",', '    "b": [', "        1", "    ]", "}", ""])
    async with open_room(store) as room:
        await open_edit(room)
        await go_to(room, "Provider options")
        await room.paste(pasted)
        assert at(room) == "Provider options"
        assert form(room).fields["provider_options"].value == '{ "a": "two  blanks", "b": [ 1 ] }'
        await room.press("ctrl+s")
        await room.wait_for_flash("gpt-5 is saved: requests go to openai-us")
    assert (await saved(store)).options == {"provider_options": {"a": "two  blanks", "b": [1]}}


async def test_options_over_the_limit_land_on_the_provider_options(store: SqliteStore) -> None:
    async with open_room(store) as room:
        await open_edit(room)
        await go_to(room, "Provider options")
        await room.paste('{"a": "' + "x" * 70_000 + '"}')
        await room.press("ctrl+s")
        await room.wait_for_flash("ERROR not saved: Provider options")
        assert problems(room) == {"Provider options": "the options have over 65536 bytes"}


@pytest.mark.parametrize("size", [SMALL, NARROW], ids=["60x15", "80x24"])
async def test_the_field_under_the_cursor_is_on_the_screen_with_its_words(
    store: SqliteStore, size: tuple[int, int]
) -> None:
    async with open_room(store, size=size) as room:
        await open_form(room, "n", "Models / new")
        for label in [field.label for field in form(room).fields.values() if field.can_be_edited]:
            await go_to(room, label)
            await room.wait_for(f"> {label}")
            assert room.pane[0].startswith(f"── {label} ")
            assert not any(re.match(r"\+[0-9]+ more", line) for line in room.pane), room.text
        await room.press("tab")
        await room.wait_for("[> Save ]")
        await room.press("tab", "tab")
        await room.wait_for("> Upstream id")
