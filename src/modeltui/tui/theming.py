"""Which of Textual's themes a setting means here, and keeping the one that was chosen on the screens."""

from __future__ import annotations

from collections.abc import Mapping

from modeltui.kept_theme import keep_theme
from modeltui.settings import Settings

TRUE_COLOUR = ("truecolor", "24bit")


def theme_name(setting: str, environ: Mapping[str, str]) -> str:
    """The theme of a setting; `auto` uses the terminal's own colours unless true colour is announced."""
    if setting != "auto":
        return {"dark": "textual-dark", "light": "textual-light"}.get(setting, setting)
    # What another terminal announced may have come along to the console, which has sixteen colours.
    announced = environ.get("COLORTERM", "") if environ.get("TERM") != "linux" else ""
    return "textual-dark" if announced in TRUE_COLOUR else "ansi-dark"


def kept(settings: Settings, theme: str) -> str:
    """Keeps a chosen theme for the next start; says whether it will be there then. May wait for the disk."""
    if settings.theme_file is None:
        return f"theme {theme}, until you quit"
    try:
        keep_theme(settings.theme_file, theme)
    except OSError as error:
        return f"theme {theme}, until you quit: {settings.theme_file} can't be written ({error.strerror})"
    source = settings.origins.get("theme", "")
    if source.startswith("variable "):
        return f"theme {theme}; at the next start {source.removeprefix('variable ')} comes first"
    return f"theme {theme}, kept for the next start"
