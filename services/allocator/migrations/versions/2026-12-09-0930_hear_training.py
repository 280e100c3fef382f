"""Keep how many people of a grant attended the mandatory course (AL-7), and how much was said of it."""

from alembic import op

revision = "allocator_0010"
down_revision = "allocator_0009"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE award ADD COLUMN people_trained INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE award ADD COLUMN training_facts INTEGER NOT NULL DEFAULT 0",
)


def upgrade() -> None:
    """Add both columns: of nobody was anything said before."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
