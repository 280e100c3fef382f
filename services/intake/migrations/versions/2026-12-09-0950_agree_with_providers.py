"""Keep the agreements with providers that a providers' call selected (RV-15)."""

from alembic import op

revision = "intake_0013"
down_revision = "intake_0012"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE provider_agreement (
        application_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        selection_id TEXT NOT NULL,
        organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
        provider_id TEXT NOT NULL REFERENCES provider (provider_id),
        serves TEXT[] NOT NULL,
        prices JSONB NOT NULL,
        agreed_on DATE NOT NULL,
        agreed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (application_id)
    )""",
    "CREATE INDEX ix_provider_agreement_organisation_id ON provider_agreement (organisation_id)",
    "CREATE INDEX ix_provider_agreement_provider_id ON provider_agreement (provider_id)",
)


def upgrade() -> None:
    """Add the table: no provider was agreed with through a call before."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
