"""Agreements with the providers that a providers' call selected; appended."""

from sqlalchemy import ARRAY, Column, Date, ForeignKey, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.backbone import Instant
from services.intake.tables.base import metadata

provider_agreement = Table(
    "provider_agreement",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("selection_id", Text, nullable=False),
    Column("organisation_id", Text, ForeignKey("organisation.organisation_id"), nullable=False, index=True),
    Column("provider_id", Text, ForeignKey("provider.provider_id"), nullable=False, index=True),
    Column("serves", ARRAY(Text), nullable=False),
    Column("prices", JSONB, nullable=False),
    Column("agreed_on", Date, nullable=False),
    Column("agreed_at", Instant, nullable=False),
)
