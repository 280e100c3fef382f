"""Outages, and what was said of them since: appended, never changed."""

from sqlalchemy import BigInteger, Column, Identity, Index, Sequence, Table, Text

from libs.common.backbone import Instant
from services.metering.tables.base import metadata

outage_no = Sequence("outage_no", metadata=metadata)

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

outage_step = Table(
    "outage_step",
    metadata,
    Column("step_no", BigInteger, Identity(always=True), primary_key=True),
    Column("outage_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ended_at", Instant),
    Column("reason", Text),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("outage_step_outage", "outage_id", "step_no"),
)
