"""Park grants instead of settlements, approve the rest, and let a provider waive its dispute window (BL-11, BL-13)."""

from alembic import op

revision = "billing_0007"
down_revision = "billing_0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE SEQUENCE parked_no""",
    """CREATE TABLE parked_grant (
    parked_id TEXT NOT NULL,
    settlement_id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    stage TEXT NOT NULL,
    fee_krw BIGINT,
    reasons JSONB NOT NULL,
    owner TEXT NOT NULL,
    parked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_by TEXT,
    paid_at TIMESTAMP WITH TIME ZONE,
    paid_by TEXT,
    payment_reference TEXT,
    PRIMARY KEY (parked_id),
    FOREIGN KEY(settlement_id) REFERENCES settlement (settlement_id),
    FOREIGN KEY(ended_by) REFERENCES settlement (settlement_id)
)""",
    """CREATE UNIQUE INDEX parked_grant_open ON parked_grant (settlement_id, grant_id) WHERE ended_at IS NULL""",
    """CREATE INDEX parked_grant_grant ON parked_grant (grant_id)""",
    """ALTER TABLE settlement ADD COLUMN parked_krw BIGINT NOT NULL DEFAULT 0""",
    """ALTER TABLE settlement ADD COLUMN window_waived_by TEXT""",
    """ALTER TABLE settlement ADD COLUMN window_waived_at TIMESTAMP WITH TIME ZONE""",
    # who pays what is stated of the grants that are not parked; of those that are, nobody can say yet
    """ALTER TABLE settlement DROP CONSTRAINT settlement_split""",
    """ALTER TABLE settlement ADD CONSTRAINT settlement_split
    CHECK (fee_krw = self_payment_krw + subsidy_krw + uncovered_krw + parked_krw)""",
)


def upgrade() -> None:
    """Add what is new; of every settlement so far nothing is parked and no window is waived."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
