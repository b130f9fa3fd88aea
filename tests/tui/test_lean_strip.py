"""Lean strips look like Textual's own on a real terminal, and partial lines leave no trace of what was there."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from modeltui.tui.presentation.text import clean, fit
from modeltui.tui.widgets.lean_strip import LeanStrip, changed_cells

WIDTH = 12
CONSOLE = Console(color_system="truecolor", force_terminal=True)
STYLES = [
    Style(),
    Style(color="#e0e0e0", bgcolor="#121212"),
    Style(color="#4ebf71", bgcolor="#121212"),
    Style(color="green"),
    Style(color="red", bold=True),
    Style(bold=True, reverse=True),
    Style(dim=True),
    Style(color="default", bgcolor="default", underline=True),
]

styles = st.sampled_from(STYLES)
texts = st.text(alphabet="ab  ✓✗…é模\u0301", max_size=6)


@st.composite
def lines(draw: st.DrawFn) -> Strip:
    """Lines of WIDTH cells in several styles."""
    pieces = []
    room = WIDTH
    for text in draw(st.lists(texts, max_size=4)):
        shown = clean(text)
        if cell_len(shown) <= room and cell_len(shown):
            pieces.append(Segment(shown, draw(styles)))
            room -= cell_len(shown)
    return Strip([*pieces, Segment(fit("", room), draw(styles))] if room else pieces, WIDTH)


def on_screen(output: str) -> list[tuple[object, ...]]:
    """What a terminal shows: its cells, where the colour of letters doesn't count on blanks."""
    screen = pyte.Screen(WIDTH + 2, 1)
    pyte.Stream(screen).feed(output)
    cells: list[tuple[object, ...]] = []
    for x in range(WIDTH + 2):
        char = screen.buffer[0][x]
        seen = char._replace(fg="", bold=False) if char.data == " " and not char.reverse else char
        cells.append(tuple(seen))
    return cells


def as_textual_sends_it(strip: Strip) -> str:
    return Strip(list(strip), WIDTH).render(CONSOLE)


@given(lines())
def test_a_lean_strip_looks_like_the_full_one(line: Strip) -> None:
    # The terminal emulator knows no dim; both outputs then agree trivially in that one attribute.
    assert on_screen(LeanStrip(line, WIDTH).render(CONSOLE)) == on_screen(as_textual_sends_it(line))


@given(lines())
def test_a_lean_strip_is_never_longer(line: Strip) -> None:
    assert len(LeanStrip(line, WIDTH).render(CONSOLE)) <= len(as_textual_sends_it(line))


@given(lines(), lines())
def test_the_changed_beginning_turns_one_line_into_the_other(old: Strip, new: Strip) -> None:
    cells = changed_cells(old, new, WIDTH)
    sent = LeanStrip(new, WIDTH).crop(0, cells).render(CONSOLE)
    repainted = on_screen(as_textual_sends_it(old) + "\r" + sent)
    assert repainted == on_screen(as_textual_sends_it(new))


def test_equal_lines_need_nothing() -> None:
    assert changed_cells(Strip([Segment("a", STYLES[1])]), Strip([Segment("a", STYLES[1])]), 1) == 0


def test_a_common_end_is_not_sent() -> None:
    base, cursor = STYLES[1], STYLES[5]
    old = Strip([Segment("> gpt-5   ", cursor), Segment("on", base)])
    new = Strip([Segment("  gpt-5   on", base)])
    assert changed_cells(old, new, 12) == 10


def test_blanks_do_not_change_the_colour() -> None:
    good, base = STYLES[3], STYLES[0]
    line = LeanStrip([Segment("✓ on", good), Segment("   ", base), Segment("✓ env", good)], WIDTH)
    assert line.render(CONSOLE) == "\x1b[32m✓ on   ✓ env\x1b[0m"
