"""Keep who may read which application as a reviewer, as review says it (RV-16)."""

from alembic import op

revision = "intake_0011"
down_revision = "intake_0010"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE reader_fact (
        application_id TEXT NOT NULL,
        stage TEXT NOT NULL,
        reviewer_id TEXT NOT NULL,
        panel_id TEXT NOT NULL,
        seat INTEGER NOT NULL,
        sitting INTEGER NOT NULL,
        fact TEXT NOT NULL,
        why TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (application_id, stage, reviewer_id, panel_id, seat, sitting, fact)
    )""",
)


def upgrade() -> None:
    """Add the table; whoever sat on a panel before must be seated anew to read."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
