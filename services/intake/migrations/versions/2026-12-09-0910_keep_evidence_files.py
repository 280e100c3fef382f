"""Files that show a fact after the selection, such as the balance of an own account (BL-14)."""

from alembic import op

revision = "intake_0009"
down_revision = "intake_0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE SEQUENCE evidence_seq START WITH 1",
    """CREATE TABLE evidence_file (
        evidence_id TEXT NOT NULL,
        application_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        file_name TEXT NOT NULL,
        found_format TEXT NOT NULL,
        size_bytes BIGINT NOT NULL,
        sha256 TEXT NOT NULL,
        uploaded_by TEXT NOT NULL,
        uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (evidence_id),
        FOREIGN KEY(application_id) REFERENCES application (application_id)
    )""",
    "CREATE INDEX ix_evidence_file_application_id ON evidence_file (application_id)",
    "CREATE INDEX ix_evidence_file_sha256 ON evidence_file (sha256)",
)


def upgrade() -> None:
    """Expand: nothing that is there changes."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
