"""Tell references of payments apart by their folded key, each within the party that chose it; know providers by name.

References that were kept as different texts and fold to one key are not merged: the later one keeps a key of its own
and both are listed in `key_collision` for an officer.
"""

from alembic import op
from sqlalchemy import text

from libs.common.keys import fold_key

revision = "billing_0004"
down_revision = "billing_0003"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE provider (
    provider_id TEXT NOT NULL,
    provider_key TEXT NOT NULL,
    organisation_id TEXT NOT NULL,
    name TEXT NOT NULL,
    business_no TEXT NOT NULL,
    PRIMARY KEY (provider_id),
    UNIQUE (provider_key)
)""",
    """CREATE TABLE key_collision (
    receipt_id TEXT NOT NULL,
    first_receipt_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    reference_key TEXT NOT NULL,
    PRIMARY KEY (receipt_id),
    FOREIGN KEY(receipt_id) REFERENCES self_payment_receipt (receipt_id),
    FOREIGN KEY(first_receipt_id) REFERENCES self_payment_receipt (receipt_id)
)""",
)


def upgrade() -> None:
    """Add the key, fold what is stored, and put the unique constraint on it."""
    for statement in TABLES:
        op.execute(statement)
    op.execute("ALTER TABLE self_payment_receipt ADD COLUMN reference_key TEXT")
    op.execute(
        # who pays a provider writes the provider's reference: it is unique with that provider (CV-9)
        "UPDATE self_payment_receipt r SET scope = g.programme_code || '/' || g.provider_id"
        " FROM grants g WHERE g.grant_id = r.application_id AND r.kind = 'payment'"
    )
    _fold()
    op.execute("ALTER TABLE self_payment_receipt ALTER COLUMN reference_key SET NOT NULL")
    op.execute("ALTER TABLE self_payment_receipt DROP CONSTRAINT self_payment_receipt_scope_kind_reference_key")
    op.execute(
        "ALTER TABLE self_payment_receipt"
        " ADD CONSTRAINT self_payment_receipt_key UNIQUE (scope, kind, reference_key)"
    )


def _fold() -> None:
    bind = op.get_bind()
    first: dict[tuple[str, str, str], str] = {}
    query = "SELECT receipt_id, scope, kind, reference FROM self_payment_receipt ORDER BY recorded_at, receipt_id"
    for receipt_id, scope, kind, reference in bind.execute(text(query)).all():
        key = fold_key(reference)
        earlier = first.setdefault((scope, kind, key), receipt_id)
        if earlier != receipt_id:
            bind.execute(
                text("INSERT INTO key_collision VALUES (:id, :first, :scope, :kind, :key)"),
                {"id": receipt_id, "first": earlier, "scope": scope, "kind": kind, "key": key},
            )
            key = f"{key}#{receipt_id}"  # no folded key holds a receipt's capital letters
        bind.execute(
            text("UPDATE self_payment_receipt SET reference_key = :key WHERE receipt_id = :id"),
            {"key": key, "id": receipt_id},
        )
