"""What becomes of one model's priority list when a provider is attached, detached, swapped or made the last resort.

Every function gives the lines in their new order, those that stay being the rows that they were: a line's
place is where it stands, not its `priority`.
"""

from __future__ import annotations

from collections.abc import Container
from shlex import quote
from uuid import UUID

from modeltui.domain.resolution import skip_reason
from modeltui.domain.rows import LineRow, ModelRow, ProviderRow, Verdict
from modeltui.errors import DuplicateProvider, FamilyMismatch, NoProviders, NotFound

Lines = tuple[LineRow, ...]


def attached(model: ModelRow, provider: ProviderRow, *, at_top: bool) -> Lines:
    """The list with a new line at its top or end. Raises FamilyMismatch, DuplicateProvider."""
    _require_family(model, provider)
    lines = model.provider_configs
    if _holds(lines, provider.id):
        raise DuplicateProvider(provider.name)
    return (_line_to(provider), *lines) if at_top else (*lines, _line_to(provider))


def detached(model: ModelRow, provider: ProviderRow) -> Lines:
    """The list without a provider. Raises NotFound where it has no such line, NoProviders for the last one."""
    _require_line(model, provider)
    if len(model.provider_configs) == 1:
        raise NoProviders(model.name)
    return tuple(line for line in model.provider_configs if line.provider_config_id != provider.id)


def swapped(model: ModelRow, old: ProviderRow, new: ProviderRow) -> Lines:
    """The list with `new` at the place of `old`, or at its own where that is the better one; each stands once.

    The new line has the own upstream id that it had before, never the old line's. Raises NotFound where `old`
    has no line, FamilyMismatch.
    """
    _require_family(model, new)
    _require_line(model, old)
    lines = model.provider_configs
    pair = (old.id, new.id)
    taker = next((line for line in lines if line.provider_config_id == new.id), None) or _line_to(new)
    place = next(place for place, line in enumerate(lines) if line.provider_config_id in pair)
    return (*lines[:place], taker, *(line for line in lines[place:] if line.provider_config_id not in pair))


def sunk(model: ModelRow, names: Container[str]) -> Lines:
    """The list with the named providers' lines at its bottom, in the order in which they stood."""
    lines = model.provider_configs
    above = [line for line in lines if line.name not in names]
    return (*above, *(line for line in lines if line.name in names)) if len(above) < len(lines) else lines


def first_usable(lines: Lines) -> str | None:
    """The provider that would win."""
    skipped = Verdict.SKIPPED
    for line in lines:
        if line.verdict is not skipped:
            return line.name
    return None


def _line_to(provider: ProviderRow) -> LineRow:
    reason = skip_reason(provider.enabled, provider.key)
    return LineRow(
        provider.id,
        provider.name,
        provider.family,
        0,
        None,
        provider.enabled,
        provider.credential,
        provider.key,
        Verdict.STANDBY if reason is None else Verdict.SKIPPED,
        reason,
    )


def _holds(lines: Lines, provider: UUID) -> bool:
    return any(line.provider_config_id == provider for line in lines)


def _require_line(model: ModelRow, provider: ProviderRow) -> None:
    if not _holds(model.provider_configs, provider.id):
        see = f"see: modeltui models show {quote(model.name)}"
        raise NotFound("line", provider.name, f"{provider.name} is not attached to {model.name}; {see}")


def _require_family(model: ModelRow, provider: ProviderRow) -> None:
    if provider.family is not model.family:
        raise FamilyMismatch(provider.name, provider.family, model.family)
