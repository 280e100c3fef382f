"""Keep who gave up or was ended, so that a selection or an agreement that comes later commits nothing again."""

from alembic import op

revision = "billing_0002"
down_revision = "billing_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.execute(
        """CREATE TABLE forfeiture (
    application_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    forfeited_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (application_id)
)"""
    )
