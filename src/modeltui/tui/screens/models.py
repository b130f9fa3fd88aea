"""Models: what callers ask for, where each one's requests go now, and how far it is from going dark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import BindingType

from modeltui.domain.haystack import Haystack, models_haystack
from modeltui.domain.rows import ModelRow, ModelState
from modeltui.errors import NoProviders, SchemaOutdated
from modeltui.tui import keys
from modeltui.tui.presentation import glyphs, model_text
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.lists import AnyRow
from modeltui.tui.screens.marking import MarkedList
from modeltui.tui.session import Session
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.hint_bar import HintBar
from modeltui.tui.widgets.row_list import Row

_COUNTED = ((ModelState.DARK, Tone.BAD), (ModelState.FALLBACK, Tone.WARN), (ModelState.OFF, Tone.MUTED))


class ModelsScreen(MarkedList):
    """The list of models, or of deleted ones."""

    context = "models"
    kind = "models"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("models")]
    columns: Sequence[Column] = model_text.COLUMNS  # type: ignore[misc]
    name_cells = model_text.NAME_CELLS

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.showing_deleted = False

    @property
    def may_mark(self) -> bool:
        """The marks are those of the live models, and wait while the deleted ones are shown."""
        return not self.showing_deleted

    def all_rows(self) -> Sequence[AnyRow]:
        """The live models, or the deleted ones."""
        return self.session.deleted if self.showing_deleted else self.session.rows.models

    def haystack(self, rows: Sequence[Any]) -> Haystack[Any]:
        """Names, upstream ids, families, providers and their endpoints."""
        return models_haystack(rows, self.session.rows.providers)

    def in_order(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Live models as the person chose; deleted ones as they went, the last first."""
        return rows if self.showing_deleted else super().in_order(rows)

    def order_note(self) -> str:
        """What the rows are sorted by, in a word or two."""
        return "last deleted" if self.showing_deleted else super().order_note()

    def do_sort(self) -> None:
        """Asks what to sort by; deleted models have one order."""
        if self.showing_deleted:
            self.flash("deleted models stand as they went, the last first; D goes back to the live ones")
        else:
            super().do_sort()

    def row_cells(self, row: AnyRow) -> Row:
        """One model's line, the default one starred."""
        assert isinstance(row, ModelRow)
        cells = model_text.deleted_cells(row) if self.showing_deleted else model_text.model_cells(row)
        return Row(row.id, cells, marker=f" {glyphs.current().default}" if row.is_default else "")

    def summary(self, shown: int) -> Spans:
        """How many models there are, and how many are not as they should be."""
        rows = self.all_rows()
        if self.session.models_in_all is not None:
            return spans(Cell("Models ", Tone.STRONG), f"{self.session.models_in_all}")
        total = f"{shown} of {len(rows)}" if shown != len(rows) else f"{len(rows)}"
        if self.showing_deleted:
            return spans(Cell("Models, deleted ", Tone.STRONG), total)
        counts = Counter(row.state for row in rows if isinstance(row, ModelRow))
        notes = [Cell(f"   {counts[state]} {state}", tone) for state, tone in _COUNTED if counts[state]]
        return spans(Cell("Models ", Tone.STRONG), total, *notes)

    def pane(self, row: AnyRow, width: int) -> tuple[Spans, list[Spans]]:
        """The priority list with its verdicts."""
        assert isinstance(row, ModelRow)
        return model_text.model_title(row, width), model_text.model_pane(row, width)

    def nothing_yet(self) -> list[Spans]:
        """What to do in an empty catalog."""
        if self.showing_deleted:
            return [spans("  No deleted models."), spans("  D goes back to the live ones.")]
        if not self.session.rows.providers:
            return [
                spans("  No models yet, and no providers to send requests to."),
                spans("  Press 2 to go to Providers and add one; it may already be in your environment."),
            ]
        return [
            spans("  No models yet."),
            spans("  n adds one: what callers ask for, and the providers that serve it."),
        ]

    @property
    def model(self) -> ModelRow | None:
        """The model under the cursor."""
        row = self.current
        return row if isinstance(row, ModelRow) else None

    # What the keys do

    def do_open(self) -> None:
        """Opens the priority list."""
        row = self.model
        if row is None:
            return
        if row.deleted_at is not None:
            self.flash(f"{row.name} is deleted; R brings it back")
            return
        self.go(lambda: self.room.show_lines(row.id))

    def do_deleted(self) -> None:
        """Deleted models, or the live ones again."""
        self.showing_deleted = not self.showing_deleted
        self.columns = model_text.DELETED_COLUMNS if self.showing_deleted else model_text.COLUMNS
        self.show_hints()
        self.refresh_rows()

    def show_hints(self) -> None:
        """Of deleted models there is little to do but to bring them back."""
        if not self.showing_deleted or self.overlay:
            super().show_hints()
            return
        shown = [keys.action("models", name) for name in ("restore", "deleted", "filter", "reload")]
        labels = {"deleted": "live models"}
        self.query_one(HintBar).show(
            [(item.key_texts()[0], labels.get(item.id, item.label)) for item in shown], keys.hints("models")[1]
        )

    def peel(self) -> bool:
        """Takes the filter away, then goes back from the deleted models."""
        if super().peel():
            return True
        if self.showing_deleted:
            self.do_deleted()
            return True
        return False

    def do_new(self) -> None:
        """Opens the form for a new model."""
        if not self.session.rows.providers:
            self.flash("a model needs a provider first; press 2, then n")
            return
        self.go(lambda: self.room.show_model_form(None))

    def do_clone(self) -> None:
        """Opens the form for a new model that is like the one under the cursor."""
        row = self._live("cloned")
        if row is not None:
            self.go(lambda: self.room.show_model_form(None, self._latest(row)))

    def do_edit(self) -> None:
        """Opens the form of the model under the cursor."""
        row = self._live("edited")
        if row is not None:
            self.go(lambda: self.room.show_model_form(row))

    def do_toggle(self) -> None:
        """Turns models off if any of them is on, else on."""
        rows = self._acting_on("turned on or off")
        if rows:
            from modeltui.tui.screens.turning import turn

            # Decided now, by what the person sees.
            enabled = not any(row.enabled for row in rows)
            self.work(lambda: turn(self, rows, enabled=enabled))

    def do_default(self) -> None:
        """Makes the model the default, or takes the mark away."""
        row = self._live("made the default")
        if row is not None:
            from modeltui.tui.screens.defaulting import mark_default

            self.work(lambda: mark_default(self, row))

    def do_delete(self) -> None:
        """Deletes models."""
        rows = self._acting_on("deleted")
        if rows:
            from modeltui.tui.screens.deleting import delete_models

            self.work(lambda: delete_models(self, rows))

    def do_attach(self) -> None:
        """Attaches a provider to models."""
        rows = self._acting_on("given a provider")
        if rows:
            from modeltui.tui.screens.list_lines import attach_to

            self.work(lambda: attach_to(self, rows))

    def do_detach(self) -> None:
        """Detaches a provider from models."""
        rows = self._acting_on("parted from a provider")
        if rows:
            from modeltui.tui.screens.list_lines import detach_from

            self.work(lambda: detach_from(self, rows))

    def do_swap(self) -> None:
        """Swaps a provider for another in models' lists."""
        rows = self._acting_on("given another provider")
        if rows:
            from modeltui.tui.screens.list_lines import swap_in

            self.work(lambda: swap_in(self, rows))

    def do_restore(self) -> None:
        """Brings a deleted model back."""
        row = self.model
        if row is None or row.deleted_at is None:
            self.flash("only a deleted model can be restored; D shows them")
            return
        self.work(lambda: self._restore(row))

    async def _restore(self, row: ModelRow) -> None:
        models = self.session.catalog.models
        try:
            restored = await models.restore(row.id, version=row.version)
        except NoProviders:
            picked = await self.room.pick_providers(row.name, row.family, ())
            if not picked:
                self.flash(f"{row.name} was not restored: it needs a provider")
                return
            restored = await models.restore(row.id, picked, version=row.version)
        await self.session.reload()
        self.do_deleted()
        self.move_to(restored.id)
        off = "; it is off, t turns it on"
        on = f"; requests go to {restored.winner or 'nowhere, it is dark'}"
        self.flash(f"{restored.name} is back{on if restored.enabled else off}")

    # Help for the above

    def _live(self, what: str) -> ModelRow | None:
        row = self.model
        if row is None:
            self.flash(f"there is no model here to be {what}")
        elif row.deleted_at is not None:
            self.flash(f"{row.name} is deleted and can't be {what}; R brings it back")
            return None
        return row

    def _acting_on(self, what: str) -> tuple[ModelRow, ...]:
        """The marked models, else the one under the cursor; says so where there is none that can be changed."""
        if self.marks:
            return tuple(row for row in self.acting_on() if isinstance(row, ModelRow))
        row = self._live(what)
        return (row,) if row is not None else ()

    def _latest(self, row: ModelRow) -> ModelRow:
        return self.session.model(row.id) or row

    def offer_upgrade(self, error: SchemaOutdated) -> None:
        """Asks whether to bring the database up to date."""

        async def job() -> None:
            lines = [
                spans(f" It has schema {error.current or 'none'}; this program needs {error.expected}."),
                spans(" Older programs can't use it afterwards. Make a backup first if you are not sure."),
            ]
            if await self.confirm(f"Upgrade the database {self.room.place}?", lines, "upgrade"):
                await self.room.upgrade()
                self.flash("the database is up to date")

        self.work(job)
