"""The ledger: appended once, never changed; triggers refuse everything else."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from libs.common.backbone import Instant
from services.billing.tables.base import metadata, texts

ledger_posting = Table(
    "ledger_posting",
    metadata,
    Column("posting_no", BigInteger, primary_key=True, autoincrement=False),
    Column("cause", Text, nullable=False, unique=True),
    *texts("rule_id", "programme_code"),
    Column("programme_version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    *texts("previous_hash", "hash"),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("posting_no", BigInteger, ForeignKey("ledger_posting.posting_no")),
    Column("entry_no", Integer),
    Column("account", Text, nullable=False),
    Column("amount_krw", BigInteger, CheckConstraint("amount_krw <> 0"), nullable=False),
    PrimaryKeyConstraint("posting_no", "entry_no"),
    Index("ledger_entry_account", "account"),
)
