"""Provider and model configs, as they were before there were priority lists."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_FAMILIES = "'anthropic', 'azure', 'bedrock', 'google', 'openai', 'openai-compat', 'openrouter', 'vercel'"


def _code_points(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes both tables. The names of checks are whole, which `op.f` says: nothing goes before them."""
    op.create_table(
        "provider_config",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("family", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("name_key", _code_points(256), nullable=False),
        sa.Column("base_url", sa.String(2048)),
        sa.Column("credential_kind", sa.String(32)),
        sa.Column("credential_reference", sa.String(1024)),
        sa.Column("api_key_token", sa.Text),
        sa.Column("api_key_fingerprint", sa.String(8)),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.Column("updated_by", sa.String(256), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provider_config"),
        sa.CheckConstraint(f"family IN ({_FAMILIES})", name=op.f("ck_provider_config_family")),
        sa.CheckConstraint(
            "credential_kind IN ('stored', 'env', 'file', 'ambient')", name=op.f("ck_provider_config_credential_kind")
        ),
        sa.CheckConstraint(
            "(coalesce(credential_kind, '') = 'stored') = (api_key_token IS NOT NULL)",
            name=op.f("ck_provider_config_stored_has_token"),
        ),
        sa.CheckConstraint(
            "(coalesce(credential_kind, '') IN ('env', 'file')) = (credential_reference IS NOT NULL)",
            name=op.f("ck_provider_config_reference_is_named"),
        ),
    )
    op.create_index("uq_provider_config_name_key", "provider_config", ["name_key"], unique=True)
    op.create_table(
        "model_config",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("family", sa.String(32), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("name_key", _code_points(512), nullable=False),
        sa.Column("model", sa.String(256), nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False),
        sa.Column("context_limit", sa.BigInteger, nullable=False),
        sa.Column("compression_threshold", sa.Integer, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("deleted_at", _moment()),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.Column("updated_by", sa.String(256), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model_config"),
        sa.CheckConstraint(f"family IN ({_FAMILIES})", name=op.f("ck_model_config_family")),
        sa.CheckConstraint("context_limit BETWEEN 1 AND 1000000000000", name=op.f("ck_model_config_context_limit")),
        sa.CheckConstraint(
            "compression_threshold BETWEEN 0 AND 100", name=op.f("ck_model_config_compression_threshold")
        ),
        sa.CheckConstraint(
            "NOT is_default OR (enabled AND deleted_at IS NULL)", name=op.f("ck_model_config_default_is_live")
        ),
    )
    _partial_index("uq_model_config_name_key", "name_key", "deleted_at IS NULL")
    _partial_index("uq_model_config_default", "is_default", "is_default")


def _partial_index(name: str, column: str, where: str) -> None:
    op.create_index(
        name,
        "model_config",
        [column],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def downgrade() -> None:
    """Drops both tables and all that they hold."""
    op.drop_table("model_config")
    op.drop_table("provider_config")
