"""Commitments, shifts between the parts of a budget, levels announced."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
)

from libs.common.backbone import Instant
from services.billing.tables.base import metadata, texts

shift_no = Sequence("shift_no", metadata=metadata)
programme_move_no = Sequence("programme_move_no", metadata=metadata)

commitment = Table(
    "commitment",
    metadata,
    Column("application_id", Text, primary_key=True),
    *texts("programme_code", "track", "product"),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("amount_krw", BigInteger, nullable=False),
    Column("left_krw", BigInteger, nullable=False),
    Column("released", Boolean, nullable=False, server_default="false"),
    Column("missing_path", Text),
    Column("changes", Integer, nullable=False, server_default="0"),
    Column("sector", Text),
    Column("youth", Boolean, nullable=False, server_default="false"),
    Column("reduction", Text, nullable=False, server_default="none"),
)

budget_shift = Table(
    "budget_shift",
    metadata,
    Column("shift_id", Text, primary_key=True),
    *texts("programme_code", "from_part", "to_part"),
    Column("amount_krw", BigInteger, CheckConstraint("amount_krw > 0"), nullable=False),
    *texts("reason", "shifted_by"),
    Column("shifted_at", Instant, nullable=False),
)

programme_move = Table(
    "programme_move",
    metadata,
    Column("move_id", Text, primary_key=True),
    *texts("from_programme", "to_programme"),
    Column("amount_krw", BigInteger, CheckConstraint("amount_krw > 0"), nullable=False),
    *texts("reason", "moved_by"),
    Column("moved_at", Instant, nullable=False),
)

budget_level = Table(
    "budget_level",
    metadata,
    Column("programme_code", Text),
    Column("level_pct", Integer),
    Column("executed_krw", BigInteger, nullable=False),
    Column("cap_krw", BigInteger, nullable=False),
    Column("subsidy_krw", BigInteger),
    Column("reached_at", Instant, nullable=False),
    PrimaryKeyConstraint("programme_code", "level_pct"),
)
