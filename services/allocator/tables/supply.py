"""Providers and what they offer. Cards are rows; who holds one over which span is a row too, and the database itself
refuses a second holder (AL-10).

A holding has a layer: `allotment` for fixed grants, pools and cards that are down, `session` for what a pool gives
out of its own allotment. Within one layer no card has two holders at one instant. A holder is told by its kind and its
id together: ids of different kinds (server, pool, grant, session) may be alike. Codes that a provider chooses are
unique within that provider (CV-9).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint

from libs.common.agreed_providers import agreed_provider_table, ended_agreement_table
from libs.common.backbone import Instant
from services.allocator.tables.base import key_columns, metadata

agreed_provider, ended_agreement = agreed_provider_table(metadata), ended_agreement_table(metadata)

provider = Table(
    "provider",
    metadata,
    Column("provider_id", Text, primary_key=True),
    Column("organisation_id", Text),
    Column("name", Text, nullable=False),
    Column("business_no", Text, nullable=False),
    Column("members", JSONB, nullable=False),
    Column("representative_keys", JSONB, nullable=False),
    Column("affiliates", JSONB, nullable=False),
    Column("registered_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    *key_columns("provider_key"),
    UniqueConstraint("provider_key", "key_twin"),
)

data_centre = Table(
    "data_centre",
    metadata,
    Column("data_centre", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    *key_columns("data_centre_key"),
    PrimaryKeyConstraint("provider_id", "data_centre"),
    UniqueConstraint("provider_id", "data_centre_key", "key_twin"),
)

offer = Table(
    "offer",
    metadata,
    Column("offer_id", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("data_centre", Text, nullable=False),
    Column("programme_code", Text, nullable=False),
    Column("card_type", Text, nullable=False),
    Column("mode", Text),
    Column("specification", JSONB, nullable=False),
    Column("offered_from", Instant, nullable=False),
    Column("offered_until", Instant, nullable=False),
    *key_columns("offer_key"),
    PrimaryKeyConstraint("provider_id", "offer_id"),
    UniqueConstraint("provider_id", "offer_key", "key_twin"),
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
    Column("provider_id", Text, nullable=False),
    Index("conformance_offer", "provider_id", "offer_id", "product"),
)

server = Table(
    "server",
    metadata,
    Column("server_id", Text, nullable=False),
    Column("offer_id", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("provider_id", Text, nullable=False),
    *key_columns("server_key"),
    PrimaryKeyConstraint("provider_id", "server_id"),
    UniqueConstraint("provider_id", "server_key", "key_twin"),
    Index("server_offer", "provider_id", "offer_id"),
)

card = Table(
    "card",
    metadata,
    Column("card_id", BigInteger, Identity(always=True), primary_key=True),
    Column("server_id", Text, nullable=False),
    Column("card_index", Integer, nullable=False),
    Column("provider_id", Text, nullable=False),
    UniqueConstraint("provider_id", "server_id", "card_index"),
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

downtime_no = Sequence("downtime_no", metadata=metadata)

downtime = Table(
    "downtime",
    metadata,
    Column("down_no", BigInteger, primary_key=True, autoincrement=False),
    Column("down_id", Text, nullable=False, unique=True),
    Column("provider_id", Text, nullable=False),
    Column("server_id", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("taken_down_by", Text),
    Column("taken_down_at", Instant),
    Index("downtime_server", "provider_id", "server_id", "down_no"),
)

downtime_end = Table(
    "downtime_end",
    metadata,
    Column("down_no", BigInteger, primary_key=True, autoincrement=False),
    Column("up_at", Instant, nullable=False),
    Column("up_reason", Text, nullable=False),
    Column("brought_up_by", Text, nullable=False),
    Column("brought_up_at", Instant, nullable=False),
)
