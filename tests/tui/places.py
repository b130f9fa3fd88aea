"""A way to every context of the registry of keys, for tests of what holds on all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeAlias

from modeltui import Catalog, ModelUpdate
from modeltui.tui import keys
from tests.services.stores import SqliteStore
from tests.tui.driver import NARROW, Room, open_room
from tests.tui.forms import go_to

Way: TypeAlias = Callable[[Room, Catalog], Awaitable[None]]

# What belongs to every text field, and to every program in a terminal.
NO_PLACES = {"text", "anywhere"}
OFFERED = {"OPENAI_API_KEY": "sk-openai", "GEMINI_API_KEY": "gemini"}


class Stores(NamedTuple):
    """The catalog with a model in every state, and an empty one, where the environment offers providers."""

    filled: SqliteStore
    empty: SqliteStore


async def to_models(room: Room, other: Catalog) -> None:
    """Where one is at first."""
    await room.go_to_row("gpt-5")


async def to_providers(room: Room, other: Catalog) -> None:
    """Providers, on one that serves several models."""
    await room.go_to_providers()
    await room.go_to_row("openai-us")


async def to_doctor(room: Room, other: Catalog) -> None:
    """The causes."""
    await room.press("3")
    await room.wait_for_place("Doctor")


async def to_what_if(room: Room, other: Catalog) -> None:
    """One provider taken as down."""
    await to_providers(room, other)
    await room.press("w")
    await room.wait_for_place("Providers / what if")


async def to_lines(room: Room, other: Catalog) -> None:
    """The editor, without a draft."""
    await room.open_lines("gpt-5")


async def to_draft(room: Room, other: Catalog) -> None:
    """The editor with a line moved, one detached and one with an id of its own."""
    await to_lines(room, other)
    await room.press("J", "G", "x", "g", "o")
    await room.type("gpt-5-us")
    await room.press("enter")
    await room.wait_for_flash("openai-us is asked for gpt-5-us")


async def to_conflict(room: Room, other: Catalog) -> None:
    """A list that somebody else has saved meanwhile."""
    await to_lines(room, other)
    await room.press("J")
    await other.models.update("gpt-5", ModelUpdate(provider_config_ids=["openai-batch", "openai-us", "openai-eu"]))
    await room.press("s")
    await room.wait_for_place("Models / gpt-5 / conflict")


async def to_form(room: Room, other: Catalog) -> None:
    """The form of a provider."""
    await to_providers(room, other)
    await room.press("e")
    await room.wait_for_place("Providers / openai-us / edit")


async def to_form_lines(room: Room, other: Catalog) -> None:
    """The list in the form of a new model."""
    await room.press("n")
    await room.wait_for_place("Models / new")
    await go_to(room, "Lines")


async def to_offers(room: Room, other: Catalog) -> None:
    """What the environment offers where there are no providers."""
    await room.go_to_providers()


async def to_picker(room: Room, other: Catalog) -> None:
    """Providers to attach."""
    await room.open_lines("gpt-5-nano")
    await room.press("a")
    await room.wait_for_place("attach to")


async def to_question(room: Room, other: Catalog) -> None:
    """Asked before harm."""
    await to_providers(room, other)
    await room.ask("t", "Turn openai-us off?")


async def to_filter(room: Room, other: Catalog) -> None:
    """A filter that is being typed."""
    await room.press("slash")
    await room.type("gpt")


async def to_palette(room: Room, other: Catalog) -> None:
    """The palette, with some of a name typed."""
    await room.press("colon")
    await room.type("gpt")


async def to_help(room: Room, other: Catalog) -> None:
    """All keys."""
    await room.press("question_mark")
    await room.wait_for_place("Help")


async def to_log(room: Room, other: Catalog) -> None:
    """Every message, of which there is one."""
    await room.press("escape", "exclamation_mark")
    await room.wait_for_place("Log")


async def to_copied(room: Room, other: Catalog) -> None:
    """A copied text that is longer than the pane."""
    await room.go_to_row("gpt-5")
    await room.press("V", "y")
    await room.wait_until(lambda: room.screen.asking, "the question")
    await room.press("j")
    await room.wait_for_place("Copied")


WAYS: dict[str, Way] = {
    "models": to_models,
    "providers": to_providers,
    "doctor": to_doctor,
    "what_if": to_what_if,
    "lines": to_lines,
    "conflict": to_conflict,
    "form": to_form,
    "form_lines": to_form_lines,
    "offers": to_offers,
    "picker": to_picker,
    "question": to_question,
    "filter": to_filter,
    "palette": to_palette,
    "help": to_help,
    "log": to_log,
    "copied": to_copied,
}
assert set(WAYS) == set(keys.CONTEXTS) - NO_PLACES, "a context without a way to it"


@asynccontextmanager
async def open_at(
    context: str, stores: Stores, *, size: tuple[int, int] = NARROW, **changes: Any
) -> AsyncIterator[Room]:
    """Open the screens and go to a context; bob is at work on the same catalog. `changes` are settings."""
    store = stores.empty if context == "offers" else stores.filled
    if context == "offers":
        store.environ |= OFFERED
    async with store.open(actor="bob") as other, open_room(store, size=size, **changes) as room:
        await WAYS[context](room, other)
        await room.pass_messages()
        yield room
