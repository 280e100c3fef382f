"""Who belongs to which organisation is Dure's own record; facts of organisations change by dated versions (MS-4)."""

from alembic import op

revision = "intake_0008"
down_revision = "intake_0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE organisation ADD COLUMN places JSONB NOT NULL DEFAULT '[]'",
    "ALTER TABLE organisation ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE organisation ADD COLUMN valid_from DATE NOT NULL DEFAULT '2000-01-01'",
    "ALTER TABLE screening_run ADD COLUMN organisation_version INTEGER",
    """CREATE TABLE organisation_version (
        organisation_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        valid_from DATE NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        legal_form TEXT NOT NULL,
        representatives JSONB NOT NULL,
        opened_on DATE,
        affiliates TEXT[] NOT NULL,
        places JSONB NOT NULL,
        reason TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (organisation_id, version),
        FOREIGN KEY(organisation_id) REFERENCES organisation (organisation_id)
    )""",
    """CREATE TABLE status_check (
        check_id TEXT NOT NULL,
        organisation_id TEXT NOT NULL,
        business_no TEXT NOT NULL,
        answer TEXT NOT NULL,
        closed_on DATE,
        asked_by TEXT NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (check_id),
        FOREIGN KEY(organisation_id) REFERENCES organisation (organisation_id)
    )""",
    "CREATE INDEX ix_status_check_organisation_id ON status_check (organisation_id)",
    "CREATE SEQUENCE status_check_seq",
    """CREATE TABLE person (
        subject TEXT NOT NULL,
        name TEXT NOT NULL,
        email TEXT NOT NULL,
        phone TEXT NOT NULL,
        roles TEXT[] NOT NULL,
        changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (subject)
    )""",
    """CREATE TABLE member (
        organisation_id TEXT NOT NULL,
        subject TEXT NOT NULL,
        role TEXT,
        since TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (organisation_id, subject),
        FOREIGN KEY(organisation_id) REFERENCES organisation (organisation_id)
    )""",
    "CREATE INDEX ix_member_subject ON member (subject)",
    """CREATE TABLE member_step (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        organisation_id TEXT NOT NULL,
        subject TEXT NOT NULL,
        role TEXT,
        how TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(organisation_id) REFERENCES organisation (organisation_id)
    )""",
    "CREATE INDEX ix_member_step_organisation_id ON member_step (organisation_id)",
    """CREATE TABLE invitation (
        invitation_id TEXT NOT NULL,
        organisation_id TEXT NOT NULL,
        role TEXT NOT NULL,
        subject TEXT,
        code_sha256 TEXT NOT NULL,
        made_by TEXT NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        state TEXT NOT NULL,
        ended_by TEXT,
        ended_at TIMESTAMP WITH TIME ZONE,
        PRIMARY KEY (invitation_id),
        FOREIGN KEY(organisation_id) REFERENCES organisation (organisation_id),
        UNIQUE (code_sha256)
    )""",
    "CREATE INDEX ix_invitation_organisation_id ON invitation (organisation_id)",
    "CREATE INDEX ix_invitation_subject ON invitation (subject)",
    "CREATE SEQUENCE invitation_seq",
    """CREATE TABLE organisation_claim (
        claim_id TEXT NOT NULL,
        organisation_id TEXT NOT NULL,
        claimant TEXT NOT NULL,
        reason TEXT NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        state TEXT NOT NULL,
        decided_by TEXT,
        decided_at TIMESTAMP WITH TIME ZONE,
        decision TEXT,
        PRIMARY KEY (claim_id),
        FOREIGN KEY(organisation_id) REFERENCES organisation (organisation_id)
    )""",
    "CREATE INDEX ix_organisation_claim_claimant ON organisation_claim (claimant)",
    "CREATE UNIQUE INDEX organisation_claim_open ON organisation_claim (organisation_id, claimant)"
    " WHERE state = 'open'",
    "CREATE SEQUENCE organisation_claim_seq",
)


def upgrade() -> None:
    """Expand: organisations that are there have no member yet; whoever's token names one goes on using it."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
