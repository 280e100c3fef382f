"""Keep what was moved between programmes that share a cap (BL-9)."""

from alembic import op

revision = "billing_0013"
down_revision = "billing_0012"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "CREATE SEQUENCE programme_move_no",
    """CREATE TABLE programme_move (
        move_id TEXT NOT NULL,
        from_programme TEXT NOT NULL,
        to_programme TEXT NOT NULL,
        amount_krw BIGINT NOT NULL CHECK (amount_krw > 0),
        reason TEXT NOT NULL,
        moved_by TEXT NOT NULL,
        moved_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (move_id)
    )""",
)


def upgrade() -> None:
    """Add the table: nothing was moved between programmes before."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
