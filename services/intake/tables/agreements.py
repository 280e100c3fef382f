"""Announced outcomes, agreements, and how far an award has got."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, PrimaryKeyConstraint, Table, Text, text

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

announcement = Table(
    "announcement",
    metadata,
    Column("application_id", Text, nullable=False),
    Column("selection_id", Text, nullable=False),
    Column("run_version", Integer, nullable=False),
    Column("announced_at", Instant, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("refused_by", Text, nullable=False),
    Column("promoted", Boolean, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("score", Text),
    Column("rank", Integer),
    PrimaryKeyConstraint("application_id", "selection_id", "run_version"),
)

agreement = Table(
    "agreement",
    metadata,
    Column("application_id", Text, ForeignKey("application.application_id"), primary_key=True),
    Column("programme_version", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("award_reason", Text, nullable=False),
    Column("drafted_by", Text, nullable=False),
    Column("drafted_at", Instant, nullable=False),
    Column("signed_by", Text),
    Column("signed_at", Instant),
    Column("ended_at", Instant),
)

progress = Table(
    "progress",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("provider_id", Text),
    Column("card_type", Text),
    Column("cards", Integer),
    Column("starts_at", Instant),
    Column("ends_at", Instant),
    Column("selfpay_due_krw", BigInteger),
    Column("selfpay_received_krw", BigInteger),
    Column("selfpay_covered", Boolean, nullable=False, server_default=text("false")),
    Column("selfpay_overdue", Boolean, nullable=False, server_default=text("false")),
)
