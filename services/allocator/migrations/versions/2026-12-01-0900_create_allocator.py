"""The allocator's first tables. The database itself refuses two holders of one card at one instant."""

from alembic import op

from libs.common.backbone import create_v1

revision = "allocator_0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    "CREATE SEQUENCE session_no",
    "CREATE SEQUENCE placement_no",
    """CREATE TABLE award (
        grant_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        organisation_id TEXT NOT NULL,
        state TEXT NOT NULL,
        product TEXT NOT NULL,
        units_asked INTEGER NOT NULL,
        months_asked INTEGER NOT NULL,
        units INTEGER NOT NULL,
        months INTEGER NOT NULL,
        reason TEXT NOT NULL,
        wished_start DATE NOT NULL,
        rank INTEGER NOT NULL,
        announced_at TIMESTAMP WITH TIME ZONE NOT NULL,
        agreed_at TIMESTAMP WITH TIME ZONE,
        business_no TEXT,
        representative_keys JSONB,
        affiliates JSONB,
        self_payment_covered BOOLEAN DEFAULT false NOT NULL,
        self_payment_due_krw BIGINT,
        self_payment_received_krw BIGINT DEFAULT 0 NOT NULL,
        placement_id TEXT,
        provider_id TEXT,
        data_centre TEXT,
        pool_id TEXT,
        mode TEXT,
        card_type TEXT,
        asked_card_type TEXT,
        cards INTEGER,
        cards_per_unit INTEGER,
        servers JSONB,
        payable BOOLEAN,
        starts_at TIMESTAMP WITH TIME ZONE,
        ends_at TIMESTAMP WITH TIME ZONE,
        activated_at TIMESTAMP WITH TIME ZONE,
        delivered_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        end_reason TEXT,
        PRIMARY KEY (grant_id)
)""",
    "CREATE INDEX award_due ON award (ends_at) WHERE state = 'active'",
    "CREATE INDEX award_pool ON award (pool_id) WHERE pool_id IS NOT NULL",
    "CREATE INDEX award_programme ON award (programme_code, grant_id)",
    """CREATE TABLE award_change (
        change_no BIGINT GENERATED ALWAYS AS IDENTITY,
        grant_id TEXT NOT NULL,
        units_before INTEGER NOT NULL,
        months_before INTEGER NOT NULL,
        units INTEGER NOT NULL,
        months INTEGER NOT NULL,
        reason TEXT NOT NULL,
        changed_by TEXT NOT NULL,
        changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (change_no)
)""",
    "CREATE INDEX award_change_grant ON award_change (grant_id)",
    """CREATE TABLE card (
        card_id BIGINT GENERATED ALWAYS AS IDENTITY,
        server_id TEXT NOT NULL,
        card_index INTEGER NOT NULL,
        PRIMARY KEY (card_id),
        UNIQUE (server_id, card_index)
)""",
    """CREATE TABLE conformance_decision (
        decision_no BIGINT GENERATED ALWAYS AS IDENTITY,
        offer_id TEXT NOT NULL,
        product TEXT NOT NULL,
        payable BOOLEAN NOT NULL,
        reason TEXT NOT NULL,
        decided_by TEXT NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (decision_no)
)""",
    "CREATE INDEX conformance_offer ON conformance_decision (offer_id, product)",
    """CREATE TABLE data_centre (
        data_centre TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        name TEXT NOT NULL,
        address TEXT NOT NULL,
        PRIMARY KEY (data_centre)
)""",
    """CREATE TABLE early_fact (
        grant_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        fact JSONB NOT NULL,
        heard_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (grant_id, kind)
)""",
    """CREATE TABLE holding (
        holding_no BIGINT GENERATED ALWAYS AS IDENTITY,
        card_id BIGINT NOT NULL,
        layer TEXT NOT NULL,
        kind TEXT NOT NULL,
        holder_id TEXT NOT NULL,
        during TSTZRANGE NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (holding_no),
        CONSTRAINT holding_one_holder_per_card EXCLUDE USING gist (card_id WITH =, layer WITH =, during WITH &&)
)""",
    "CREATE INDEX holding_holder ON holding (holder_id)",
    """CREATE TABLE offer (
        offer_id TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        data_centre TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        card_type TEXT NOT NULL,
        mode TEXT,
        specification JSONB NOT NULL,
        offered_from TIMESTAMP WITH TIME ZONE NOT NULL,
        offered_until TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (offer_id)
)""",
    "CREATE INDEX offer_programme ON offer (programme_code)",
    """CREATE TABLE placement (
        placement_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        rule_id TEXT NOT NULL,
        state TEXT NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        made_by TEXT NOT NULL,
        confirmed_at TIMESTAMP WITH TIME ZONE,
        confirmed_by TEXT,
        proven BOOLEAN NOT NULL,
        spread_proof TEXT NOT NULL,
        data_centres INTEGER NOT NULL,
        load_max TEXT NOT NULL,
        problem_sha256 TEXT NOT NULL,
        budget TEXT NOT NULL,
        PRIMARY KEY (placement_id)
)""",
    """CREATE TABLE placement_line (
        placement_id TEXT NOT NULL,
        grant_id TEXT NOT NULL,
        rank INTEGER NOT NULL,
        placed BOOLEAN NOT NULL,
        limit_reached TEXT NOT NULL,
        proof TEXT NOT NULL,
        type_proof TEXT NOT NULL,
        start_proof TEXT NOT NULL,
        provider_id TEXT,
        data_centre TEXT,
        pool_id TEXT,
        mode TEXT,
        card_type TEXT,
        cards INTEGER,
        named_cards JSONB,
        starts_at TIMESTAMP WITH TIME ZONE,
        ends_at TIMESTAMP WITH TIME ZONE,
        months_off INTEGER,
        PRIMARY KEY (placement_id, grant_id)
)""",
    """CREATE TABLE pool (
        pool_id TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        data_centre TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        card_type TEXT NOT NULL,
        mode TEXT NOT NULL,
        cards INTEGER NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (pool_id)
)""",
    "CREATE INDEX pool_programme ON pool (programme_code)",
    """CREATE TABLE pool_switch (
        switch_no BIGINT GENERATED ALWAYS AS IDENTITY,
        pool_id TEXT NOT NULL,
        mode TEXT NOT NULL,
        switched_at TIMESTAMP WITH TIME ZONE NOT NULL,
        fault_at TIMESTAMP WITH TIME ZONE,
        report_due_at TIMESTAMP WITH TIME ZONE,
        reason TEXT NOT NULL,
        switched_by TEXT NOT NULL,
        programme_version INTEGER NOT NULL,
        reported_at TIMESTAMP WITH TIME ZONE,
        report_cause TEXT,
        report_measures TEXT,
        reported_by TEXT,
        PRIMARY KEY (switch_no)
)""",
    "CREATE INDEX pool_switch_pool ON pool_switch (pool_id, switch_no)",
    """CREATE TABLE provider (
        provider_id TEXT NOT NULL,
        name TEXT NOT NULL,
        business_no TEXT NOT NULL,
        representative_keys JSONB NOT NULL,
        affiliates JSONB NOT NULL,
        registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (provider_id)
)""",
    """CREATE TABLE server (
        server_id TEXT NOT NULL,
        offer_id TEXT NOT NULL,
        cards INTEGER NOT NULL,
        PRIMARY KEY (server_id)
)""",
    "CREATE INDEX server_offer ON server (offer_id)",
    """CREATE TABLE session (
        session_id TEXT NOT NULL,
        sequence BIGINT NOT NULL,
        grant_id TEXT NOT NULL,
        organisation_id TEXT NOT NULL,
        programme_code TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        data_centre TEXT NOT NULL,
        pool_id TEXT NOT NULL,
        mode TEXT NOT NULL,
        origin TEXT NOT NULL,
        state TEXT NOT NULL,
        units INTEGER NOT NULL,
        cards INTEGER NOT NULL,
        servers JSONB,
        max_duration_s INTEGER,
        requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
        assigned_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        end_reason TEXT,
        refusals JSONB,
        continues TEXT,
        idle_since TIMESTAMP WITH TIME ZONE,
        idle_until TIMESTAMP WITH TIME ZONE,
        PRIMARY KEY (session_id)
)""",
    "CREATE INDEX session_due ON session (pool_id, max_duration_s) WHERE state = 'running'",
    "CREATE INDEX session_grant ON session (grant_id, session_id)",
    "CREATE INDEX session_open ON session (pool_id) WHERE state IN ('waiting', 'running')",
    "CREATE INDEX session_programme ON session (programme_code, state)",
)


def upgrade() -> None:
    """Create the backbone's tables and the allocator's."""
    create_v1(op)
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Never: landed migrations are not taken back."""
    raise RuntimeError("landed migrations are never taken back")
