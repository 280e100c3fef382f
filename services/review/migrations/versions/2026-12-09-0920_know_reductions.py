"""Keep which reduction of the self-payment an application has (IN-15): RV-9 takes it off."""

from alembic import op

revision = "review_0008"
down_revision = "review_0007"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = ("ALTER TABLE application ADD COLUMN reduction TEXT",)


def upgrade() -> None:
    """Expand: of an application screened before, nothing is told; its youth decides as it did."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
