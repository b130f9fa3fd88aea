"""Models: what callers ask for, where each one's requests go now, and how far it is from going dark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from modeltui.domain.haystack import Haystack, models_haystack
from modeltui.domain.rows import ModelRow, ModelState
from modeltui.errors import NoProviders, SchemaOutdated
from modeltui.tui import keys
from modeltui.tui.presentation import glyphs, model_text
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.screens.lists import AnyRow, ListScreen
from modeltui.tui.session import Session
from modeltui.tui.widgets.columns import Column
from modeltui.tui.widgets.hint_bar import HintBar
from modeltui.tui.widgets.row_list import Row

if TYPE_CHECKING:
    from modeltui.domain.impact import Impact

_COUNTED = ((ModelState.DARK, Tone.BAD), (ModelState.FALLBACK, Tone.WARN), (ModelState.OFF, Tone.MUTED))


class ModelsScreen(ListScreen):
    """The list of models, or of deleted ones."""

    context = "models"
    kind = "models"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("models")]
    columns: Sequence[Column] = model_text.COLUMNS  # type: ignore[misc]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.showing_deleted = False

    def all_rows(self) -> Sequence[AnyRow]:
        """The live models, or the deleted ones."""
        return self.session.deleted if self.showing_deleted else self.session.rows.models

    def haystack(self, rows: Sequence[Any]) -> Haystack[Any]:
        """Names, upstream ids, families, providers and their endpoints."""
        return models_haystack(rows, self.session.rows.providers)

    def row_cells(self, row: AnyRow) -> Row:
        """One model's line, the default one starred."""
        assert isinstance(row, ModelRow)
        cells = model_text.deleted_cells(row) if self.showing_deleted else model_text.model_cells(row)
        return Row(row.id, cells, marker=f" {glyphs.current().default}" if row.is_default else "")

    def summary(self, shown: int) -> Spans:
        """How many models there are, and how many are not as they should be."""
        rows = self.all_rows()
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
        if not self.showing_deleted or self.asking:
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

    def do_edit(self) -> None:
        """Opens the form of the model under the cursor."""
        row = self._live("edited")
        if row is not None:
            self.go(lambda: self.room.show_model_form(row))

    def do_toggle(self) -> None:
        """Turns the model on or off."""
        row = self._live("turned on or off")
        if row is not None:
            self.work(lambda: self._toggle(row))

    async def _toggle(self, pressed: ModelRow) -> None:
        from modeltui.domain.inputs import ModelUpdate
        from modeltui.tui.presentation.impact_text import impact_lines

        row = self._latest(pressed)
        models = self.session.catalog.models
        if row.enabled:

            async def agree(impact: Impact) -> bool:
                title = f"Turn {row.name} off?"
                return impact.harmless or await self.confirm(title, impact_lines(impact), "turn it off")

            off = ModelUpdate(enabled=False)
            done = await self.change(
                row,
                lambda: models.impact_of_disabling(row.id),
                lambda version, impact: models.update(row.id, off, version=version, impact=impact),
                agree,
            )
            if done is not None:
                self.flash(f"{row.name} is off: requests for it are refused")
            return
        await models.update(row.id, ModelUpdate(enabled=True), version=row.version)
        await self.session.reload()
        self.flash(f"{row.name} is on; requests go to {self._latest(row).winner or 'nowhere, it is dark'}")

    def do_default(self) -> None:
        """Makes the model the default, or takes the mark away."""
        row = self._live("made the default")
        if row is not None:
            self.work(lambda: self._default(row))

    async def _default(self, pressed: ModelRow) -> None:
        row = self._latest(pressed)
        arrow = glyphs.current().arrow
        now = next((other.name for other in self.session.rows.models if other.is_default), "nowhere")
        after = "nowhere" if row.is_default else row.name
        lines = [spans(Cell(" unnamed requests: ", Tone.MUTED), f"{now} {arrow} {after}")]
        if row.is_default:
            lines.append(spans(Cell(" Requests that name no model will be refused.", Tone.WARN)))
        elif row.state is ModelState.DARK:
            lines.append(spans(Cell(f" {row.name} is dark: requests that name no model will be refused.", Tone.BAD)))
        title = f"Take the default mark from {row.name}?" if row.is_default else f"Make {row.name} the default model?"
        verb = "take it away" if row.is_default else "make it the default"
        if not row.is_default and not row.enabled:
            self.flash(f"{row.name} is off and can't be the default model; t turns it on", error=True)
            return
        if not await self.confirm(title, lines, verb):
            return
        await self.session.catalog.models.set_default(None if row.is_default else row.id, version=row.version)
        await self.session.reload()
        self.flash(f"unnamed requests: {now} {arrow} {after}")

    def do_delete(self) -> None:
        """Deletes the model."""
        row = self._live("deleted")
        if row is not None:
            self.work(lambda: self._delete(row))

    async def _delete(self, pressed: ModelRow) -> None:
        from modeltui.tui.presentation.impact_text import impact_lines

        row = self._latest(pressed)
        models = self.session.catalog.models

        async def agree(impact: Impact) -> bool:
            lines = [*impact_lines(impact), spans(Cell(" It can be brought back: D, then R.", Tone.MUTED))]
            return await self.confirm(f"Delete {row.name}?", lines, "delete")

        done = await self.change(
            row,
            lambda: models.impact_of_deleting(row.id),
            lambda version, impact: models.delete(row.id, version=version, impact=impact),
            agree,
        )
        if done is not None:
            self.flash(f"{row.name} is deleted; D shows it, R restores it")

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
