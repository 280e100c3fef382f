"""Keep attendances of a mandatory course (AL-7): they open the gate `training`."""

from alembic import op

revision = "intake_0015"
down_revision = "intake_0014"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "CREATE SEQUENCE training_attendance_seq",
    """CREATE TABLE training_attendance (
        attendance_id TEXT NOT NULL,
        application_id TEXT NOT NULL REFERENCES application (application_id),
        course TEXT NOT NULL,
        attended_on DATE NOT NULL,
        people INTEGER NOT NULL,
        evidence TEXT NOT NULL,
        recorded_by TEXT NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (attendance_id)
    )""",
    "CREATE INDEX ix_training_attendance_application_id ON training_attendance (application_id)",
    """CREATE TABLE training_withdrawal (
        attendance_id TEXT NOT NULL REFERENCES training_attendance (attendance_id),
        reason TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (attendance_id)
    )""",
)


def upgrade() -> None:
    """Add both tables: nobody's attendance was on record before."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
