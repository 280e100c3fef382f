"""Keep evidence that officers confirm, bookings that are reversed, clawbacks, and winners before their agreement.

What counted before goes on counting: evidence that was recorded as a receipt keeps its place. A commitment learns its
payer from the self-payment, where there is one.
"""

from alembic import op

revision = "billing_0008"
down_revision = "billing_0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE SEQUENCE evidence_no""",
    """CREATE SEQUENCE clawback_no""",
    """CREATE TABLE self_payment_evidence (
    evidence_id TEXT NOT NULL,
    application_id TEXT NOT NULL,
    claimed_krw BIGINT NOT NULL CHECK (claimed_krw >= 0),
    sha256 TEXT NOT NULL,
    file_name TEXT NOT NULL,
    document_id TEXT,
    claimed_by TEXT NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (evidence_id),
    FOREIGN KEY(application_id) REFERENCES self_payment (application_id)
)""",
    """CREATE INDEX self_payment_evidence_application ON self_payment_evidence (application_id)""",
    """CREATE TABLE evidence_judgement (
    evidence_id TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('confirmed', 'rejected', 'taken_back')),
    balance_krw BIGINT CHECK (balance_krw >= 0),
    reason TEXT NOT NULL,
    judged_by TEXT NOT NULL,
    judged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (evidence_id, outcome),
    FOREIGN KEY(evidence_id) REFERENCES self_payment_evidence (evidence_id)
)""",
    """CREATE TABLE clawback (
    clawback_id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    programme_code TEXT NOT NULL,
    ground TEXT NOT NULL,
    amount_krw BIGINT NOT NULL CHECK (amount_krw > 0),
    reason TEXT NOT NULL,
    claimed_by TEXT NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (clawback_id),
    FOREIGN KEY(grant_id) REFERENCES grants (grant_id)
)""",
    """CREATE INDEX clawback_grant ON clawback (grant_id)""",
    """CREATE TABLE clawback_withdrawal (
    clawback_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    withdrawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (clawback_id),
    FOREIGN KEY(clawback_id) REFERENCES clawback (clawback_id)
)""",
    """ALTER TABLE self_payment ALTER COLUMN signed_at DROP NOT NULL""",
    """ALTER TABLE self_payment_receipt ADD COLUMN nth INTEGER NOT NULL DEFAULT 1""",
    """ALTER TABLE self_payment_receipt ADD COLUMN reverses TEXT REFERENCES self_payment_receipt (receipt_id)""",
    """ALTER TABLE self_payment_receipt ADD COLUMN reason TEXT NOT NULL DEFAULT ''""",
    """ALTER TABLE self_payment_receipt ADD CONSTRAINT self_payment_receipt_reverses UNIQUE (reverses)""",
    """ALTER TABLE self_payment_receipt DROP CONSTRAINT self_payment_receipt_key""",
    """ALTER TABLE self_payment_receipt
    ADD CONSTRAINT self_payment_receipt_key UNIQUE (scope, kind, reference_key, nth)""",
    """ALTER TABLE budget_level ADD COLUMN subsidy_krw BIGINT""",
    """ALTER TABLE commitment ADD COLUMN sector TEXT""",
    """ALTER TABLE commitment ADD COLUMN youth BOOLEAN NOT NULL DEFAULT false""",
    """UPDATE commitment c SET sector = s.sector, youth = s.youth
    FROM self_payment s WHERE s.application_id = c.application_id""",
)


def upgrade() -> None:
    """Add the tables and columns; a reference can be booked again once its booking is reversed."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
