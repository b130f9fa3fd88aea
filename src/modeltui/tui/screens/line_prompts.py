"""What the attachment editor has typed: a place, a part of a name, a line's own upstream id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from modeltui.tui.widgets.question import Choice, Question

if TYPE_CHECKING:
    from modeltui.tui.screens.working import Working


async def ask_place(screen: Working, name: str, count: int) -> int | None:
    """The place, from 0, that the line of this name is to have among so many; None where it stays."""

    def check(text: str) -> str | None:
        number = text.strip()
        fits = number.isdecimal() and 1 <= int(number) <= count
        return None if fits else f"a place is a number from 1 to {count}"

    answer = await _typed(screen, f"move {name} to", f"place, 1 to {count}:", check, "move")
    return int(answer.strip()) - 1 if answer is not None else None


async def ask_line(screen: Working, names: Callable[[], Mapping[UUID, str]]) -> UUID | None:
    """The line whose provider's name, as they are by then, begins with what is typed, or else holds it."""

    def found(text: str) -> UUID | None:
        wanted = text.strip().casefold()
        folded = {key: name.casefold() for key, name in names().items()}
        matches = [key for key, name in folded.items() if wanted in name]
        starts = [key for key in matches if folded[key].startswith(wanted)]
        return next(iter([*starts, *matches]), None)

    def check(text: str) -> str | None:
        return None if found(text) else "no line's provider has that in its name"

    answer = await _typed(screen, "find a line", "part of a name:", check, "go")
    return found(answer) if answer is not None else None


async def ask_own_id(screen: Working, name: str, model: str, own: str) -> str | None:
    """The upstream id that the provider of this name knows the model by, blank for the model's; None to keep it."""

    def check(text: str) -> str | None:
        from modeltui.domain.inputs import checked_upstream_model
        from modeltui.errors import ValidationError

        try:
            checked_upstream_model(text.strip() or None)
        except ValidationError as error:
            return error.message
        return None

    prompt = f"the id that {name} knows the model by; blank for {model}:"
    answer = await _typed(screen, f"own upstream id at {name}", prompt, check, "set", own)
    return answer.strip() if answer is not None else None


async def _typed(
    screen: Working, title: str, prompt: str, check: Callable[[str], str | None], verb: str, text: str = ""
) -> str | None:
    choices = (Choice("cancel", "Cancel"), Choice("ok", verb))
    answer = await screen.ask(Question(title, (), choices, check, prompt, text), keep_typed=True)
    return answer.text if answer.choice == "ok" else None
