"""Keep which files intake took in after the selection, so that a claim is compared with them (BL-14)."""

from alembic import op

revision = "billing_0014"
down_revision = "billing_0013"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE filed_document (
    application_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    filed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (application_id, document_id)
)""",
)


def upgrade() -> None:
    """Expand: what was filed before is told by nobody, and is compared by hand."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
