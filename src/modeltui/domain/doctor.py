"""What is wrong with a catalog, or soon could be: findings grouped by their cause, each with what to do about it.

Levels: `error` where requests are refused or a key can't be used at all, `warning` where the next failure would
get through or this process sees less than it was told, `info` where something is only worth knowing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from modeltui.domain.families import Family
from modeltui.domain.records import Rows
from modeltui.domain.rows import (
    Credential,
    CredentialKind,
    KeyState,
    LineRow,
    ModelRow,
    ModelState,
    ProviderRow,
    Verdict,
)
from modeltui.domain.sharing import host_of

NAMES_SHOWN = 4


class Level(StrEnum):
    """How bad it is, the worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    def reaches(self, least: Level) -> bool:
        """Whether it is as bad as `least`, or worse."""
        order = list(Level)
        return order.index(self) <= order.index(least)


class Cause(StrEnum):
    """What is wrong, in the order in which it is told."""

    DARK = "dark"
    DEFAULT_DARK = "default_dark"
    DEFAULT_OFF = "default_off"
    KEY_UNREADABLE = "key_unreadable"
    ALONE = "alone"
    FALSE_SPARE = "false_spare"
    FIRST_LINE = "first_line"
    NO_DEFAULT = "no_default"
    KEY_MISSING = "key_missing"
    ONE_VENDOR = "one_vendor"
    UNBOUND = "unbound"


class Cure(StrEnum):
    """What can be done for a whole group at once."""

    SPARE = "attach_spare"


@dataclass(frozen=True, slots=True)
class Finding:
    """One model or provider that a diagnosis is about; `detail` says why."""

    id: UUID
    name: str
    family: Family
    detail: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that one cause explains: models or providers, or neither where the catalog itself lacks something.

    `meaning` and `advice` are sentences for people; `cure` is what can be done for all of it at once.
    """

    cause: Cause
    level: Level
    title: str
    meaning: str
    advice: str
    cure: Cure | None
    models: tuple[Finding, ...] = ()
    providers: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The models or the providers, whichever it is about."""
        return self.models or self.providers


class _Words(NamedTuple):
    level: Level
    title: str
    meaning: str
    advice: str
    cure: Cure | None = None


_WORDS = {
    Cause.DARK: _Words(
        Level.ERROR,
        "dark",
        "No line can be used: requests are refused.",
        "Turn a provider on, give a key, or attach another.",
        Cure.SPARE,
    ),
    Cause.DEFAULT_DARK: _Words(
        Level.ERROR,
        "default model is dark",
        "Requests that name no model are refused.",
        "Make a line of it usable, or another model the default.",
    ),
    Cause.DEFAULT_OFF: _Words(
        Level.ERROR,
        "default model is off",
        "Requests that name no model are refused.",
        "Turn it on, or make another model the default.",
    ),
    Cause.KEY_UNREADABLE: _Words(
        Level.ERROR,
        "key unreadable here",
        "Sealed with another secret key: the lines are skipped.",
        "Give this process that secret key, or store the keys again.",
    ),
    Cause.ALONE: _Words(
        Level.WARNING,
        "alone",
        "Only one line can be used: when it fails, all is dark.",
        "Attach a spare, or make another line usable.",
        Cure.SPARE,
    ),
    Cause.FALSE_SPARE: _Words(
        Level.WARNING,
        "false spare",
        "The usable lines share key and base URL, or a host: one failure takes them all.",
        "Attach a spare at another host.",
        Cure.SPARE,
    ),
    Cause.FIRST_LINE: _Words(
        Level.WARNING,
        "first line unusable",
        "Requests go to a line below the first.",
        "Make the first line usable again, or change the order.",
        Cure.SPARE,
    ),
    Cause.NO_DEFAULT: _Words(
        Level.WARNING,
        "no default model",
        "Requests that name no model are refused.",
        "Make a model the default, unless this is meant.",
    ),
    Cause.KEY_MISSING: _Words(
        Level.WARNING,
        "variable or file missing here",
        "The variable or file isn't here: the lines are skipped.",
        "Set it where this runs; another host may well have it.",
    ),
    Cause.ONE_VENDOR: _Words(
        Level.INFO,
        "one vendor endpoint",
        "The usable lines have keys of their own, but one vendor's endpoint.",
        "Attach a spare elsewhere, if the vendor's failures matter.",
        Cure.SPARE,
    ),
    Cause.UNBOUND: _Words(
        Level.INFO,
        "bound to nothing",
        "No model has a line to these providers.",
        "Attach them where they are wanted, or delete them.",
    ),
}


def examine(rows: Rows) -> tuple[Diagnosis, ...]:
    """The groups that hold something, the worst first. Models that are off are looked at as the default only."""
    found: dict[Cause, list[Finding]] = {}

    def add(cause: Cause, row: ModelRow | ProviderRow, detail: str) -> None:
        found.setdefault(cause, []).append(Finding(row.id, row.name, row.family, detail))

    _examine_default(rows.models, add)
    # Looked up by name: it is as unique as the id, and hashing a UUID runs Python code.
    sites = {provider.name: _site_of(provider) for provider in rows.providers}
    for model in rows.models:
        if model.state is not ModelState.OFF:
            _examine_model(model, sites, add)
    for provider in rows.providers:
        _examine_provider(provider, add)
    groups = [_group(cause, found[cause]) for cause in Cause if cause in found]
    if not any(model.is_default for model in rows.models):
        groups.append(_no_default(empty=not rows.models))
    order = [*Cause]
    return tuple(sorted(groups, key=lambda group: (list(Level).index(group.level), order.index(group.cause))))


def failing(groups: Iterable[Diagnosis], least: Level) -> bool:
    """Whether any group is as bad as `least`, or worse."""
    return any(group.level.reaches(least) for group in groups)


_Add = Callable[[Cause, ModelRow | ProviderRow, str], None]


class _Site(NamedTuple):
    """Where a provider's requests go and with which credential; equal sites fail together.

    `host` is None where it depends on the region. `vendor` says that it is the family's own host, or one below
    it such as eu.api.openai.com.
    """

    host: str | None
    vendor: bool
    url: str
    credential: Credential | None


def _site_of(provider: ProviderRow) -> _Site:
    family = provider.family.default_base_url or ""
    host = host_of(provider)
    vendor = family.partition("//")[2].partition("/")[0]
    at_vendor = bool(host and vendor) and f".{host}".endswith(f".{vendor}")
    return _Site(host, at_vendor, (provider.base_url or family).rstrip("/"), provider.credential)


def _examine_default(models: Sequence[ModelRow], add: _Add) -> None:
    default = next((model for model in models if model.is_default), None)
    if default is None:
        return
    if default.state is ModelState.OFF:
        add(Cause.DEFAULT_OFF, default, "off")
    elif default.state is ModelState.DARK:
        add(Cause.DEFAULT_DARK, default, _why_dark(default))


def _examine_model(model: ModelRow, sites: dict[str, _Site], add: _Add) -> None:
    if model.state is ModelState.DARK:
        add(Cause.DARK, model, _why_dark(model))
        return
    usable = [line for line in model.provider_configs if line.verdict is not Verdict.SKIPPED]
    if model.state is ModelState.FALLBACK:
        first = model.provider_configs[0]
        add(Cause.FIRST_LINE, model, f"{_skipped(first)}, now at {model.winner}")
    if model.alone:
        add(Cause.ALONE, model, f"only {model.winner}")
        return
    _examine_spares(model, [line.name for line in usable], sites, add)


def _examine_spares(model: ModelRow, names: Sequence[str], sites: dict[str, _Site], add: _Add) -> None:
    first, *rest = [sites[name] for name in names]
    for site in rest:
        if site.host != first.host:
            return
    if all(site == first for site in rest):
        where = first.host or "the host's own region"
        add(Cause.FALSE_SPARE, model, f"same key and base URL, {where}: {_listed(names)}")
    elif first.host is not None:
        cause = Cause.ONE_VENDOR if first.vendor else Cause.FALSE_SPARE
        add(cause, model, f"same host, {first.host}: {_listed(names)}")


def _examine_provider(provider: ProviderRow, add: _Add) -> None:
    credential = provider.credential
    if credential is not None and provider.key is KeyState.UNREADABLE:
        add(Cause.KEY_UNREADABLE, provider, f"stored {credential.fingerprint}")
    elif credential is not None and provider.key is KeyState.MISSING:
        variable = credential.kind is CredentialKind.ENV
        add(Cause.KEY_MISSING, provider, f"${credential.name} unset" if variable else f"no key file {credential.path}")
    if not provider.bound_model_count:
        add(Cause.UNBOUND, provider, "on" if provider.enabled else "off")


def _group(cause: Cause, findings: Sequence[Finding]) -> Diagnosis:
    words = _WORDS[cause]
    about_providers = cause in (Cause.KEY_UNREADABLE, Cause.KEY_MISSING, Cause.UNBOUND)
    models, providers = ((), tuple(findings)) if about_providers else (tuple(findings), ())
    return Diagnosis(cause, *words, models, providers)


def _no_default(*, empty: bool) -> Diagnosis:
    """In an empty catalog this only says what comes next."""
    level, title, meaning, advice, cure = _WORDS[Cause.NO_DEFAULT]
    if empty:
        level, advice = Level.INFO, "There are no models yet; the first that is enabled becomes the default."
    return Diagnosis(Cause.NO_DEFAULT, level, title, meaning, advice, cure)


def _why_dark(model: ModelRow) -> str:
    """Why each line is skipped, in order."""
    lines = [_skipped(line) for line in model.provider_configs]
    return _listed(lines) if lines else "no lines"


def _skipped(line: LineRow) -> str:
    return f"{line.name}: {line.reason.words}" if line.reason is not None else line.name


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
