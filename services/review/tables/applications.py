"""Applications as intake said them, and which tracks skip a stage."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Identity, Index, Integer, Table, Text, text

from libs.common.backbone import Instant
from services.review.tables.base import metadata

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
    Column("reduction", Text),
    Index("application_pool", "programme_code", "track", "application_id"),
    Index("application_number", text("length(application_id)"), "application_id"),
    Index("application_receipt", "receipt_no", text("length(application_id)"), "application_id"),
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
