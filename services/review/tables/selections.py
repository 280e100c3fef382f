"""Selections and deliberations; an announced run never changes."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.review.tables.base import metadata

selection_run = Table(
    "selection_run",
    metadata,
    Column("selection_id", Text, nullable=False),
    Column("run_version", Integer, nullable=False),
    Column("programme_code", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("track", Text, nullable=False),
    Column("product", Text),
    Column("state", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("limits", JSONB, nullable=False),
    Column("quota_relaxed_reason", Text),
    Column("private_missing", Integer, nullable=False),
    Column("supersedes_sha256", Text),
    Column("sha256", Text),
    Column("canonical", Text),
    Column("run_by", Text, nullable=False),
    Column("run_at", Instant, nullable=False),
    Column("announced_at", Instant),
    PrimaryKeyConstraint("selection_id", "run_version"),
    Index("selection_pool", "programme_code", "track"),
)

selection_row = Table(
    "selection_row",
    metadata,
    Column("selection_id", Text, nullable=False),
    Column("run_version", Integer, nullable=False),
    Column("application_id", Text, nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("rank", Integer),
    Column("ahead_by", Text, nullable=False),
    Column("score", Integer),
    Column("outcome", Text, nullable=False),
    Column("refused_by", Text, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("promoted", Boolean, nullable=False),
    Column("units_asked", Integer, nullable=False),
    Column("months_asked", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("selection_id", "run_version", "application_id"),
)

deliberation = Table(
    "deliberation",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("selection_id", Text, nullable=False, index=True),
    Column("application_id", Text, nullable=False),
    Column("units_before", Integer, nullable=False),
    Column("months_before", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
)

selection_seq = Sequence("selection_seq", metadata=metadata)
