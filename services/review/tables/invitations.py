"""Who is invited to sit on a panel, and what they answered; nothing is edited."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from libs.common.backbone import Instant
from services.review.tables.base import metadata

invitation = Table(
    "invitation",
    metadata,
    Column("panel_id", Text, ForeignKey("panel.panel_id"), nullable=False),
    Column("seat", Integer, nullable=False),
    Column("reviewer_id", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("employer_organisation_id", Text, nullable=False),
    Column("due_at", Instant),
    Column("seat_reason", Text, nullable=False, server_default=text("''")),
    Column("invited_by", Text, nullable=False),
    Column("invited_at", Instant, nullable=False),
    PrimaryKeyConstraint("panel_id", "seat"),
)

invitation_answer = Table(
    "invitation_answer",
    metadata,
    Column("panel_id", Text, nullable=False),
    Column("seat", Integer, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("answered_at", Instant, nullable=False),
    PrimaryKeyConstraint("panel_id", "seat"),
    ForeignKeyConstraint(["panel_id", "seat"], ["invitation.panel_id", "invitation.seat"]),
)
