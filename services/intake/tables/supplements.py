"""What the agency asked for after the submission, what came of it, and the versions of a filing; rows are only added.

Files of an answer that is not given yet may be taken out again.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Identity,
    Integer,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

supplement = Table(
    "supplement",
    metadata,
    Column("supplement_id", Text, primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False, index=True),
    Column("documents", ARRAY(Text), nullable=False),
    Column("fields", ARRAY(Text), nullable=False),
    Column("text", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
)

supplement_extension = Table(
    "supplement_extension",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("supplement_id", Text, ForeignKey("supplement.supplement_id"), nullable=False, index=True),
    Column("due_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

supplement_file = Table(
    "supplement_file",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("supplement_id", Text, ForeignKey("supplement.supplement_id"), nullable=False, index=True),
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
)
"""Uploaded for an answer; with the answer it becomes a document of the same id."""

filing_version = Table(
    "filing_version",
    metadata,
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("supplement_id", Text, ForeignKey("supplement.supplement_id"), unique=True),
    Column("form", JSONB, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("application_id", "version"),
)
"""What was filed first is version 1, without a supplement; it is kept here once there is a second."""

supplement_seq = Sequence("supplement_seq", metadata=metadata)
