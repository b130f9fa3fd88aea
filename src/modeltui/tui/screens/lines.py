"""The attachment editor: a model's priority list as a draft, with where requests go now and after saving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar
from uuid import UUID

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from modeltui.domain.draft import Draft
from modeltui.domain.records import Rows
from modeltui.domain.rows import ModelRow, ProviderRow
from modeltui.tui import keys
from modeltui.tui.presentation import line_text
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Tone, spans
from modeltui.tui.screens.frame import Frame
from modeltui.tui.screens.line_prompts import ask_line, ask_own_id, ask_place
from modeltui.tui.screens.saving import save_lines
from modeltui.tui.session import Session
from modeltui.tui.widgets.question import Choice, Question
from modeltui.tui.widgets.row_list import Row, RowList
from modeltui.tui.widgets.text_lines import TextLine, TextLines


class LinesScreen(Frame):
    """One model's lines. Nothing is written before `s`."""

    context = "lines"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("lines"),
        *(Binding(digit, f"go_to_line({digit})", show=False) for digit in "123456789"),
    ]

    def __init__(self, session: Session, model: ModelRow) -> None:
        super().__init__(session)
        self.model = model
        self.draft = Draft.of(model.provider_configs)
        self.names: dict[UUID, str] = {}
        self._named: Rows | None = None
        self._rows: dict[object, Row] = {}

    def compose_body(self) -> ComposeResult:
        """The lines."""
        yield RowList(line_text.columns((), self.app.size.width), id="rows", gutter=2, cursor_columns=3)

    def on_mount(self) -> None:
        """Reads again: what the list behind this screen shows may be minutes old."""
        self.work(self.session.reload)

    def load(self, model: ModelRow) -> None:
        """Starts over from a state of the model that is saved."""
        self.model = model
        self.draft = Draft.of(model.provider_configs)
        self.refresh_rows()

    def on_resize(self, event: events.Resize) -> None:
        """Says things in as many words as there is room for. Textual calls this besides the frame's own."""
        self.refresh_rows()

    # What it shows

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one("#rows", RowList)

    def refresh_rows(self) -> None:
        """Shows the draft, judged by what the providers are now; without changes, the list as it is saved now.

        Not while something is asked here or picked for it, since what is chosen is meant for the list that was seen.
        """
        super().refresh_rows()
        current = self.session.model(self.model.id)
        gone = current is None or current.deleted_at is not None
        if current is not None and not gone and not self._under_way:
            if not self.draft.changed and self._changed_elsewhere:
                self.draft = Draft.of(current.provider_configs)
            self.model = current
        # Names stay known when their providers are deleted.
        if self._named is not self.session.rows:
            self._named = self.session.rows
            self.names |= {row.id: row.name for row in self._named.providers if row.family is self.model.family}
        width = self.app.size.width
        rows = line_text.editor_rows(self.model, self.draft, self.session.provider, self.names, width)
        self._rows = {row.key: row for row in rows}
        self.rows.empty = [
            spans("  No lines yet."),
            spans("  a attaches providers; the first usable one gets the requests."),
        ]
        names = [self.names.get(line.provider, "") for line in (*self.draft.now.kept, *self.draft.now.detached)]
        self.rows.columns = line_text.columns(names, width)
        self.rows.show(list(self._rows), lambda key: self._rows[key])
        elsewhere = "deleted" if gone else "changed" if self._changed_elsewhere else ""
        state = line_text.draft_state(self.draft.change.total, elsewhere, width)
        place = spans("Models / ", Cell(self.model.name, Tone.STRONG), " / lines")
        self.query_one("#place", TextLine).show(place, spans(state))
        ways = line_text.ways(current, self.draft, self.session.provider, self.app.size)
        self.query_one("#pane", TextLines).show(ways, title="requests go to", wrap=True)

    def _session_changed(self) -> None:
        """Follows the session; where others took the line away that the cursor was on, says so."""
        before = self.rows.cursor_key
        super()._session_changed()
        if self.session.elsewhere and isinstance(before, UUID) and before not in self._rows:
            now = self.rows.cursor_key
            cursor = f"; the cursor is on {self.names.get(now, '?')}" if isinstance(now, UUID) else ""
            self.announce(f"{self.names.get(before, '?')} was detached elsewhere{cursor}")

    def work_done(self) -> None:
        """Catches up with the saved list."""
        if self.is_attached:
            self.refresh_rows()

    @property
    def _changed_elsewhere(self) -> bool:
        current = self.session.model(self.model.id)
        return current is not None and Draft.of(current.provider_configs).saved != self.draft.saved

    @property
    def current(self) -> ProviderRow | None:
        """The provider under the cursor; says so where there is none."""
        key = self.rows.cursor_key
        row = self.session.provider(key) if isinstance(key, UUID) else None
        if row is None and key is not None:
            self.flash("this line's provider is deleted; saving leaves the line out")
        elif row is None:
            self.flash("there is no line here; a attaches a provider")
        return row

    def copyable(self) -> Sequence[ProviderRow]:
        """The line's provider."""
        row = self.current
        return (row,) if row is not None else ()

    # Moving

    def do_move_down(self) -> None:
        """One place down."""
        self._move(lambda place, last: place + 1, "last", "down")

    def do_move_up(self) -> None:
        """One place up."""
        self._move(lambda place, last: place - 1, "first", "up")

    def do_move_top(self) -> None:
        """To the top."""
        self._move(lambda place, last: 0, "first", "up")

    def do_move_bottom(self) -> None:
        """To the bottom."""
        self._move(lambda place, last: last, "last", "down")

    def _move(self, to: Callable[[int, int], int], end: str, direction: str) -> None:
        row = self.current
        if row is None:
            return
        place = self.draft.now.place(row.id)
        if place is None:
            self.flash(f"{row.name} is detached and has no place; x keeps it after all")
            return
        last = len(self.draft.now.kept) - 1
        wanted = to(place, last)
        if not 0 <= wanted <= last or wanted == place:
            self.flash(f"{row.name} is already {end}; it can't move {direction}")
            return
        self._place(row, wanted)

    def _place(self, row: ProviderRow, to: int) -> None:
        before = self.draft.now.place(row.id)
        if before is None or not self.draft.move(row.id, to):
            self.flash(f"{row.name} is already at {to + 1}")
            return
        self._changed(row.id, f"{row.name} moved from {before + 1} to {to + 1}")

    def _changed(self, cursor: UUID | None, said: str) -> None:
        self.refresh_rows()
        if cursor is not None:
            self.rows.move_cursor(cursor)
        self.flash(said)

    def do_move_to(self) -> None:
        """To a place that is typed."""
        row = self.current
        if row is None:
            return
        if self.draft.now.place(row.id) is None:
            self.flash(f"{row.name} is detached and has no place; x keeps it after all")
            return

        async def job() -> None:
            to = await ask_place(self, row.name, len(self.draft.now.kept))
            if to is not None:
                self._place(row, to)

        self.work(job)

    def action_go_to_line(self, number: int) -> None:
        """Puts the cursor on a line."""
        if self.asking:
            return
        if number > len(self.draft.now.kept):
            self.flash(f"there is no line {number}; the last is {len(self.draft.now.kept)}")
            return
        self.rows.move_cursor(self.draft.now.kept[number - 1].provider)

    def do_jump(self) -> None:
        """Puts the cursor on a line found by name."""

        def names() -> dict[UUID, str]:
            find = self.session.provider
            return {key: row.name for key in self._rows if isinstance(key, UUID) and (row := find(key))}

        async def job() -> None:
            key = await ask_line(self, names)
            if key is not None:
                self.rows.move_cursor(key)

        self.work(job)

    # Attaching and detaching

    def do_attach(self) -> None:
        """Attaches providers from a list."""
        self.work(self._attach_picked)

    async def _attach_picked(self) -> None:
        family = self.model.family
        of_family = [row.id for row in self.session.rows.providers if row.family is family]
        if not set(of_family) - set(self.draft.providers):
            self.flash(
                f"every provider of family {family} is in the list already ({len(of_family)}); add one on Providers"
            )
            return
        picked = await self.room.pick_providers(self.model.name, family, self.draft.providers)
        if picked and self.draft.attach(picked):
            names = [row.name for identity in picked if (row := self.session.provider(identity))]
            self._changed(picked[0], f"{', '.join(names)} attached at the end; J and K move")

    def do_detach(self) -> None:
        """Detaches the line on saving, or keeps it after all."""
        row = self.current
        if row is None:
            return
        if self.draft.keep(row.id):
            self._changed(row.id, f"{row.name} stays")
        elif self.draft.detach(row.id):
            self._changed(None, f"{row.name} will be removed on save; x on it keeps it")
        else:
            self.flash(f"{row.name} is the last line and can't be detached; attach another first, or delete the model")

    def do_own_id(self) -> None:
        """Gives the line its own upstream id."""
        row = self.current
        if row is None:
            return
        place = self.draft.now.place(row.id)
        if place is None:
            self.flash(f"{row.name} is detached; x keeps it after all")
            return

        async def job() -> None:
            own = await ask_own_id(self, row.name, self.model.model, self.draft.now.kept[place].own_id or "")
            if own is not None and self.draft.set_own_id(row.id, own or None):
                self._changed(row.id, f"{row.name} is asked for {own or self.model.model}")

        self.work(job)

    # The draft

    def do_undo(self) -> None:
        """Undoes the last change of the draft."""
        done = self.draft.undo()
        elsewhere = "; what was saved is undone on Models" if self.session.has_saved else ""
        self._changed(None, "undone; U does it again" if done else f"nothing to undo in this draft{elsewhere}")

    def do_redo(self) -> None:
        """Does again what was undone."""
        done = self.draft.redo()
        self._changed(None, "done again" if done else "nothing was undone")

    def do_save(self) -> None:
        """Saves the whole list."""
        self.work(lambda: save_lines(self))

    def do_back(self) -> None:
        """Goes back; a draft asks first."""

        async def job() -> None:
            if await self.may_leave():
                self.dismiss(None)

        self.work(job)

    @property
    def unsaved(self) -> str:
        """The draft."""
        return f"{counted(self.draft.change.total, 'change')} to {self.model.name}" if self.draft.changed else ""

    async def may_leave(self) -> bool:
        """Asks where there is a draft."""
        if not self.draft.changed:
            return True
        choices = (Choice("keep", "Keep editing"), Choice("discard", "Discard", "d"), Choice("save", "Save", "s"))
        lines = [spans(f" {counted(self.draft.change.total, 'change')} to {self.model.name} not saved yet.")]
        answer = await self.ask(Question("Leave with a draft?", lines, choices))
        if answer.choice == "save":
            await save_lines(self)
            return not self.draft.changed
        return answer.choice == "discard"
