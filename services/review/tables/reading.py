"""Who said that no conflict stands in the way of reading, and sheets as they were saved before they are handed in."""

from sqlalchemy import Column, ForeignKey, Integer, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.review.tables.base import metadata

clearance = Table(
    "clearance",
    metadata,
    Column("panel_id", Text, ForeignKey("panel.panel_id"), nullable=False),
    Column("seat", Integer, nullable=False),
    Column("application_id", Text, nullable=False),
    Column("sitting", Integer, nullable=False),
    Column("cleared_by", Text, nullable=False),
    Column("cleared_at", Instant, nullable=False),
    PrimaryKeyConstraint("panel_id", "application_id", "seat", "sitting"),
)

sheet_draft = Table(
    "sheet_draft",
    metadata,
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("panel_id", Text, ForeignKey("panel.panel_id"), nullable=False),
    Column("seat", Integer, nullable=False),
    Column("reviewer_id", Text, nullable=False),
    Column("scores", JSONB, nullable=False),
    Column("comment", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("saved_at", Instant, nullable=False),
    PrimaryKeyConstraint("application_id", "stage", "seat"),
)
