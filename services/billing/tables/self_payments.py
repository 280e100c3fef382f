"""Self-payments, evidence of their balance, what came in or went back for them, and notices to pay the provider."""

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
    func,
)

from libs.common.backbone import Instant
from services.billing.tables.base import metadata, texts

receipt_no = Sequence("receipt_no", metadata=metadata)
notice_no = Sequence("notice_no", metadata=metadata)
evidence_no = Sequence("evidence_no", metadata=metadata)

self_payment = Table(
    "self_payment",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    *texts("organisation_id", "sector"),
    Column("youth", Boolean, nullable=False),
    Column("reduction", Text, nullable=False, server_default="none"),
    *texts("track", "product"),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("cards", Integer, nullable=False),
    *texts("card_type", "basis"),
    Column("signed_at", Instant),
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

granted_reduction = Table(
    "granted_reduction",
    metadata,
    Column("application_id", Text, nullable=False),
    Column("reduction", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    PrimaryKeyConstraint("application_id", "decided_at"),
)

self_payment_receipt = Table(
    "self_payment_receipt",
    metadata,
    Column("receipt_id", Text, primary_key=True),
    Column("application_id", Text, ForeignKey("self_payment.application_id"), nullable=False),
    *texts("scope", "kind"),
    Column("amount_krw", BigInteger, CheckConstraint("amount_krw >= 0"), nullable=False),
    *texts("reference", "reference_key", "recorded_by"),
    Column("recorded_at", Instant, nullable=False),
    Column("nth", Integer, nullable=False, server_default="1"),
    Column("reverses", Text, ForeignKey("self_payment_receipt.receipt_id")),
    Column("reason", Text, nullable=False, server_default=""),
    UniqueConstraint("scope", "kind", "reference_key", "nth", name="self_payment_receipt_key"),
    UniqueConstraint("reverses", name="self_payment_receipt_reverses"),
    Index("self_payment_receipt_application", "application_id"),
)

self_payment_evidence = Table(
    "self_payment_evidence",
    metadata,
    Column("evidence_id", Text, primary_key=True),
    Column("application_id", Text, ForeignKey("self_payment.application_id"), nullable=False),
    Column("claimed_krw", BigInteger, CheckConstraint("claimed_krw >= 0"), nullable=False),
    *texts("sha256", "file_name"),
    Column("document_id", Text),
    Column("claimed_by", Text, nullable=False),
    Column("claimed_at", Instant, nullable=False),
    Index("self_payment_evidence_application", "application_id"),
    Index("self_payment_evidence_document", "sha256"),
)

filed_document = Table(
    "filed_document",
    metadata,
    *texts("application_id", "document_id", "kind", "file_name", "sha256"),
    Column("filed_at", Instant, nullable=False),
    PrimaryKeyConstraint("application_id", "document_id"),
)

evidence_judgement = Table(
    "evidence_judgement",
    metadata,
    Column("evidence_id", Text, ForeignKey("self_payment_evidence.evidence_id"), nullable=False),
    Column("outcome", Text, CheckConstraint("outcome IN ('confirmed', 'rejected', 'taken_back')"), nullable=False),
    Column("balance_krw", BigInteger, CheckConstraint("balance_krw >= 0")),
    *texts("reason", "judged_by"),
    Column("judged_at", Instant, nullable=False),
    PrimaryKeyConstraint("evidence_id", "outcome"),
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

key_collision = Table(
    "key_collision",
    metadata,
    Column("receipt_id", Text, ForeignKey("self_payment_receipt.receipt_id"), primary_key=True),
    Column("first_receipt_id", Text, ForeignKey("self_payment_receipt.receipt_id"), nullable=False),
    *texts("scope", "kind", "reference_key"),
)

Index("self_payment_by_number", func.length(self_payment.c.application_id), self_payment.c.application_id)
Index("key_collision_by_number", func.length(key_collision.c.receipt_id), key_collision.c.receipt_id)
