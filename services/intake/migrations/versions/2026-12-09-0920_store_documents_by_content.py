"""Count the pages of documents, find who names a content, and fix the fingerprint of what was filed."""

from alembic import op

revision = "intake_0010"
down_revision = "intake_0009"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE document ADD COLUMN pages INTEGER",
    "CREATE INDEX ix_document_sha256 ON document (sha256)",
    "ALTER TABLE application ADD COLUMN filing_sha256 TEXT",
)


def upgrade() -> None:
    """Add the columns; documents and receipts of before stay without."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
