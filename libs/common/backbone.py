"""The tables that every service has: outbox, inbox, dead letters, idempotency keys, programme versions."""

from typing import Any, Protocol

from sqlalchemy import (
    JSON,
    BigInteger,
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


def create_v1(op: MigrationOps) -> None:
    """The first migration's part for the event backbone. Landed: never edit, add `create_v2` instead."""
    for statement in V1:
        op.execute(statement)


def backbone_tables(metadata: MetaData) -> None:
    """Declare the backbone's tables in a service's metadata, as `create_v1` makes them."""
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
