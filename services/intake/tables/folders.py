"""The folder of uploaded documents that belongs to this database: one row, for ever."""

from sqlalchemy import Column, Table, Text

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

document_folder = Table(
    "document_folder",
    metadata,
    Column("folder_id", Text, primary_key=True),
    Column("made_at", Instant, nullable=False),
)
