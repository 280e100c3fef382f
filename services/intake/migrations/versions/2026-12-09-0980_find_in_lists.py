"""Go through applications by when they were received without sorting them all (portal.md X2)."""

from alembic import op

revision = "intake_0016"
down_revision = "intake_0015"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE INDEX application_received ON application (
        coalesce(received_at, '1900-01-01T00:00:00+00:00'::timestamptz), length(application_id), application_id
    )""",
)


def upgrade() -> None:
    """Add the index."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
