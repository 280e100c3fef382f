"""The price book: unit prices and wait discount rates, appended round by round."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, Numeric, Table, Text, UniqueConstraint

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
    Column("nth", Integer, nullable=False, server_default="1"),
    Column("compared_krw", BigInteger),
    Column("compared_with", Text),
    UniqueConstraint(
        "programme_code", "provider_id", "product", "mode", "valid_from", "round_no", "nth", name="price_round"
    ),
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
    Column("nth", Integer, nullable=False, server_default="1"),
    UniqueConstraint("programme_code", "provider_id", "valid_from", "nth", name="wait_discount_month"),
)

price_withdrawal = Table(
    "price_withdrawal",
    metadata,
    Column("price_version", Text, ForeignKey("price.price_version"), primary_key=True),
    *texts("reason", "withdrawn_by"),
    Column("withdrawn_at", Instant, nullable=False),
)

wait_discount_withdrawal = Table(
    "wait_discount_withdrawal",
    metadata,
    Column("discount_version", Text, ForeignKey("wait_discount.discount_version"), primary_key=True),
    *texts("reason", "withdrawn_by"),
    Column("withdrawn_at", Instant, nullable=False),
)
