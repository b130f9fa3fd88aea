"""What the views share: reached by a digit, they keep their state while away, and quit when nothing is left to peel."""

from __future__ import annotations

from textwrap import wrap

from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.frame import Frame
from modeltui.tui.session import CONNECTING, Phase, Session


class View(Frame):
    """Models, Providers or Doctor. Subclasses say what narrows them."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._taken = self._just_taken = ""

    def taken_away(self, what: str) -> None:
        """Remembers what narrowed the view and went by itself, in words: a key meant for that must not quit."""
        self._taken = what

    def key_pressed(self) -> None:
        """A key arrives: it is the first one since what narrowed the view went by itself, or isn't."""
        self._just_taken, self._taken = self._taken, ""
        super().key_pressed()

    def peel(self) -> bool:
        """Takes one thing away that narrows the view; False where there is none."""
        return False

    def do_back(self) -> None:
        """Peels off what narrows the view, then quits."""
        if self.peel():
            return
        if self._just_taken:
            self.flash(f"{self._just_taken}; q once more quits")
        else:
            self.go(lambda: self.room.run_worker(self.room.action_quit(), group="going"))

    def do_peel(self) -> None:
        """Peels off what narrows the view; never quits."""
        if not self.peel():
            self.flash("nothing to go back from; q quits")

    def do_reload(self) -> None:
        """Reads the catalog again, or tries to connect again."""
        if self.session.phase is Phase.FAILED:
            self.flash(CONNECTING)
            self.room.connect()
            return

        async def job() -> None:
            await self.session.reload(elsewhere=True)
            self.flash("read again; this is what the catalog holds now")

        self.work(job)

    def do_undo(self) -> None:
        """Undoes what was last saved in this session."""
        from modeltui.tui.screens.undoing import undo

        self.work(lambda: undo(self))

    def do_redo(self) -> None:
        """Does again what was undone."""
        from modeltui.tui.screens.undoing import redo

        self.work(lambda: redo(self))

    def not_ready(self, noun: str) -> list[Spans]:
        """What is said as long as there are no rows because none could be read; nothing once they are there."""
        error = self.session.error
        if self.session.phase is Phase.FAILED and error is not None:
            said = wrap(f"Could not read {noun}: {error.message}", max(20, self.size.width - 4))
            again = "It is tried again every few seconds; r tries at once" if error.passing else "r tries again"
            return [*(spans(Cell(f"  {line}", Tone.BAD)) for line in said), spans(f"  {again}, q quits.")]
        if self.session.phase is Phase.LOADING:
            return [spans(f"  Reading {noun} from {self.room.place}.")]
        return []
