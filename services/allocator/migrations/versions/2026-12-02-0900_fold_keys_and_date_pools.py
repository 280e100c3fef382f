"""Keys are folded and unique within whoever chose them; a pool keeps the instant of its last change; providers come
from intake.

Representatives were kept as hashes of names as they were typed: a hash cannot be folded, so they stay until intake
tells the provider. Codes that fold alike stay apart, each with a number of its own (`key_twin`): an officer finds
them listed, nothing is merged.
"""

from collections import Counter

import sqlalchemy as sa
from alembic import op

from libs.common.keys import fold_key

revision = "allocator_0002"
down_revision = "allocator_0001"
branch_labels = None
depends_on = None

COLUMNS = (
    "ALTER TABLE provider ADD COLUMN organisation_id TEXT, ADD COLUMN members JSONB, ADD COLUMN changed_at TIMESTAMPTZ",
    "UPDATE provider SET members = '[]', changed_at = registered_at",
    "ALTER TABLE provider ALTER COLUMN members SET NOT NULL, ALTER COLUMN changed_at SET NOT NULL",
    "ALTER TABLE server ADD COLUMN provider_id TEXT",
    "UPDATE server s SET provider_id = o.provider_id FROM offer o WHERE o.offer_id = s.offer_id",
    "ALTER TABLE server ALTER COLUMN provider_id SET NOT NULL",
    "ALTER TABLE card ADD COLUMN provider_id TEXT",
    "UPDATE card c SET provider_id = s.provider_id FROM server s WHERE s.server_id = c.server_id",
    "ALTER TABLE card ALTER COLUMN provider_id SET NOT NULL",
    "ALTER TABLE conformance_decision ADD COLUMN provider_id TEXT",
    "UPDATE conformance_decision d SET provider_id = o.provider_id FROM offer o WHERE o.offer_id = d.offer_id",
    "ALTER TABLE conformance_decision ALTER COLUMN provider_id SET NOT NULL",
    "ALTER TABLE pool ADD COLUMN changed_at TIMESTAMPTZ",
    "UPDATE pool p SET changed_at = greatest(p.created_at,"
    " (SELECT max(greatest(s.requested_at, s.assigned_at, s.ended_at)) FROM session s WHERE s.pool_id = p.pool_id),"
    " (SELECT max(w.switched_at) FROM pool_switch w WHERE w.pool_id = p.pool_id))",
    "ALTER TABLE pool ALTER COLUMN changed_at SET NOT NULL",
    "ALTER TABLE session ADD COLUMN due_at TIMESTAMPTZ",
    "UPDATE session SET due_at = assigned_at + make_interval(secs => max_duration_s)"
    " WHERE assigned_at IS NOT NULL AND max_duration_s IS NOT NULL AND mode = 'dynamic'",
    "DROP INDEX session_due",
    "CREATE INDEX session_due ON session (due_at) WHERE state = 'running'",
)
# table, code, folded code, and within whom the code is unique
KEYS = (
    ("provider", "provider_id", "provider_key", ()),
    ("data_centre", "data_centre", "data_centre_key", ("provider_id",)),
    ("offer", "offer_id", "offer_key", ("provider_id",)),
    ("server", "server_id", "server_key", ("provider_id",)),
    ("pool", "pool_id", "pool_key", ()),
)
CONSTRAINTS = (
    "ALTER TABLE data_centre DROP CONSTRAINT data_centre_pkey, ADD PRIMARY KEY (provider_id, data_centre)",
    "ALTER TABLE offer DROP CONSTRAINT offer_pkey, ADD PRIMARY KEY (provider_id, offer_id)",
    "ALTER TABLE server DROP CONSTRAINT server_pkey, ADD PRIMARY KEY (provider_id, server_id)",
    "ALTER TABLE card DROP CONSTRAINT card_server_id_card_index_key, ADD UNIQUE (provider_id, server_id, card_index)",
    "DROP INDEX server_offer",
    "CREATE INDEX server_offer ON server (provider_id, offer_id)",
    "DROP INDEX conformance_offer",
    "CREATE INDEX conformance_offer ON conformance_decision (provider_id, offer_id, product)",
)


def upgrade() -> None:
    """Add the columns, fold what is stored, then let the constraints stand on the folded keys."""
    for statement in COLUMNS:
        op.execute(statement)
    for table, code, key, owner in KEYS:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {key} TEXT, ADD COLUMN key_twin INTEGER NOT NULL DEFAULT 0"
        )
        _fold(table, code, key, owner)
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {key} SET NOT NULL")
        op.execute(f"ALTER TABLE {table} ADD UNIQUE ({', '.join((*owner, key, 'key_twin'))})")
    for statement in CONSTRAINTS:
        op.execute(statement)


def _fold(table: str, code: str, key: str, owner: tuple[str, ...]) -> None:
    names = (*owner, code)
    rows = op.get_bind().execute(sa.text(f"SELECT {', '.join(names)} FROM {table} ORDER BY {', '.join(names)}")).all()  # noqa: S608 - names of this file
    twins: Counter[tuple[str, ...]] = Counter()
    changes = []
    for row in rows:
        *within, typed = row
        folded = fold_key(typed)
        place = (*within, folded)
        changes.append({**{f"is_{name}": row[i] for i, name in enumerate(names)}, "key": folded, "twin": twins[place]})
        twins[place] += 1
    if changes:
        condition = " AND ".join(f"{name} = :is_{name}" for name in names)
        op.get_bind().execute(
            sa.text(f"UPDATE {table} SET {key} = :key, key_twin = :twin WHERE {condition}"),  # noqa: S608
            changes,
        )
