"""The allocator's tables. Cards are rows; who holds one over which span is a row too, and the database itself
refuses a second holder (AL-10).

A holding has a layer: `allotment` for fixed grants, pools and cards that are down, `session` for what a pool gives
out of its own allotment. Within one layer no card has two holders at one instant.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint

from libs.common.backbone import Instant, backbone_tables

metadata = MetaData()
backbone_tables(metadata)

session_no = Sequence("session_no", metadata=metadata)
placement_no = Sequence("placement_no", metadata=metadata)

provider = Table(
    "provider",
    metadata,
    Column("provider_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("business_no", Text, nullable=False),
    Column("representative_keys", JSONB, nullable=False),
    Column("affiliates", JSONB, nullable=False),
    Column("registered_at", Instant, nullable=False),
)

data_centre = Table(
    "data_centre",
    metadata,
    Column("data_centre", Text, primary_key=True),
    Column("provider_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
)

offer = Table(
    "offer",
    metadata,
    Column("offer_id", Text, primary_key=True),
    Column("provider_id", Text, nullable=False),
    Column("data_centre", Text, nullable=False),
    Column("programme_code", Text, nullable=False),
    Column("card_type", Text, nullable=False),
    Column("mode", Text),
    Column("specification", JSONB, nullable=False),
    Column("offered_from", Instant, nullable=False),
    Column("offered_until", Instant, nullable=False),
    Index("offer_programme", "programme_code"),
)

conformance_decision = Table(
    "conformance_decision",
    metadata,
    Column("decision_no", BigInteger, Identity(always=True), primary_key=True),
    Column("offer_id", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("payable", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Index("conformance_offer", "offer_id", "product"),
)

server = Table(
    "server",
    metadata,
    Column("server_id", Text, primary_key=True),
    Column("offer_id", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Index("server_offer", "offer_id"),
)

card = Table(
    "card",
    metadata,
    Column("card_id", BigInteger, Identity(always=True), primary_key=True),
    Column("server_id", Text, nullable=False),
    Column("card_index", Integer, nullable=False),
    UniqueConstraint("server_id", "card_index"),
)

pool = Table(
    "pool",
    metadata,
    Column("pool_id", Text, primary_key=True),
    Column("provider_id", Text, nullable=False),
    Column("data_centre", Text, nullable=False),
    Column("programme_code", Text, nullable=False),
    Column("card_type", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("pool_programme", "programme_code"),
)

pool_switch = Table(
    "pool_switch",
    metadata,
    Column("switch_no", BigInteger, Identity(always=True), primary_key=True),
    Column("pool_id", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("switched_at", Instant, nullable=False),
    Column("fault_at", Instant),
    Column("report_due_at", Instant),
    Column("reason", Text, nullable=False),
    Column("switched_by", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("reported_at", Instant),
    Column("report_cause", Text),
    Column("report_measures", Text),
    Column("reported_by", Text),
    Index("pool_switch_pool", "pool_id", "switch_no"),
)

award = Table(
    "award",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("units_asked", Integer, nullable=False),
    Column("months_asked", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("wished_start", Date, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("announced_at", Instant, nullable=False),
    Column("agreed_at", Instant),
    Column("business_no", Text),
    Column("representative_keys", JSONB),
    Column("affiliates", JSONB),
    Column("self_payment_covered", Boolean, nullable=False, server_default=text("false")),
    Column("self_payment_due_krw", BigInteger),
    Column("self_payment_received_krw", BigInteger, nullable=False, server_default=text("0")),
    Column("placement_id", Text),
    Column("provider_id", Text),
    Column("data_centre", Text),
    Column("pool_id", Text),
    Column("mode", Text),
    Column("card_type", Text),
    Column("asked_card_type", Text),
    Column("cards", Integer),
    Column("cards_per_unit", Integer),
    Column("servers", JSONB),
    Column("payable", Boolean),
    Column("starts_at", Instant),
    Column("ends_at", Instant),
    Column("activated_at", Instant),
    Column("delivered_at", Instant),
    Column("ended_at", Instant),
    Column("end_reason", Text),
    Index("award_programme", "programme_code", "grant_id"),
    Index("award_pool", "pool_id", postgresql_where=text("pool_id IS NOT NULL")),
    Index("award_due", "ends_at", postgresql_where=text("state = 'active'")),
)

early_fact = Table(
    "early_fact",
    metadata,
    Column("grant_id", Text),
    Column("kind", Text),
    Column("fact", JSONB, nullable=False),
    Column("heard_at", Instant, nullable=False),
    PrimaryKeyConstraint("grant_id", "kind"),
)

award_change = Table(
    "award_change",
    metadata,
    Column("change_no", BigInteger, Identity(always=True), primary_key=True),
    Column("grant_id", Text, nullable=False),
    Column("units_before", Integer, nullable=False),
    Column("months_before", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index("award_change_grant", "grant_id"),
)

placement = Table(
    "placement",
    metadata,
    Column("placement_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("confirmed_at", Instant),
    Column("confirmed_by", Text),
    Column("proven", Boolean, nullable=False),
    Column("spread_proof", Text, nullable=False),
    Column("data_centres", Integer, nullable=False),
    Column("load_max", Text, nullable=False),
    Column("problem_sha256", Text, nullable=False),
    Column("budget", Text, nullable=False),
)

placement_line = Table(
    "placement_line",
    metadata,
    Column("placement_id", Text),
    Column("grant_id", Text),
    Column("rank", Integer, nullable=False),
    Column("placed", Boolean, nullable=False),
    Column("limit_reached", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("type_proof", Text, nullable=False),
    Column("start_proof", Text, nullable=False),
    Column("provider_id", Text),
    Column("data_centre", Text),
    Column("pool_id", Text),
    Column("mode", Text),
    Column("card_type", Text),
    Column("cards", Integer),
    Column("named_cards", JSONB),
    Column("starts_at", Instant),
    Column("ends_at", Instant),
    Column("months_off", Integer),
    PrimaryKeyConstraint("placement_id", "grant_id"),
)

session = Table(
    "session",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("grant_id", Text, nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("programme_code", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("data_centre", Text, nullable=False),
    Column("pool_id", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("units", Integer, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("servers", JSONB),
    Column("max_duration_s", Integer),
    Column("requested_at", Instant, nullable=False),
    Column("assigned_at", Instant),
    Column("ended_at", Instant),
    Column("end_reason", Text),
    Column("refusals", JSONB),
    Column("continues", Text),
    Column("idle_since", Instant),
    Column("idle_until", Instant),
    Index("session_open", "pool_id", postgresql_where=text("state IN ('waiting', 'running')")),
    Index("session_due", "pool_id", "max_duration_s", postgresql_where=text("state = 'running'")),
    Index("session_programme", "programme_code", "state"),
    Index("session_grant", "grant_id", "session_id"),
)

holding = Table(
    "holding",
    metadata,
    Column("holding_no", BigInteger, Identity(always=True), primary_key=True),
    Column("card_id", BigInteger, nullable=False),
    Column("layer", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("holder_id", Text, nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    Column("reason", Text, nullable=False),
    Index("holding_holder", "holder_id"),
    ExcludeConstraint(
        ("card_id", "="), ("layer", "="), ("during", "&&"), name="holding_one_holder_per_card", using="gist"
    ),
)
