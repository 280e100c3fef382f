"""Intake's tables. History is appended, never edited; `application` and `progress` hold where things stand."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSON, JSONB

from libs.common.backbone import Instant, backbone_tables

metadata = MetaData()
backbone_tables(metadata)

programme = Table(
    "programme",
    metadata,
    Column("code", Text, primary_key=True),
    Column("latest_version", Integer, nullable=False),
    Column("in_force_version", Integer),
    Column("receipts_issued", Integer, nullable=False, server_default=text("0")),
)

programme_definition = Table(
    "programme_definition",
    metadata,
    Column("code", Text, ForeignKey("programme.code"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("definition", JSON, nullable=False),  # not JSONB: the order of rubric and tracks is the notice's
    Column("reason", Text, nullable=False),
    Column("written_by", Text, nullable=False),
    Column("written_at", Instant, nullable=False),
    PrimaryKeyConstraint("code", "version"),
)

organisation = Table(
    "organisation",
    metadata,
    Column("organisation_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("business_no", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("legal_form", Text, nullable=False),
    Column("representatives", JSONB, nullable=False),
    Column("opened_on", Date),
    Column("affiliates", ARRAY(Text), nullable=False),
    Column("registered_by", Text, nullable=False),
    Column("registered_at", Instant, nullable=False),
)

restriction = Table(
    "restriction",
    metadata,
    Column("restriction_id", Text, primary_key=True),
    Column("subject_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("from_day", Date, nullable=False),
    Column("until_day", Date),
    Column("instalments_approved", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

award = Table(
    "award",
    metadata,
    Column("award_id", Text, primary_key=True),
    Column("subject_id", Text, nullable=False, index=True),
    Column("programme_code", Text, nullable=False),
    Column("government", Boolean, nullable=False),
    Column("year", Integer, nullable=False),
    Column("running_until", Date),
    Column("application_id", Text),
    Column("source", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

application = Table(
    "application",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("organisation_id", Text, ForeignKey("organisation.organisation_id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("track", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("wished_start", Date, nullable=False),
    Column("youth_claimed", Boolean, nullable=False),
    Column("principal_investigator", JSONB),
    Column("created_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("programme_version", Integer),
    Column("counting_unit", Text),
    Column("sector", Text),
    Column("receipt_no", Text, unique=True),
    Column("received_at", Instant),
    Column("eligible", Boolean),
    Column("youth", Boolean),
    Index("application_counting_unit", "programme_code", "counting_unit"),
    Index("application_programme", "programme_code", "application_id"),
)

application_history = Table(
    "application_history",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("found_format", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("uploaded_by", Text, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
)

refused_submission = Table(
    "refused_submission",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False),
    Column("programme_code", Text, nullable=False, index=True),
    Column("code", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

screening_run = Table(
    "screening_run",
    metadata,
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False),
    Column("run", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("application_id", "run"),
)

screening_decision = Table(
    "screening_decision",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("application_id", Text, ForeignKey("application.application_id"), nullable=False, index=True),
    Column("rule_id", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_on", JSONB, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
)

announcement = Table(
    "announcement",
    metadata,
    Column("application_id", Text, nullable=False),
    Column("selection_id", Text, nullable=False),
    Column("run_version", Integer, nullable=False),
    Column("announced_at", Instant, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("refused_by", Text, nullable=False),
    Column("promoted", Boolean, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("score", Text),
    Column("rank", Integer),
    PrimaryKeyConstraint("application_id", "selection_id", "run_version"),
)

agreement = Table(
    "agreement",
    metadata,
    Column("application_id", Text, ForeignKey("application.application_id"), primary_key=True),
    Column("programme_version", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    Column("months", Integer, nullable=False),
    Column("award_reason", Text, nullable=False),
    Column("drafted_by", Text, nullable=False),
    Column("drafted_at", Instant, nullable=False),
    Column("signed_by", Text),
    Column("signed_at", Instant),
    Column("ended_at", Instant),
)

progress = Table(
    "progress",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("provider_id", Text),
    Column("card_type", Text),
    Column("cards", Integer),
    Column("starts_at", Instant),
    Column("ends_at", Instant),
    Column("selfpay_due_krw", BigInteger),
    Column("selfpay_received_krw", BigInteger),
    Column("selfpay_covered", Boolean, nullable=False, server_default=text("false")),
    Column("selfpay_overdue", Boolean, nullable=False, server_default=text("false")),
)

provider = Table(
    "provider",
    metadata,
    Column("provider_id", Text, primary_key=True),
    Column("provider_key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("inherited_keys", ARRAY(Text), nullable=False),
    Column("registered_by", Text, nullable=False),
    Column("registered_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

provider_member = Table(
    "provider_member",
    metadata,
    Column("provider_id", Text, ForeignKey("provider.provider_id"), nullable=False),
    Column("organisation_id", Text, ForeignKey("organisation.organisation_id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("csap_certified", Boolean, nullable=False),
    PrimaryKeyConstraint("provider_id", "organisation_id"),
)

provider_history = Table(
    "provider_history",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("provider_id", Text, ForeignKey("provider.provider_id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

provider_check = Table(
    "provider_check",
    metadata,
    Column("check_id", Text, primary_key=True),
    Column("programme_code", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("provider_id", Text, index=True),
    Column("members", JSONB, nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("checked_by", Text, nullable=False),
    Column("checked_at", Instant, nullable=False),
)

SEQUENCES = (
    "organisation_seq",
    "restriction_seq",
    "award_seq",
    "application_seq",
    "document_seq",
    "provider_check_seq",
)
