"""Keep why a seat was opened above the number of seats that the notice prints (RV-1)."""

from alembic import op

revision = "review_0011"
down_revision = "review_0010"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = ("ALTER TABLE invitation ADD COLUMN seat_reason text NOT NULL DEFAULT ''",)


def upgrade() -> None:
    """Add the column; an older process leaves it empty."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
