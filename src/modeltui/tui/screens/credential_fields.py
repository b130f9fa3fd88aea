"""Where a provider's API key comes from: the part of its form for the kind of key and the one field that it needs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from modeltui.domain.families import Family
from modeltui.domain.offers import variables
from modeltui.domain.rows import Credential, CredentialKind, ProviderRow
from modeltui.tui.presentation import form_text
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.presentation.text import clean
from modeltui.tui.screens.fields import words
from modeltui.tui.screens.form import FormScreen
from modeltui.tui.session import Session
from modeltui.tui.widgets.entry import CompletingEntry, Entry
from modeltui.tui.widgets.field import Field
from modeltui.tui.widgets.selector import Selector

if TYPE_CHECKING:
    from modeltui.domain.credentials import CredentialInput

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


class CredentialFields(FormScreen):
    """The part of the provider form that is about its key."""

    row: ProviderRow | None
    copied: ProviderRow | None

    def __init__(self, session: Session, provider: ProviderRow | None, copied: ProviderRow | None) -> None:
        super().__init__(session, provider, copied)
        self._suggested = ""

    @property
    def family(self) -> Family:
        """The family chosen."""
        return Family(self.fields["family"].text)

    @property
    def kind(self) -> str:
        """What the API key is to be: a kind of credential, `unchanged` or `none`."""
        return self.fields["kind"].text

    def credential_fields(self) -> Iterable[Field]:
        """The kind, and a field for each kind that needs one."""
        path = words("An absolute path, such as /run/secrets/openai.", "It is read wherever requests are resolved.")
        yield Field("kind", "API key", Selector([(NONE, NONE)]), self._kind_help)
        yield Field("api_key", "Key", Entry(password=True), self._api_key_help)
        known = CompletingEntry(lambda: variables(self.session.environ))
        yield Field("variable", "Variable", known, self._variable_help)
        yield Field("path", "Key file", Entry(), path)

    def fill_credential(self, row: ProviderRow | None) -> None:
        """Puts in what a row says of its key, or a copy's; the key itself is never known."""
        shown = row or self.copied
        credential = shown.credential if shown is not None else None
        fields, kind = self.fields, self._kinds
        kind.offer(self._offered_kinds())
        kind.value = kind.options[0][0]
        if row is None and self.copied is not None:
            kind.value = str(credential.kind) if credential is not None else NONE
        fields["api_key"].value = ""
        self._suggested = self.family.usual_variable
        fields["variable"].value = clean((credential.name if credential else None) or self._suggested)
        fields["path"].value = clean((credential.path if credential else None) or "")

    @property
    def _kinds(self) -> Selector:
        control = self.fields["kind"].control
        assert isinstance(control, Selector)
        return control

    def _offered_kinds(self) -> list[tuple[str, str]]:
        kinds = [kind for kind in CredentialKind if kind is not CredentialKind.AMBIENT or self.family.allows_ambient]
        offered = [(str(kind), str(kind)) for kind in kinds]
        if self.row is None:
            return [*offered, (NONE, NONE)]
        now = form_text.credential_text(self.row.credential)
        # Where there is no key, unchanged already means none.
        none = [(NONE, NONE)] if self.row.credential is not None else []
        return [(UNCHANGED, f"{UNCHANGED} ({clean(now)})"), *offered, *none]

    def follow_credential(self) -> None:
        """Shows the one field that the kind of key needs, and what is known of it here."""
        fields = self.fields
        if self._kinds.options != (options := tuple(self._offered_kinds())):
            self._kinds.offer(options)
        if fields["variable"].text == self._suggested != self.family.usual_variable and self.row is None:
            self._suggested = self.family.usual_variable
            fields["variable"].value = self._suggested
        for needing, key in NEEDED.items():
            fields[key].display = self.kind == needing
        copied = self.copied
        if copied is not None and copied.credential is not None and copied.credential.kind is CredentialKind.STORED:
            missing = _masked(fields["api_key"].text)
            said = f"the key of {copied.name} is not copied; type it again"
            fields["api_key"].show_note(spans(Cell(said, Tone.WARN)) if missing else ())
        self._look_here()

    def _look_here(self) -> None:
        """Starts to look whether the variable or file can be read by this process."""
        for kind, key in ((CredentialKind.ENV, "variable"), (CredentialKind.FILE, "path")):
            if self.kind == kind:
                # Not yet a coroutine: one that is replaced before it begins would never be awaited.
                look = partial(self._looked, kind, self.fields[key])
                self.run_worker(look, group="looking", exclusive=True)  # type: ignore[arg-type]

    async def _looked(self, kind: CredentialKind, field: Field) -> None:
        reference = field.text
        ready = bool(reference) and await asyncio.to_thread(_readable, kind, reference, self.session.environ)
        if field.text == reference:
            field.show_note(form_text.set_here(kind, ready) if reference else ())

    # Help

    def _kind_help(self) -> Sequence[Spans]:
        return [spans(Cell(f" {KINDS[self.kind]}", Tone.MUTED))]

    def _api_key_help(self) -> Sequence[Spans]:
        line = "Type or paste it; it is never shown."
        if self._keeps_stored_key:
            saved = form_text.credential_text(self._saved_credential)
            line = f"Empty: the key that is saved ({saved}) stays."
        return [spans(Cell(f" {line}", Tone.MUTED))]

    def _variable_help(self) -> Sequence[Spans]:
        control = self.fields["variable"].control
        assert isinstance(control, CompletingEntry)
        help = [spans(Cell(" The variable's name, without $; read wherever requests are resolved.", Tone.MUTED))]
        taken = control.next_offered
        if taken is not None:
            others = [name for name in control.offered if name not in (taken, control.value)]
            help.append(spans(Cell(" right takes ", Tone.MUTED), taken))
            if others:
                help.append(spans(Cell(" also set here ", Tone.MUTED), "  ".join(others)))
        elif control.value and (names := variables(self.session.environ)):
            help.append(spans(Cell(" set here: ", Tone.MUTED), "  ".join(names)))
            help.append(spans(Cell(" ctrl+u empties the field, then right goes through them.", Tone.MUTED)))
        return help

    # Checking

    @property
    def _saved_credential(self) -> Credential | None:
        """The credential as it is saved now: others may have replaced or cleared it since the form was opened."""
        saved = self.latest() if self.row is not None else None
        row = saved if isinstance(saved, ProviderRow) else self.row
        return row.credential if row is not None else None

    @property
    def _keeps_stored_key(self) -> bool:
        credential = self._saved_credential
        return credential is not None and credential.kind is CredentialKind.STORED

    def check_credential(self, key: str) -> str | None:
        """What is wrong with one of the fields. Raises ValidationError."""
        text = self.fields[key].text
        if key == "api_key" and _masked(text):
            if not self._keeps_stored_key:
                return "give the API key" + (", or choose unchanged" if self.row is not None else "")
        elif key == "variable" and not text:
            return "give the variable's name"
        elif key == "path" and not text:
            return "give the file's path"
        elif key in NEEDED.values():
            self.credential()
        return None

    def credential(self) -> CredentialInput | None:
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
    def sends_credential(self) -> bool:
        """Whether saving says anything about the key; an empty or masked field leaves it as it is."""
        if self.kind == CredentialKind.STORED:
            return not _masked(self.fields["api_key"].text)
        return self.kind != UNCHANGED

    def credential_now(self) -> str:
        """The key as typed, in words, without a stored one."""
        needed = NEEDED.get(self.kind)
        detail = "" if needed is None else "a new key" if needed == "api_key" else self.fields[needed].text
        return f"{self.kind} {detail}".strip()


def _masked(text: str) -> bool:
    """Whether a key field holds nothing, or only signs that hide a key elsewhere."""
    return set(text) <= MASK


def _readable(kind: CredentialKind, reference: str, environ: Mapping[str, str]) -> bool:
    from modeltui.services.key_check import readable_here

    return readable_here(kind, reference, environ)
