"""Tell at which event a consumer stands and free it by an order; count what was published."""

from alembic import op

from libs.common.backbone import create_v2

revision = "intake_0003"
down_revision = "intake_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    create_v2(op)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
