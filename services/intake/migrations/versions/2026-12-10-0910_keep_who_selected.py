"""Keep who took part in a selection: none of them decides on an objection to it (MS-7)."""

from alembic import op

revision = "intake_0018"
down_revision = "intake_0017"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE selection_decider (
        selection_id TEXT NOT NULL,
        run_version INTEGER NOT NULL,
        took_part TEXT[] NOT NULL,
        PRIMARY KEY (selection_id, run_version)
    )""",
)


def upgrade() -> None:
    """Add the table: of selections announced before nobody says who took part."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
