"""Providers, the members of their consortia, their history and their checks."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

provider = Table(
    "provider",
    metadata,
    Column("provider_id", Text, primary_key=True),
    Column("provider_key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("inherited_keys", ARRAY(Text), nullable=False),
    Column("registered_by", Text, nullable=False),
    Column("registered_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

provider_member = Table(
    "provider_member",
    metadata,
    Column("provider_id", Text, ForeignKey("provider.provider_id"), nullable=False),
    Column("organisation_id", Text, ForeignKey("organisation.organisation_id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("csap_certified", Boolean, nullable=False),
    PrimaryKeyConstraint("provider_id", "organisation_id"),
)

provider_history = Table(
    "provider_history",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("provider_id", Text, ForeignKey("provider.provider_id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

provider_check = Table(
    "provider_check",
    metadata,
    Column("check_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("provider_id", Text, index=True),
    Column("members", JSONB, nullable=False),
    Column("cards", ARRAY(Text), nullable=False, server_default="{}"),
    Column("at_agreement", Boolean, nullable=False, server_default=false()),
    Column("findings", JSONB, nullable=False),
    Column("checked_by", Text, nullable=False),
    Column("checked_at", Instant, nullable=False),
)
