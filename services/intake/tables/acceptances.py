"""Deliveries of a result, what says that one never was, and acceptances of a selection; all appended (RV-13)."""

from sqlalchemy import Column, ForeignKey, Sequence, Table, Text

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

result_delivery = Table(
    "result_delivery",
    metadata,
    Column("delivery_id", Text, primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False, index=True),
    Column("delivered_at", Instant, nullable=False),
    Column("way", Text, nullable=False),
    Column("accept_until", Instant),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

result_delivery_withdrawal = Table(
    "result_delivery_withdrawal",
    metadata,
    Column("delivery_id", Text, ForeignKey("result_delivery.delivery_id"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

acceptance = Table(
    "acceptance",
    metadata,
    Column("application_id", Text, ForeignKey("application.application_id"), primary_key=True),
    Column("accepted_by", Text, nullable=False),
    Column("accepted_at", Instant, nullable=False),
)

delivery_seq = Sequence("delivery_seq", metadata=metadata)
