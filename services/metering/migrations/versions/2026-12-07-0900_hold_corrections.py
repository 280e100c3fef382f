"""Hold corrections that name an unknown event: they count nowhere (MT-3, F-27), and decisions on them are kept.

Corrections that wait already stand in `awaited_event` by what they wait for, and were counted: what stands last in each
chain is taken out of its hour. A statement that was closed with it is put right by an adjustment of the next one.
"""

from alembic import op

revision = "metering_0007"
down_revision = "metering_0006"
branch_labels = None
depends_on = None

STEPS = (
    """CREATE TABLE held_event (
    provider_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    awaits TEXT NOT NULL,
    PRIMARY KEY (provider_id, event_id)
)""",
    "CREATE INDEX held_event_awaits ON held_event (provider_id, awaits)",
    """CREATE TABLE held_decision (
    provider_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (provider_id, event_id)
)""",
    """INSERT INTO held_event (provider_id, event_id, awaits)
WITH RECURSIVE chain AS (
    SELECT e.provider_id, e.event_id, a.event_id AS awaits
    FROM awaited_event a JOIN usage_event e ON e.provider_id = a.provider_id AND e.corrects = a.event_id
    UNION
    SELECT e.provider_id, e.event_id, c.awaits
    FROM chain c JOIN usage_event e ON e.provider_id = c.provider_id AND e.corrects = c.event_id
) SELECT provider_id, event_id, awaits FROM chain""",
    """UPDATE usage_hour h SET held_s = h.held_s - d.held_s, held_unit_s = h.held_unit_s - d.held_unit_s,
    utilisation_weight = h.utilisation_weight - d.weight, events = h.events - d.events
FROM (
    SELECT e.provider_id, e.grant_id, e.session_id, e.hour, sum(e.held_s) AS held_s,
        sum(e.units::bigint * e.held_s) AS held_unit_s,
        sum(e.units::bigint * e.held_s * e.utilisation_bp) AS weight, count(*) AS events
    FROM held_event x JOIN usage_event e USING (provider_id, event_id)
    WHERE NOT EXISTS (SELECT 1 FROM usage_event c WHERE c.provider_id = e.provider_id AND c.corrects = e.event_id)
    GROUP BY 1, 2, 3, 4
) d
WHERE h.provider_id = d.provider_id AND h.grant_id = d.grant_id AND h.session_id = d.session_id AND h.hour = d.hour""",
    "DROP TABLE awaited_event",
    # one that was decided on names its event no more, so another may: the provider's lock keeps the rest apart
    "DROP INDEX usage_event_corrects",
    "CREATE INDEX usage_event_corrects ON usage_event (provider_id, corrects) WHERE corrects IS NOT NULL",
)


def upgrade() -> None:
    """Make the tables, move what waits, take it out of the hours."""
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
