"""Facts on record are taken back by counter-facts, lists go by the numbers of ids, checks keep what they looked at."""

from alembic import op

revision = "intake_0007"
down_revision = "intake_0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE restriction_counter_fact (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        restriction_id TEXT NOT NULL,
        last_day DATE,
        reason TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(restriction_id) REFERENCES restriction (restriction_id)
    )""",
    "CREATE INDEX ix_restriction_counter_fact_restriction_id ON restriction_counter_fact (restriction_id)",
    """CREATE TABLE award_counter_fact (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        award_id TEXT NOT NULL,
        reason TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (award_id),
        FOREIGN KEY(award_id) REFERENCES award (award_id)
    )""",
    "ALTER TABLE provider_check ADD COLUMN cards TEXT[] NOT NULL DEFAULT '{}'",
    "ALTER TABLE provider_check ADD COLUMN at_agreement BOOLEAN NOT NULL DEFAULT false",
    "CREATE INDEX application_number ON application (length(application_id), application_id)",
    "CREATE INDEX application_programme_number ON application (programme_code, length(application_id), application_id)",
)


def upgrade() -> None:
    """Expand: no fact that is there changes."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
