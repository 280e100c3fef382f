"""Review's tables. Sheets, conflicts, deliberations, reopenings and announced runs are appended, never edited."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant, backbone_tables

metadata = MetaData()
backbone_tables(metadata)

application = Table(
    "application",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("receipt_no", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("organisation_name", Text, nullable=False),
    Column("sector", Text, nullable=False),
    Column("counting_unit", Text, nullable=False),
    Column("track", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("wished_start", Date, nullable=False),
    Column("youth", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("stage", Text),
    Column("final", Integer),
    Column("passed", Boolean),
    Column("gone_at", Instant),
    Column("gone_reason", Text),
    Index("application_pool", "programme_code", "track", "application_id"),
)

stage_skip = Table(
    "stage_skip",
    metadata,
    Column("programme_code", Text, nullable=False),
    Column("track", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("skipped_by", Text, nullable=False),
    Column("skipped_at", Instant, nullable=False),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Index("stage_skip_of_track", "programme_code", "track"),
)

stage_skip_withdrawal = Table(
    "stage_skip_withdrawal",
    metadata,
    Column("skip_id", BigInteger, ForeignKey("stage_skip.id"), primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("withdrawn_by", Text, nullable=False),
    Column("withdrawn_at", Instant, nullable=False),
)

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

panel_seq = Sequence("panel_seq", metadata=metadata)
sheet_seq = Sequence("sheet_seq", metadata=metadata)
selection_seq = Sequence("selection_seq", metadata=metadata)
