"""Placements and their lines."""

from sqlalchemy import Boolean, Column, Integer, PrimaryKeyConstraint, Sequence, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.allocator.tables.base import metadata

placement_no = Sequence("placement_no", metadata=metadata)

placement = Table(
    "placement",
    metadata,
    Column("placement_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("confirmed_at", Instant),
    Column("confirmed_by", Text),
    Column("proven", Boolean, nullable=False),
    Column("spread_proof", Text, nullable=False),
    Column("data_centres", Integer, nullable=False),
    Column("load_max", Text, nullable=False),
    Column("problem_sha256", Text, nullable=False),
    Column("budget", Text, nullable=False),
)

placement_line = Table(
    "placement_line",
    metadata,
    Column("placement_id", Text),
    Column("grant_id", Text),
    Column("rank", Integer, nullable=False),
    Column("placed", Boolean, nullable=False),
    Column("limit_reached", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("type_proof", Text, nullable=False),
    Column("start_proof", Text, nullable=False),
    Column("provider_id", Text),
    Column("data_centre", Text),
    Column("pool_id", Text),
    Column("mode", Text),
    Column("card_type", Text),
    Column("cards", Integer),
    Column("named_cards", JSONB),
    Column("starts_at", Instant),
    Column("ends_at", Instant),
    Column("months_off", Integer),
    Column("gates", JSONB, nullable=False, server_default=text("'[]'")),
    PrimaryKeyConstraint("placement_id", "grant_id"),
)
