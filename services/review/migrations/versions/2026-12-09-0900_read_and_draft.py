"""Keep who may read, drafts of sheets, invitations to panels, presentations, and due times by seat (RV-16, RV-1)."""

from alembic import op

revision = "review_0006"
down_revision = "review_0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE seat ADD COLUMN due_at TIMESTAMP WITH TIME ZONE",
    """CREATE TABLE clearance (
        panel_id TEXT NOT NULL,
        seat INTEGER NOT NULL,
        application_id TEXT NOT NULL,
        sitting INTEGER NOT NULL,
        cleared_by TEXT NOT NULL,
        cleared_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (panel_id, application_id, seat, sitting),
        FOREIGN KEY(panel_id) REFERENCES panel (panel_id)
    )""",
    """CREATE TABLE sheet_draft (
        application_id TEXT NOT NULL,
        stage TEXT NOT NULL,
        panel_id TEXT NOT NULL,
        seat INTEGER NOT NULL,
        reviewer_id TEXT NOT NULL,
        scores JSONB NOT NULL,
        comment TEXT NOT NULL,
        version INTEGER NOT NULL,
        saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (application_id, stage, seat),
        FOREIGN KEY(application_id) REFERENCES application (application_id),
        FOREIGN KEY(panel_id) REFERENCES panel (panel_id)
    )""",
    """CREATE TABLE invitation (
        panel_id TEXT NOT NULL,
        seat INTEGER NOT NULL,
        reviewer_id TEXT NOT NULL,
        name TEXT NOT NULL,
        employer_organisation_id TEXT NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE,
        invited_by TEXT NOT NULL,
        invited_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (panel_id, seat),
        FOREIGN KEY(panel_id) REFERENCES panel (panel_id)
    )""",
    "CREATE INDEX ix_invitation_reviewer_id ON invitation (reviewer_id)",
    """CREATE TABLE invitation_answer (
        panel_id TEXT NOT NULL,
        seat INTEGER NOT NULL,
        accepted BOOLEAN NOT NULL,
        reason TEXT NOT NULL,
        answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (panel_id, seat),
        FOREIGN KEY(panel_id, seat) REFERENCES invitation (panel_id, seat)
    )""",
    "CREATE SEQUENCE presentation_slot_seq",
    """CREATE TABLE presentation_slot (
        slot_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        track TEXT NOT NULL,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        place TEXT NOT NULL,
        made_by TEXT NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (slot_id)
    )""",
    "CREATE INDEX presentation_slot_of_track ON presentation_slot (programme_code, track)",
    """CREATE TABLE presentation (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        slot_id TEXT NOT NULL,
        application_id TEXT NOT NULL,
        reason TEXT NOT NULL,
        invited_by TEXT NOT NULL,
        invited_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(slot_id) REFERENCES presentation_slot (slot_id),
        FOREIGN KEY(application_id) REFERENCES application (application_id)
    )""",
    "CREATE INDEX ix_presentation_slot_id ON presentation (slot_id)",
    "CREATE INDEX ix_presentation_application_id ON presentation (application_id)",
    """CREATE TABLE presentation_answer (
        presentation_id BIGINT NOT NULL,
        attends BOOLEAN NOT NULL,
        reason TEXT NOT NULL,
        answered_by TEXT NOT NULL,
        answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (presentation_id),
        FOREIGN KEY(presentation_id) REFERENCES presentation (id)
    )""",
)


def upgrade() -> None:
    """Add the tables; who sits on a panel so far was seated by an officer, which counts as accepted."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
