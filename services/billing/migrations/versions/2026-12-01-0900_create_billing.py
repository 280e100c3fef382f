"""Create billing's tables; the ledger refuses every change, and every posting sums to zero when it commits."""

from alembic import op

from libs.common import backbone

revision = "billing_0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """CREATE SEQUENCE receipt_no""",
    """CREATE SEQUENCE notice_no""",
    """CREATE SEQUENCE shift_no""",
    """CREATE SEQUENCE dispute_no""",
    """CREATE TABLE budget_level (
    programme_code TEXT NOT NULL,
    level_pct INTEGER NOT NULL,
    executed_krw BIGINT NOT NULL,
    cap_krw BIGINT NOT NULL,
    reached_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (programme_code, level_pct)
)""",
    """CREATE TABLE budget_shift (
    shift_id TEXT NOT NULL,
    programme_code TEXT NOT NULL,
    from_part TEXT NOT NULL,
    to_part TEXT NOT NULL,
    amount_krw BIGINT NOT NULL CHECK (amount_krw > 0),
    reason TEXT NOT NULL,
    shifted_by TEXT NOT NULL,
    shifted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (shift_id)
)""",
    """CREATE TABLE commitment (
    application_id TEXT NOT NULL,
    programme_code TEXT NOT NULL,
    track TEXT NOT NULL,
    product TEXT NOT NULL,
    units INTEGER NOT NULL,
    months INTEGER NOT NULL,
    amount_krw BIGINT NOT NULL,
    left_krw BIGINT NOT NULL,
    released BOOLEAN DEFAULT 'false' NOT NULL,
    missing_path TEXT,
    changes INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (application_id)
)""",
    """CREATE TABLE grants (
    grant_id TEXT NOT NULL,
    programme_code TEXT NOT NULL,
    organisation_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    card_type TEXT NOT NULL,
    cards INTEGER NOT NULL,
    units INTEGER NOT NULL,
    months INTEGER NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    activated_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (grant_id)
)""",
    """CREATE TABLE ledger_posting (
    posting_no BIGINT NOT NULL,
    cause TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    programme_code TEXT NOT NULL,
    programme_version INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (posting_no),
    UNIQUE (cause)
)""",
    """CREATE TABLE price (
    price_version TEXT NOT NULL,
    programme_code TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    product TEXT NOT NULL,
    mode TEXT NOT NULL,
    pricing TEXT NOT NULL,
    unit_price_krw BIGINT NOT NULL CHECK (unit_price_krw >= 0),
    valid_from TEXT NOT NULL,
    round_no INTEGER NOT NULL,
    programme_version INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (price_version),
    UNIQUE (programme_code, provider_id, product, mode, valid_from, round_no)
)""",
    """CREATE TABLE self_payment (
    application_id TEXT NOT NULL,
    programme_code TEXT NOT NULL,
    programme_version INTEGER NOT NULL,
    organisation_id TEXT NOT NULL,
    sector TEXT NOT NULL,
    youth BOOLEAN NOT NULL,
    track TEXT NOT NULL,
    product TEXT NOT NULL,
    units INTEGER NOT NULL,
    months INTEGER NOT NULL,
    cards INTEGER NOT NULL,
    card_type TEXT NOT NULL,
    basis TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    flow TEXT,
    rate_kind TEXT,
    rate_krw BIGINT,
    due_krw BIGINT,
    due_at TIMESTAMP WITH TIME ZONE,
    missing_path TEXT,
    deposited_krw BIGINT DEFAULT '0' NOT NULL,
    evidenced_krw BIGINT DEFAULT '0' NOT NULL,
    paid_krw BIGINT DEFAULT '0' NOT NULL,
    burnt_krw BIGINT DEFAULT '0' NOT NULL,
    refunded_krw BIGINT DEFAULT '0' NOT NULL,
    covered_at TIMESTAMP WITH TIME ZONE,
    overdue_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    close_reason TEXT DEFAULT '' NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    PRIMARY KEY (application_id)
)""",
    """CREATE INDEX self_payment_state ON self_payment (programme_code, state)""",
    """CREATE TABLE settlement (
    settlement_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    programme_code TEXT NOT NULL,
    programme_version INTEGER NOT NULL,
    month TEXT NOT NULL,
    statement_sha256 TEXT NOT NULL,
    statement_closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    uses JSONB NOT NULL,
    state TEXT NOT NULL,
    missing JSONB NOT NULL,
    charge_krw BIGINT NOT NULL,
    discount_krw BIGINT NOT NULL,
    deduction_krw BIGINT NOT NULL,
    fee_krw BIGINT NOT NULL,
    self_payment_krw BIGINT,
    subsidy_krw BIGINT,
    uncovered_krw BIGINT,
    canonical TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    issued_sha256 TEXT,
    issued_by TEXT,
    issued_at TIMESTAMP WITH TIME ZONE,
    dispute_until TIMESTAMP WITH TIME ZONE,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    paid_by TEXT,
    paid_at TIMESTAMP WITH TIME ZONE,
    payment_reference TEXT,
    PRIMARY KEY (settlement_id),
    UNIQUE (provider_id, programme_code, month),
    CONSTRAINT settlement_fee CHECK (fee_krw = charge_krw - discount_krw - deduction_krw),
    CONSTRAINT settlement_split CHECK (fee_krw = self_payment_krw + subsidy_krw + uncovered_krw)
)""",
    """CREATE TABLE wait_discount (
    discount_version TEXT NOT NULL,
    programme_code TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    rate_pct NUMERIC(7, 4) NOT NULL CHECK (rate_pct BETWEEN 0 AND 100),
    valid_from TEXT NOT NULL,
    programme_version INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (discount_version),
    UNIQUE (programme_code, provider_id, valid_from)
)""",
    """CREATE TABLE dispute (
    dispute_id TEXT NOT NULL,
    settlement_id TEXT NOT NULL,
    line_no INTEGER NOT NULL,
    reason TEXT NOT NULL,
    raised_by TEXT NOT NULL,
    raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    line_krw BIGINT NOT NULL,
    decided_krw BIGINT,
    decision_reason TEXT,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    carried_by TEXT,
    PRIMARY KEY (dispute_id),
    FOREIGN KEY(settlement_id) REFERENCES settlement (settlement_id),
    FOREIGN KEY(carried_by) REFERENCES settlement (settlement_id)
)""",
    """CREATE TABLE ledger_entry (
    posting_no BIGINT NOT NULL,
    entry_no INTEGER NOT NULL,
    account TEXT NOT NULL,
    amount_krw BIGINT NOT NULL CHECK (amount_krw <> 0),
    PRIMARY KEY (posting_no, entry_no),
    FOREIGN KEY(posting_no) REFERENCES ledger_posting (posting_no)
)""",
    """CREATE INDEX ledger_entry_account ON ledger_entry (account)""",
    """CREATE TABLE self_payment_notice (
    notice_id TEXT NOT NULL,
    application_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    amount_krw BIGINT NOT NULL CHECK (amount_krw > 0),
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    notified_by TEXT NOT NULL,
    notified_at TIMESTAMP WITH TIME ZONE NOT NULL,
    overdue_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (notice_id),
    FOREIGN KEY(application_id) REFERENCES self_payment (application_id)
)""",
    """CREATE INDEX self_payment_notice_application ON self_payment_notice (application_id)""",
    """CREATE TABLE self_payment_receipt (
    receipt_id TEXT NOT NULL,
    application_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount_krw BIGINT NOT NULL CHECK (amount_krw >= 0),
    reference TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (receipt_id),
    UNIQUE (scope, kind, reference),
    FOREIGN KEY(application_id) REFERENCES self_payment (application_id)
)""",
    """CREATE INDEX self_payment_receipt_application ON self_payment_receipt (application_id)""",
    """CREATE TABLE settlement_line (
    settlement_id TEXT NOT NULL,
    line_no INTEGER NOT NULL,
    kind TEXT NOT NULL,
    rule_ids TEXT[] NOT NULL,
    grant_id TEXT NOT NULL,
    period TEXT NOT NULL,
    adjustment BOOLEAN NOT NULL,
    mode TEXT NOT NULL,
    priced_product TEXT NOT NULL,
    units INTEGER NOT NULL,
    quantity TEXT NOT NULL,
    price_version TEXT,
    uncut_krw TEXT NOT NULL,
    shortened_krw TEXT NOT NULL,
    amount_krw BIGINT NOT NULL,
    formula_ko TEXT NOT NULL,
    formula_en TEXT NOT NULL,
    usage_events INTEGER NOT NULL,
    evidence_sha256 TEXT NOT NULL,
    cause TEXT NOT NULL,
    PRIMARY KEY (settlement_id, line_no),
    FOREIGN KEY(settlement_id) REFERENCES settlement (settlement_id)
)""",
    """CREATE INDEX settlement_line_grant ON settlement_line (grant_id, period)""",
    """CREATE TABLE settlement_share (
    settlement_id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    fee_krw BIGINT NOT NULL,
    self_payment_krw BIGINT NOT NULL,
    subsidy_krw BIGINT NOT NULL,
    uncovered_krw BIGINT NOT NULL,
    PRIMARY KEY (settlement_id, grant_id),
    CONSTRAINT share_adds_up CHECK (fee_krw = self_payment_krw + subsidy_krw + uncovered_krw),
    FOREIGN KEY(settlement_id) REFERENCES settlement (settlement_id)
)""",
    """CREATE INDEX settlement_share_grant ON settlement_share (grant_id)""",
)

TRIGGERS = (
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger is append-only: % of % refused', TG_OP, TG_TABLE_NAME;
    END $$""",
    """CREATE TRIGGER ledger_posting_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER ledger_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    """CREATE FUNCTION posting_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT coalesce(sum(amount_krw), 1) FROM ledger_entry WHERE posting_no = NEW.posting_no) <> 0 THEN
            RAISE EXCEPTION 'posting % does not sum to zero', NEW.posting_no;
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE CONSTRAINT TRIGGER ledger_posting_balances AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_sums_to_zero()""",
    """CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_sums_to_zero()""",
    """CREATE FUNCTION refuse_issued_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        touched text := CASE WHEN TG_OP = 'INSERT' THEN NEW.settlement_id ELSE OLD.settlement_id END;
    BEGIN
        IF (SELECT state FROM settlement WHERE settlement_id = touched) NOT IN ('parked', 'draft') THEN
            RAISE EXCEPTION 'settlement % is issued: its lines never change', touched;
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$""",
    """CREATE TRIGGER settlement_line_stays BEFORE INSERT OR UPDATE OR DELETE ON settlement_line
    FOR EACH ROW EXECUTE FUNCTION refuse_issued_change()""",
)


def upgrade() -> None:
    """Create everything."""
    backbone.create_v1(op)
    for statement in (*TABLES, *TRIGGERS):
        op.execute(statement)
