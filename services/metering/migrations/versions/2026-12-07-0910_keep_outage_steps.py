"""Keep what was said of an outage's end, and its withdrawal, each with who, when and why (AL-19, MT-7).

Outages that are closed stay closed: their ends count as they were stated.
"""

from alembic import op

revision = "metering_0008"
down_revision = "metering_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.execute(
        """CREATE TABLE outage_step (
    step_no BIGINT GENERATED ALWAYS AS IDENTITY,
    outage_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    reason TEXT,
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (step_no)
)"""
    )
    op.execute("CREATE INDEX outage_step_outage ON outage_step (outage_id, step_no)")


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
