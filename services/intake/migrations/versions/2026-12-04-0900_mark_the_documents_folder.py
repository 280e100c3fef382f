"""Remember which folder of documents belongs to this database (decision 0024)."""

from alembic import op

revision = "intake_0005"
down_revision = "intake_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the first process that starts fills it and marks its folder."""
    op.execute(
        """CREATE TABLE document_folder (
            folder_id TEXT NOT NULL,
            made_at TIMESTAMPTZ NOT NULL,
            PRIMARY KEY (folder_id)
        )"""
    )


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
