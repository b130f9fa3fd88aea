"""The arguments and options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

EPILOG = (
    "Works with every command, before or after it: --json for output that programs read, and the options of the "
    "whole program (modeltui --help). A name with blanks is quoted; an id works wherever a name does."
)

Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and do nothing.")]
ProviderArgument = Annotated[str, typer.Argument(metavar="PROVIDER", help="The provider's name or id.")]
ModelArgument = Annotated[str, typer.Argument(metavar="NAME", help="The model's name or id.")]
ModelArguments = Annotated[list[str], typer.Argument(metavar="NAME", help="Names or ids of models.")]
ProviderArguments = Annotated[list[str], typer.Argument(metavar="NAME", help="Names or ids of providers.")]
ProviderList = Annotated[
    list[str] | None,
    typer.Option("--provider", metavar="P", help="A provider; repeat it in the order of the priority list."),
]


def noun(about: str) -> typer.Typer:
    """A group of commands about one thing."""
    return typer.Typer(help=about, epilog=EPILOG, rich_markup_mode=None)
