"""What stays in billing's database: amounts are corrected by counter-postings, never changed. Grants come from this."""

from libs.common.rights import Rights


def _kept(at: str, *columns: str) -> str:
    """What was said at an instant stays: the condition under which a change of it, or its removal, is refused."""
    names = (at, *columns)
    new, old = (", ".join(f"{row}.{name}" for name in names) for row in ("NEW", "OLD"))
    return f"(OLD.{at} IS NOT NULL AND (NEW IS NULL OR ({new}) IS DISTINCT FROM ({old})))"


RIGHTS = Rights(
    append_only=(
        "agreed_provider",
        "ended_agreement",
        "price",
        "price_withdrawal",
        "wait_discount",
        "wait_discount_withdrawal",
        "granted_reduction",
        "self_payment_receipt",
        "self_payment_evidence",
        "evidence_judgement",
        "filed_document",
        "clawback",
        "clawback_withdrawal",
        "clawback_payment",
        "key_collision",
        "forfeiture",
        "budget_shift",
        "programme_move",
        "budget_level",
        "settlement_share",
        "ledger_posting",
        "ledger_entry",
    ),
    stays={
        "settlement": ("settlement_id", "provider_id", "programme_code", "month"),
        "dispute": ("dispute_id", "settlement_id", "line_no", "reason", "raised_by", "raised_at", "line_krw"),
    },
    changes={
        "self_payment_notice": ("overdue_at",),
        "parked_grant": ("ended_at", "ended_by", "paid_at", "paid_by", "payment_reference"),
    },
    no_removal=("grants", "provider", "self_payment", "commitment"),
    # lines are working papers while a settlement is parked or a draft; a trigger of the tables closes them at issue.
    # Parts of a large statement go once it is whole: its lines are then the settlement's.
    no_change=("settlement_line", "statement_part"),
    closed_when={
        "settlement": "OLD.state NOT IN ('parked', 'draft') AND"
        " (NEW IS NULL OR (NEW.programme_version, NEW.statement_sha256, NEW.statement_closed_at, NEW.uses,"
        " NEW.charge_krw, NEW.discount_krw, NEW.deduction_krw, NEW.fee_krw, NEW.issued_sha256)"
        " IS DISTINCT FROM (OLD.programme_version, OLD.statement_sha256, OLD.statement_closed_at, OLD.uses,"
        " OLD.charge_krw, OLD.discount_krw, OLD.deduction_krw, OLD.fee_krw, OLD.issued_sha256)"
        f" OR {_kept('issued_at', 'issued_by', 'dispute_until')}"
        f" OR {_kept('window_waived_at', 'window_waived_by')}"
        f" OR {_kept('approved_at', 'approved_by', 'sha256', 'canonical')}"
        f" OR {_kept('paid_at', 'paid_by', 'payment_reference')})",
        "dispute": f"{_kept('decided_at', 'state', 'decided_krw', 'decision_reason', 'decided_by')}",
    },
)
