"""A draft says what it asks for in parts; an application that was received says all of it."""

from alembic import op

revision = "intake_0012"
down_revision = "intake_0011"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE application ALTER COLUMN track DROP NOT NULL",
    "ALTER TABLE application ALTER COLUMN product DROP NOT NULL",
    "ALTER TABLE application ALTER COLUMN units DROP NOT NULL",
    "ALTER TABLE application ALTER COLUMN months DROP NOT NULL",
    "ALTER TABLE application ALTER COLUMN wished_start DROP NOT NULL",
    "ALTER TABLE application ADD COLUMN region_claimed BOOLEAN NOT NULL DEFAULT false",
    "ALTER TABLE application ADD COLUMN youth_first BOOLEAN NOT NULL DEFAULT false",
    "ALTER TABLE application ADD COLUMN manager JSONB",
    "ALTER TABLE application ADD COLUMN form JSONB NOT NULL DEFAULT '{}'::jsonb",
    """ALTER TABLE application ADD CONSTRAINT application_filed_whole CHECK (
        receipt_no IS NULL OR (track IS NOT NULL AND product IS NOT NULL AND units IS NOT NULL
        AND months IS NOT NULL AND wished_start IS NOT NULL))""",
)


def upgrade() -> None:
    """Expand: whatever is there says all of it already."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
