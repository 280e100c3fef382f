"""Keep which providers a providers' call agreed with (RV-15): they alone offer where one serves."""

from alembic import op

revision = "allocator_0009"
down_revision = "allocator_0007"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE agreed_provider (
        application_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        organisation_id TEXT NOT NULL,
        serves TEXT[] NOT NULL,
        agreed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (application_id)
    )""",
)


def upgrade() -> None:
    """Add the table; where no providers' call serves a programme, nothing changes."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
