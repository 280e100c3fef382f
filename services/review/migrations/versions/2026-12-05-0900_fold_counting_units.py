"""Professors count by themselves, whatever the house (RV-9, CV-9), also where they were heard of before.

In Python, because no database folds as `fold_key` does. What turns out to be one unit is listed by intake, which owns
the units (`GET /key-collisions`).
"""

from alembic import op
from sqlalchemy import text

from libs.common.keys import fold_key

revision = "review_0003"
down_revision = "review_0002"
branch_labels = None
depends_on = None

BATCH_ROWS = 1_000
OF_A_PROFESSOR = text(
    "SELECT application_id, substr(counting_unit, length(organisation_id) + 2) AS professor FROM application"
    " WHERE starts_with(counting_unit, organisation_id || '/') ORDER BY application_id"
)
CHANGE = text("UPDATE application SET counting_unit = :unit WHERE application_id = :id")


def upgrade() -> None:
    """Write each professor's unit as intake says it today; one of whom no key remains counts with the house still."""
    bind = op.get_bind()
    told = [
        {"unit": f"professor:{key}", "id": application_id}
        for application_id, professor in bind.execute(OF_A_PROFESSOR).all()
        if (key := fold_key(professor))
    ]
    for first in range(0, len(told), BATCH_ROWS):
        bind.execute(CHANGE, told[first : first + BATCH_ROWS])


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
