"""Organisations and the dated facts on record; a key that two things share is kept for an officer."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

organisation = Table(
    "organisation",
    metadata,
    Column("organisation_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("business_no", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("legal_form", Text, nullable=False),
    Column("representatives", JSONB, nullable=False),
    Column("opened_on", Date),
    Column("affiliates", ARRAY(Text), nullable=False),
    Column("registered_by", Text, nullable=False),
    Column("registered_at", Instant, nullable=False),
    Column("places", JSONB, nullable=False, server_default="[]"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("valid_from", Date, nullable=False, server_default="2000-01-01"),
)
"""An organisation's facts as they are now; once they changed all that were before stand in `organisation_version`."""

organisation_version = Table(
    "organisation_version",
    metadata,
    Column("organisation_id", Text, ForeignKey("organisation.organisation_id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("legal_form", Text, nullable=False),
    Column("representatives", JSONB, nullable=False),
    Column("opened_on", Date),
    Column("affiliates", ARRAY(Text), nullable=False),
    Column("places", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("organisation_id", "version"),
)

status_check = Table(
    "status_check",
    metadata,
    Column("check_id", Text, primary_key=True),
    Column("organisation_id", Text, ForeignKey("organisation.organisation_id"), nullable=False, index=True),
    Column("business_no", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("closed_on", Date),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
)
"""What the tax office answered about a business number, and when."""

restriction = Table(
    "restriction",
    metadata,
    Column("restriction_id", Text, primary_key=True),
    Column("subject_id", Text, nullable=False, index=True),
    Column("subject_key", Text, nullable=False, index=True),
    Column("person_key", Text, index=True),
    Column("kind", Text, nullable=False),
    Column("from_day", Date, nullable=False),
    Column("until_day", Date),
    Column("instalments_approved", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

award = Table(
    "award",
    metadata,
    Column("award_id", Text, primary_key=True),
    Column("subject_id", Text, nullable=False, index=True),
    Column("subject_key", Text, nullable=False, index=True),
    Column("person_key", Text, index=True),
    Column("programme_code", Text, nullable=False),
    Column("government", Boolean, nullable=False),
    Column("year", Integer, nullable=False),
    Column("running_until", Date),
    Column("application_id", Text),
    Column("source", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

restriction_counter_fact = Table(
    "restriction_counter_fact",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("restriction_id", Text, ForeignKey("restriction.restriction_id"), nullable=False, index=True),
    Column("last_day", Date),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
"""Ends with their last day and, without one, withdrawals: the fact itself never changes."""

award_counter_fact = Table(
    "award_counter_fact",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("award_id", Text, ForeignKey("award.award_id"), nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
"""Withdrawals: the award never was."""

key_collision = Table(
    "key_collision",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("spellings", ARRAY(Text), nullable=False),
    Column("things", ARRAY(Text), nullable=False),
    Column("found_by", Text, nullable=False),
    UniqueConstraint("kind", "key"),
)
