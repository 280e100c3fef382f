"""What was heard of grants, of awards given up, and of providers."""

from sqlalchemy import Column, Integer, Table, Text

from libs.common.agreed_providers import agreed_provider_table, ended_agreement_table
from libs.common.backbone import Instant
from libs.common.providers import provider_table
from services.billing.tables.base import metadata, texts

grants = Table(
    "grants",
    metadata,
    Column("grant_id", Text, primary_key=True),
    *texts("programme_code", "organisation_id", "provider_id", "card_type"),
    Column("cards", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("activated_at", Instant),
    Column("ended_at", Instant),
)

forfeiture = Table(
    "forfeiture",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("forfeited_at", Instant, nullable=False),
)

provider = provider_table(metadata)
agreed_provider, ended_agreement = agreed_provider_table(metadata), ended_agreement_table(metadata)
