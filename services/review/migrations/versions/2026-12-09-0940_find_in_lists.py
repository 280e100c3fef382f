"""Go through applications by number and by receipt without sorting them all (portal.md X2)."""

from alembic import op

revision = "review_0010"
down_revision = "review_0009"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "CREATE INDEX application_number ON application (length(application_id), application_id)",
    "CREATE INDEX application_receipt ON application (receipt_no, length(application_id), application_id)",
)


def upgrade() -> None:
    """Add the indexes."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
