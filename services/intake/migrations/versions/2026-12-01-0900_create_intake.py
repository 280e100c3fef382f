"""Intake's first tables."""

from alembic import op

from libs.common.backbone import create_v1

revision = "intake_0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE programme (
        code TEXT NOT NULL,
        latest_version INTEGER NOT NULL,
        in_force_version INTEGER,
        receipts_issued INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (code)
    )""",
    """CREATE TABLE programme_definition (
        code TEXT NOT NULL,
        version INTEGER NOT NULL,
        definition JSON NOT NULL,
        reason TEXT NOT NULL,
        written_by TEXT NOT NULL,
        written_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (code, version),
        FOREIGN KEY(code) REFERENCES programme (code)
    )""",
    """CREATE TABLE organisation (
        organisation_id TEXT NOT NULL,
        name TEXT NOT NULL,
        business_no TEXT NOT NULL,
        kind TEXT NOT NULL,
        legal_form TEXT NOT NULL,
        representatives JSONB NOT NULL,
        opened_on DATE NOT NULL,
        affiliates TEXT[] NOT NULL,
        registered_by TEXT NOT NULL,
        registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (organisation_id),
        UNIQUE (business_no)
    )""",
    """CREATE TABLE restriction (
        restriction_id TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        from_day DATE NOT NULL,
        until_day DATE,
        instalments_approved BOOLEAN NOT NULL,
        source TEXT NOT NULL,
        recorded_by TEXT NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (restriction_id)
    )""",
    "CREATE INDEX ix_restriction_subject_id ON restriction (subject_id)",
    """CREATE TABLE award (
        award_id TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        government BOOLEAN NOT NULL,
        year INTEGER NOT NULL,
        running_until DATE,
        application_id TEXT,
        source TEXT NOT NULL,
        recorded_by TEXT NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (award_id)
    )""",
    "CREATE INDEX ix_award_subject_id ON award (subject_id)",
    """CREATE TABLE application (
        application_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        organisation_id TEXT NOT NULL,
        state TEXT NOT NULL,
        version INTEGER NOT NULL,
        title TEXT NOT NULL,
        track TEXT NOT NULL,
        product TEXT NOT NULL,
        units INTEGER NOT NULL,
        months INTEGER NOT NULL,
        wished_start DATE NOT NULL,
        youth_claimed BOOLEAN NOT NULL,
        principal_investigator JSONB,
        created_by TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        programme_version INTEGER,
        counting_unit TEXT,
        sector TEXT,
        receipt_no TEXT,
        received_at TIMESTAMP WITH TIME ZONE,
        eligible BOOLEAN,
        youth BOOLEAN,
        PRIMARY KEY (application_id),
        FOREIGN KEY(organisation_id) REFERENCES organisation (organisation_id),
        UNIQUE (receipt_no)
    )""",
    "CREATE INDEX application_counting_unit ON application (programme_code, counting_unit)",
    "CREATE INDEX application_programme ON application (programme_code, application_id)",
    "CREATE INDEX ix_application_organisation_id ON application (organisation_id)",
    """CREATE TABLE application_history (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        application_id TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(application_id) REFERENCES application (application_id)
    )""",
    "CREATE INDEX ix_application_history_application_id ON application_history (application_id)",
    """CREATE TABLE document (
        document_id TEXT NOT NULL,
        application_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        file_name TEXT NOT NULL,
        found_format TEXT NOT NULL,
        size_bytes BIGINT NOT NULL,
        sha256 TEXT NOT NULL,
        uploaded_by TEXT NOT NULL,
        uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (document_id),
        FOREIGN KEY(application_id) REFERENCES application (application_id)
    )""",
    "CREATE INDEX ix_document_application_id ON document (application_id)",
    """CREATE TABLE refused_submission (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        application_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        code TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(application_id) REFERENCES application (application_id)
    )""",
    "CREATE INDEX ix_refused_submission_programme_code ON refused_submission (programme_code)",
    """CREATE TABLE screening_run (
        application_id TEXT NOT NULL,
        run INTEGER NOT NULL,
        step TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        findings JSONB NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (application_id, run),
        FOREIGN KEY(application_id) REFERENCES application (application_id)
    )""",
    """CREATE TABLE screening_decision (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        application_id TEXT NOT NULL,
        rule_id TEXT NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        decided_on JSONB NOT NULL,
        programme_version INTEGER NOT NULL,
        decided_by TEXT NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(application_id) REFERENCES application (application_id)
    )""",
    "CREATE INDEX ix_screening_decision_application_id ON screening_decision (application_id)",
    """CREATE TABLE announcement (
        application_id TEXT NOT NULL,
        selection_id TEXT NOT NULL,
        run_version INTEGER NOT NULL,
        announced_at TIMESTAMP WITH TIME ZONE NOT NULL,
        outcome TEXT NOT NULL,
        refused_by TEXT NOT NULL,
        promoted BOOLEAN NOT NULL,
        units INTEGER NOT NULL,
        months INTEGER NOT NULL,
        reason TEXT NOT NULL,
        score TEXT,
        rank INTEGER,
        PRIMARY KEY (application_id, selection_id, run_version)
    )""",
    """CREATE TABLE agreement (
        application_id TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        units INTEGER NOT NULL,
        months INTEGER NOT NULL,
        award_reason TEXT NOT NULL,
        drafted_by TEXT NOT NULL,
        drafted_at TIMESTAMP WITH TIME ZONE NOT NULL,
        signed_by TEXT,
        signed_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        PRIMARY KEY (application_id),
        FOREIGN KEY(application_id) REFERENCES application (application_id)
    )""",
    """CREATE TABLE progress (
        application_id TEXT NOT NULL,
        provider_id TEXT,
        card_type TEXT,
        cards INTEGER,
        starts_at TIMESTAMP WITH TIME ZONE,
        ends_at TIMESTAMP WITH TIME ZONE,
        selfpay_due_krw BIGINT,
        selfpay_received_krw BIGINT,
        selfpay_covered BOOLEAN DEFAULT false NOT NULL,
        selfpay_overdue BOOLEAN DEFAULT false NOT NULL,
        PRIMARY KEY (application_id)
    )""",
    """CREATE TABLE provider_check (
        check_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        members JSONB NOT NULL,
        findings JSONB NOT NULL,
        checked_by TEXT NOT NULL,
        checked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (check_id)
    )""",
)
SEQUENCES = (
    "organisation_seq",
    "restriction_seq",
    "award_seq",
    "application_seq",
    "document_seq",
    "provider_check_seq",
)


def upgrade() -> None:
    """The backbone, then what intake owns."""
    create_v1(op)
    for statement in TABLES:
        op.execute(statement)
    for sequence in SEQUENCES:
        op.execute(f"CREATE SEQUENCE {sequence}")
