"""Review's first tables."""

from alembic import op

from libs.common.backbone import create_v1

revision = "review_0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE application (
        application_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        receipt_no TEXT NOT NULL,
        received_at TIMESTAMP WITH TIME ZONE NOT NULL,
        organisation_id TEXT NOT NULL,
        organisation_name TEXT NOT NULL,
        sector TEXT NOT NULL,
        counting_unit TEXT NOT NULL,
        track TEXT NOT NULL,
        product TEXT NOT NULL,
        units INTEGER NOT NULL,
        months INTEGER NOT NULL,
        wished_start DATE NOT NULL,
        youth BOOLEAN NOT NULL,
        state TEXT NOT NULL,
        stage TEXT,
        final INTEGER,
        passed BOOLEAN,
        gone_at TIMESTAMP WITH TIME ZONE,
        gone_reason TEXT,
        PRIMARY KEY (application_id)
    )""",
    "CREATE INDEX application_pool ON application (programme_code, track, application_id)",
    """CREATE TABLE deliberation (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        selection_id TEXT NOT NULL,
        application_id TEXT NOT NULL,
        units_before INTEGER NOT NULL,
        months_before INTEGER NOT NULL,
        units INTEGER NOT NULL,
        months INTEGER NOT NULL,
        reason TEXT NOT NULL,
        decided_by TEXT NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id)
    )""",
    "CREATE INDEX ix_deliberation_selection_id ON deliberation (selection_id)",
    """CREATE TABLE escalation (
        panel_id TEXT NOT NULL,
        seat INTEGER NOT NULL,
        sheets_awaited INTEGER NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE NOT NULL,
        escalated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (panel_id, seat)
    )""",
    """CREATE TABLE panel (
        panel_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        track TEXT NOT NULL,
        stage TEXT NOT NULL,
        takes_all BOOLEAN NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE,
        seated_by TEXT NOT NULL,
        seated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (panel_id)
    )""",
    "CREATE INDEX panel_stage ON panel (programme_code, track, stage)",
    """CREATE TABLE selection_row (
        selection_id TEXT NOT NULL,
        run_version INTEGER NOT NULL,
        application_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        rank INTEGER,
        ahead_by TEXT NOT NULL,
        score INTEGER,
        outcome TEXT NOT NULL,
        refused_by TEXT NOT NULL,
        rule_id TEXT NOT NULL,
        promoted BOOLEAN NOT NULL,
        units_asked INTEGER NOT NULL,
        months_asked INTEGER NOT NULL,
        units INTEGER NOT NULL,
        months INTEGER NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (selection_id, run_version, application_id)
    )""",
    "CREATE INDEX ix_selection_row_application_id ON selection_row (application_id)",
    """CREATE TABLE selection_run (
        selection_id TEXT NOT NULL,
        run_version INTEGER NOT NULL,
        programme_code TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        track TEXT NOT NULL,
        product TEXT,
        state TEXT NOT NULL,
        cause TEXT NOT NULL,
        limits JSONB NOT NULL,
        quota_relaxed_reason TEXT,
        private_missing INTEGER NOT NULL,
        supersedes_sha256 TEXT,
        sha256 TEXT,
        canonical TEXT,
        run_by TEXT NOT NULL,
        run_at TIMESTAMP WITH TIME ZONE NOT NULL,
        announced_at TIMESTAMP WITH TIME ZONE,
        PRIMARY KEY (selection_id, run_version)
    )""",
    "CREATE INDEX selection_pool ON selection_run (programme_code, track)",
    """CREATE TABLE sheet (
        sheet_id TEXT NOT NULL,
        application_id TEXT NOT NULL,
        stage TEXT NOT NULL,
        panel_id TEXT NOT NULL,
        seat INTEGER NOT NULL,
        reviewer_id TEXT NOT NULL,
        scores JSONB NOT NULL,
        total INTEGER NOT NULL,
        comment TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (sheet_id)
    )""",
    "CREATE INDEX ix_sheet_reviewer_id ON sheet (reviewer_id)",
    "CREATE UNIQUE INDEX sheet_once ON sheet (application_id, stage, seat)",
    """CREATE TABLE stage_skip (
        programme_code TEXT NOT NULL,
        track TEXT NOT NULL,
        reason TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        skipped_by TEXT NOT NULL,
        skipped_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (programme_code, track)
    )""",
    """CREATE TABLE composite (
        application_id TEXT NOT NULL,
        stage TEXT NOT NULL,
        mean TEXT NOT NULL,
        composite INTEGER NOT NULL,
        bonus INTEGER NOT NULL,
        final INTEGER NOT NULL,
        passed BOOLEAN NOT NULL,
        counted_seats INTEGER[] NOT NULL,
        dropped_seats INTEGER[] NOT NULL,
        criterion_means JSONB NOT NULL,
        programme_version INTEGER NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (application_id, stage),
        FOREIGN KEY(application_id) REFERENCES application (application_id)
    )""",
    """CREATE TABLE conflict (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        panel_id TEXT NOT NULL,
        seat INTEGER NOT NULL,
        application_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        reason TEXT NOT NULL,
        declared_by TEXT NOT NULL,
        declared_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(panel_id) REFERENCES panel (panel_id)
    )""",
    "CREATE UNIQUE INDEX conflict_once ON conflict (panel_id, application_id, seat)",
    """CREATE TABLE panel_application (
        application_id TEXT NOT NULL,
        stage TEXT NOT NULL,
        panel_id TEXT NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE,
        PRIMARY KEY (application_id, stage),
        FOREIGN KEY(application_id) REFERENCES application (application_id),
        FOREIGN KEY(panel_id) REFERENCES panel (panel_id)
    )""",
    "CREATE INDEX ix_panel_application_panel_id ON panel_application (panel_id)",
    """CREATE TABLE seat (
        panel_id TEXT NOT NULL,
        seat INTEGER NOT NULL,
        reviewer_id TEXT NOT NULL,
        name TEXT NOT NULL,
        employer_organisation_id TEXT NOT NULL,
        scope TEXT[],
        reason TEXT NOT NULL,
        seated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        vacated_at TIMESTAMP WITH TIME ZONE,
        PRIMARY KEY (panel_id, seat),
        FOREIGN KEY(panel_id) REFERENCES panel (panel_id)
    )""",
    "CREATE INDEX ix_seat_reviewer_id ON seat (reviewer_id)",
    "CREATE SEQUENCE panel_seq",
    "CREATE SEQUENCE sheet_seq",
    "CREATE SEQUENCE selection_seq",
)


def upgrade() -> None:
    """Create them."""
    create_v1(op)
    for statement in STATEMENTS:
        op.execute(statement)
