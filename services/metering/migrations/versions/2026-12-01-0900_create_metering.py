"""Metering's first tables. Events and closed statements refuse every change in the database itself."""

from alembic import op

from libs.common.backbone import create_v1

revision = "metering_0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "CREATE SEQUENCE usage_batch_no",
    "CREATE SEQUENCE outage_no",
    """CREATE TABLE gpu_session (
        session_id TEXT NOT NULL,
        grant_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        pool_id TEXT NOT NULL,
        data_centre TEXT,
        mode TEXT,
        units INTEGER,
        servers JSONB,
        requested_at TIMESTAMP WITH TIME ZONE,
        assigned_at TIMESTAMP WITH TIME ZONE,
        released_at TIMESTAMP WITH TIME ZONE,
        withdrawn_at TIMESTAMP WITH TIME ZONE,
        continues TEXT,
        PRIMARY KEY (session_id)
    )""",
    "CREATE INDEX gpu_session_grant ON gpu_session (grant_id, provider_id)",
    "CREATE INDEX gpu_session_running ON gpu_session (provider_id) WHERE released_at IS NULL AND withdrawn_at IS NULL",
    """CREATE TABLE grant_change (
        grant_id TEXT NOT NULL,
        units INTEGER NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (grant_id)
    )""",
    """CREATE TABLE outage (
        outage_id TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        scope_kind TEXT NOT NULL,
        scope_id TEXT NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE,
        reason TEXT NOT NULL,
        reported_by TEXT NOT NULL,
        reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
        closed_by TEXT,
        closed_at TIMESTAMP WITH TIME ZONE,
        PRIMARY KEY (outage_id)
    )""",
    "CREATE INDEX outage_provider ON outage (provider_id, outage_id)",
    """CREATE TABLE placement (
        grant_id TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        organisation_id TEXT,
        data_centre TEXT,
        pool_id TEXT,
        servers JSONB,
        mode TEXT,
        units INTEGER,
        cards INTEGER,
        priced_product TEXT,
        priced_units INTEGER,
        payable BOOLEAN,
        starts_at TIMESTAMP WITH TIME ZONE,
        ends_at TIMESTAMP WITH TIME ZONE,
        delivered_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        PRIMARY KEY (grant_id, provider_id)
    )""",
    "CREATE INDEX placement_programme ON placement (provider_id, programme_code)",
    """CREATE TABLE statement (
        statement_id TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        month TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        rule_id TEXT NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        closed_by TEXT NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE,
        sha256 TEXT NOT NULL,
        evidence TEXT NOT NULL,
        PRIMARY KEY (statement_id),
        UNIQUE (provider_id, programme_code, month)
    )""",
    """CREATE TABLE statement_line (
        statement_id TEXT NOT NULL,
        line_no INTEGER NOT NULL,
        grant_id TEXT NOT NULL,
        period TEXT NOT NULL,
        adjustment BOOLEAN NOT NULL,
        pricing TEXT NOT NULL,
        mode TEXT NOT NULL,
        priced_product TEXT NOT NULL,
        priced_units INTEGER NOT NULL,
        payable BOOLEAN NOT NULL,
        held_unit_s BIGINT NOT NULL,
        billable_unit_hours BIGINT NOT NULL,
        discounted_unit_hours BIGINT NOT NULL,
        outage_unit_hours BIGINT NOT NULL,
        unmatched_unit_hours BIGINT NOT NULL,
        gap_unit_hours BIGINT NOT NULL,
        usage_events BIGINT NOT NULL,
        utilisation_pct TEXT,
        months_before TEXT,
        months_after TEXT,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        delivered_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        evidence_sha256 TEXT NOT NULL,
        PRIMARY KEY (statement_id, line_no)
    )""",
    "CREATE INDEX statement_line_grant ON statement_line (grant_id)",
    """CREATE TABLE usage_batch (
        batch_no BIGINT NOT NULL,
        programme_code TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        latest_hour TIMESTAMP WITH TIME ZONE,
        accepted INTEGER NOT NULL,
        duplicates INTEGER NOT NULL,
        conflicts INTEGER NOT NULL,
        rejected INTEGER NOT NULL,
        corrections INTEGER NOT NULL,
        PRIMARY KEY (batch_no, programme_code)
    )""",
    """CREATE TABLE usage_conflict (
        conflict_no BIGINT GENERATED ALWAYS AS IDENTITY,
        provider_id TEXT NOT NULL,
        event_id TEXT NOT NULL,
        batch_no BIGINT NOT NULL,
        received_at TIMESTAMP WITH TIME ZONE NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (conflict_no)
    )""",
    """CREATE TABLE usage_event (
        provider_id TEXT NOT NULL,
        event_id TEXT NOT NULL,
        batch_no BIGINT NOT NULL,
        hour TIMESTAMP WITH TIME ZONE NOT NULL,
        units INTEGER NOT NULL,
        held_s SMALLINT NOT NULL,
        utilisation_bp SMALLINT NOT NULL,
        digest BYTEA NOT NULL,
        grant_id TEXT NOT NULL,
        session_id TEXT NOT NULL,
        evidence TEXT NOT NULL,
        corrects TEXT,
        PRIMARY KEY (provider_id, event_id)
    )""",
    "CREATE UNIQUE INDEX usage_event_corrects ON usage_event (provider_id, corrects) WHERE corrects IS NOT NULL",
    "CREATE INDEX usage_event_hour ON usage_event USING brin (hour)",
    """CREATE TABLE awaited_event (
        provider_id TEXT NOT NULL,
        event_id TEXT NOT NULL,
        PRIMARY KEY (provider_id, event_id)
    )""",
    """CREATE TABLE usage_hour (
        provider_id TEXT NOT NULL,
        grant_id TEXT NOT NULL,
        session_id TEXT NOT NULL,
        hour TIMESTAMP WITH TIME ZONE NOT NULL,
        held_s INTEGER NOT NULL,
        held_unit_s BIGINT NOT NULL,
        utilisation_weight BIGINT NOT NULL,
        events INTEGER NOT NULL,
        PRIMARY KEY (provider_id, grant_id, session_id, hour),
        CONSTRAINT usage_hour_is_an_hour CHECK (held_s BETWEEN 0 AND 3600)
    )""",
)

NEVER_CHANGED = ("usage_event", "usage_batch", "usage_conflict", "statement", "statement_line")


def upgrade() -> None:
    create_v1(op)
    for table in TABLES:
        op.execute(table)
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is never changed', TG_TABLE_NAME; END $$"
    )
    for name in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER {name}_never_changed BEFORE UPDATE OR DELETE ON {name}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    raise RuntimeError("landed migrations are never taken back")
