"""What screening found and what officers decided: appended, never edited."""

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Integer, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

screening_run = Table(
    "screening_run",
    metadata,
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False),
    Column("run", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("at", Instant, nullable=False),
    Column("organisation_version", Integer),
    PrimaryKeyConstraint("application_id", "run"),
)

screening_decision = Table(
    "screening_decision",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False, index=True),
    Column("rule_id", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_on", JSONB, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
)
