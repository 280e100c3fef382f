"""Claims on subsidies that go back, and their withdrawals: appended, never changed."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Sequence, Table, Text

from libs.common.backbone import Instant
from services.billing.tables.base import metadata, texts

clawback_no = Sequence("clawback_no", metadata=metadata)

clawback = Table(
    "clawback",
    metadata,
    Column("clawback_id", Text, primary_key=True),
    Column("grant_id", Text, ForeignKey("grants.grant_id"), nullable=False),
    *texts("programme_code", "ground"),
    Column("amount_krw", BigInteger, CheckConstraint("amount_krw > 0"), nullable=False),
    *texts("reason", "claimed_by"),
    Column("claimed_at", Instant, nullable=False),
    Index("clawback_grant", "grant_id"),
)

clawback_withdrawal = Table(
    "clawback_withdrawal",
    metadata,
    Column("clawback_id", Text, ForeignKey("clawback.clawback_id"), primary_key=True),
    *texts("reason", "withdrawn_by"),
    Column("withdrawn_at", Instant, nullable=False),
)
