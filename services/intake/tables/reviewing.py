"""Who may read which application as a reviewer: facts that review said, appended."""

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, Table, Text

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

reader_fact = Table(
    "reader_fact",
    metadata,
    Column("application_id", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("reviewer_id", Text, nullable=False),
    Column("panel_id", Text, nullable=False),
    Column("seat", Integer, nullable=False),
    Column("sitting", Integer, nullable=False),
    Column("fact", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("application_id", "stage", "reviewer_id", "panel_id", "seat", "sitting", "fact"),
)
