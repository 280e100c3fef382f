"""Keep the files that everybody may fetch of a call (MS-5)."""

from alembic import op

revision = "intake_0017"
down_revision = "intake_0016"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "CREATE SEQUENCE call_file_seq",
    """CREATE TABLE call_file (
        file_id TEXT NOT NULL,
        programme_code TEXT NOT NULL REFERENCES programme (code),
        file_name TEXT NOT NULL,
        found_format TEXT NOT NULL,
        size_bytes BIGINT NOT NULL,
        sha256 TEXT NOT NULL,
        uploaded_by TEXT NOT NULL,
        uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (file_id)
    )""",
    "CREATE INDEX call_file_name ON call_file (programme_code, file_name)",
    "CREATE INDEX ix_call_file_sha256 ON call_file (sha256)",
    """CREATE TABLE call_file_withdrawal (
        file_id TEXT NOT NULL REFERENCES call_file (file_id),
        reason TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (file_id)
    )""",
)


def upgrade() -> None:
    """Add the tables: no call had files before."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
