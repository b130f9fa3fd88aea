"""What is asked of the database, each statement written once.

Columns, not entities: a listing costs a fifth of what loading objects does. Their order is that of the
records in `domain.records`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, select, true

from modeltui.db.lookup import Lookup
from modeltui.db.tables import LINES, MODELS, PROVIDERS
from modeltui.domain.secret_token import PREFIX_LENGTH

LIVE = MODELS.c.deleted_at.is_(None)
EVERY: ColumnElement[bool] = true()
# Found by the index of the one that is marked. SQLite takes it for the index's own words alone, not for a comparison
# with 1 as which a column is written; and by its id, or a condition that adds it to others would look at every row.
_MARKED = MODELS.alias("marked")
DEFAULT = MODELS.c.id == select(_MARKED.c.id).where(literal_column("marked.is_default")).scalar_subquery()

PROVIDER_COLUMNS = (
    PROVIDERS.c.id,
    PROVIDERS.c.family,
    PROVIDERS.c.name,
    PROVIDERS.c.base_url,
    PROVIDERS.c.credential_kind,
    PROVIDERS.c.credential_reference,
    # The part that names the sealing key; a listing never loads what is sealed.
    func.substr(PROVIDERS.c.api_key_token, 1, PREFIX_LENGTH).label("token_prefix"),
    PROVIDERS.c.api_key_fingerprint,
    PROVIDERS.c.enabled,
    PROVIDERS.c.created_at,
    PROVIDERS.c.updated_at,
    PROVIDERS.c.updated_by,
    PROVIDERS.c.version,
)
MODEL_COLUMNS = (
    MODELS.c.id,
    MODELS.c.family,
    MODELS.c.name,
    MODELS.c.model,
    MODELS.c.enabled,
    MODELS.c.is_default,
    MODELS.c.context_limit,
    MODELS.c.compression_threshold,
    MODELS.c.options,
    MODELS.c.deleted_at,
    MODELS.c.created_at,
    MODELS.c.updated_at,
    MODELS.c.updated_by,
    MODELS.c.version,
)
LINE_COLUMNS = (LINES.c.model_config_id, LINES.c.provider_config_id, LINES.c.priority, LINES.c.upstream_model)

_PROVIDER_ORDER = (PROVIDERS.c.family, PROVIDERS.c.name_key, PROVIDERS.c.id)
_MODEL_ORDER = (MODELS.c.family, MODELS.c.name_key, MODELS.c.id)


def providers() -> Select[*tuple[Any, ...]]:
    """Every provider, in the order of lists."""
    return select(*PROVIDER_COLUMNS).order_by(*_PROVIDER_ORDER)


def models(where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The models that a condition on MODELS picks, in the order of lists."""
    return select(*MODEL_COLUMNS).where(where).order_by(*_MODEL_ORDER)


def lines(where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The lines of the models that a condition on MODELS picks, each list in order."""
    joined = LINES.join(MODELS, MODELS.c.id == LINES.c.model_config_id)
    return select(*LINE_COLUMNS).select_from(joined).where(where).order_by(LINES.c.model_config_id, LINES.c.priority)


def among(column: ColumnElement[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    """Rows with one of the ids. They are written into the statement, since parameters are limited in number."""
    return column.in_(bindparam("ids", list(ids), unique=True, expanding=True, literal_execute=True))


def holding(providers: Collection[UUID]) -> ColumnElement[bool]:
    """Models, deleted ones too, with a line to one of the providers."""
    return MODELS.c.id.in_(select(LINES.c.model_config_id).where(among(LINES.c.provider_config_id, providers)))


def bound_to(*providers: UUID) -> ColumnElement[bool]:
    """Live models with a line to one of the providers."""
    return and_(LIVE, holding(providers))


def provider_where(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The providers that a condition picks."""
    return select(*PROVIDER_COLUMNS).where(condition)


def default_name() -> Select[str]:
    """The name of the default model, if there is one."""
    return select(MODELS.c.name).where(DEFAULT)


def default_successor(
    *, without_models: Collection[UUID] = (), without_providers: Collection[UUID] = ()
) -> Select[UUID, str]:
    """The model that becomes the default when the default goes away, as if the given rows were gone.

    The first enabled one, by family and name, with a line to an enabled provider whose credential is set;
    variables and files count as set, so that the choice doesn't depend on who makes it.
    """
    answering = and_(
        LINES.c.model_config_id == MODELS.c.id,
        PROVIDERS.c.id == LINES.c.provider_config_id,
        PROVIDERS.c.enabled,
        PROVIDERS.c.credential_kind.is_not(None),
        ~among(PROVIDERS.c.id, without_providers),
    )
    condition = and_(
        LIVE,
        MODELS.c.enabled,
        ~among(MODELS.c.id, without_models),
        select(LINES.c.model_config_id).where(answering).exists(),
    )
    return select(MODELS.c.id, MODELS.c.name).where(condition).order_by(*_MODEL_ORDER).limit(1)


def model_to_resolve(where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """One model with its lines and their providers in one statement, sealed keys included."""
    joined = MODELS.outerjoin(LINES, LINES.c.model_config_id == MODELS.c.id).outerjoin(
        PROVIDERS, PROVIDERS.c.id == LINES.c.provider_config_id
    )
    return (
        select(
            MODELS.c.id,
            MODELS.c.name,
            MODELS.c.model,
            MODELS.c.enabled,
            MODELS.c.deleted_at,
            LINES.c.priority,
            LINES.c.upstream_model,
            PROVIDERS.c.id.label("provider_id"),
            PROVIDERS.c.family,
            PROVIDERS.c.name.label("provider_name"),
            PROVIDERS.c.base_url,
            PROVIDERS.c.enabled.label("provider_enabled"),
            PROVIDERS.c.credential_kind,
            PROVIDERS.c.credential_reference,
            PROVIDERS.c.api_key_token,
        )
        .select_from(joined)
        .where(where)
        .order_by(LINES.c.priority)
    )


MODEL_TO_RESOLVE = Lookup(
    model_to_resolve(LIVE & (MODELS.c.name_key == bindparam("name_key", type_=MODELS.c.name_key.type)))
)
MODEL_TO_RESOLVE_BY_ID = Lookup(model_to_resolve(MODELS.c.id == bindparam("id", type_=MODELS.c.id.type)))
DEFAULT_TO_RESOLVE = Lookup(model_to_resolve(DEFAULT))


def sealing_key_prefixes(*, except_provider: UUID) -> Select[str]:
    """The distinct token prefixes of the stored keys, one provider left out."""
    prefix = func.substr(PROVIDERS.c.api_key_token, 1, PREFIX_LENGTH)
    return select(prefix).where(PROVIDERS.c.api_key_token.is_not(None), PROVIDERS.c.id != except_provider).distinct()
