"""The tables as SQLModel classes. They hold and index; what may go in is decided by `domain.inputs`."""

import uuid
from datetime import datetime
from typing import ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlmodel import Field, SQLModel

from modeltui.db.types import Identity, JsonObject, UtcDateTime, closed_set, code_points
from modeltui.domain.families import Family
from modeltui.domain.rows import CredentialKind

# Constraints have names of their own, so that both databases report the same ones.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(SQLModel):
    """The root of our tables, apart from any other SQLModel table of the same process."""

    metadata: ClassVar[MetaData] = metadata


class ProviderConfig(Base, table=True):
    """One account or endpoint of a family."""

    __tablename__ = "provider_config"
    __table_args__ = (
        Index("uq_provider_config_name_key", "name_key", unique=True),
        CheckConstraint(
            "(coalesce(credential_kind, '') = 'stored') = (api_key_token IS NOT NULL)", name="stored_has_token"
        ),
        CheckConstraint(
            "(coalesce(credential_kind, '') IN ('env', 'file')) = (credential_reference IS NOT NULL)",
            name="reference_is_named",
        ),
    )

    id: uuid.UUID = Field(sa_column=Column(Identity, primary_key=True))
    family: Family = Field(sa_column=Column(closed_set(Family, "family"), nullable=False))
    name: str = Field(sa_column=Column(String(64), nullable=False))
    name_key: str = Field(sa_column=Column(code_points(256), nullable=False))
    base_url: str | None = Field(default=None, sa_column=Column(String(2048)))
    credential_kind: CredentialKind | None = Field(
        default=None, sa_column=Column(closed_set(CredentialKind, "credential_kind"))
    )
    credential_reference: str | None = Field(default=None, sa_column=Column(String(1024)))
    api_key_token: str | None = Field(default=None, sa_column=Column(Text))
    api_key_fingerprint: str | None = Field(default=None, sa_column=Column(String(8)))
    enabled: bool = Field(default=True, sa_column=Column(Boolean, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    updated_by: str = Field(sa_column=Column(String(256), nullable=False))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False))


class ModelConfig(Base, table=True):
    """What callers ask for."""

    __tablename__ = "model_config"
    __table_args__ = (
        Index(
            "uq_model_config_name_key",
            "name_key",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "uq_model_config_default",
            "is_default",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
        CheckConstraint("context_limit BETWEEN 1 AND 1000000000000", name="context_limit"),
        CheckConstraint("compression_threshold BETWEEN 0 AND 100", name="compression_threshold"),
        CheckConstraint("NOT is_default OR (enabled AND deleted_at IS NULL)", name="default_is_live"),
    )

    id: uuid.UUID = Field(sa_column=Column(Identity, primary_key=True))
    family: Family = Field(sa_column=Column(closed_set(Family, "family"), nullable=False))
    name: str = Field(sa_column=Column(String(128), nullable=False))
    name_key: str = Field(sa_column=Column(code_points(512), nullable=False))
    model: str = Field(sa_column=Column(String(256), nullable=False))
    enabled: bool = Field(default=True, sa_column=Column(Boolean, nullable=False))
    is_default: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    context_limit: int = Field(sa_column=Column(BigInteger, nullable=False))
    compression_threshold: int = Field(sa_column=Column(Integer, nullable=False))
    options: JsonObject = Field(sa_column=Column(JSON, nullable=False))
    deleted_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    updated_by: str = Field(sa_column=Column(String(256), nullable=False))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False))


class Attachment(Base, table=True):
    """One line of a model's priority list."""

    __tablename__ = "attachment"
    __table_args__ = (
        Index("uq_attachment_model_priority", "model_config_id", "priority", unique=True),
        Index("ix_attachment_provider_model", "provider_config_id", "model_config_id"),
    )

    model_config_id: uuid.UUID = Field(
        sa_column=Column(Identity, ForeignKey("model_config.id", ondelete="CASCADE"), primary_key=True)
    )
    provider_config_id: uuid.UUID = Field(
        sa_column=Column(Identity, ForeignKey("provider_config.id", ondelete="RESTRICT"), primary_key=True)
    )
    priority: int = Field(sa_column=Column(Integer, nullable=False))
    upstream_model: str | None = Field(default=None, sa_column=Column(String(256)))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


PROVIDERS: Table = metadata.tables["provider_config"]
MODELS: Table = metadata.tables["model_config"]
LINES: Table = metadata.tables["attachment"]
