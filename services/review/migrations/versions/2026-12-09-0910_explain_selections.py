"""Keep unfilled places that officers move between pools (RV-11)."""

from alembic import op

revision = "review_0007"
down_revision = "review_0006"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE place_move (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        programme_code TEXT NOT NULL,
        from_track TEXT NOT NULL,
        to_track TEXT NOT NULL,
        places INTEGER NOT NULL,
        reason TEXT NOT NULL,
        moved_by TEXT NOT NULL,
        moved_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id)
    )""",
    "CREATE INDEX place_move_of_call ON place_move (programme_code, id)",
)


def upgrade() -> None:
    """Add the table; nothing was moved so far."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
