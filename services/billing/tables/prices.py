"""The price book: unit prices and wait discount rates, appended round by round."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, Numeric, Table, Text, UniqueConstraint

from libs.common.backbone import Instant
from services.billing.tables.base import metadata, texts

price = Table(
    "price",
    metadata,
    Column("price_version", Text, primary_key=True),
    *texts("programme_code", "provider_id", "product", "mode", "pricing"),
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
