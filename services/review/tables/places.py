"""Unfilled places that officers moved between pools; appended (RV-11)."""

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, Table, Text

from libs.common.backbone import Instant
from services.review.tables.base import metadata

place_move = Table(
    "place_move",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("from_track", Text, nullable=False),
    Column("to_track", Text, nullable=False),
    Column("places", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("moved_by", Text, nullable=False),
    Column("moved_at", Instant, nullable=False),
    Index("place_move_of_call", "programme_code", "id"),
)
