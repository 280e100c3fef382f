"""Keep which agreements ended before their time: a provider's covers nothing new from then on (IN-16, RV-15)."""

from alembic import op

revision = "billing_0015"
down_revision = "billing_0014"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE ended_agreement (
    application_id TEXT NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (application_id)
)""",
)


def upgrade() -> None:
    """Expand: no provider's agreement could end before."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
