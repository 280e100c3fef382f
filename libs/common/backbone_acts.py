"""The backbone's tables of people's doings: who did what, and what one proposes until another confirms it (BL-13)."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Sequence,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

from libs.common.migration import MigrationOps

Instant = TIMESTAMP(timezone=True)

V3 = (
    """CREATE TABLE act (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        thing text NOT NULL,
        thing_id text NOT NULL,
        did text NOT NULL,
        actor text NOT NULL,
        roles text[] NOT NULL,
        party text NOT NULL,
        reason text NOT NULL,
        at timestamptz NOT NULL
    )""",
    "CREATE INDEX act_thing ON act (thing, thing_id, id)",
    "CREATE SEQUENCE proposal_no",
    """CREATE TABLE proposal (
        proposal_id text PRIMARY KEY,
        kind text NOT NULL,
        thing text NOT NULL,
        thing_id text NOT NULL,
        command jsonb NOT NULL,
        would jsonb NOT NULL,
        rests_on jsonb NOT NULL,
        rests_on_sha256 text NOT NULL,
        reason text NOT NULL,
        proposed_by text NOT NULL,
        proposed_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CHECK (proposed_at < expires_at)
    )""",
    "CREATE INDEX proposal_thing ON proposal (thing, thing_id)",
    """CREATE TABLE proposal_outcome (
        proposal_id text PRIMARY KEY REFERENCES proposal,
        outcome text NOT NULL CHECK (outcome IN ('confirmed', 'withdrawn', 'declined')),
        actor text NOT NULL,
        reason text NOT NULL,
        did jsonb,
        at timestamptz NOT NULL
    )""",
)


def create_v3(op: MigrationOps) -> None:
    """Who did what, when and why; what one proposes and another confirms. Landed: never edit."""
    for statement in V3:
        op.execute(statement)


def act_tables(metadata: MetaData) -> None:
    """Who did what to which thing, and what waits for, or got, a second person's confirmation."""
    Table(
        "act",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("thing", Text, nullable=False),
        Column("thing_id", Text, nullable=False),
        Column("did", Text, nullable=False),
        Column("actor", Text, nullable=False),
        Column("roles", ARRAY(Text), nullable=False),
        Column("party", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("at", Instant, nullable=False),
        Index("act_thing", "thing", "thing_id", "id"),
    )
    Sequence("proposal_no", metadata=metadata)
    Table(
        "proposal",
        metadata,
        Column("proposal_id", Text, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("thing", Text, nullable=False),
        Column("thing_id", Text, nullable=False),
        Column("command", JSONB, nullable=False),
        Column("would", JSONB, nullable=False),
        Column("rests_on", JSONB, nullable=False),
        Column("rests_on_sha256", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("proposed_by", Text, nullable=False),
        Column("proposed_at", Instant, nullable=False),
        Column("expires_at", Instant, nullable=False),
        CheckConstraint("proposed_at < expires_at"),
        Index("proposal_thing", "thing", "thing_id"),
    )
    Table(
        "proposal_outcome",
        metadata,
        Column("proposal_id", Text, ForeignKey("proposal.proposal_id"), primary_key=True),
        Column("outcome", Text, nullable=False),
        Column("actor", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("did", JSONB),
        Column("at", Instant, nullable=False),
        CheckConstraint("outcome IN ('confirmed', 'withdrawn', 'declined')"),
    )
