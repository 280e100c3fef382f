"""Closed statements and their lines: appended, never changed."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, Text, UniqueConstraint

from libs.common.backbone import Instant
from services.metering.tables.base import metadata

statement = Table(
    "statement",
    metadata,
    Column("statement_id", Text, primary_key=True),
    Column("provider_id", Text, nullable=False),
    Column("programme_code", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("closed_at", Instant, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("due_at", Instant),
    Column("sha256", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    UniqueConstraint("provider_id", "programme_code", "month"),
)

statement_line = Table(
    "statement_line",
    metadata,
    Column("statement_id", Text),
    Column("line_no", Integer),
    Column("grant_id", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("adjustment", Boolean, nullable=False),
    Column("pricing", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("priced_product", Text, nullable=False),
    Column("priced_units", Integer, nullable=False),
    Column("payable", Boolean, nullable=False),
    Column("held_unit_s", BigInteger, nullable=False),
    Column("billable_unit_hours", BigInteger, nullable=False),
    Column("discounted_unit_hours", BigInteger, nullable=False),
    Column("outage_unit_hours", BigInteger, nullable=False),
    Column("unmatched_unit_hours", BigInteger, nullable=False),
    Column("gap_unit_hours", BigInteger, nullable=False),
    Column("usage_events", BigInteger, nullable=False),
    Column("utilisation_pct", Text),
    Column("months_before", Text),
    Column("months_after", Text),
    Column("starts_at", Instant, nullable=False),
    Column("delivered_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("evidence_sha256", Text, nullable=False),
    PrimaryKeyConstraint("statement_id", "line_no"),
    Index("statement_line_grant", "grant_id"),
)
