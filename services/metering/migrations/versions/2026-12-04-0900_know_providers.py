"""Know providers by name and by the one spelling of their ids."""

from alembic import op

revision = "metering_0004"
down_revision = "metering_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.execute(
        """CREATE TABLE provider (
    provider_id TEXT NOT NULL,
    provider_key TEXT NOT NULL,
    organisation_id TEXT NOT NULL,
    name TEXT NOT NULL,
    business_no TEXT NOT NULL,
    PRIMARY KEY (provider_id),
    UNIQUE (provider_key)
)"""
    )


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
