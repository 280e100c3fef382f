"""Keep that a stage was opened again and closed anew, and what was taken back of conflicts and skipped stages (RV-17)."""

from alembic import op

revision = "review_0005"
down_revision = "review_0004"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE stage_reopening (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        application_id TEXT NOT NULL,
        stage TEXT NOT NULL,
        version INTEGER NOT NULL,
        panel_id TEXT NOT NULL,
        seat INTEGER NOT NULL,
        sheets INTEGER NOT NULL,
        reason TEXT NOT NULL,
        composite_sha256 TEXT NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        reopened_by TEXT NOT NULL,
        reopened_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(application_id) REFERENCES application (application_id),
        FOREIGN KEY(panel_id) REFERENCES panel (panel_id)
    )""",
    "CREATE UNIQUE INDEX reopening_once ON stage_reopening (application_id, stage, version)",
    "ALTER TABLE composite ADD COLUMN version INTEGER NOT NULL DEFAULT 1, ADD COLUMN supersedes_sha256 TEXT",
    """ALTER TABLE composite DROP CONSTRAINT composite_pkey,
        ADD CONSTRAINT composite_pkey PRIMARY KEY (application_id, stage, version)""",
    """CREATE TABLE conflict_withdrawal (
        conflict_id BIGINT NOT NULL,
        reason TEXT NOT NULL,
        withdrawn_by TEXT NOT NULL,
        withdrawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (conflict_id),
        FOREIGN KEY(conflict_id) REFERENCES conflict (id)
    )""",
    "CREATE INDEX conflict_of_seat ON conflict (panel_id, application_id, seat)",
    "DROP INDEX conflict_once",
    "ALTER TABLE stage_skip ADD COLUMN id BIGINT GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE stage_skip DROP CONSTRAINT stage_skip_pkey, ADD CONSTRAINT stage_skip_pkey PRIMARY KEY (id)",
    "CREATE INDEX stage_skip_of_track ON stage_skip (programme_code, track)",
    """CREATE TABLE stage_skip_withdrawal (
        skip_id BIGINT NOT NULL,
        reason TEXT NOT NULL,
        withdrawn_by TEXT NOT NULL,
        withdrawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (skip_id),
        FOREIGN KEY(skip_id) REFERENCES stage_skip (id)
    )""",
    "CREATE INDEX sheet_by_number ON sheet (length(sheet_id), sheet_id)",
)


def upgrade() -> None:
    """Add the tables; every composite so far is the first version of its stage, every conflict and skip stands."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
