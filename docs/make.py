"""Writes the keys table into README.md and docs/keys.md from the registry: `python docs/make.py`."""

from __future__ import annotations

from pathlib import Path

from modeltui.tui import keys

TOP = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- keys: made from the registry by docs/make.py -->", "<!-- end of keys -->"
SHORT = ("models", "providers", "lines")


def keys_table(contexts: tuple[str, ...]) -> str:
    """A Markdown table for each context."""
    parts = []
    for context in contexts:
        rows = [f"| {_code(action)} | {action.what} |" for action in keys.actions(context)]
        parts.append("\n".join([f"**{keys.CONTEXTS[context]}**", "", "| keys | what they do |", "|---|---|", *rows]))
    return "\n\n".join(parts)


def _code(action: keys.Action) -> str:
    return " ".join(f"`{key}`" for key in action.key_texts())


def pages() -> dict[Path, str]:
    """Each page that holds a keys table, as it should be."""
    readme = TOP / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    every = tuple(keys.CONTEXTS)
    return {
        readme: f"{before}{BEGIN}\n\n{keys_table(SHORT)}\n\n{END}{after}",
        TOP / "docs" / "keys.md": f"# Keys\n\n`?` shows this on every screen, `modeltui keys` prints it.\n\n"
        f"{BEGIN}\n\n{keys_table(every)}\n\n{END}\n",
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
