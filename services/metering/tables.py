"""Metering's tables. Events and closed statements are appended and never changed; totals follow the events.

`usage_event` holds the identity of every event over all time (source and id), so it is not partitioned: a unique
key per month would let an event be counted again over a month's end.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant, backbone_tables

metadata = MetaData()
backbone_tables(metadata)

usage_batch_no = Sequence("usage_batch_no", metadata=metadata)
outage_no = Sequence("outage_no", metadata=metadata)

placement = Table(
    "placement",
    metadata,
    Column("grant_id", Text),
    Column("provider_id", Text),
    Column("programme_code", Text, nullable=False),
    Column("organisation_id", Text),
    Column("data_centre", Text),
    Column("pool_id", Text),
    Column("servers", JSONB),
    Column("mode", Text),
    Column("units", Integer),
    Column("cards", Integer),
    Column("priced_product", Text),
    Column("priced_units", Integer),
    Column("payable", Boolean),
    Column("starts_at", Instant),
    Column("ends_at", Instant),
    Column("delivered_at", Instant),
    Column("ended_at", Instant),
    PrimaryKeyConstraint("grant_id", "provider_id"),
    Index("placement_programme", "provider_id", "programme_code"),
)

grant_change = Table(
    "grant_change",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("units", Integer, nullable=False),
    Column("ends_at", Instant, nullable=False),
)

gpu_session = Table(
    "gpu_session",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("grant_id", Text, nullable=False),
    Column("programme_code", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("pool_id", Text, nullable=False),
    Column("data_centre", Text),
    Column("mode", Text),
    Column("units", Integer),
    Column("servers", JSONB),
    Column("requested_at", Instant),
    Column("assigned_at", Instant),
    Column("released_at", Instant),
    Column("withdrawn_at", Instant),
    Column("continues", Text),
    Index("gpu_session_grant", "grant_id", "provider_id"),
    Index("gpu_session_running", "provider_id", postgresql_where=text("released_at IS NULL AND withdrawn_at IS NULL")),
)

usage_event = Table(
    "usage_event",
    metadata,
    Column("provider_id", Text),
    Column("event_id", Text),
    Column("batch_no", BigInteger, nullable=False),
    Column("hour", Instant, nullable=False),
    Column("units", Integer, nullable=False),
    Column("held_s", SmallInteger, nullable=False),
    Column("utilisation_bp", SmallInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("grant_id", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("corrects", Text),
    PrimaryKeyConstraint("provider_id", "event_id"),
    Index(
        "usage_event_corrects",
        "provider_id",
        "corrects",
        unique=True,
        postgresql_where=text("corrects IS NOT NULL"),
    ),
    Index("usage_event_hour", "hour", postgresql_using="brin"),
)

awaited_event = Table(
    "awaited_event",
    metadata,
    Column("provider_id", Text),
    Column("event_id", Text),
    PrimaryKeyConstraint("provider_id", "event_id"),
)

usage_hour = Table(
    "usage_hour",
    metadata,
    Column("provider_id", Text),
    Column("grant_id", Text),
    Column("session_id", Text),
    Column("hour", Instant),
    Column("held_s", Integer, nullable=False),
    Column("held_unit_s", BigInteger, nullable=False),
    Column("utilisation_weight", BigInteger, nullable=False),
    Column("events", Integer, nullable=False),
    PrimaryKeyConstraint("provider_id", "grant_id", "session_id", "hour"),
    CheckConstraint("held_s BETWEEN 0 AND 3600", name="usage_hour_is_an_hour"),
)

usage_batch = Table(
    "usage_batch",
    metadata,
    Column("batch_no", BigInteger),
    Column("programme_code", Text),
    Column("provider_id", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("latest_hour", Instant),
    Column("accepted", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("conflicts", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("corrections", Integer, nullable=False),
    PrimaryKeyConstraint("batch_no", "programme_code"),
)

usage_conflict = Table(
    "usage_conflict",
    metadata,
    Column("conflict_no", BigInteger, Identity(always=True), primary_key=True),
    Column("provider_id", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("batch_no", BigInteger, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("document", Text, nullable=False),
)

agreed_price = Table(
    "agreed_price",
    metadata,
    Column("programme_code", Text),
    Column("provider_id", Text),
    Column("product", Text),
    Column("mode", Text),
    Column("valid_from", Text),
    Column("round_no", Integer, nullable=False),
    Column("is_zero", Boolean, nullable=False),
    PrimaryKeyConstraint("programme_code", "provider_id", "product", "mode", "valid_from"),
)

outage = Table(
    "outage",
    metadata,
    Column("outage_id", Text, primary_key=True),
    Column("provider_id", Text, nullable=False),
    Column("scope_kind", Text, nullable=False),
    Column("scope_id", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("reason", Text, nullable=False),
    Column("reported_by", Text, nullable=False),
    Column("reported_at", Instant, nullable=False),
    Column("closed_by", Text),
    Column("closed_at", Instant),
    Index("outage_provider", "provider_id", "outage_id"),
)

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
