"""What settlements, lines and explanations look like in an answer."""

from collections.abc import Sequence
from typing import Any

from pydantic import AwareDatetime, ConfigDict

from libs.common.web import View
from services.billing.model.disputes import Dispute
from services.billing.model.lines import Line, LineKind
from services.billing.model.parked import ParkedGrant
from services.billing.model.prices import Mode
from services.billing.model.settlements import Settlement, SettlementState, Share
from services.billing.routes.parked_views import ParkedView, parked_view

_SUMS: dict[str, Any] = {
    "id": "alpha:hpc-2025-gpu:2025-10",
    "state": "approved",
    "provider": "alpha",
    "programme": "hpc-2025-gpu",
    "month": "2025-10",
    "charge_krw": 550000,
    "discount_krw": 9900,
    "deduction_krw": 0,
    "fee_krw": 540100,
    "self_payment_krw": 400000,
    "subsidy_krw": 140100,
    "uncovered_krw": 0,
    "statement_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}


class MissingView(View):
    """What a parked settlement waits for."""

    kind: str
    path: str


class SettlementView(View):
    """A settlement's sums: fee = charge − discount − deduction = self-payment + subsidy + uncovered + parked."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_SUMS]})

    id: str
    state: SettlementState
    provider: str
    provider_name: str | None
    programme: str
    programme_version: int
    month: str
    charge_krw: int
    discount_krw: int
    deduction_krw: int
    fee_krw: int
    self_payment_krw: int | None
    """None, as the two that follow, until the settlement is approved."""
    subsidy_krw: int | None
    uncovered_krw: int | None
    statement_sha256: str
    sha256: str
    issued_sha256: str | None
    missing: list[MissingView]
    issued_by: str | None
    issued_at: AwareDatetime | None
    dispute_until: AwareDatetime | None
    approved_by: str | None
    approved_at: AwareDatetime | None
    paid_by: str | None
    paid_at: AwareDatetime | None
    payment_reference: str | None
    parked_krw: int
    """What of the fee is approved and not split yet, because of grants that are parked."""
    window_waived_by: str | None
    """Who of the provider gave up the rest of the dispute window."""
    window_waived_at: AwareDatetime | None


class LineView(View):
    """One line: exact before, whole won after the cut."""

    line: int
    kind: LineKind
    rule_ids: list[str]
    grant_id: str
    period: str
    adjustment: bool
    mode: Mode
    priced_product: str
    units: int
    quantity: str
    price_version: str | None
    uncut_krw: str
    shortened_krw: str
    amount_krw: int
    formula_ko: str
    formula_en: str
    usage_events: int
    evidence_sha256: str
    cause: str


class ShareView(View):
    """Who pays a grant's fee of the month."""

    grant_id: str
    fee_krw: int
    self_payment_krw: int
    subsidy_krw: int
    uncovered_krw: int


class DisputeView(View):
    """A contested line and what was decided; `carried_by` is the settlement with the adjustment."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "dispute_id": "DP-000001",
                    "settlement_id": "alpha:hpc-2025-gpu:2025-10",
                    "line": 3,
                    "state": "upheld",
                    "reason": "장애 시간이 이중으로 빠졌습니다.",
                    "line_krw": -9900,
                    "decided_krw": -9800,
                    "carried_by": "alpha:hpc-2025-gpu:2025-11",
                }
            ]
        },
    )

    dispute_id: str
    settlement_id: str
    line: int
    state: str
    reason: str
    raised_by: str
    raised_at: AwareDatetime
    line_krw: int
    decided_krw: int | None
    decision_reason: str | None
    decided_by: str | None
    decided_at: AwareDatetime | None
    carried_by: str | None


class SettlementDetail(SettlementView):
    """A settlement with its lines, the split per grant, the disputes and the grants that are parked in it."""

    lines: list[LineView]
    shares: list[ShareView]
    disputes: list[DisputeView]
    parked: list[ParkedView]


def _sums(settlement: Settlement, provider_name: str | None) -> dict[str, Any]:
    return {
        "id": settlement.settlement_id,
        "state": settlement.state,
        "provider": settlement.provider_id,
        "provider_name": provider_name,
        "programme": settlement.programme_code,
        "programme_version": settlement.programme_version,
        "month": settlement.month,
        "charge_krw": settlement.charge_krw,
        "discount_krw": settlement.discount_krw,
        "deduction_krw": settlement.deduction_krw,
        "fee_krw": settlement.fee_krw,
        "self_payment_krw": settlement.self_payment_krw,
        "subsidy_krw": settlement.subsidy_krw,
        "uncovered_krw": settlement.uncovered_krw,
        "statement_sha256": settlement.statement_sha256,
        "sha256": settlement.sha256,
        "issued_sha256": settlement.issued_sha256,
        "missing": [MissingView.model_validate(missing) for missing in settlement.missing],
        "issued_by": settlement.issued_by,
        "issued_at": settlement.issued_at,
        "dispute_until": settlement.dispute_until,
        "approved_by": settlement.approved_by,
        "approved_at": settlement.approved_at,
        "paid_by": settlement.paid_by,
        "paid_at": settlement.paid_at,
        "payment_reference": settlement.payment_reference,
        "parked_krw": settlement.parked_krw,
        "window_waived_by": settlement.window_waived_by,
        "window_waived_at": settlement.window_waived_at,
    }


def settlement_view(settlement: Settlement, provider_name: str | None) -> SettlementView:
    """A settlement's sums."""
    return SettlementView(**_sums(settlement, provider_name))


def line_view(number: int, line: Line) -> LineView:
    """A line with its number."""
    return LineView(
        line=number,
        kind=line.kind,
        rule_ids=list(line.rule_ids),
        grant_id=line.grant_id,
        period=line.period,
        adjustment=line.adjustment,
        mode=line.mode,
        priced_product=line.priced_product,
        units=line.units,
        quantity=str(line.quantity),
        price_version=line.price_version,
        uncut_krw=str(line.uncut_krw),
        shortened_krw=str(line.shortened_krw),
        amount_krw=line.amount_krw,
        formula_ko=line.formula.ko,
        formula_en=line.formula.en,
        usage_events=line.usage_events,
        evidence_sha256=line.evidence_sha256,
        cause=line.cause,
    )


def dispute_view(dispute: Dispute) -> DisputeView:
    """A dispute."""
    return DisputeView(
        dispute_id=dispute.dispute_id,
        settlement_id=dispute.settlement_id,
        line=dispute.line_no,
        state=dispute.state,
        reason=dispute.reason,
        raised_by=dispute.raised_by,
        raised_at=dispute.raised_at,
        line_krw=dispute.line_krw,
        decided_krw=dispute.decided_krw,
        decision_reason=dispute.decision_reason,
        decided_by=dispute.decided_by,
        decided_at=dispute.decided_at,
        carried_by=dispute.carried_by,
    )


def detail_view(
    settlement: Settlement,
    provider_name: str | None,
    lines: Sequence[Line],
    shares: Sequence[Share],
    disputes: Sequence[Dispute],
    parked: Sequence[ParkedGrant],
) -> SettlementDetail:
    """A settlement with everything in it."""
    return SettlementDetail(
        **_sums(settlement, provider_name),
        lines=[line_view(number, line) for number, line in enumerate(lines, start=1)],
        shares=[ShareView.model_validate(share) for share in shares],
        disputes=[dispute_view(found) for found in disputes],
        parked=[parked_view(found) for found in parked],
    )
