"""Panels, their seats, what lies before them, conflicts of interest, reopened stages, late seats. Nothing is edited."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
)

from libs.common.backbone import Instant
from services.review.tables.base import metadata

panel = Table(
    "panel",
    metadata,
    Column("panel_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("track", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("takes_all", Boolean, nullable=False),
    Column("due_at", Instant),
    Column("seated_by", Text, nullable=False),
    Column("seated_at", Instant, nullable=False),
    Index("panel_stage", "programme_code", "track", "stage"),
)

seat = Table(
    "seat",
    metadata,
    Column("panel_id", Text, ForeignKey("panel.panel_id"), nullable=False),
    Column("seat", Integer, nullable=False),
    Column("reviewer_id", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("employer_organisation_id", Text, nullable=False),
    Column("scope", ARRAY(Text)),
    Column("reason", Text, nullable=False),
    Column("seated_at", Instant, nullable=False),
    Column("vacated_at", Instant),
    Column("due_at", Instant),
    PrimaryKeyConstraint("panel_id", "seat"),
)

panel_application = Table(
    "panel_application",
    metadata,
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("panel_id", Text, ForeignKey("panel.panel_id"), nullable=False, index=True),
    Column("closed_at", Instant),
    PrimaryKeyConstraint("application_id", "stage"),
)

conflict = Table(
    "conflict",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("panel_id", Text, ForeignKey("panel.panel_id"), nullable=False),
    Column("seat", Integer, nullable=False),
    Column("application_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("declared_by", Text, nullable=False),
    Column("declared_at", Instant, nullable=False),
    Index("conflict_of_seat", "panel_id", "application_id", "seat"),
)

conflict_withdrawal = Table(
    "conflict_withdrawal",
    metadata,
    Column("conflict_id", BigInteger, ForeignKey("conflict.id"), primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("withdrawn_by", Text, nullable=False),
    Column("withdrawn_at", Instant, nullable=False),
)

stage_reopening = Table(
    "stage_reopening",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("panel_id", Text, ForeignKey("panel.panel_id"), nullable=False),
    Column("seat", Integer, nullable=False),
    Column("sheets", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("composite_sha256", Text, nullable=False),
    Column("closed_at", Instant, nullable=False),
    Column("reopened_by", Text, nullable=False),
    Column("reopened_at", Instant, nullable=False),
    Index("reopening_once", "application_id", "stage", "version", unique=True),
)

escalation = Table(
    "escalation",
    metadata,
    Column("panel_id", Text, nullable=False),
    Column("seat", Integer, nullable=False),
    Column("sheets_awaited", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("escalated_at", Instant, nullable=False),
    PrimaryKeyConstraint("panel_id", "seat"),
)

panel_seq = Sequence("panel_seq", metadata=metadata)
