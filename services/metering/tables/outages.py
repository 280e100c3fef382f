"""Outages."""

from sqlalchemy import Column, Index, Sequence, Table, Text

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
