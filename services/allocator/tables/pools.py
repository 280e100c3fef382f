"""Pools, their switches and their sessions."""

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, Sequence, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.allocator.tables.base import key_columns, metadata

pool = Table(
    "pool",
    metadata,
    Column("pool_id", Text, primary_key=True),
    Column("provider_id", Text, nullable=False),
    Column("data_centre", Text, nullable=False),
    Column("programme_code", Text, nullable=False),
    Column("card_type", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    *key_columns("pool_key"),
    UniqueConstraint("pool_key", "key_twin"),
    Index("pool_programme", "programme_code"),
)

pool_switch = Table(
    "pool_switch",
    metadata,
    Column("switch_no", BigInteger, Identity(always=True), primary_key=True),
    Column("pool_id", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("switched_at", Instant, nullable=False),
    Column("fault_at", Instant),
    Column("report_due_at", Instant),
    Column("reason", Text, nullable=False),
    Column("switched_by", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("reported_at", Instant),
    Column("report_cause", Text),
    Column("report_measures", Text),
    Column("reported_by", Text),
    Index("pool_switch_pool", "pool_id", "switch_no"),
)

session_no = Sequence("session_no", metadata=metadata)

session = Table(
    "session",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("grant_id", Text, nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("programme_code", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("data_centre", Text, nullable=False),
    Column("pool_id", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("units", Integer, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("servers", JSONB),
    Column("max_duration_s", Integer),
    Column("requested_at", Instant, nullable=False),
    Column("assigned_at", Instant),
    Column("ended_at", Instant),
    Column("end_reason", Text),
    Column("refusals", JSONB),
    Column("continues", Text),
    Column("idle_since", Instant),
    Column("idle_until", Instant),
    Index("session_open", "pool_id", postgresql_where=text("state IN ('waiting', 'running')")),
    Column("due_at", Instant),
    Index("session_due", "due_at", postgresql_where=text("state = 'running'")),
    Index("session_programme", "programme_code", "state"),
    Index("session_by_number", "sequence"),
    Index("session_grant_by_number", "grant_id", "sequence"),
)
