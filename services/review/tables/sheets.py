"""What reviewers handed in and what it came to, appended."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.review.tables.base import metadata

sheet = Table(
    "sheet",
    metadata,
    Column("sheet_id", Text, primary_key=True),
    Column("application_id", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("panel_id", Text, nullable=False),
    Column("seat", Integer, nullable=False),
    Column("reviewer_id", Text, nullable=False, index=True),
    Column("scores", JSONB, nullable=False),
    Column("total", Integer, nullable=False),
    Column("comment", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Index("sheet_once", "application_id", "stage", "seat", unique=True),
)

Index("sheet_by_number", func.length(sheet.c.sheet_id), sheet.c.sheet_id)

composite = Table(
    "composite",
    metadata,
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("mean", Text, nullable=False),
    Column("composite", Integer, nullable=False),
    Column("bonus", Integer, nullable=False),
    Column("final", Integer, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("counted_seats", ARRAY(Integer), nullable=False),
    Column("dropped_seats", ARRAY(Integer), nullable=False),
    Column("criterion_means", JSONB, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("closed_at", Instant, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("supersedes_sha256", Text),
    PrimaryKeyConstraint("application_id", "stage", "version"),
)

sheet_seq = Sequence("sheet_seq", metadata=metadata)
