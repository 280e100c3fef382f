"""The tables that every service has: outbox, inbox, dead letters, idempotency keys, programme versions, acts and
proposals."""

from typing import Any, Protocol

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from libs.common.backbone_acts import act_tables

Instant = TIMESTAMP(timezone=True)


class MigrationOps(Protocol):
    """What a migration script is handed by Alembic."""

    def execute(self, sqltext: str) -> Any:
        """Run one statement."""
        ...


V1 = (
    """CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event_id text NOT NULL UNIQUE,
        topic text NOT NULL,
        key text NOT NULL,
        type text NOT NULL,
        envelope text NOT NULL,
        headers jsonb NOT NULL DEFAULT '{}',
        said_at timestamptz NOT NULL,
        published_at timestamptz
    )""",
    "CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL",
    """CREATE TABLE inbox (
        event_id text PRIMARY KEY,
        type text NOT NULL,
        handled_at timestamptz NOT NULL
    )""",
    """CREATE TABLE dead_letter (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic text NOT NULL,
        key text NOT NULL,
        envelope text NOT NULL,
        error_code text NOT NULL,
        error_detail text NOT NULL,
        failures integer NOT NULL DEFAULT 1,
        first_failed_at timestamptz NOT NULL,
        redriven_at timestamptz
    )""",
    "CREATE INDEX dead_letter_open ON dead_letter (id) WHERE redriven_at IS NULL",
    """CREATE TABLE idempotency_key (
        caller text NOT NULL,
        key text NOT NULL,
        fingerprint text NOT NULL,
        status integer,
        answer text,
        headers jsonb,
        at timestamptz NOT NULL,
        PRIMARY KEY (caller, key)
    )""",
    """CREATE TABLE programme_version (
        code text NOT NULL,
        version integer NOT NULL,
        in_force_from timestamptz NOT NULL,
        definition json NOT NULL,
        PRIMARY KEY (code, version)
    )""",
)

V2 = (
    """CREATE TABLE held_message (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic text NOT NULL,
        key text NOT NULL,
        envelope text NOT NULL,
        headers jsonb NOT NULL DEFAULT '{}',
        held_at timestamptz NOT NULL
    )""",
    """CREATE TABLE standing_event (
        event_id text PRIMARY KEY,
        topic text NOT NULL,
        key text NOT NULL,
        envelope text NOT NULL,
        error_code text NOT NULL,
        error_detail text NOT NULL,
        failures integer NOT NULL DEFAULT 1,
        since timestamptz NOT NULL,
        last_failed_at timestamptz NOT NULL
    )""",
    """CREATE TABLE bus_order (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        act text NOT NULL,
        actor text NOT NULL,
        reason text NOT NULL,
        event_id text,
        dead_letters_max integer,
        at timestamptz NOT NULL
    )""",
    """CREATE TABLE relay_count (
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        published bigint NOT NULL
    )""",
    "INSERT INTO relay_count (published) SELECT count(*) FROM outbox WHERE published_at IS NOT NULL",
)


def create_v1(op: MigrationOps) -> None:
    """The first migration's part for the event backbone. Landed: never edit, add a successor instead."""
    for statement in V1:
        op.execute(statement)


def create_v2(op: MigrationOps) -> None:
    """What makes a stream that stands visible and free again, and counts what was published. Landed: never edit."""
    for statement in V2:
        op.execute(statement)


def backbone_tables(metadata: MetaData) -> None:
    """Declare the backbone's tables in a service's metadata, as `create_v1` and its successors make them."""
    _stream_tables(metadata)
    act_tables(metadata)
    Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", Text, nullable=False, unique=True),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("envelope", Text, nullable=False),
        Column("headers", JSONB, nullable=False, server_default=text("'{}'")),
        Column("said_at", Instant, nullable=False),
        Column("published_at", Instant),
        Index("outbox_unpublished", "id", postgresql_where=text("published_at IS NULL")),
    )
    Table(
        "inbox",
        metadata,
        Column("event_id", Text, primary_key=True),
        Column("type", Text, nullable=False),
        Column("handled_at", Instant, nullable=False),
    )
    Table(
        "dead_letter",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("envelope", Text, nullable=False),
        Column("error_code", Text, nullable=False),
        Column("error_detail", Text, nullable=False),
        Column("failures", Integer, nullable=False, server_default=text("1")),
        Column("first_failed_at", Instant, nullable=False),
        Column("redriven_at", Instant),
        Index("dead_letter_open", "id", postgresql_where=text("redriven_at IS NULL")),
    )
    Table(
        "idempotency_key",
        metadata,
        Column("caller", Text),
        Column("key", Text),
        Column("fingerprint", Text, nullable=False),
        Column("status", Integer),
        Column("answer", Text),
        Column("headers", JSONB),
        Column("at", Instant, nullable=False),
        PrimaryKeyConstraint("caller", "key"),
    )
    Table(
        "programme_version",
        metadata,
        Column("code", Text),
        Column("version", Integer),
        Column("in_force_from", Instant, nullable=False),
        Column("definition", JSON, nullable=False),
        PrimaryKeyConstraint("code", "version"),
    )


def _stream_tables(metadata: MetaData) -> None:
    """Messages that wait for a consumer, the event at which it stands, what operators ordered, what was published."""
    Table(
        "held_message",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("envelope", Text, nullable=False),
        Column("headers", JSONB, nullable=False, server_default=text("'{}'")),
        Column("held_at", Instant, nullable=False),
    )
    Table(
        "standing_event",
        metadata,
        Column("event_id", Text, primary_key=True),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("envelope", Text, nullable=False),
        Column("error_code", Text, nullable=False),
        Column("error_detail", Text, nullable=False),
        Column("failures", Integer, nullable=False, server_default=text("1")),
        Column("since", Instant, nullable=False),
        Column("last_failed_at", Instant, nullable=False),
    )
    Table(
        "bus_order",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("act", Text, nullable=False),
        Column("actor", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("event_id", Text),
        Column("dead_letters_max", Integer),
        Column("at", Instant, nullable=False),
    )
    Table(
        "relay_count",
        metadata,
        Column("is_only", Boolean, primary_key=True, server_default=text("true")),
        Column("published", BigInteger, nullable=False),
    )
