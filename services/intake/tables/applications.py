"""Applications where they stand, their documents and their history."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Identity, Index, Integer, Table, Text, text
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
    Column("track", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("wished_start", Date, nullable=False),
    Column("youth_claimed", Boolean, nullable=False),
    Column("principal_investigator", JSONB),
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
    Index("application_counting_unit", "programme_code", "counting_unit"),
    Index("application_programme", "programme_code", "application_id"),
    Index("application_number", text("length(application_id)"), "application_id"),
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
    Column("sha256", Text, nullable=False),
    Column("uploaded_by", Text, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
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
