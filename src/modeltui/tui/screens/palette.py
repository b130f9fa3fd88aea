"""The command palette of a screen: its actions, places, themes, and every model and provider, found by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from textual.widget import Widget
from textual.worker import Worker

from modeltui.settings import THEMES
from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.screens.working import Working
from modeltui.tui.session import Session
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.question import Answer, Question
from modeltui.tui.widgets.row_list import Row

if TYPE_CHECKING:
    from modeltui.tui.commands import Command
    from modeltui.tui.widgets.palette_pane import PalettePane


class WithPalette(Working):
    """A screen with a palette in its lower pane. While it is open the keys are its own, as with a question."""

    context: ClassVar[str] = ""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._commands: PalettePane | None = None
        self._under_palette: Widget | None = None

    @property
    def key_context(self) -> str:
        """Whose keys count where the cursor is. For subclasses with more than one kind of place."""
        return self.context

    def action_act(self, name: str) -> None:
        """Runs an action of the registry."""
        raise NotImplementedError

    @property
    def choosing(self) -> bool:
        """Whether the palette is open."""
        return self._commands is not None

    @property
    def asking(self) -> bool:
        """Whether a question or the palette is open."""
        return self.choosing or super().asking

    @property
    def overlay(self) -> str | None:
        """Whose keys count while something is open in the lower pane."""
        return "palette" if self.choosing else "question" if self.asking else None

    @property
    def holds_keys(self) -> bool:
        """Whether the next key waits: also while the palette opens, so that what is typed at once goes into it."""
        return super().holds_keys or (self._commands is not None and not self._commands.takes_keys)

    def do_palette(self) -> None:
        """Opens the palette, after the work that is under way."""
        self.go(self._open_palette)

    def _open_palette(self) -> None:
        from modeltui.tui.commands import Finder, actions_of, elsewhere
        from modeltui.tui.widgets.palette_pane import PalettePane

        # What can't be shown can't be typed into.
        if self.asking or not self.is_current or self.has_class("-too-small"):
            return
        own = actions_of(self.key_context)
        finder = Finder([*own, *elsewhere(own, THEMES)], self.session.rows)
        title = spans(Cell("commands", Tone.STRONG), Cell(", models and providers", Tone.MUTED))
        self._under_palette = self.focused
        self._commands = PalettePane(title, lambda text: _rows(*finder.find(text)))
        self.run_worker(self._change_pane(self._commands, opens=True), group="palette")

    def close_palette(self) -> Worker[None] | None:
        """Closes the palette, if it is open, and gives the focus back; the worker ends once the pane is back."""
        pane, self._commands = self._commands, None
        if pane is None:
            return None
        if self._under_palette is not None and self._under_palette.is_attached:
            self._under_palette.focus(scroll_visible=False)
        return self.run_worker(self._change_pane(pane, opens=False), group="palette")

    async def _change_pane(self, pane: PalettePane, *, opens: bool) -> None:
        """Puts the palette in the pane's place or takes it away, all in one frame."""
        lower = self.query_one("#lower")
        with self.app.batch_update():
            lower.set_class(opens, "-choosing")
            self.query_one("#pane").display = not opens
            if opens:
                await lower.mount(pane)
            else:
                await pane.remove()
            # What was chosen may have closed the screen meanwhile.
            if self.query("#hints"):
                self.show_hints()

    async def ask(self, question: Question, *, keep_typed: bool = False) -> Answer:
        """Asks in the lower pane; a palette that is open there makes room."""
        closing = self.close_palette()
        if closing is not None:
            await closing.wait()
        return await super().ask(question, keep_typed=keep_typed)

    def on_palette_pane_chosen(self, message: PalettePane.Chosen) -> None:
        """Closes the palette, and does what was chosen."""
        from modeltui.tui.commands import Command

        message.stop()
        under = self._under_palette
        closing = self.close_palette()
        if isinstance(message.key, Command):
            self._run(message.key, under, closing)

    def _run(self, command: Command, under: Widget | None, closing: Worker[None] | None) -> None:
        from modeltui.tui.commands import Kind

        async def leave_for(view: str, row: UUID | None = None, text: str = "") -> None:
            # A screen that goes while its palette closes would leave the palette standing.
            if closing is not None:
                await closing.wait()
            await self.room.leave_for(view, row, text)

        name = str(command.id)
        match command.kind:
            case Kind.KEY if command.direct and isinstance(under, Entry):
                # A field would take the key as a letter.
                self.action_act(name)
            case Kind.KEY:
                self.room.call_later(self.room.type_key, command.key, command.note if len(command.note) == 1 else None)
            case Kind.GO:
                self.work(lambda: leave_for(name))
            case Kind.OPEN:
                self.go(self.room.show_log)
            case Kind.THEME:
                self.room.choose_theme(name)
            case Kind.QUIT:
                self.room.run_worker(self.room.action_quit(), group="going")
            case Kind.MODEL | Kind.PROVIDER:
                assert isinstance(command.id, UUID)
                view = "models" if command.kind is Kind.MODEL else "providers"
                row, text = command.id, command.text
                self.work(lambda: leave_for(view, row, text))


def _rows(commands: list[Command], more: int) -> list[Row]:
    rows = [Row(command, (Cell(command.text), Cell(command.note, Tone.MUTED))) for command in commands]
    if more:
        note = spans(Cell(f"+{more} more; type on to find them", Tone.MUTED))
        rows.append(Row("more", note, selectable=False, free=True))
    return rows
