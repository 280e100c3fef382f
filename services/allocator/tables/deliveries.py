"""What was said of deliveries: only ever added."""

from sqlalchemy import BigInteger, Column, Identity, Index, Table, Text

from libs.common.backbone import Instant
from services.allocator.tables.base import metadata

delivery_told = Table(
    "delivery_told",
    metadata,
    Column("told_no", BigInteger, Identity(always=True), primary_key=True),
    Column("grant_id", Text, nullable=False),
    Column("word", Text, nullable=False),
    Column("delivered_at", Instant),
    Column("reason", Text, nullable=False),
    Column("told_by", Text, nullable=False),
    Column("told_at", Instant, nullable=False),
    Index("delivery_told_grant", "grant_id", "told_no"),
)
