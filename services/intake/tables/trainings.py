"""Attendances of a mandatory course, and what says that one never was; both appended."""

from sqlalchemy import Column, Date, ForeignKey, Integer, Table, Text

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

training_attendance = Table(
    "training_attendance",
    metadata,
    Column("attendance_id", Text, primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False, index=True),
    Column("course", Text, nullable=False),
    Column("attended_on", Date, nullable=False),
    Column("people", Integer, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

training_withdrawal = Table(
    "training_withdrawal",
    metadata,
    Column("attendance_id", Text, ForeignKey("training_attendance.attendance_id"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
