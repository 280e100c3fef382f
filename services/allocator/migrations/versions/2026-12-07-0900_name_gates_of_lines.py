"""A line of a placement names the closed gates of a grant that cannot be placed yet (F-25)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "allocator_0006"
down_revision = "allocator_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the gates: none for the lines there are."""
    op.add_column("placement_line", sa.Column("gates", JSONB, nullable=False, server_default=sa.text("'[]'")))


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
