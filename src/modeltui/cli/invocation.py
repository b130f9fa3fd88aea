"""What one call of the program was told for all its commands: settings flags, and whether to speak JSON."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from modeltui.errors import CatalogError, ValidationError
from modeltui.settings import Settings, load_settings

VALUE_OPTIONS = ("--catalog", "--database", "--secret-key-file", "--theme", "--label", "--log-file")
SHORT_OPTIONS = {"-c": "--catalog"}
FLAG_OPTIONS = ("--read-only", "--ascii", "--no-mouse", "--json")


class UsageProblem(CatalogError):
    """The command line itself is wrong; exit code 2."""

    code = "usage_error"


class WrongSetting(ValidationError):
    """A setting of the program is wrong, wherever it came from; exit code 2."""


class Declined(Exception):
    """The person answered no: nothing was changed."""


@dataclass
class Invocation:
    """The options of this call. The settings are worked out when they are first needed."""

    json: bool = False
    flags: dict[str, object] = field(default_factory=dict)

    @cached_property
    def settings(self) -> Settings:
        """The settings in force. Raises WrongSetting."""
        try:
            settings = load_settings(self.flags)
        except ValidationError as error:
            raise WrongSetting(error.field, error.message) from None
        use_glyphs(settings.ascii)
        return settings


_current = Invocation()


def current() -> Invocation:
    """The call that this process was started for."""
    return _current


def begin(*, json: bool) -> Invocation:
    """Starts anew, before the command line is read."""
    global _current
    _current = Invocation(json)
    return _current


def use_glyphs(ascii_only: bool) -> None:
    """Chooses the signs that the output may hold."""
    from modeltui.tui.presentation import glyphs

    glyphs.use(glyphs.ASCII if glyphs.ascii_wanted(ascii_only, os.environ) else glyphs.UNICODE)


def hoisted(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The options of the whole program, wherever they stood before a `--`, and the other arguments.

    Raises UsageProblem for one without its value.
    """
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument in SHORT_OPTIONS:
            argument = SHORT_OPTIONS[argument]
        name, equals, _ = argument.partition("=")
        if argument == "--":
            rest += [argument, *waiting]
        elif argument in FLAG_OPTIONS or (name in VALUE_OPTIONS and equals):
            front.append(argument)
        elif name in VALUE_OPTIONS:
            value = next(waiting, None)
            if value is None:
                raise UsageProblem(f"the option {argument} needs a value")
            front.append(f"{argument}={value}")
        else:
            rest.append(argument)
    return front, rest
