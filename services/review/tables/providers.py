"""Selecting providers: what they offer, their order, steps, price rounds and agreements; all appended (RV-15)."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.review.tables.base import metadata


def _application(*, primary_key: bool = False) -> "Column[str]":
    return Column(
        "application_id", Text, ForeignKey("application.application_id"), nullable=False, primary_key=primary_key
    )


def _selection(*, primary_key: bool = False) -> "Column[str]":
    key = ForeignKey("provider_selection.provider_selection_id")
    return Column("provider_selection_id", Text, key, nullable=False, primary_key=primary_key)


stated_offer = Table(
    "stated_offer",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("products", ARRAY(Text), nullable=False),
    Column("cards", ARRAY(Text), nullable=False),
    Column("stated_at", Instant, nullable=False),
)

consortium_check = Table(
    "consortium_check",
    metadata,
    Column("check_id", Text, primary_key=True),
    Column("application_id", Text, nullable=False, index=True),
    Column("outcome", Text, nullable=False),
    Column("found", ARRAY(Text), nullable=False),
    Column("checked_at", Instant, nullable=False),
)

provider_selection = Table(
    "provider_selection",
    metadata,
    Column("provider_selection_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("track", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("programme_code", "track"),
)

provider_place = Table(
    "provider_place",
    metadata,
    _selection(),
    Column("place", Integer, nullable=False),
    _application(),
    Column("rank", Integer, nullable=False),
    Column("score", Integer, nullable=False),
    Column("offers_all", Boolean, nullable=False),
    Column("products", ARRAY(Text), nullable=False),
    PrimaryKeyConstraint("provider_selection_id", "place"),
    Index("ix_provider_place_application_id", "application_id", unique=True),
)

provider_step = Table(
    "provider_step",
    metadata,
    _application(),
    Column("step", Text, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("shown", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    PrimaryKeyConstraint("application_id", "step"),
)

price_round = Table(
    "price_round",
    metadata,
    _application(),
    Column("round_no", Integer, nullable=False),
    Column("prices", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    PrimaryKeyConstraint("application_id", "round_no"),
)

several_providers = Table(
    "several_providers",
    metadata,
    _selection(primary_key=True),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
)

agreed_provider = Table(
    "agreed_provider",
    metadata,
    _application(primary_key=True),
    Column("agreed_on", Date, nullable=False),
    Column("prices", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("agreed_by", Text, nullable=False),
    Column("agreed_at", Instant, nullable=False),
)

provider_selection_seq = Sequence("provider_selection_seq", metadata=metadata)
