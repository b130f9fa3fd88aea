"""Providers: the accounts and endpoints, whether they can be used, and what hangs on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import BindingType

from modeltui.domain.filtering import quote
from modeltui.domain.haystack import Haystack, providers_haystack
from modeltui.domain.rows import KeyState, ProviderRow
from modeltui.tui import keys
from modeltui.tui.presentation import provider_text
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.lists import AnyRow
from modeltui.tui.screens.offering import Offering
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.row_list import Row


class ProvidersScreen(Offering):
    """The list of providers."""

    context = "providers"
    kind = "providers"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("providers")]
    columns: ClassVar[Sequence[Column]] = provider_text.COLUMNS
    name_cells = provider_text.NAME_CELLS

    def all_rows(self) -> Sequence[AnyRow]:
        """All providers."""
        return self.session.rows.providers

    def haystack(self, rows: Sequence[Any]) -> Haystack[Any]:
        """Names, families, endpoints and keys."""
        return providers_haystack(rows)

    def row_cells(self, row: AnyRow) -> Row:
        """One provider's line."""
        assert isinstance(row, ProviderRow)
        return Row(row.id, provider_text.provider_cells(row))

    def summary(self, shown: int) -> Spans:
        """How many providers there are, and how many can't be used."""
        rows = self.session.rows.providers
        total = f"{shown} of {len(rows)}" if shown != len(rows) else f"{len(rows)}"
        off = sum(not row.enabled for row in rows)
        keyless = sum(row.key is not KeyState.READY for row in rows)
        notes = [Cell(f"   {off} off", Tone.MUTED)] if off else []
        notes += [Cell(f"   {keyless} without key", Tone.BAD)] if keyless else []
        return spans(Cell("Providers ", Tone.STRONG), total, *notes)

    def pane(self, row: AnyRow, width: int) -> tuple[Spans, list[Spans]]:
        """What turning it on or off would do."""
        assert isinstance(row, ProviderRow)
        bound, providers = self.session.bound_models(row), self.session.rows.providers
        return provider_text.provider_title(row), provider_text.provider_pane(row, bound, providers)

    def nothing_yet(self) -> list[Spans]:
        """What to do in an empty catalog."""
        return [spans("  No providers yet."), spans("  n adds one: an account or endpoint that serves models.")]

    @property
    def provider(self) -> ProviderRow | None:
        """The provider under the cursor; says so where there is none."""
        row = self.current
        if isinstance(row, ProviderRow):
            return row
        self.flash("there is no provider here; n adds one")
        return None

    # What the keys do

    def do_open(self) -> None:
        """Goes to the models bound to the provider."""
        row = self.provider
        if row is not None:
            self.go(lambda: self.run_worker(self.room.go_to_models(f"provider:={quote(row.name)}"), group="going"))

    def do_new(self) -> None:
        """Opens the form for a new provider."""
        self.go(lambda: self.room.show_provider_form(None))

    def do_clone(self) -> None:
        """Opens the form for a new provider that is like the one under the cursor, without its stored key."""
        row = self.provider
        if row is not None:
            self.go(lambda: self.room.show_provider_form(None, row))

    def do_edit(self) -> None:
        """Opens the form of the provider under the cursor."""
        row = self.provider
        if row is not None:
            self.go(lambda: self.room.show_provider_form(row))

    def do_what_if(self) -> None:
        """Shows what would happen if the marked providers, or the one under the cursor, were down."""
        rows = self._acting_on()
        if rows:
            self.go(lambda: self.room.show_what_if({row.id for row in rows}))

    def do_toggle(self) -> None:
        """Turns providers off if any of them is on, else on."""
        rows = self._acting_on()
        if rows:
            from modeltui.tui.screens.turning import turn

            # Decided now, by what the person sees.
            enabled = not any(row.enabled for row in rows)
            self.work(lambda: turn(self, rows, enabled=enabled))

    def do_delete(self) -> None:
        """Deletes providers."""
        rows = self._acting_on()
        if rows:
            from modeltui.tui.screens.deleting import delete_providers

            self.work(lambda: delete_providers(self, rows))

    def do_last_resort(self) -> None:
        """Puts providers' lines at the bottom of every list."""
        rows = self._acting_on()
        if rows:
            from modeltui.tui.screens.list_lines import last_resort

            self.work(lambda: last_resort(self, rows))

    def _acting_on(self) -> tuple[ProviderRow, ...]:
        """The marked providers, else the one under the cursor; says so where there is none."""
        rows = tuple(row for row in self.acting_on() if isinstance(row, ProviderRow))
        if not rows:
            self.flash("there is no provider here; n adds one")
        return rows
