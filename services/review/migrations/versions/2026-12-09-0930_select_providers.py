"""Select providers (RV-15): what they offer, their order, steps, price rounds, agreements."""

from alembic import op

revision = "review_0009"
down_revision = "review_0008"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE stated_offer (
        application_id TEXT NOT NULL,
        products TEXT[] NOT NULL,
        cards TEXT[] NOT NULL,
        stated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (application_id)
    )""",
    """CREATE TABLE consortium_check (
        check_id TEXT NOT NULL,
        application_id TEXT NOT NULL,
        outcome TEXT NOT NULL,
        found TEXT[] NOT NULL,
        checked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (check_id)
    )""",
    "CREATE INDEX ix_consortium_check_application_id ON consortium_check (application_id)",
    "CREATE SEQUENCE provider_selection_seq",
    """CREATE TABLE provider_selection (
        provider_selection_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        track TEXT NOT NULL,
        reason TEXT NOT NULL,
        made_by TEXT NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (provider_selection_id),
        UNIQUE (programme_code, track)
    )""",
    """CREATE TABLE provider_place (
        provider_selection_id TEXT NOT NULL REFERENCES provider_selection (provider_selection_id),
        place INTEGER NOT NULL,
        application_id TEXT NOT NULL REFERENCES application (application_id),
        rank INTEGER NOT NULL,
        score INTEGER NOT NULL,
        offers_all BOOLEAN NOT NULL,
        products TEXT[] NOT NULL,
        PRIMARY KEY (provider_selection_id, place)
    )""",
    "CREATE UNIQUE INDEX ix_provider_place_application_id ON provider_place (application_id)",
    """CREATE TABLE provider_step (
        application_id TEXT NOT NULL REFERENCES application (application_id),
        step TEXT NOT NULL,
        passed BOOLEAN NOT NULL,
        shown JSONB NOT NULL,
        reason TEXT NOT NULL,
        decided_by TEXT NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (application_id, step)
    )""",
    """CREATE TABLE price_round (
        application_id TEXT NOT NULL REFERENCES application (application_id),
        round_no INTEGER NOT NULL,
        prices JSONB NOT NULL,
        reason TEXT NOT NULL,
        recorded_by TEXT NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (application_id, round_no)
    )""",
    """CREATE TABLE several_providers (
        provider_selection_id TEXT NOT NULL REFERENCES provider_selection (provider_selection_id),
        reason TEXT NOT NULL,
        decided_by TEXT NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (provider_selection_id)
    )""",
    """CREATE TABLE agreed_provider (
        application_id TEXT NOT NULL REFERENCES application (application_id),
        agreed_on DATE NOT NULL,
        prices JSONB NOT NULL,
        reason TEXT NOT NULL,
        agreed_by TEXT NOT NULL,
        agreed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (application_id)
    )""",
)


def upgrade() -> None:
    """Add the tables; no provider was selected before."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
