"""Claims on subsidies that go back, their withdrawals, and what was paid of them: appended, never changed."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
)

from libs.common.backbone import Instant
from services.billing.tables.base import metadata, texts

clawback_no = Sequence("clawback_no", metadata=metadata)
clawback_payment_no = Sequence("clawback_payment_no", metadata=metadata)

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

clawback_payment = Table(
    "clawback_payment",
    metadata,
    Column("payment_id", Text, primary_key=True),
    Column("clawback_id", Text, ForeignKey("clawback.clawback_id"), nullable=False),
    Column("kind", Text, CheckConstraint("kind IN ('payment', 'refund', 'reversal')"), nullable=False),
    *texts("scope"),
    Column("amount_krw", BigInteger, CheckConstraint("amount_krw > 0"), nullable=False),
    *texts("reference", "reference_key", "reason", "recorded_by"),
    Column("recorded_at", Instant, nullable=False),
    Column("nth", Integer, nullable=False, server_default="1"),
    Column("reverses", Text, ForeignKey("clawback_payment.payment_id")),
    UniqueConstraint("scope", "kind", "reference_key", "nth", name="clawback_payment_key"),
    UniqueConstraint("reverses", name="clawback_payment_reverses"),
    Index("clawback_payment_clawback", "clawback_id"),
)
