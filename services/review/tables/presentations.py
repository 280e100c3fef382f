"""When and where applications are presented: slots, who is invited into which, and what they answered; appended."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Identity, Index, Sequence, Table, Text

from libs.common.backbone import Instant
from services.review.tables.base import metadata

presentation_slot = Table(
    "presentation_slot",
    metadata,
    Column("slot_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("track", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("place", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Index("presentation_slot_of_track", "programme_code", "track"),
)

presentation = Table(
    "presentation",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("slot_id", Text, ForeignKey("presentation_slot.slot_id"), nullable=False, index=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("invited_by", Text, nullable=False),
    Column("invited_at", Instant, nullable=False),
)

presentation_answer = Table(
    "presentation_answer",
    metadata,
    Column("presentation_id", BigInteger, ForeignKey("presentation.id"), primary_key=True, autoincrement=False),
    Column("attends", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("answered_by", Text, nullable=False),
    Column("answered_at", Instant, nullable=False),
)

presentation_slot_seq = Sequence("presentation_slot_seq", metadata=metadata)
