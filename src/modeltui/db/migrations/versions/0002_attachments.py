"""Priority lists: each model's providers in order, begun from what each model used before."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the lines, and gives every live model its family's oldest enabled provider as the first one."""
    op.create_table(
        "attachment",
        sa.Column("model_config_id", sa.Uuid, nullable=False),
        sa.Column("provider_config_id", sa.Uuid, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("upstream_model", sa.String(256)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("model_config_id", "provider_config_id", name="pk_attachment"),
        sa.ForeignKeyConstraint(
            ["model_config_id"], ["model_config.id"], ondelete="CASCADE", name="fk_attachment_model_config_id"
        ),
        sa.ForeignKeyConstraint(
            ["provider_config_id"],
            ["provider_config.id"],
            ondelete="RESTRICT",
            name="fk_attachment_provider_config_id",
        ),
    )
    op.create_index("uq_attachment_model_priority", "attachment", ["model_config_id", "priority"], unique=True)
    op.create_index("ix_attachment_provider_model", "attachment", ["provider_config_id", "model_config_id"])
    op.execute(
        """
        INSERT INTO attachment (model_config_id, provider_config_id, priority, created_at, updated_at)
        SELECT model.id, provider.id, 0, model.updated_at, model.updated_at
        FROM model_config AS model
        JOIN provider_config AS provider ON provider.id = (
            SELECT candidate.id FROM provider_config AS candidate
            WHERE candidate.family = model.family AND candidate.enabled
            ORDER BY candidate.created_at, candidate.id LIMIT 1
        )
        WHERE model.deleted_at IS NULL
        """
    )


def downgrade() -> None:
    """Drops the lines; providers and models stay."""
    op.drop_table("attachment")
