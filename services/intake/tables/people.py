"""Persons, who belongs to which organisation, invitations and claims; contacts stand in `person` alone."""

from sqlalchemy import ARRAY, BigInteger, Column, ForeignKey, Identity, Index, PrimaryKeyConstraint, Table, Text, text

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

person = Table(
    "person",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("changed_at", Instant, nullable=False),
)
"""What a person told of himself. Every other table names people by their subject."""

member = Table(
    "member",
    metadata,
    Column("organisation_id", Text, ForeignKey("organisation.organisation_id"), nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("role", Text),
    Column("since", Instant, nullable=False),
    PrimaryKeyConstraint("organisation_id", "subject"),
)
"""Who belongs to which organisation now; without a role: who belonged to it and left."""

member_step = Table(
    "member_step",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("organisation_id", Text, ForeignKey("organisation.organisation_id"), nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("role", Text),
    Column("how", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

invitation = Table(
    "invitation",
    metadata,
    Column("invitation_id", Text, primary_key=True),
    Column("organisation_id", Text, ForeignKey("organisation.organisation_id"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("subject", Text, index=True),
    Column("code_sha256", Text, nullable=False, unique=True),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended_by", Text),
    Column("ended_at", Instant),
)
"""`subject` names for whom it is; without one it is for whoever holds the code."""

organisation_claim = Table(
    "organisation_claim",
    metadata,
    Column("claim_id", Text, primary_key=True),
    Column("organisation_id", Text, ForeignKey("organisation.organisation_id"), nullable=False),
    Column("claimant", Text, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("decision", Text),
    Index(
        "organisation_claim_open",
        "organisation_id",
        "claimant",
        unique=True,
        postgresql_where=text("state = 'open'"),
    ),
)
