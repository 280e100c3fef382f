"""Grants, sessions and agreed prices as other services tell them, and the providers."""

from sqlalchemy import Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from libs.common.providers import provider_table
from services.metering.tables.base import metadata

placement = Table(
    "placement",
    metadata,
    Column("grant_id", Text),
    Column("provider_id", Text),
    Column("programme_code", Text, nullable=False),
    Column("organisation_id", Text),
    Column("data_centre", Text),
    Column("pool_id", Text),
    Column("servers", JSONB),
    Column("mode", Text),
    Column("units", Integer),
    Column("cards", Integer),
    Column("priced_product", Text),
    Column("priced_units", Integer),
    Column("payable", Boolean),
    Column("starts_at", Instant),
    Column("ends_at", Instant),
    Column("delivered_at", Instant),
    Column("ended_at", Instant),
    PrimaryKeyConstraint("grant_id", "provider_id"),
    Index("placement_programme", "provider_id", "programme_code"),
)

grant_change = Table(
    "grant_change",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("units", Integer, nullable=False),
    Column("ends_at", Instant, nullable=False),
)

gpu_session = Table(
    "gpu_session",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("grant_id", Text, nullable=False),
    Column("programme_code", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("pool_id", Text, nullable=False),
    Column("data_centre", Text),
    Column("mode", Text),
    Column("units", Integer),
    Column("servers", JSONB),
    Column("requested_at", Instant),
    Column("assigned_at", Instant),
    Column("released_at", Instant),
    Column("withdrawn_at", Instant),
    Column("continues", Text),
    Index("gpu_session_grant", "grant_id", "provider_id"),
    Index("gpu_session_running", "provider_id", postgresql_where=text("released_at IS NULL AND withdrawn_at IS NULL")),
)

agreed_price = Table(
    "agreed_price",
    metadata,
    Column("programme_code", Text),
    Column("provider_id", Text),
    Column("product", Text),
    Column("mode", Text),
    Column("valid_from", Text),
    Column("round_no", Integer, nullable=False),
    Column("is_zero", Boolean, nullable=False),
    PrimaryKeyConstraint("programme_code", "provider_id", "product", "mode", "valid_from"),
)

provider = provider_table(metadata)
