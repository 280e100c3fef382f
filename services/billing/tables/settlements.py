"""Settlements, their lines, who pays them, and disputes about them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.common.backbone import Instant
from services.billing.tables.base import metadata, texts

dispute_no = Sequence("dispute_no", metadata=metadata)

settlement = Table(
    "settlement",
    metadata,
    Column("settlement_id", Text, primary_key=True),
    *texts("provider_id", "programme_code"),
    Column("programme_version", Integer, nullable=False),
    *texts("month", "statement_sha256"),
    Column("statement_closed_at", Instant, nullable=False),
    Column("uses", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("missing", JSONB, nullable=False),
    Column("charge_krw", BigInteger, nullable=False),
    Column("discount_krw", BigInteger, nullable=False),
    Column("deduction_krw", BigInteger, nullable=False),
    Column("fee_krw", BigInteger, nullable=False),
    Column("self_payment_krw", BigInteger),
    Column("subsidy_krw", BigInteger),
    Column("uncovered_krw", BigInteger),
    *texts("canonical", "sha256"),
    Column("issued_sha256", Text),
    Column("issued_by", Text),
    Column("issued_at", Instant),
    Column("dispute_until", Instant),
    Column("approved_by", Text),
    Column("approved_at", Instant),
    Column("paid_by", Text),
    Column("paid_at", Instant),
    Column("payment_reference", Text),
    Column("parked_krw", BigInteger, nullable=False, server_default="0"),
    Column("window_waived_by", Text),
    Column("window_waived_at", Instant),
    UniqueConstraint("provider_id", "programme_code", "month"),
    CheckConstraint("fee_krw = charge_krw - discount_krw - deduction_krw", name="settlement_fee"),
    CheckConstraint("fee_krw = self_payment_krw + subsidy_krw + uncovered_krw + parked_krw", name="settlement_split"),
)

settlement_line = Table(
    "settlement_line",
    metadata,
    Column("settlement_id", Text, ForeignKey("settlement.settlement_id")),
    Column("line_no", Integer),
    Column("kind", Text, nullable=False),
    Column("rule_ids", ARRAY(Text), nullable=False),
    *texts("grant_id", "period"),
    Column("adjustment", Boolean, nullable=False),
    *texts("mode", "priced_product"),
    Column("units", Integer, nullable=False),
    Column("quantity", Text, nullable=False),
    Column("price_version", Text),
    *texts("uncut_krw", "shortened_krw"),
    Column("amount_krw", BigInteger, nullable=False),
    *texts("formula_ko", "formula_en"),
    Column("usage_events", Integer, nullable=False),
    *texts("evidence_sha256", "cause"),
    PrimaryKeyConstraint("settlement_id", "line_no"),
    Index("settlement_line_grant", "grant_id", "period"),
    Index("settlement_line_price", "price_version", "period"),
)

settlement_share = Table(
    "settlement_share",
    metadata,
    Column("settlement_id", Text, ForeignKey("settlement.settlement_id")),
    Column("grant_id", Text),
    Column("fee_krw", BigInteger, nullable=False),
    Column("self_payment_krw", BigInteger, nullable=False),
    Column("subsidy_krw", BigInteger, nullable=False),
    Column("uncovered_krw", BigInteger, nullable=False),
    PrimaryKeyConstraint("settlement_id", "grant_id"),
    CheckConstraint("fee_krw = self_payment_krw + subsidy_krw + uncovered_krw", name="share_adds_up"),
    Index("settlement_share_grant", "grant_id"),
)

dispute = Table(
    "dispute",
    metadata,
    Column("dispute_id", Text, primary_key=True),
    Column("settlement_id", Text, ForeignKey("settlement.settlement_id"), nullable=False),
    Column("line_no", Integer, nullable=False),
    *texts("reason", "raised_by"),
    Column("raised_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("line_krw", BigInteger, nullable=False),
    Column("decided_krw", BigInteger),
    Column("decision_reason", Text),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("carried_by", Text, ForeignKey("settlement.settlement_id")),
    Index("dispute_line", "settlement_id", "line_no"),
)

statement_part = Table(
    "statement_part",
    metadata,
    Column("statement_id", Text),
    Column("part", Integer),
    Column("parts", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("heard_at", Instant, nullable=False),
    PrimaryKeyConstraint("statement_id", "part"),
)
