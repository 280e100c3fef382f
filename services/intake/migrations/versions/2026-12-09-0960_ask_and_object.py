"""Ask for supplements, keep versions of a filing, take objections, deliver results and accept them (IN-9, MS-7, RV-13)."""

from alembic import op

revision = "intake_0014"
down_revision = "intake_0013"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """ALTER TABLE document
        ADD COLUMN issued_on DATE,
        ADD COLUMN valid_until DATE,
        ADD COLUMN filing_version INTEGER NOT NULL DEFAULT 1""",
    "CREATE SEQUENCE supplement_seq",
    """CREATE TABLE supplement (
        supplement_id TEXT NOT NULL,
        application_id TEXT NOT NULL REFERENCES application (application_id),
        documents TEXT[] NOT NULL,
        fields TEXT[] NOT NULL,
        text TEXT NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE NOT NULL,
        asked_by TEXT NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (supplement_id)
    )""",
    "CREATE INDEX ix_supplement_application_id ON supplement (application_id)",
    """CREATE TABLE supplement_extension (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        supplement_id TEXT NOT NULL REFERENCES supplement (supplement_id),
        due_at TIMESTAMP WITH TIME ZONE NOT NULL,
        reason TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id)
    )""",
    "CREATE INDEX ix_supplement_extension_supplement_id ON supplement_extension (supplement_id)",
    """CREATE TABLE supplement_file (
        document_id TEXT NOT NULL,
        supplement_id TEXT NOT NULL REFERENCES supplement (supplement_id),
        application_id TEXT NOT NULL REFERENCES application (application_id),
        kind TEXT NOT NULL,
        file_name TEXT NOT NULL,
        found_format TEXT NOT NULL,
        size_bytes BIGINT NOT NULL,
        sha256 TEXT NOT NULL,
        uploaded_by TEXT NOT NULL,
        uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        pages INTEGER,
        issued_on DATE,
        valid_until DATE,
        PRIMARY KEY (document_id)
    )""",
    "CREATE INDEX ix_supplement_file_supplement_id ON supplement_file (supplement_id)",
    "CREATE INDEX ix_supplement_file_application_id ON supplement_file (application_id)",
    "CREATE INDEX ix_supplement_file_sha256 ON supplement_file (sha256)",
    """CREATE TABLE filing_version (
        application_id TEXT NOT NULL REFERENCES application (application_id),
        version INTEGER NOT NULL,
        supplement_id TEXT REFERENCES supplement (supplement_id),
        form JSONB NOT NULL,
        sha256 TEXT NOT NULL,
        text TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (application_id, version),
        UNIQUE (supplement_id)
    )""",
    "CREATE SEQUENCE objection_seq",
    """CREATE TABLE objection (
        objection_id TEXT NOT NULL,
        application_id TEXT NOT NULL REFERENCES application (application_id),
        decision TEXT NOT NULL,
        decision_id TEXT NOT NULL,
        outcome TEXT NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
        until TIMESTAMP WITH TIME ZONE NOT NULL,
        took_part TEXT[] NOT NULL,
        text TEXT NOT NULL,
        filed_by TEXT NOT NULL,
        filed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (objection_id),
        UNIQUE (application_id, decision_id)
    )""",
    """CREATE TABLE objection_decision (
        objection_id TEXT NOT NULL REFERENCES objection (objection_id),
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (objection_id)
    )""",
    "CREATE SEQUENCE delivery_seq",
    """CREATE TABLE result_delivery (
        delivery_id TEXT NOT NULL,
        application_id TEXT NOT NULL REFERENCES application (application_id),
        delivered_at TIMESTAMP WITH TIME ZONE NOT NULL,
        way TEXT NOT NULL,
        accept_until TIMESTAMP WITH TIME ZONE,
        recorded_by TEXT NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (delivery_id)
    )""",
    "CREATE INDEX ix_result_delivery_application_id ON result_delivery (application_id)",
    """CREATE TABLE result_delivery_withdrawal (
        delivery_id TEXT NOT NULL REFERENCES result_delivery (delivery_id),
        reason TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (delivery_id)
    )""",
    """CREATE TABLE acceptance (
        application_id TEXT NOT NULL REFERENCES application (application_id),
        accepted_by TEXT NOT NULL,
        accepted_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (application_id)
    )""",
)


def upgrade() -> None:
    """Expand: every document that is there belongs to the first version of its filing."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
