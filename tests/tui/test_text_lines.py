"""Single lines and panes: cut by cells, wrapped by words, and sent only where they differ."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.widget import Widget

from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.widgets.text_lines import MessageLine, TextLine, TextLines, wrapped
from modeltui.tui.widgets.toned_screen import TonedScreen

STYLES = Path(__file__).parents[2] / "styles" / "app.tcss"

HOSTILE = [
    "[/]",
    "[red]x",
    "[@click=app.quit]q[/]",
    "\x1b[2J\x1b]0;t\x07",
    "\x9b31m",
    "\u202eevil",
    "模型" * 40,
    "x" * 5_000,
    "\ud800",
]


class Lines(App[None]):
    CSS_PATH = STYLES

    def get_default_screen(self) -> TonedScreen:
        return TonedScreen(id="_default")

    def compose(self) -> ComposeResult:
        yield TextLine()
        yield TextLines()


class Refreshes:
    """Records which regions widgets ask to be sent again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.regions: list[Region] = []
        original = Widget.refresh

        def refresh(widget: Widget, *regions: Region, **options: bool) -> Widget:
            if isinstance(widget, TextLine | TextLines):
                self.regions.extend(regions or [widget.size.region])
            return original(widget, *regions, **options)

        monkeypatch.setattr(Widget, "refresh", refresh)


async def test_a_line_has_a_left_and_a_right_part() -> None:
    app = Lines()
    async with app.run_test(size=(30, 5)) as pilot:
        line = app.query_one(TextLine)
        line.show(spans("Models 348   4 dark"), spans(Cell("sort: name", Tone.MUTED)))
        await pilot.pause()
        assert line.lines_as_text == ["Models 348   4 dark sort: name"]
        line.show(spans("Models 348   4 dark  37 fallback"), spans(Cell("sort: name", Tone.MUTED)))
        assert line.lines_as_text == ["Models 348   4 dar… sort: name"]
        line.show(spans("Models ", Cell("348", Tone.STRONG)))
        assert line.lines_as_text == ["Models 348"]


async def test_a_cut_between_pieces_still_shows_that_something_is_left_out() -> None:
    app = Lines()
    async with app.run_test(size=(10, 5)):
        line = app.query_one(TextLine)
        line.show(spans("0123456789", Cell("more", Tone.BAD)))
        assert line.lines_as_text == ["012345678…"]
        line.show(spans("01234", Cell("56789", Tone.BAD)))
        assert line.lines_as_text == ["0123456789"]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_is_shown_and_does_nothing(text: str) -> None:
    app = Lines()
    async with app.run_test(size=(40, 5)) as pilot:
        app.query_one(TextLine).show(spans(text), spans(text[:3]))
        app.query_one(TextLines).show([spans(text)], title=text, wrap=True)
        await pilot.pause()
        shown = [*app.query_one(TextLine).lines_as_text, *app.query_one(TextLines).lines_as_text]
        assert all(character.isprintable() for line in shown for character in line)
        assert all(strip.cell_length == 40 for strip in app.query_one(TextLines).render_lines(Region(0, 0, 40, 4)))


async def test_a_pane_under_its_title() -> None:
    app = Lines()
    async with app.run_test(size=(40, 6)) as pilot:
        pane = app.query_one(TextLines)
        pane.show([spans(" #  PROVIDER"), spans(" 1  openai-eu")], title=spans(Cell("gpt-5", Tone.STRONG), "   openai"))
        await pilot.pause()
        assert pane.lines_as_text == [
            "── gpt-5   openai ──────────────────────",
            " #  PROVIDER",
            " 1  openai-eu",
            "",
            "",
        ]


async def test_lines_without_room_are_counted() -> None:
    app = Lines()
    async with app.run_test(size=(20, 5)) as pilot:
        pane = app.query_one(TextLines)
        pane.show([spans(str(number)) for number in range(9)], title="lines")
        await pilot.pause()
        assert pane.lines_as_text[1:] == ["0", "1", " +7 more"]


async def test_things_without_room_are_counted_not_their_lines() -> None:
    """One that is only begun counts, too; a gap doesn't."""
    app = Lines()
    async with app.run_test(size=(20, 5)) as pilot:
        pane = app.query_one(TextLines)
        words = spans("one that is so long that it takes three lines")
        pane.show([spans("first"), words, spans(""), words, spans("last")], title="things", wrap=True)
        await pilot.pause()
        assert pane.lines_as_text[1:] == ["first", "one that is so long", " +3 more"]


async def test_only_lines_that_differ_are_sent_and_only_as_far_as_they_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Lines()
    async with app.run_test(size=(40, 6)) as pilot:
        pane = app.query_one(TextLines)
        pane.show([spans("one"), spans("two"), spans("three")], title="gpt-5")
        await pilot.pause()
        refreshes = Refreshes(monkeypatch)
        pane.show([spans("one"), spans("two"), spans("three")], title="gpt-5")
        assert refreshes.regions == []
        pane.show([spans("one"), spans("2"), spans("three")], title="gpt-6")
        assert refreshes.regions == [Region(0, 0, 8, 1), Region(0, 2, 3, 1)]


class Message(Lines):
    def compose(self) -> ComposeResult:
        yield MessageLine()


async def test_a_message_that_fits_exactly_is_not_cut() -> None:
    app = Message()
    async with app.run_test(size=(20, 5)) as pilot:
        message = app.screen.query_one(MessageLine)
        message.show(spans("twenty cells of text"))
        await pilot.pause()
        assert message.lines_as_text == ["twenty cells of text"]
        message.show(spans("twenty cells of text and some more"))
        await pilot.pause()
        assert message.lines_as_text == ["twenty cells of text", "and some more"]


def text_of(lines: list[Spans]) -> list[str]:
    return ["".join(cell.text for cell in line) for line in lines]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two ", "three"]),
        ("one", 10, ["one"]),
        ("", 10, [""]),
        ("abcdefghij kl", 4, ["abcd", "efgh", "ij ", "kl"]),
        ("模型 配置", 4, ["模型", "配置"]),
        ("  indented", 20, ["  indented"]),
    ],
)
def test_wrapping_breaks_between_words(text: str, width: int, lines: list[str]) -> None:
    assert text_of(wrapped(spans(text), width)) == lines


def test_wrapping_keeps_tones_and_words_that_span_pieces_apart() -> None:
    assert wrapped(spans("goes ", Cell("dark now", Tone.BAD)), 9) == [
        (Cell("goes"), Cell(" "), Cell("dark", Tone.BAD)),
        (Cell("now", Tone.BAD),),
    ]
