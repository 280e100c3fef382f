"""Grants that a settlement leaves out or approves without a split: the reason, its owner, and when it was gone."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Sequence, Table, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.billing.tables.base import metadata, texts

parked_no = Sequence("parked_no", metadata=metadata)

parked_grant = Table(
    "parked_grant",
    metadata,
    Column("parked_id", Text, primary_key=True),
    Column("settlement_id", Text, ForeignKey("settlement.settlement_id"), nullable=False),
    *texts("grant_id", "stage"),
    Column("fee_krw", BigInteger),
    Column("reasons", JSONB, nullable=False),
    *texts("owner"),
    Column("parked_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Text, ForeignKey("settlement.settlement_id")),
    Column("paid_at", Instant),
    Column("paid_by", Text),
    Column("payment_reference", Text),
    Index("parked_grant_open", "settlement_id", "grant_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    Index("parked_grant_grant", "grant_id"),
)

Index("parked_grant_by_number", func.length(parked_grant.c.parked_id), parked_grant.c.parked_id)
