"""The tables of billing's own database. Facts are appended; the ledger and issued settlements are never changed."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.common.backbone import Instant, backbone_tables

metadata = MetaData()
backbone_tables(metadata)


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


receipt_no = Sequence("receipt_no", metadata=metadata)
notice_no = Sequence("notice_no", metadata=metadata)
shift_no = Sequence("shift_no", metadata=metadata)
dispute_no = Sequence("dispute_no", metadata=metadata)

price = Table(
    "price",
    metadata,
    Column("price_version", Text, primary_key=True),
    *_texts("programme_code", "provider_id", "product", "mode", "pricing"),
    Column("unit_price_krw", BigInteger, CheckConstraint("unit_price_krw >= 0"), nullable=False),
    Column("valid_from", Text, nullable=False),
    Column("round_no", Integer, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("programme_code", "provider_id", "product", "mode", "valid_from", "round_no"),
)

wait_discount = Table(
    "wait_discount",
    metadata,
    Column("discount_version", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("rate_pct", Numeric(7, 4), CheckConstraint("rate_pct BETWEEN 0 AND 100"), nullable=False),
    Column("valid_from", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("programme_code", "provider_id", "valid_from"),
)

grants = Table(
    "grants",
    metadata,
    Column("grant_id", Text, primary_key=True),
    *_texts("programme_code", "organisation_id", "provider_id", "card_type"),
    Column("cards", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("activated_at", Instant),
    Column("ended_at", Instant),
)

self_payment = Table(
    "self_payment",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    *_texts("organisation_id", "sector"),
    Column("youth", Boolean, nullable=False),
    *_texts("track", "product"),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("cards", Integer, nullable=False),
    *_texts("card_type", "basis"),
    Column("signed_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("flow", Text),
    Column("rate_kind", Text),
    Column("rate_krw", BigInteger),
    Column("due_krw", BigInteger),
    Column("due_at", Instant),
    Column("missing_path", Text),
    Column("deposited_krw", BigInteger, nullable=False, server_default="0"),
    Column("evidenced_krw", BigInteger, nullable=False, server_default="0"),
    Column("paid_krw", BigInteger, nullable=False, server_default="0"),
    Column("burnt_krw", BigInteger, nullable=False, server_default="0"),
    Column("refunded_krw", BigInteger, nullable=False, server_default="0"),
    Column("covered_at", Instant),
    Column("overdue_at", Instant),
    Column("closed_at", Instant),
    Column("close_reason", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("self_payment_state", "programme_code", "state"),
)

self_payment_receipt = Table(
    "self_payment_receipt",
    metadata,
    Column("receipt_id", Text, primary_key=True),
    Column("application_id", Text, ForeignKey("self_payment.application_id"), nullable=False),
    *_texts("scope", "kind"),
    Column("amount_krw", BigInteger, CheckConstraint("amount_krw >= 0"), nullable=False),
    *_texts("reference", "recorded_by"),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("scope", "kind", "reference"),
    Index("self_payment_receipt_application", "application_id"),
)

self_payment_notice = Table(
    "self_payment_notice",
    metadata,
    Column("notice_id", Text, primary_key=True),
    Column("application_id", Text, ForeignKey("self_payment.application_id"), nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("amount_krw", BigInteger, CheckConstraint("amount_krw > 0"), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("notified_by", Text, nullable=False),
    Column("notified_at", Instant, nullable=False),
    Column("overdue_at", Instant),
    Index("self_payment_notice_application", "application_id"),
)

commitment = Table(
    "commitment",
    metadata,
    Column("application_id", Text, primary_key=True),
    *_texts("programme_code", "track", "product"),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("amount_krw", BigInteger, nullable=False),
    Column("left_krw", BigInteger, nullable=False),
    Column("released", Boolean, nullable=False, server_default="false"),
    Column("missing_path", Text),
    Column("changes", Integer, nullable=False, server_default="0"),
)

forfeiture = Table(
    "forfeiture",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("forfeited_at", Instant, nullable=False),
)

budget_shift = Table(
    "budget_shift",
    metadata,
    Column("shift_id", Text, primary_key=True),
    *_texts("programme_code", "from_part", "to_part"),
    Column("amount_krw", BigInteger, CheckConstraint("amount_krw > 0"), nullable=False),
    *_texts("reason", "shifted_by"),
    Column("shifted_at", Instant, nullable=False),
)

budget_level = Table(
    "budget_level",
    metadata,
    Column("programme_code", Text),
    Column("level_pct", Integer),
    Column("executed_krw", BigInteger, nullable=False),
    Column("cap_krw", BigInteger, nullable=False),
    Column("reached_at", Instant, nullable=False),
    PrimaryKeyConstraint("programme_code", "level_pct"),
)

settlement = Table(
    "settlement",
    metadata,
    Column("settlement_id", Text, primary_key=True),
    *_texts("provider_id", "programme_code"),
    Column("programme_version", Integer, nullable=False),
    *_texts("month", "statement_sha256"),
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
    *_texts("canonical", "sha256"),
    Column("issued_sha256", Text),
    Column("issued_by", Text),
    Column("issued_at", Instant),
    Column("dispute_until", Instant),
    Column("approved_by", Text),
    Column("approved_at", Instant),
    Column("paid_by", Text),
    Column("paid_at", Instant),
    Column("payment_reference", Text),
    UniqueConstraint("provider_id", "programme_code", "month"),
    CheckConstraint("fee_krw = charge_krw - discount_krw - deduction_krw", name="settlement_fee"),
    CheckConstraint("fee_krw = self_payment_krw + subsidy_krw + uncovered_krw", name="settlement_split"),
)

settlement_line = Table(
    "settlement_line",
    metadata,
    Column("settlement_id", Text, ForeignKey("settlement.settlement_id")),
    Column("line_no", Integer),
    Column("kind", Text, nullable=False),
    Column("rule_ids", ARRAY(Text), nullable=False),
    *_texts("grant_id", "period"),
    Column("adjustment", Boolean, nullable=False),
    *_texts("mode", "priced_product"),
    Column("units", Integer, nullable=False),
    Column("quantity", Text, nullable=False),
    Column("price_version", Text),
    *_texts("uncut_krw", "shortened_krw"),
    Column("amount_krw", BigInteger, nullable=False),
    *_texts("formula_ko", "formula_en"),
    Column("usage_events", Integer, nullable=False),
    *_texts("evidence_sha256", "cause"),
    PrimaryKeyConstraint("settlement_id", "line_no"),
    Index("settlement_line_grant", "grant_id", "period"),
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
    *_texts("reason", "raised_by"),
    Column("raised_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("line_krw", BigInteger, nullable=False),
    Column("decided_krw", BigInteger),
    Column("decision_reason", Text),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("carried_by", Text, ForeignKey("settlement.settlement_id")),
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

ledger_posting = Table(
    "ledger_posting",
    metadata,
    Column("posting_no", BigInteger, primary_key=True, autoincrement=False),
    Column("cause", Text, nullable=False, unique=True),
    *_texts("rule_id", "programme_code"),
    Column("programme_version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    *_texts("previous_hash", "hash"),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("posting_no", BigInteger, ForeignKey("ledger_posting.posting_no")),
    Column("entry_no", Integer),
    Column("account", Text, nullable=False),
    Column("amount_krw", BigInteger, CheckConstraint("amount_krw <> 0"), nullable=False),
    PrimaryKeyConstraint("posting_no", "entry_no"),
    Index("ledger_entry_account", "account"),
)
