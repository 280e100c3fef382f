"""Keep which agreed prices are zero, so that hours priced at zero use no discounted hour up."""

from alembic import op

revision = "metering_0002"
down_revision = "metering_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.execute(
        """CREATE TABLE agreed_price (
        programme_code TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        product TEXT NOT NULL,
        mode TEXT NOT NULL,
        valid_from TEXT NOT NULL,
        round_no INTEGER NOT NULL,
        is_zero BOOLEAN NOT NULL,
        PRIMARY KEY (programme_code, provider_id, product, mode, valid_from)
    )"""
    )


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
