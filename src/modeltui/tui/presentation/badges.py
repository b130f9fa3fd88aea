"""Badges: a sign and a word, never a colour alone."""

from __future__ import annotations

from pathlib import PurePath

from modeltui.domain.rows import Credential, CredentialKind, KeyState, LineRow, ModelState, SkipReason, Verdict
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.cells import Cell, Tone

SHORT_REASONS = {
    SkipReason.PROVIDER_DISABLED: "off",
    SkipReason.NO_API_KEY: "no key",
    SkipReason.KEY_UNREADABLE: "key",
}

# In a column as narrow as a short provider's name.
WHY_DARK = {
    SkipReason.PROVIDER_DISABLED: "provider off",
    SkipReason.NO_API_KEY: "no API key",
    SkipReason.KEY_UNREADABLE: "key unreadable",
}


def on_off(enabled: bool) -> Cell:
    """Whether a provider is on."""
    signs = glyphs.current()
    return Cell(f"{signs.ok} on", Tone.GOOD) if enabled else Cell(f"{signs.off} off", Tone.MUTED)


def model_state(state: ModelState) -> Cell:
    """Where a model's requests stand."""
    signs = glyphs.current()
    return {
        ModelState.ON: Cell(f"{signs.ok} on", Tone.GOOD),
        ModelState.FALLBACK: Cell(f"{signs.warn} fallback", Tone.WARN),
        ModelState.DARK: Cell(f"{signs.bad} dark", Tone.BAD),
        ModelState.OFF: Cell(f"{signs.off} off", Tone.MUTED),
    }[state]


def key_badge(credential: Credential | None, key: KeyState, *, short: bool = False) -> Cell:
    """What this process can do with a provider's key; `short` leaves out which key it is."""
    signs = glyphs.current()
    if credential is None:
        return Cell(f"{signs.bad} none", Tone.BAD)
    if key is KeyState.UNREADABLE:
        return Cell(f"{signs.bad} unreadable here", Tone.BAD)
    ready = key is KeyState.READY
    tone = Tone.PLAIN if ready else Tone.BAD
    sign = signs.ok if ready else signs.bad
    if credential.kind is CredentialKind.STORED:
        words = "stored" if short else f"stored {credential.fingerprint}"
    elif credential.kind is CredentialKind.ENV:
        words = (
            ("env" if ready else "unset")
            if short
            else (f"env {credential.name}" if ready else f"unset ${credential.name}")
        )
    elif credential.kind is CredentialKind.FILE:
        words = ("file" if short else f"file {PurePath(credential.path or '').name}") if ready else "no file"
    else:
        words = "ambient"
    return Cell(f"{sign} {words}", tone)


def verdict(answer: Verdict, reason: SkipReason | None, *, short: bool = False) -> Cell:
    """What resolution says of a line."""
    if reason is not None:
        return Cell(f"skipped: {SHORT_REASONS[reason] if short else reason.words}", Tone.WARN)
    return Cell("wins", Tone.STRONG) if answer is Verdict.WINS else Cell("standby")


def line_verdict(line: LineRow, *, short: bool = False) -> Cell:
    """What resolution says of this line."""
    return verdict(line.verdict, line.reason, short=short)


def tokens(count: int) -> str:
    """A number of tokens to three digits: 950, 128k, 1.05M."""
    for size, unit in ((1, ""), (10**3, "k"), (10**6, "M"), (10**9, "G")):
        value = float(f"{count / size:.3g}")
        if value < 1000:
            return f"{value:g}{unit}"
    return f"{count / 10**12:.3g}T"


def counted(count: int, noun: str) -> str:
    """`1 model`, `2 models`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
