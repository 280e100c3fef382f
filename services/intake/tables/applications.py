"""Applications where they stand, their documents and their history."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

application = Table(
    "application",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("organisation_id", Text, ForeignKey("organisation.organisation_id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("track", Text),
    Column("product", Text),
    Column("units", Integer),
    Column("months", Integer),
    Column("wished_start", Date),
    Column("youth_claimed", Boolean, nullable=False),
    Column("region_claimed", Boolean, nullable=False, server_default=text("false")),
    Column("youth_first", Boolean, nullable=False, server_default=text("false")),
    Column("principal_investigator", JSONB),
    Column("manager", JSONB),
    Column("form", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("investigator_key", Text, index=True),
    Column("person_key", Text, index=True),
    Column("created_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("programme_version", Integer),
    Column("counting_unit", Text),
    Column("sector", Text),
    Column("receipt_no", Text, unique=True),
    Column("received_at", Instant),
    Column("eligible", Boolean),
    Column("youth", Boolean),
    Column("filing_sha256", Text),
    CheckConstraint(
        "receipt_no IS NULL OR (track IS NOT NULL AND product IS NOT NULL AND units IS NOT NULL"
        " AND months IS NOT NULL AND wished_start IS NOT NULL)",
        name="application_filed_whole",
    ),
    Index("application_counting_unit", "programme_code", "counting_unit"),
    Index("application_programme", "programme_code", "application_id"),
    Index("application_number", text("length(application_id)"), "application_id"),
    Index(
        "application_received",
        text("COALESCE(received_at, '1900-01-01 00:00:00+00'::timestamp with time zone)"),
        text("length(application_id)"),
        "application_id",
    ),
    Index("application_programme_number", "programme_code", text("length(application_id)"), "application_id"),
)

application_history = Table(
    "application_history",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("found_format", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False, index=True),
    Column("uploaded_by", Text, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    Column("pages", Integer),
    Column("issued_on", Date),
    Column("valid_until", Date),
    Column("filing_version", Integer, nullable=False, server_default=text("1")),
)

refused_submission = Table(
    "refused_submission",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False),
    Column("programme_code", Text, nullable=False, index=True),
    Column("code", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
