"""Business numbers of providers and applicants are folded, so that AL-5 compares digits with digits (CV-9)."""

import sqlalchemy as sa
from alembic import op

from libs.common.keys import fold_key

revision = "allocator_0004"
down_revision = "allocator_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Fold the numbers of both tables where they are not folded already."""
    for table, code in (("provider", "provider_id"), ("award", "grant_id")):
        rows = op.get_bind().execute(sa.text(f"SELECT {code}, business_no, affiliates FROM {table}")).all()
        changed = [
            {"code": row[0], "own": _fold(row[1]), "others": [_fold(number) for number in row[2] or ()]}
            for row in rows
            if row[1] is not None
            and (row[1] != _fold(row[1]) or any(number != _fold(number) for number in row[2] or ()))
        ]
        update = sa.text(f"UPDATE {table} SET business_no = :own, affiliates = :others WHERE {code} = :code")
        if changed:
            op.get_bind().execute(
                update.bindparams(sa.bindparam("others", type_=sa.dialects.postgresql.JSONB)), changed
            )


def _fold(number: str) -> str:
    return fold_key(number).replace("-", "")
