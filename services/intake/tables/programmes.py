"""Programme definitions: every version is kept."""

from sqlalchemy import Column, ForeignKey, Integer, PrimaryKeyConstraint, Table, Text, text
from sqlalchemy.dialects.postgresql import JSON

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

programme = Table(
    "programme",
    metadata,
    Column("code", Text, primary_key=True),
    Column("latest_version", Integer, nullable=False),
    Column("in_force_version", Integer),
    Column("receipts_issued", Integer, nullable=False, server_default=text("0")),
)

programme_definition = Table(
    "programme_definition",
    metadata,
    Column("code", Text, ForeignKey("programme.code"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("definition", JSON, nullable=False),  # not JSONB: the order of rubric and tracks is the notice's
    Column("reason", Text, nullable=False),
    Column("written_by", Text, nullable=False),
    Column("written_at", Instant, nullable=False),
    PrimaryKeyConstraint("code", "version"),
)
