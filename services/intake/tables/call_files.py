"""Files that everybody may fetch of a call, and which of them were taken back; rows are only added."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Sequence, Table, Text

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

call_file = Table(
    "call_file",
    metadata,
    Column("file_id", Text, primary_key=True),
    Column("programme_code", Text, ForeignKey("programme.code"), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("found_format", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False, index=True),
    Column("uploaded_by", Text, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    Index("call_file_name", "programme_code", "file_name"),
)

call_file_withdrawal = Table(
    "call_file_withdrawal",
    metadata,
    Column("file_id", Text, ForeignKey("call_file.file_id"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

call_file_seq = Sequence("call_file_seq", metadata=metadata)
