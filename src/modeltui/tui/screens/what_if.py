"""What if: some providers taken as down, and what would become of every model then. Nothing is written here."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import ClassVar
from uuid import UUID

from textual.app import ComposeResult
from textual.binding import BindingType

from modeltui.domain.rows import ProviderRow
from modeltui.domain.sharing import host_of, same_family, same_host, same_key
from modeltui.domain.what_if import ModelWhatIf, what_if
from modeltui.tui import keys
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.cells import spans
from modeltui.tui.presentation.form_text import credential_text
from modeltui.tui.presentation.impact_text import listed
from modeltui.tui.presentation.what_if_text import COLUMNS, down_cells, model_cells, what_if_pane, what_if_place
from modeltui.tui.screens.frame import Frame
from modeltui.tui.screens.working import AnyRow
from modeltui.tui.session import Session
from modeltui.tui.widgets.row_list import Row, RowList
from modeltui.tui.widgets.text_lines import TextLine, TextLines

_GAP = "gap"


class WhatIfScreen(Frame):
    """The providers that are taken as down above, the models that this affects below, the worst first."""

    context = "what_if"
    AUTO_FOCUS = "RowList"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("what_if")]

    def __init__(self, session: Session, providers: Iterable[UUID]) -> None:
        super().__init__(session)
        self.down = set(providers)
        self._by_key: dict[Hashable, ProviderRow | ModelWhatIf] = {}
        self._gap = ""

    def compose_body(self) -> ComposeResult:
        """One list of both."""
        yield RowList(COLUMNS, id="rows", cursor_columns=2)

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one("#rows", RowList)

    def refresh_rows(self) -> None:
        """Works it out anew: another set of providers, or a catalog that has changed meanwhile."""
        super().refresh_rows()
        providers = [row for row in self.session.rows.providers if row.id in self.down]
        answer = what_if(self.session.rows, self.down, self.session.bound_to_any(providers))
        self._gap = "" if answer.models else "no model is affected: none loses its winner or a spare"
        self._by_key = {row.id: row for row in providers} | {row.model.id: row for row in answer.models}
        shown: list[Hashable] = [*self._by_key]
        if providers:
            shown.insert(len(providers), _GAP)
        self.rows.empty = [
            spans("  No provider is taken as down."),
            spans("  a adds one, q goes back to Providers."),
        ]
        self.rows.show(shown, self._row)
        self.query_one("#place", TextLine).show(*what_if_place(answer))
        self.query_one("#pane", TextLines).show_fitted(lambda _: what_if_pane(answer))

    def _session_changed(self) -> None:
        """Follows the session; where others deleted the provider that the cursor was on, says so."""
        before = self._by_key.get(self.rows.cursor_key)
        super()._session_changed()
        if self.session.elsewhere and isinstance(before, ProviderRow) and before.id not in self._by_key:
            now = self._by_key.get(self.rows.cursor_key)
            name = now.name if isinstance(now, ProviderRow) else now.model.name if now is not None else ""
            self.announce(f"{before.name} was deleted elsewhere{f'; the cursor is on {name}' if name else ''}")

    def _row(self, key: Hashable) -> Row:
        if key == _GAP:
            return Row(key, spans(self._gap), selectable=False, free=True)
        row = self._by_key[key]
        if isinstance(row, ProviderRow):
            return Row(key, down_cells(row))
        return Row(key, model_cells(row), marker=f" {glyphs.current().default}" if row.is_default else "")

    @property
    def provider(self) -> ProviderRow | None:
        """The provider under the cursor; says what to do where there is none."""
        row = self._by_key.get(self.rows.cursor_key)
        if isinstance(row, ProviderRow):
            return row
        where = "put the cursor on a provider that is taken as down; g goes to the first"
        self.flash(where if self._by_key else "no provider is taken as down; a adds one")
        return None

    def copyable(self) -> Sequence[AnyRow]:
        """The provider or model under the cursor."""
        row = self._by_key.get(self.rows.cursor_key)
        if row is None:
            return ()
        return (row.model if isinstance(row, ModelWhatIf) else row,)

    # What the keys do

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Enter opens a model's lines; going back from them comes back here."""
        message.stop()
        row = self._by_key.get(message.key)
        if isinstance(row, ModelWhatIf):
            identity = row.model.id
            self.go(lambda: self.room.show_lines(identity))
        elif row is not None:
            self.flash(f"{row.name} is taken as down; x takes it out, enter on a model opens its lines")

    def do_add(self) -> None:
        """Takes more providers as down, from a list of all."""
        if all(row.id in self.down for row in self.session.rows.providers):
            self.flash("every provider is taken as down already; x takes one out")
            return
        self.work(self._add_picked)

    async def _add_picked(self) -> None:
        picked = await self.room.pick_providers("down", None, self.down, verb="take as", one_family=False)
        self._add([row for row in self.session.rows.providers if row.id in picked], "that were picked")

    def do_take_out(self) -> None:
        """Takes a provider out again."""
        row = self.provider
        if row is not None:
            there = [key for key, other in self._by_key.items() if isinstance(other, ProviderRow)]
            place = there.index(row.id)
            self.down.discard(row.id)
            self.refresh_rows()
            # On to the next provider, not to a model, so that x takes out one after the other.
            for neighbour in (*there[place + 1 :], *reversed(there[:place])):
                if self.rows.move_cursor(neighbour):
                    break
            self.flash(f"{row.name} is out of the question; a adds it again")

    def do_same_key(self) -> None:
        """Takes all providers with the same key as down."""
        row = self.provider
        if row is None:
            return
        found = same_key(row, self.session.rows.providers)
        if found:
            self._add(found, f"with the key of {row.name} ({credential_text(row.credential)})")
        else:
            self.flash(f"{row.name} has no key of its own that others could share")

    def do_same_host(self) -> None:
        """Takes all providers at the same host as down."""
        row = self.provider
        if row is None:
            return
        found = same_host(row, self.session.rows.providers)
        if found:
            self._add(found, f"at {host_of(row)}")
        else:
            self.flash(f"{row.name} has no host to share: it goes by region")

    def do_same_family(self) -> None:
        """Takes all providers of the family as down."""
        row = self.provider
        if row is not None:
            self._add(same_family(row.family, self.session.rows.providers), f"of family {row.family}")

    def _add(self, found: Sequence[ProviderRow], which: str) -> None:
        """Takes these as down too, and says which of them are new."""
        new = [row.name for row in found if row.id not in self.down]
        if not found:
            return
        self.down.update(row.id for row in found)
        self.refresh_rows()
        self.flash(f"{len(new)} more down {which}: {listed(new)}" if new else f"all {which} are down already")
