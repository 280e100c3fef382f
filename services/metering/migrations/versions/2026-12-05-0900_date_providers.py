"""Know when each provider was last told of: an older fact that comes late changes nothing."""

from alembic import op

revision = "metering_0005"
down_revision = "metering_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the instant; what is known already is older than whatever is told from now on."""
    op.execute("ALTER TABLE provider ADD COLUMN changed_at TIMESTAMPTZ NOT NULL DEFAULT '2000-01-01T00:00:00Z'")


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
