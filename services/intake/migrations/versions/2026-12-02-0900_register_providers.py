"""Providers are organisations: under a code of their own, with the members of a consortium and a history."""

from alembic import op

revision = "intake_0002"
down_revision = "intake_0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    # When a company opened is not known of one that was registered as a provider alone.
    "ALTER TABLE organisation ALTER COLUMN opened_on DROP NOT NULL",
    """CREATE TABLE provider (
        provider_id TEXT NOT NULL,
        provider_key TEXT NOT NULL,
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        inherited_keys TEXT[] NOT NULL,
        registered_by TEXT NOT NULL,
        registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
        changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (provider_id),
        UNIQUE (provider_key)
    )""",
    """CREATE TABLE provider_member (
        provider_id TEXT NOT NULL,
        organisation_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        csap_certified BOOLEAN NOT NULL,
        PRIMARY KEY (provider_id, organisation_id),
        FOREIGN KEY(provider_id) REFERENCES provider (provider_id),
        FOREIGN KEY(organisation_id) REFERENCES organisation (organisation_id)
    )""",
    "CREATE INDEX ix_provider_member_organisation_id ON provider_member (organisation_id)",
    """CREATE TABLE provider_history (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        provider_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        facts JSONB NOT NULL,
        reason TEXT NOT NULL,
        by TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(provider_id) REFERENCES provider (provider_id)
    )""",
    "CREATE INDEX ix_provider_history_provider_id ON provider_history (provider_id)",
    "ALTER TABLE provider_check ADD COLUMN provider_id TEXT",
    "CREATE INDEX ix_provider_check_provider_id ON provider_check (provider_id)",
)


def upgrade() -> None:
    """Expand: nothing that is there changes its meaning."""
    for statement in STATEMENTS:
        op.execute(statement)
