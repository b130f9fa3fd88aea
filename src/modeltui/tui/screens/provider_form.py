"""The form of a provider: one account or endpoint, and where its API key comes from."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from modeltui.domain.families import Family
from modeltui.domain.impact import Impact
from modeltui.domain.rows import CredentialKind, ProviderRow
from modeltui.domain.text import PROVIDER_NAME_LIMIT, checked_base_url, checked_name
from modeltui.errors import CatalogError, SecretError, StaleVersion
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.form_text import credential_text, set_here
from modeltui.tui.presentation.impact_text import impact_lines, outcome
from modeltui.tui.presentation.text import clean
from modeltui.tui.screens.fields import ON_OFF, AnyRow, differing, words
from modeltui.tui.screens.form import FormScreen, Saved
from modeltui.tui.session import Session
from modeltui.tui.widgets.entry import Entry
from modeltui.tui.widgets.field import Field, Fixed
from modeltui.tui.widgets.selector import Selector

if TYPE_CHECKING:
    from modeltui.domain.credentials import CredentialInput
    from modeltui.domain.inputs import ProviderUpdate

UNCHANGED, NONE = "unchanged", "none"
# The field that each kind needs.
NEEDED: dict[str, str] = {CredentialKind.STORED: "api_key", CredentialKind.ENV: "variable", CredentialKind.FILE: "path"}
# What stands for a key in places that hide it, copied from there by mistake.
MASK = frozenset("*•●·…")
KINDS: dict[str, str] = {
    UNCHANGED: "unchanged: what is saved stays as it is",
    CredentialKind.STORED: "stored: in the catalog, encrypted; never shown again",
    CredentialKind.ENV: "env: in a variable, read wherever requests are resolved",
    CredentialKind.FILE: "file: in a file such as a secret mount, read likewise",
    CredentialKind.AMBIENT: "ambient: needs none, as a local server or the host's cloud account",
    NONE: "none: its lines are skipped until it has a key",
}


class ProviderForm(FormScreen):
    """One provider's fields, or a new one's."""

    place = "Providers"
    noun = "provider"
    row: ProviderRow | None

    def __init__(self, session: Session, provider: ProviderRow | None) -> None:
        super().__init__(session, provider)
        self._suggested = ""

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
        yield Field("kind", "API key", Selector([(NONE, NONE)]), self._kind_help)
        yield Field("api_key", "Key", Entry(password=True), self._api_key_help)
        yield Field(
            "variable",
            "Variable",
            Entry(),
            words("The variable's name, without $. Another host may have another value for it."),
        )
        yield Field("path", "Key file", Entry(), words("An absolute path, such as /run/secrets/openai."))
        yield Field("enabled", "State", Selector(ON_OFF), words("off: its lines stay in the lists and are skipped."))

    def fill(self, row: AnyRow | None) -> None:
        """Puts the row in; the key's field always starts empty."""
        assert row is None or isinstance(row, ProviderRow)
        credential = row.credential if row is not None else None
        fields = self.fields
        fields["family"].value = str(row.family if row is not None else next(iter(Family)))
        fields["name"].value = clean(row.name) if row is not None else ""
        fields["base_url"].value = clean(row.base_url or "") if row is not None else ""
        kind = fields["kind"].control
        assert isinstance(kind, Selector)
        kind.offer(self._kinds())
        kind.value = kind.options[0][0]
        fields["api_key"].value = ""
        self._suggested = self.family.usual_variable
        fields["variable"].value = clean((credential.name if credential else None) or self._suggested)
        fields["path"].value = clean((credential.path if credential else None) or "")
        fields["enabled"].value = "on" if row is None or row.enabled else "off"

    @property
    def family(self) -> Family:
        """The family chosen."""
        return Family(self.fields["family"].text)

    @property
    def kind(self) -> str:
        """What the API key is to be: a kind of credential, `unchanged` or `none`."""
        return self.fields["kind"].text

    def _kinds(self) -> list[tuple[str, str]]:
        kinds = [kind for kind in CredentialKind if kind is not CredentialKind.AMBIENT or self.family.allows_ambient]
        offered = [(str(kind), str(kind)) for kind in kinds]
        if self.row is None:
            return [*offered, (NONE, NONE)]
        now = credential_text(self.row.credential)
        # Where there is no key, unchanged already means none.
        none = [(NONE, NONE)] if self.row.credential is not None else []
        return [(UNCHANGED, f"{UNCHANGED} ({clean(now)})"), *offered, *none]

    def follow(self) -> None:
        """Shows the one field that the kind of key needs, and what is known of it here."""
        fields = self.fields
        kind = fields["kind"].control
        assert isinstance(kind, Selector)
        if kind.options != (options := tuple(self._kinds())):
            kind.offer(options)
        if fields["variable"].text == self._suggested != self.family.usual_variable and self.row is None:
            self._suggested = self.family.usual_variable
            fields["variable"].value = self._suggested
        for needing, key in NEEDED.items():
            fields[key].display = self.kind == needing
        self._look_here()

    def _look_here(self) -> None:
        """Starts to look whether the variable or file can be read by this process."""
        for kind, key in ((CredentialKind.ENV, "variable"), (CredentialKind.FILE, "path")):
            if self.kind == kind:
                self.run_worker(self._looked(kind, self.fields[key]), group="looking", exclusive=True)

    async def _looked(self, kind: CredentialKind, field: Field) -> None:
        reference = field.text
        ready = bool(reference) and await asyncio.to_thread(_readable, kind, reference, self.session.environ)
        if field.text == reference:
            field.show_note(set_here(kind, ready) if reference else ())

    # Help

    def _family_help(self) -> Sequence[Spans]:
        families = list(Family)
        lines = (
            f" {self.family.label}; it can't be changed later. One of:",
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

    def _kind_help(self) -> Sequence[Spans]:
        return [spans(Cell(f" {KINDS[self.kind]}", Tone.MUTED))]

    def _api_key_help(self) -> Sequence[Spans]:
        line = "Type or paste it; it is never shown."
        if self._keeps_stored_key:
            line = f"Empty: the key that is saved ({credential_text(self.row.credential if self.row else None)}) stays."
        return [spans(Cell(f" {line}", Tone.MUTED))]

    # Checking

    @property
    def _keeps_stored_key(self) -> bool:
        credential = self.row.credential if self.row is not None else None
        return credential is not None and credential.kind is CredentialKind.STORED

    def check(self, key: str) -> str | None:
        """By the rules of the domain; the family and what is chosen from a list can't be wrong."""
        text = self.fields[key].text
        if key == "name":
            checked_name("name", text, PROVIDER_NAME_LIMIT)
        elif key == "base_url":
            checked_base_url(self.family, text)
        elif key == "api_key" and _masked(text):
            if not self._keeps_stored_key:
                return "give the API key" + (", or choose unchanged" if self.row is not None else "")
        elif key == "variable" and not text:
            return "give the variable's name"
        elif key == "path" and not text:
            return "give the file's path"
        elif key in NEEDED.values():
            self._credential()
        return None

    def _credential(self) -> CredentialInput | None:
        """The credential as typed. Raises ValidationError."""
        from modeltui.domain.credentials import Ambient, EnvKey, FileKey, StoredKey

        match self.kind:
            case CredentialKind.STORED:
                return StoredKey(self.fields["api_key"].text)
            case CredentialKind.ENV:
                return EnvKey(self.fields["variable"].text)
            case CredentialKind.FILE:
                return FileKey(self.fields["path"].text)
            case CredentialKind.AMBIENT:
                return Ambient()
        return None

    @property
    def _sends_credential(self) -> bool:
        """Whether saving says anything about the key; an empty or masked field leaves it as it is."""
        if self.kind == CredentialKind.STORED:
            return not _masked(self.fields["api_key"].text)
        return self.kind != UNCHANGED

    def field_of_error(self, error: CatalogError) -> str | None:
        """Errors about the key belong to the field that it was typed into."""
        field = "credential" if isinstance(error, SecretError) else getattr(error, "field", None)
        if field == "credential":
            return NEEDED.get(self.kind, "kind")
        return field if field in self.fields else None

    # Two states side by side

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
        if self._sends_credential:
            needed = NEEDED.get(self.kind)
            detail = "" if needed is None else "a new key" if needed == "api_key" else self.fields[needed].text
            key = f"{self.kind} {detail}".strip()
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

        providers = self.session.catalog.providers
        given: dict[str, Any] = {
            "name": self.fields["name"].text,
            "base_url": self.fields["base_url"].text or None,
            "enabled": self.fields["enabled"].text == "on",
        }
        if self._sends_credential:
            given["credential"] = self._credential()
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
            return f"{verb.capitalize()} the key of {row.name}?" if self._sends_credential else f"Save {row.name}?"
        return f"Turn {row.name} {turned}{f' and {verb} its key' if self._sends_credential else ''}?"


def _masked(text: str) -> bool:
    """Whether a key field holds nothing, or only signs that hide a key elsewhere."""
    return set(text) <= MASK


def _readable(kind: CredentialKind, reference: str, environ: Mapping[str, str]) -> bool:
    from modeltui.services.key_check import readable_here

    return readable_here(kind, reference, environ)
