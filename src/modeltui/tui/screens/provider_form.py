"""The form of a provider: one account or endpoint, and where its API key comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from modeltui.domain.families import Family
from modeltui.domain.impact import Impact
from modeltui.domain.rows import CredentialKind, ProviderRow
from modeltui.domain.text import PROVIDER_NAME_LIMIT, checked_base_url, checked_name
from modeltui.errors import CatalogError, SecretError, StaleVersion, ValidationError
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.form_text import credential_text
from modeltui.tui.presentation.impact_text import impact_lines, outcome
from modeltui.tui.presentation.text import clean
from modeltui.tui.screens.credential_fields import NEEDED, NONE, CredentialFields
from modeltui.tui.screens.fields import ON_OFF, AnyRow, copy_name, differing, words
from modeltui.tui.screens.form import Saved
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.field import Field, Fixed
from modeltui.tui.widgets.selector import Selector

if TYPE_CHECKING:
    from modeltui.domain.inputs import ProviderUpdate


class ProviderForm(CredentialFields):
    """One provider's fields, or a new one's."""

    place = "Providers"
    noun = "provider"

    def make_fields(self) -> Iterable[Field]:
        """Family, name, endpoint, key, on or off."""
        families = [(str(family), str(family)) for family in Family]
        fixed = self.row is not None
        yield Field("family", "Family", Fixed() if fixed else Selector(families), self._family_help)
        yield Field(
            "name",
            "Name",
            Entry(),
            words("What lists, filters and commands call it.", "Unique, letter case aside; up to 64 characters."),
        )
        yield Field("base_url", "Base URL", Entry(), self._base_url_help)
        yield from self.credential_fields()
        yield Field("enabled", "State", Selector(ON_OFF), words("off: its lines stay in the lists and are skipped."))

    def fill(self, row: AnyRow | None) -> None:
        """Puts the row in, or those values of a copied one that a new one may have."""
        assert row is None or isinstance(row, ProviderRow)
        shown, fields = row or self.copied, self.fields
        fields["family"].value = str(shown.family if shown is not None else next(iter(Family)))
        fields["name"].value = clean(row.name) if row is not None else ""
        if row is None and self.copied is not None:
            taken = [other.name for other in self.session.rows.providers]
            fields["name"].value = copy_name(clean(self.copied.name), taken, PROVIDER_NAME_LIMIT)
        fields["base_url"].value = clean(shown.base_url or "") if shown is not None else ""
        fields["enabled"].value = "on" if shown is None or shown.enabled else "off"
        self.fill_credential(row)

    def follow(self) -> None:
        """Says where requests go without a base URL, and shows what the kind of key needs."""
        default = self.family.default_base_url
        own = default is not None and not self.fields["base_url"].text
        self.fields["base_url"].show_note(spans(Cell(f"the family's own: {default}", Tone.MUTED)) if own else ())
        self.follow_credential()

    # Help

    def _family_help(self) -> Sequence[Spans]:
        if self.row is not None:
            return [spans(Cell(f" {self.family.label}", Tone.MUTED))]
        families = list(Family)
        lines = (
            f" {self.family.label}; fixed once it is saved. Type its first letters, or space:",
            f" {'  '.join(families[:4])}",
            f" {'  '.join(families[4:])}",
        )
        return [spans(Cell(line, Tone.MUTED)) for line in lines]

    def _base_url_help(self) -> Sequence[Spans]:
        family = self.family
        if family.needs_base_url:
            line = f" {family.label} needs one, such as https://llm.example/v1"
        else:
            line = f" Empty: {family.label}'s own, {family.default_base_url or 'by the region of the host'}"
        return [spans(Cell(line, Tone.MUTED))]

    # Checking

    def check(self, key: str) -> str | None:
        """By the rules of the domain; the family and what is chosen from a list can't be wrong."""
        text = self.fields[key].text
        if key == "name":
            checked_name("name", text, PROVIDER_NAME_LIMIT)
        elif key == "base_url":
            checked_base_url(self.family, text)
        else:
            return self.check_credential(key)
        return None

    def field_of_error(self, error: CatalogError) -> str | None:
        """Errors about the key belong to the field that it was typed into."""
        field = "credential" if isinstance(error, SecretError) else getattr(error, "field", None)
        if field == "credential":
            return NEEDED.get(self.kind, "kind")
        return field if field in self.fields else None

    # Two states side by side

    def latest(self) -> AnyRow | None:
        """The provider as it is now."""
        return self.session.provider(self.row.id) if self.row is not None else None

    def described(self, row: AnyRow) -> dict[str, str]:
        """A saved provider's fields."""
        assert isinstance(row, ProviderRow)
        return {
            "Name": row.name,
            "Base URL": row.base_url or "",
            "API key": credential_text(row.credential),
            "State": "on" if row.enabled else "off",
        }

    def described_now(self, saved: AnyRow) -> dict[str, str]:
        """The form's fields; a key that isn't touched here stays as it is saved now."""
        key = self.described(saved)["API key"]
        if self.sends_credential:
            key = self.credential_now()
        return {
            "Name": self.fields["name"].text,
            "Base URL": self.fields["base_url"].text,
            "API key": key,
            "State": self.fields["enabled"].text,
        }

    # Writing

    async def write(self, row: AnyRow | None) -> Saved | None:
        """Adds or changes the provider."""
        from modeltui.domain.inputs import ProviderCreate, ProviderUpdate

        # Again: the stored key that an empty field was to keep may be gone meanwhile.
        if self.kind == CredentialKind.STORED and (problem := self.check_credential("api_key")) is not None:
            raise ValidationError("credential", problem)
        providers = self.session.catalog.providers
        given: dict[str, Any] = {
            "name": self.fields["name"].text,
            "base_url": self.fields["base_url"].text or None,
            "enabled": self.fields["enabled"].text == "on",
        }
        if self.sends_credential:
            given["credential"] = self.credential()
        if row is None:
            created = await providers.create(ProviderCreate(family=self.family, **given))
            return Saved(created.id, f"{created.name} is added")
        assert isinstance(row, ProviderRow)
        before = {"name": clean(row.name), "base_url": row.base_url and clean(row.base_url), "enabled": row.enabled}
        impact = await self._write_agreed(row, ProviderUpdate(**differing(given, before)))
        if impact is None:
            return None
        happened = "" if impact.harmless else f": {outcome(impact)}"
        return Saved(row.id, f"{given['name']} is saved{happened}")

    async def _write_agreed(self, row: ProviderRow, changes: ProviderUpdate) -> Impact | None:
        """Updates the provider after showing what that does to requests; None where the person says no."""
        providers = self.session.catalog.providers
        impact = await providers.impact_of_updating(row.id, changes)
        while True:
            if not impact.harmless and not await self.confirm(self._question(row), impact_lines(impact), "save"):
                return None
            try:
                await providers.update(row.id, changes, version=row.version, impact=impact)
            except StaleVersion as error:
                if error.impact is None:
                    raise
                impact = error.impact
                await self.session.reload()
                self.flash("what it does to requests has changed meanwhile; look again", error=True)
                continue
            return impact

    def _question(self, row: ProviderRow) -> str:
        turned = self.fields["enabled"].text
        verb = "clear" if self.kind == NONE else "change"
        if row.enabled == (turned == "on"):
            return f"{verb.capitalize()} the key of {row.name}?" if self.sends_credential else f"Save {row.name}?"
        return f"Turn {row.name} {turned}{f' and {verb} its key' if self.sends_credential else ''}?"
