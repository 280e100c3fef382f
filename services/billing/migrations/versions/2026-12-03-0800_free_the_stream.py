"""Tell at which event a consumer stands and free it by an order; gather statements that come in parts."""

from alembic import op

from libs.common.backbone import create_v2

revision = "billing_0003"
down_revision = "billing_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    create_v2(op)
    op.execute(
        """CREATE TABLE statement_part (
    statement_id TEXT NOT NULL,
    part INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    lines JSONB NOT NULL,
    heard_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (statement_id, part)
)"""
    )


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
