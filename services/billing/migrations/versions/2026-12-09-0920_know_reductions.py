"""Keep which reduction was granted (IN-15), and with which dynamic price a fixed one was compared (BL-1)."""

from alembic import op

revision = "billing_0011"
down_revision = "billing_0009"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE self_payment ADD COLUMN reduction TEXT NOT NULL DEFAULT 'none'",
    "UPDATE self_payment SET reduction = 'youth' WHERE youth",
    "ALTER TABLE commitment ADD COLUMN reduction TEXT NOT NULL DEFAULT 'none'",
    "UPDATE commitment SET reduction = 'youth' WHERE youth",
    """CREATE TABLE granted_reduction (
    application_id TEXT NOT NULL,
    reduction TEXT NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (application_id, decided_at)
)""",
    "ALTER TABLE price ADD COLUMN compared_krw BIGINT",
    "ALTER TABLE price ADD COLUMN compared_with TEXT",
)


def upgrade() -> None:
    """Expand: who was a youth enterprise has the youth reduction; prices of before do not say what they were compared
    with."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
