"""Keep what was taken back of prices and rates, what was paid of clawbacks; find stale lines and lists by index.

Nothing that counted before changes: prices and rates on record stand, and no payment of a clawback is known yet.
"""

from alembic import op

revision = "billing_0009"
down_revision = "billing_0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    """ALTER TABLE price ADD COLUMN nth INTEGER NOT NULL DEFAULT 1""",
    """ALTER TABLE price
    DROP CONSTRAINT price_programme_code_provider_id_product_mode_valid_from_ro_key""",
    """ALTER TABLE price ADD CONSTRAINT price_round
    UNIQUE (programme_code, provider_id, product, mode, valid_from, round_no, nth)""",
    """ALTER TABLE wait_discount ADD COLUMN nth INTEGER NOT NULL DEFAULT 1""",
    """ALTER TABLE wait_discount DROP CONSTRAINT wait_discount_programme_code_provider_id_valid_from_key""",
    """ALTER TABLE wait_discount ADD CONSTRAINT wait_discount_month
    UNIQUE (programme_code, provider_id, valid_from, nth)""",
    """CREATE TABLE price_withdrawal (
    price_version TEXT NOT NULL,
    reason TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    withdrawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (price_version),
    FOREIGN KEY(price_version) REFERENCES price (price_version)
)""",
    """CREATE TABLE wait_discount_withdrawal (
    discount_version TEXT NOT NULL,
    reason TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    withdrawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (discount_version),
    FOREIGN KEY(discount_version) REFERENCES wait_discount (discount_version)
)""",
    """CREATE SEQUENCE clawback_payment_no""",
    """CREATE TABLE clawback_payment (
    payment_id TEXT NOT NULL,
    clawback_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('payment', 'refund', 'reversal')),
    scope TEXT NOT NULL,
    amount_krw BIGINT NOT NULL CHECK (amount_krw > 0),
    reference TEXT NOT NULL,
    reference_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    nth INTEGER NOT NULL DEFAULT 1,
    reverses TEXT,
    PRIMARY KEY (payment_id),
    FOREIGN KEY(clawback_id) REFERENCES clawback (clawback_id),
    FOREIGN KEY(reverses) REFERENCES clawback_payment (payment_id),
    CONSTRAINT clawback_payment_key UNIQUE (scope, kind, reference_key, nth),
    CONSTRAINT clawback_payment_reverses UNIQUE (reverses)
)""",
    """CREATE INDEX clawback_payment_clawback ON clawback_payment (clawback_id)""",
    """CREATE INDEX settlement_line_price ON settlement_line (price_version, period)""",
    """CREATE INDEX dispute_line ON dispute (settlement_id, line_no)""",
    """CREATE INDEX self_payment_evidence_document ON self_payment_evidence (sha256)""",
    """CREATE INDEX parked_grant_by_number ON parked_grant (length(parked_id), parked_id)""",
    """CREATE INDEX self_payment_by_number ON self_payment (length(application_id), application_id)""",
    """CREATE INDEX key_collision_by_number ON key_collision (length(receipt_id), receipt_id)""",
)


def upgrade() -> None:
    """Add the tables, columns and indexes."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
