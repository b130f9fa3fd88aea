"""The form of a model: what callers ask for, and for a new one the providers that serve it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from modeltui.domain.draft import Draft
from modeltui.domain.impact import Impact
from modeltui.domain.rows import ModelRow
from modeltui.domain.text import MODEL_NAME_LIMIT, UPSTREAM_ID_LIMIT, checked_name, checked_text, parse_tokens
from modeltui.errors import CatalogError, DefaultModelDisabled, LineError, StaleVersion, ValidationError
from modeltui.tui.presentation.badges import counted
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.impact_text import asked_lines, impact_lines
from modeltui.tui.presentation.text import clean
from modeltui.tui.screens import option_fields
from modeltui.tui.screens.fields import ON_OFF, AnyRow, copy_name, differing, words
from modeltui.tui.screens.form import Saved
from modeltui.tui.screens.new_lines import LINES, NewLines
from modeltui.tui.session import Session
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.field import Field, Fixed
from modeltui.tui.widgets.selector import Selector
from modeltui.tui.widgets.text_lines import TextLine

if TYPE_CHECKING:
    from modeltui.domain.inputs import ModelUpdate

TYPED = ("model", "name", "context_limit", "compression_threshold", *option_fields.BY_KEY)


class ModelForm(NewLines):
    """One model's fields, or a new one's with its priority list."""

    place = "Models"
    noun = "model"
    row: ModelRow | None
    copied: ModelRow | None

    def __init__(self, session: Session, model: ModelRow | None, copied: ModelRow | None = None) -> None:
        super().__init__(session, model, copied)
        self._suggested = ""

    # Fields

    def make_fields(self) -> Iterable[Field | TextLine]:
        """What it is called, who serves it, its limits; what need not be there comes last."""
        yield Field(
            "model", "Upstream id", Entry(), words("What providers know the model by; a line can have its own.")
        )
        yield Field("name", "Name", Entry(), words("What callers ask for. Unique among models, letter case aside."))
        yield self.line_list() if self.row is None else Field(LINES, "Lines", Fixed(), words())
        yield Field("family", "Family", Fixed(), words())
        yield Field(
            "context_limit",
            "Context limit",
            Entry(),
            words("Tokens that a request may have: 128000, or 128k, or 1M. k is 1000."),
        )
        yield Field(
            "compression_threshold",
            "Compression %",
            Entry(),
            words("How full the context gets before it is compressed, in percent."),
        )
        yield Field("enabled", "State", Selector(ON_OFF), words("off: requests for it are refused."))
        if self.row is None:
            yes_no = Selector((("no", "no"), ("yes", "yes")))
            yield Field(
                "is_default",
                "Default",
                yes_no,
                words(
                    "yes: requests that name no model go to it.",
                    "Where there is no default yet, it becomes it by itself.",
                ),
            )

        yield from option_fields.option_fields()

    def fill(self, row: AnyRow | None) -> None:
        """Puts the row in, or those values of a copied one that a new one may have, or what most models have."""
        from modeltui.domain.inputs import DEFAULT_COMPRESSION_THRESHOLD

        assert row is None or isinstance(row, ModelRow)
        fields, copied = self.fields, self.copied if row is None else None
        self._suggested = ""
        if row is not None:
            values = self._typed_of(row) | {LINES: _lines_of(row), "family": str(row.family)}
        elif copied is not None:
            name = copy_name(clean(copied.name), [other.name for other in self.session.rows.models], MODEL_NAME_LIMIT)
            lines = Draft.of(copied.provider_configs).now.kept
            values = self._typed_of(copied) | {"name": name, LINES: lines}
        else:
            values = dict.fromkeys(TYPED, "")
            values |= {"compression_threshold": str(DEFAULT_COMPRESSION_THRESHOLD), LINES: ()}
        for key, value in values.items():
            fields[key].value = value
        shown = row or copied
        fields["enabled"].value = "on" if shown is None or shown.enabled else "off"
        if "is_default" in fields:
            fields["is_default"].value = "no"

    def refresh_rows(self) -> None:
        """Shows the form; how many lines a model has isn't changed here, and follows what others do."""
        latest = self.latest() if self.baseline else None
        if isinstance(latest, ModelRow):
            self.fields[LINES].value = _lines_of(latest)
        super().refresh_rows()

    def _typed_of(self, row: ModelRow) -> dict[str, object]:
        """A saved model as it would be typed."""
        return {
            "model": clean(row.model),
            "name": clean(row.name),
            "context_limit": str(row.context_limit),
            "compression_threshold": str(row.compression_threshold),
            **option_fields.typed_options(row.options),
        }

    def follow(self) -> None:
        """Says what follows from what was typed: the name, the family, the number that 128k stands for."""
        fields = self.fields
        model, name = fields["model"].text, fields["name"]
        if self.row is None and name.text == self._suggested != model:
            self._suggested = model
            name.value = model
        name.show_note(
            spans(Cell(f"will be {model}", Tone.MUTED)) if self.row is None and model and not name.text else ()
        )
        fields["context_limit"].show_note(option_fields.tokens_note(fields["context_limit"].text))
        for key in option_fields.BY_KEY:
            fields[key].show_note(option_fields.option_note(key, fields[key].text))
        if self.row is None:
            fields["family"].value = str(self.family) if self.family else "follows from the first line"

    # Checking

    def check(self, key: str) -> str | None:
        """By the rules of the domain."""
        text = self.fields[key].text
        if key == "model":
            checked_text("upstream_id", text, UPSTREAM_ID_LIMIT)
        elif key == "name":
            self._check_name(text)
        elif key == LINES and self.row is None:
            return self._check_lines()
        elif key in ("context_limit", "compression_threshold"):
            self._check_number(key)
        elif key in option_fields.BY_KEY:
            option_fields.check_option(key, text)
        elif key == "is_default" and text == "yes" and self.fields["enabled"].text == "off":
            return "a model that is off can't be the default"
        return None

    def _check_name(self, name: str) -> None:
        model = self.fields["model"].text
        if (name and name != model) or self.row is not None:
            checked_name("name", name, MODEL_NAME_LIMIT)
        elif model:
            try:
                checked_name("name", model, MODEL_NAME_LIMIT)
            except ValidationError as error:
                raise ValidationError(
                    "name", f"the upstream id can't be the name ({error.message}); give one"
                ) from None

    def _check_lines(self) -> str | None:
        if not self.lines:
            return "a model needs at least one provider; a attaches"
        if any(self.session.provider(line.provider) is None for line in self.lines):
            return "a provider of the list was deleted meanwhile; x takes its line out"
        return None

    def _check_number(self, key: str) -> None:
        from modeltui.domain.inputs import ModelUpdate

        number: dict[str, Any] = {key: self._number(key)}
        ModelUpdate(**number)

    def _number(self, key: str) -> int | None:
        text = self.fields[key].text
        if key == "context_limit":
            return parse_tokens(text)
        text = text.removesuffix("%").rstrip()
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    def field_of_error(self, error: CatalogError) -> str | None:
        """Errors about a list belong to the lines, the default model's to its state."""
        if isinstance(error, LineError):
            return LINES if self.row is None else None
        if isinstance(error, DefaultModelDisabled):
            return "enabled"
        field = getattr(error, "field", None)
        if field == "options":
            return option_fields.PROVIDER_OPTIONS
        return LINES if field == "upstream_models" else field if field in self.fields else None

    # Two states side by side

    def latest(self) -> AnyRow | None:
        """The model as it is now."""
        row = self.session.model(self.row.id) if self.row is not None else None
        return row if row is not None and row.deleted_at is None else None

    def described(self, row: AnyRow) -> dict[str, str]:
        """A saved model's fields."""
        assert isinstance(row, ModelRow)
        typed = {self.fields[key].label: str(value) for key, value in self._typed_of(row).items()}
        return typed | {"State": "on" if row.enabled else "off"}

    def described_now(self, saved: AnyRow) -> dict[str, str]:
        """The form's fields, numbers as they will be saved, so that 1M is seen to be 1000000."""
        fields = self.fields
        typed: dict[str, object] = {key: fields[key].text for key in TYPED}
        typed |= {key: self._number(key) for key in ("context_limit", "compression_threshold")}
        typed |= option_fields.typed_options(self._options())
        return {fields[key].label: str(value) for key, value in typed.items()} | {"State": fields["enabled"].text}

    def _options(self) -> dict[str, Any]:
        return option_fields.options_of({key: self.fields[key].text for key in option_fields.BY_KEY})

    # Writing

    async def write(self, row: AnyRow | None) -> Saved | None:
        """Adds or changes the model."""
        from modeltui.domain.inputs import ModelCreate, ModelUpdate

        fields, models = self.fields, self.session.catalog.models
        given: dict[str, Any] = {
            "model": fields["model"].text,
            "name": fields["name"].text,
            "context_limit": self._number("context_limit"),
            "compression_threshold": self._number("compression_threshold"),
            "options": self._options(),
            "enabled": fields["enabled"].text == "on",
        }
        if row is None:
            lines = {
                LINES: [line.provider for line in self.lines],
                "upstream_models": {line.provider: line.own_id for line in self.lines},
                "is_default": fields["is_default"].text == "yes",
            }
            created = await models.create(ModelCreate(**given | lines | {"name": given["name"] or None}))
            default = "; it is the default model" if created.is_default else ""
            return Saved(created.id, f"{created.name} is added: {_requests(created)}{default}")
        assert isinstance(row, ModelRow)
        before = {key: getattr(row, key) for key in given} | {"model": clean(row.model), "name": clean(row.name)}
        changes = ModelUpdate(**differing(given, before))
        if row.enabled and not given["enabled"]:
            saved = await self._turn_off(row, changes)
        else:
            if "model" in changes.given and not await self._agreed(row, given["model"]):
                return None
            saved = await models.update(row.id, changes, version=row.version)
        return Saved(saved.id, f"{saved.name} is saved: {_requests(saved)}") if saved is not None else None

    async def _agreed(self, row: ModelRow, upstream: str) -> bool:
        """Asks where the winner, as it is now, would be asked for another upstream model; again where it changed."""
        agreed: list[Spans] = []
        while True:
            current = await self.session.catalog.models.get(row.id)
            asked = asked_lines(current, replace(current, model=upstream))
            # What can't be written is refused without asking first.
            if current.version != row.version or asked in ([], agreed):
                return True
            if agreed:
                self.flash("what it does to requests has changed meanwhile; look again", error=True)
            if not await self.confirm(f"Save {row.name}?", asked, "save"):
                return False
            agreed = asked

    async def _turn_off(self, row: ModelRow, changes: ModelUpdate) -> ModelRow | None:
        """Updates a model that goes off, after showing what that does; None where the person says no."""
        models = self.session.catalog.models
        while True:
            impact: Impact = await models.impact_of_disabling(row.id)
            title = f"Turn {row.name} off?"
            if not impact.harmless and not await self.confirm(title, impact_lines(impact), "save"):
                return None
            try:
                return await models.update(row.id, changes, version=row.version, impact=impact)
            except StaleVersion as error:
                if error.impact is None:
                    raise
                await self.session.reload()
                self.flash("what it does to requests has changed meanwhile; look again", error=True)


def _lines_of(row: ModelRow) -> str:
    return f"{counted(len(row.provider_configs), 'line')}; enter on Models edits them"


def _requests(row: ModelRow) -> str:
    if not row.enabled:
        return "it is off"
    return f"requests go to {row.winner or 'nowhere, it is dark'}"
