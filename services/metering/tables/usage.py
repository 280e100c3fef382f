"""Usage events, and the totals that follow them.

`usage_event` holds the identity of every event over all time (source and id), so it is not partitioned: a unique
key per month would let an event be counted again over a month's end.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    Table,
    Text,
    text,
)

from libs.common.backbone import Instant
from services.metering.tables.base import metadata

usage_batch_no = Sequence("usage_batch_no", metadata=metadata)

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
        postgresql_where=text("corrects IS NOT NULL"),
    ),
    Index("usage_event_hour", "hour", postgresql_using="brin"),
)

held_event = Table(
    "held_event",
    metadata,
    Column("provider_id", Text),
    Column("event_id", Text),
    Column("awaits", Text, nullable=False),
    PrimaryKeyConstraint("provider_id", "event_id"),
    Index("held_event_awaits", "provider_id", "awaits"),
)

held_decision = Table(
    "held_decision",
    metadata,
    Column("provider_id", Text),
    Column("event_id", Text),
    Column("decision", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
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
