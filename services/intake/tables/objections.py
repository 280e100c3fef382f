"""Objections to decisions, and what was decided on them; both appended, both stay (MS-7)."""

from sqlalchemy import ARRAY, Column, ForeignKey, Integer, Sequence, Table, Text, UniqueConstraint

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

objection = Table(
    "objection",
    metadata,
    Column("objection_id", Text, primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False),
    Column("decision", Text, nullable=False),
    Column("decision_id", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("took_part", ARRAY(Text), nullable=False),
    Column("text", Text, nullable=False),
    Column("filed_by", Text, nullable=False),
    Column("filed_at", Instant, nullable=False),
    UniqueConstraint("application_id", "decision_id"),
)

selection_decider = Table(
    "selection_decider",
    metadata,
    Column("selection_id", Text, primary_key=True),
    Column("run_version", Integer, primary_key=True),
    Column("took_part", ARRAY(Text), nullable=False),
)

objection_decision = Table(
    "objection_decision",
    metadata,
    Column("objection_id", Text, ForeignKey("objection.objection_id"), primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

objection_seq = Sequence("objection_seq", metadata=metadata)
