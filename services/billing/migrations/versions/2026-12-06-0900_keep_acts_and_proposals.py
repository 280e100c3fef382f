"""Keep who did what, when and why, and what one person proposes until another confirms it (BL-13)."""

from alembic import op

from libs.common.backbone_acts import create_v3

revision = "billing_0006"
down_revision = "billing_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of acts and proposals."""
    create_v3(op)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
