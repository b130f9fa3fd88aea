"""Rows as tables and blocks of text for people. Positions count from 1, times are local."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modeltui.cli.output import block, table
from modeltui.clock import local_text
from modeltui.domain.rows import LineVerdict, ModelRow, ModelState, ProviderRow, Resolution
from modeltui.json_form import json_line
from modeltui.tui.presentation.badges import key_badge, line_verdict, model_state, on_off, tokens, verdict


def provider_table(rows: Sequence[ProviderRow]) -> Iterator[str]:
    """The list of providers."""
    if not rows:
        yield "no providers; add one with: modeltui providers add NAME --family F"
        return
    yield from table(
        ("NAME", "FAMILY", "STATE", "KEY", "MODELS", "WINS", "ALONE"),
        (
            (
                row.name,
                row.family,
                on_off(row.enabled).text,
                key_badge(row.credential, row.key).text,
                str(row.bound_model_count),
                str(row.winning_model_count),
                str(row.alone_model_count),
            )
            for row in rows
        ),
        right="MODELS WINS ALONE",
    )


def provider_block(row: ProviderRow) -> Iterator[str]:
    """One provider."""
    own_url, family_url = row.base_url, row.family.default_base_url
    path = row.credential.path if row.credential else None
    yield from block(
        (
            ("name", row.name),
            ("id", str(row.id)),
            ("family", f"{row.family} ({row.family.label})"),
            ("base URL", own_url or (f"{family_url} (the family's own)" if family_url else "none: goes by region")),
            ("state", on_off(row.enabled).text),
            ("key", key_badge(row.credential, row.key).text),
            *([("key file", path)] if path else []),
            (
                "models",
                f"{row.bound_model_count} bound, wins {row.winning_model_count}, alone on {row.alone_model_count}",
            ),
            ("created", local_text(row.created_at)),
            ("updated", f"{local_text(row.updated_at)} by {row.updated_by}, version {row.version}"),
        )
    )


def model_table(rows: Sequence[ModelRow]) -> Iterator[str]:
    """The list of models; `*` marks the default."""
    if not rows:
        yield "no models; add one with: modeltui models add MODEL --provider P --context-limit N"
        return
    yield from table(
        ("", "NAME", "FAMILY", "STATE", "REQUESTS GO TO", "LINE", "SPARE", "CONTEXT"),
        (
            (
                "*" if row.is_default else "",
                row.name,
                row.family,
                _state(row),
                _destination(row),
                f"{row.winning_line.priority + 1 if row.winning_line else '-'}/{len(row.provider_configs)}",
                str(row.spare_count),
                tokens(row.context_limit),
            )
            for row in rows
        ),
        right="LINE SPARE CONTEXT",
    )


def model_block(row: ModelRow) -> Iterator[str]:
    """One model, and its priority list."""
    line = row.winning_line
    where = f", line {line.priority + 1} of {len(row.provider_configs)}" if line is not None else ""
    yield from block(
        (
            ("name", row.name),
            ("id", str(row.id)),
            ("family", f"{row.family} ({row.family.label})"),
            ("upstream id", row.model),
            ("state", _state(row)),
            ("default", "yes" if row.is_default else "no"),
            ("requests go to", _destination(row) + where),
            ("context limit", f"{row.context_limit} tokens"),
            ("compression", f"from {row.compression_threshold} %"),
            ("options", json_line(row.options) if row.options else "none"),
            *([("deleted", local_text(row.deleted_at))] if row.deleted_at else []),
            ("created", local_text(row.created_at)),
            ("updated", f"{local_text(row.updated_at)} by {row.updated_by}, version {row.version}"),
        )
    )
    yield ""
    yield from line_table(row)


def line_table(row: ModelRow) -> Iterator[str]:
    """A model's priority list."""
    if not row.provider_configs:
        yield f"no lines; add one with: modeltui models attach {row.id} PROVIDER"
        return
    yield from table(
        ("#", "PROVIDER", "STATE", "KEY", "VERDICT", "OWN ID"),
        (
            (
                str(line.priority + 1),
                line.name,
                on_off(line.enabled).text,
                key_badge(line.credential, line.key).text,
                line_verdict(line).text,
                line.upstream_model or "",
            )
            for line in row.provider_configs
        ),
        right="#",
    )


def resolution_block(answer: Resolution, *, key: str | None) -> Iterator[str]:
    """Where a request goes, and the lines skipped on the way; the key only where it is given."""
    skipped = [f"{line.priority + 1} {line.name}: {line.reason.words}" for line in answer.skipped if line.reason]
    yield from block(
        (
            ("model", answer.model_name),
            ("provider", answer.provider_name),
            ("line", str(answer.priority + 1)),
            ("family", answer.family),
            ("upstream id", answer.upstream_model),
            ("base URL", answer.base_url or "none: goes by region"),
            *([("API key", key)] if key is not None else []),
            *(("skipped" if place == 0 else "", text) for place, text in enumerate(skipped)),
        )
    )


def verdict_table(lines: Sequence[LineVerdict]) -> Iterator[str]:
    """What resolution says of each line."""
    if not lines:
        yield "no lines: requests are refused"
        return
    yield from table(
        ("#", "PROVIDER", "VERDICT"),
        ((str(line.priority + 1), line.name, verdict(line.verdict, line.reason).text) for line in lines),
        right="#",
    )


def _state(row: ModelRow) -> str:
    return "deleted" if row.deleted_at is not None else model_state(row.state).text


def _destination(row: ModelRow) -> str:
    """Where requests go; in brackets where they would go if the model were on or not deleted."""
    if row.deleted_at is not None or row.state is ModelState.OFF:
        return f"({row.winner or 'nowhere'})"
    if row.winner is not None:
        return row.winner
    reasons = [line.reason.words for line in row.provider_configs if line.reason is not None]
    return f"nowhere: {max(dict.fromkeys(reasons), key=reasons.count)}" if reasons else "nowhere: no lines"
