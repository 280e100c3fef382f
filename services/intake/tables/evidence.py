"""Files that show a fact after the selection; rows are only added."""

from sqlalchemy import BigInteger, Column, ForeignKey, Sequence, Table, Text

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

evidence_file = Table(
    "evidence_file",
    metadata,
    Column("evidence_id", Text, primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("found_format", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False, index=True),
    Column("uploaded_by", Text, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
)

evidence_seq = Sequence("evidence_seq", metadata=metadata)
