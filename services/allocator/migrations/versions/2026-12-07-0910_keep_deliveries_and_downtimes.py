"""Keep what is said of deliveries and who takes cards down and up; sessions end with their cards' offers and are listed
by number.

Cards that are down already get a downtime each, without the name of who took them down: nobody kept it.
"""

from alembic import op

revision = "allocator_0007"
down_revision = "allocator_0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE delivery_told (
        told_no BIGINT GENERATED ALWAYS AS IDENTITY,
        grant_id TEXT NOT NULL,
        word TEXT NOT NULL,
        delivered_at TIMESTAMP WITH TIME ZONE,
        reason TEXT NOT NULL,
        told_by TEXT NOT NULL,
        told_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (told_no)
)""",
    "CREATE INDEX delivery_told_grant ON delivery_told (grant_id, told_no)",
    "CREATE SEQUENCE downtime_no",
    """CREATE TABLE downtime (
        down_no BIGINT NOT NULL,
        down_id TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        server_id TEXT NOT NULL,
        cards INTEGER NOT NULL,
        from_at TIMESTAMP WITH TIME ZONE NOT NULL,
        until TIMESTAMP WITH TIME ZONE NOT NULL,
        reason TEXT NOT NULL,
        taken_down_by TEXT,
        taken_down_at TIMESTAMP WITH TIME ZONE,
        PRIMARY KEY (down_no),
        UNIQUE (down_id)
)""",
    "CREATE INDEX downtime_server ON downtime (provider_id, server_id, down_no)",
    """CREATE TABLE downtime_end (
        down_no BIGINT NOT NULL,
        up_at TIMESTAMP WITH TIME ZONE NOT NULL,
        up_reason TEXT NOT NULL,
        brought_up_by TEXT NOT NULL,
        brought_up_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (down_no)
)""",
    # one downtime for each time that cards of a server were taken down together
    "INSERT INTO downtime (down_no, down_id, provider_id, server_id, cards, from_at, until, reason)"
    " SELECT n, 'D-' || lpad(n::text, greatest(6, length(n::text)), '0'), provider_id, server_id, cards,"
    " lower(during), upper(during), reason FROM (SELECT nextval('downtime_no') AS n, taken.* FROM ("
    "SELECT c.provider_id, c.server_id, h.during, h.reason, count(*) AS cards FROM holding h JOIN card c USING (card_id)"
    " WHERE h.kind = 'down' AND NOT isempty(h.during) GROUP BY c.provider_id, c.server_id, h.during, h.reason"
    " ORDER BY min(h.holding_no)) AS taken) AS numbered",
    "UPDATE holding h SET holder_id = d.down_id FROM downtime d, card c"
    " WHERE h.kind = 'down' AND c.card_id = h.card_id AND d.provider_id = c.provider_id AND d.server_id = c.server_id"
    " AND h.during = tstzrange(d.from_at, d.until) AND h.reason = d.reason",
    "CREATE INDEX session_by_number ON session (sequence)",
    "CREATE INDEX session_grant_by_number ON session (grant_id, sequence)",
    "DROP INDEX session_grant",
    # what runs already ends with the first of its cards' offers too
    "UPDATE session s SET due_at = least(s.due_at, leaves.at) FROM ("
    "SELECT used.holder_id, min(upper(given.during)) AS at FROM holding used"
    " JOIN holding given ON given.card_id = used.card_id AND given.kind = 'pool' AND NOT isempty(given.during)"
    " WHERE used.kind = 'session' AND upper_inf(used.during) AND lower(used.during) <@ given.during"
    " GROUP BY used.holder_id) AS leaves WHERE leaves.holder_id = s.session_id AND s.state = 'running'",
)


def upgrade() -> None:
    """Add the tables and indexes, give every downtime there is a number, and every running session its end."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse."""
    raise RuntimeError("landed migrations are never taken back")
